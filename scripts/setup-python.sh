#!/bin/sh
# Installs into .venv what the tests use to read our formats with other people's code.
# Without Python the tests that need it say that they were skipped.
set -eu
cd "$(dirname "$0")/.."
requirements=scripts/requirements-tests.txt
stamp=.venv/installed-from
[ -f "$stamp" ] && cmp -s "$stamp" "$requirements" && exit 0
if ! python3 -m venv .venv >/dev/null 2>&1 || ! .venv/bin/pip install --quiet --disable-pip-version-check -r "$requirements"; then
    echo "setup-python: no Python environment could be made; cross-checks written in Python will be skipped" >&2
    exit 0
fi
cp "$requirements" "$stamp"
