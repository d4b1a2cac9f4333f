#!/bin/sh
# All times in one report: the nets, single photos, batches. With --peers also the Python runtimes on the same nets.
set -eu
cd "$(dirname "$0")/.."
echo "machine: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores"
echo
cargo bench --locked --quiet --package vision
echo
cargo bench --locked --quiet --package xueying
echo
cargo bench --locked --quiet --package seal --bench chain
echo
cargo bench --locked --quiet --package schedule
echo
cargo bench --locked --quiet --package campaign --bench register --bench delivery
echo
cargo bench --locked --quiet --package server --bench portal
echo
cargo bench --locked --quiet --package capture --bench station
if [ "${1:-}" = --peers ]; then
    echo
    python3 -m venv .venv-peers
    .venv-peers/bin/pip install --quiet --disable-pip-version-check onnxruntime==1.31.1 mediapipe==0.10.21
    .venv-peers/bin/python scripts/bench-peers.py
fi
