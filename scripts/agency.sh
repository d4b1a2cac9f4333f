#!/bin/sh
# A photo agency's program: the station and what works on photos and packets, built without any crate that knows a
# roster. It lands in agency/ of the target folder; with --release it is the one to give away.
set -eu
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
built=debug
[ "${1:-}" != --release ] || built=release
# In a folder of its own, so that the school's program stays where it is.
cargo build "$@" --locked --package xueying --no-default-features --target-dir "$target/agency-build"
mkdir -p "$target/agency"
cp "$target/agency-build/$built/xueying" "$target/agency/xueying"
echo "agency: $target/agency/xueying"
