#!/bin/sh
# The portal in a real browser, and the server held against its own document. Both use the program that the tests
# built; without Chromium or Python they say so and are skipped.
set -eu
cd "$(dirname "$0")/.."
binary=$PWD/${CARGO_TARGET_DIR:-target}/debug/xueying
case "${CARGO_TARGET_DIR:-}" in /*) binary=$CARGO_TARGET_DIR/debug/xueying ;; esac

if command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; then
    (cd web && XUEYING_BINARY=$binary npx playwright test)
else
    echo "end-to-end: no Chromium on this computer; the portal was not tried in a browser" >&2
fi

if [ -x .venv/bin/schemathesis ]; then
    .venv/bin/python scripts/contract.py "$binary"
else
    echo "end-to-end: no schemathesis in .venv; the server was not held against its document" >&2
fi
