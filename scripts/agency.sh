#!/bin/sh
# A photo agency's program: the station and what works on photos and packets, built without any crate that knows a
# roster. It lands in agency/ of the target folder; with --release it is the one to give away.
set -eu
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
built=debug
[ "${1:-}" != --release ] || built=release
cargo build "$@" --locked --package xueying --no-default-features
mkdir -p "$target/agency"
mv "$target/$built/xueying" "$target/agency/xueying"
echo "agency: $target/agency/xueying"
