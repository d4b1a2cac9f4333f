#!/bin/sh
# Runs a command beside a PostgreSQL server of its own, in a temporary folder and on a socket only; the variable
# XUEYING_POSTGRES names it. Without PostgreSQL on this computer the command runs all the same, and its tests say so.
set -eu

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
if [ -n "${XUEYING_POSTGRES:-}" ] || [ ! -x "${bin:-/nowhere}/initdb" ]; then
    exec "$@"
fi

# The server refuses to run as root.
as_server() {
    if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi
}

folder=$(mktemp -d /tmp/xueying-postgres.XXXXXX)
[ "$(id -u)" != 0 ] || chown postgres "$folder"
stop() {
    as_server "$bin/pg_ctl" --pgdata "$folder/data" --mode immediate stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap stop EXIT INT TERM

as_server "$bin/initdb" --pgdata "$folder/data" --username xueying --auth trust --encoding UTF8 --no-sync >/dev/null
as_server "$bin/pg_ctl" --pgdata "$folder/data" --log "$folder/log" --wait \
    --options "-c listen_addresses='' -c unix_socket_directories='$folder' -c max_connections=200" start >/dev/null

XUEYING_POSTGRES="postgres://xueying@$(printf %s "$folder" | sed 's|/|%2F|g')" "$@"
