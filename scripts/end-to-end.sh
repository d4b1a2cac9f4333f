#!/bin/sh
# The portal in a real browser, and the server held against its own document. Both use the program that the tests
# built; without Chromium or Python they say so and are skipped. Where the system allows it, the browser's part runs in a
# network of its own with nothing in it but this computer: a campaign needs no internet.
set -eu
cd "$(dirname "$0")/.."
target=$PWD/${CARGO_TARGET_DIR:-target}
case "${CARGO_TARGET_DIR:-}" in /*) target=$CARGO_TARGET_DIR ;; esac
binary=$target/debug/xueying

alone() {
    if unshare --map-root-user --net true 2>/dev/null && command -v ip >/dev/null; then
        unshare --map-root-user --net sh -c 'ip link set lo up && exec "$@"' sh "$@"
    else
        echo "end-to-end: no network namespace here; the portal is tried with the computer's own network" >&2
        "$@"
    fi
}

if command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; then
    (cd web && export XUEYING_BINARY="$binary" && alone npx playwright test)
else
    echo "end-to-end: no Chromium on this computer; the portal was not tried in a browser" >&2
fi

if [ -x .venv/bin/schemathesis ]; then
    .venv/bin/python scripts/contract.py "$binary"
else
    echo "end-to-end: no schemathesis in .venv; the server was not held against its document" >&2
fi
