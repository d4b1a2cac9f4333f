# `make run` sets everything up and runs the main job; `make test` sets everything up and tests it.
# Needed: Rust (the version in rust-toolchain.toml, taken by rustup), Node with npm, gcc, make.
# Used when there: python3 with pip (public-domain demo portraits, cross-checks), nasm (faster JPEG).

out ?= out/demo
binary := target/release/xueying

.PHONY: run build agency test lint bench ladders quality reading chaos swaps setup web inspect-wasm photos checks-python fuzz clean

# The report first, then the portal with a filled campaign, in the browser where there is one; Ctrl-C stops it.
run: build photos
	$(binary) demo --out $(out) --portal --open

build: setup nasm-notice
	cargo build --release --locked --package xueying

# What a photo agency is given: the station, without anything that knows a roster.
agency: setup nasm-notice
	scripts/agency.sh --release

# With PostgreSQL installed, a server of the tests' own runs beside them; with Chromium, the portal is tried in it.
test: setup photos checks-python
	scripts/with-postgres.sh cargo test --workspace --locked
	scripts/end-to-end.sh

lint: setup
	cargo fmt --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cargo clippy --package xueying --no-default-features --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings -A rustdoc::private-intra-doc-links" cargo doc --workspace --no-deps --document-private-items --locked
	@if command -v cargo-deny >/dev/null; then cargo deny --locked check; \
	else echo "lint: cargo-deny is not installed (cargo install cargo-deny); licences and advisories were not checked"; fi

# Times on one thread, memory, and the bounds beside them; with peers=yes also the Python runtimes (pip installs them).
bench: build photos
	scripts/bench.sh $(if $(peers),--peers)

# The matrix of degradation ladders against rules (docs/ladders.md).
ladders: setup photos
	cargo run --release --locked --package studio --bin ladders

# How many planted faults are noticed and how many flawless photos are not passed (docs/quality.md).
quality: setup
	cargo run --release --locked --package studio --bin quality

# How many codes are read from spoiled pictures, and in which time, beside another reader (docs/reading.md).
reading: setup
	cargo bench --locked --package studio --bench reading -- --write $(CURDIR)/docs/reading.md

# A whole day of 3 575 students at three stations on which everything goes wrong (docs/station.md).
chaos: setup
	XUEYING_CHAOS_STUDENTS=$(or $(students),3575) XUEYING_CHAOS_STATIONS=$(or $(stations),3) XUEYING_CHAOS_SEED=$(or $(seed),7) XUEYING_CHAOS_EVERY_MS=$(or $(every),3000) \
		cargo test --locked --package xueying --test program chaos -- --nocapture

# Photos given to the wrong student, a thousand of them, and which guard notices; `swaps=` and `seed=` change it.
swaps: setup
	XUEYING_SWAPS=$(or $(swaps),1001) XUEYING_SWAPS_SEED=$(or $(seed),3) \
		cargo test --locked --package capture --test station swaps -- --nocapture

# Each fuzz target for a minute; needs a nightly toolchain and cargo-fuzz.
fuzz: setup
	cd fuzz && for target in $$(cargo +nightly fuzz list); do \
		cargo +nightly fuzz run $$target -- -max_total_time=60 -rss_limit_mb=512 || exit 1; done

setup: node_modules/.package-lock.json inspect-wasm web

# The inspection for web pages, where this Rust can make it; without it the station's page asks the station instead.
# `rustup target add wasm32-unknown-unknown` adds what it takes.
inspect-wasm: node_modules/.package-lock.json
	@if [ -d "$$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown" ]; then \
		cargo build --locked --profile wasm --target wasm32-unknown-unknown --package browser && \
		built=$${CARGO_TARGET_DIR:-target}/wasm32-unknown-unknown/wasm/browser.wasm && \
		{ cmp -s $$built web/public/inspect.wasm || cp $$built web/public/inspect.wasm; }; \
	else echo "inspect-wasm: this Rust lacks the target wasm32-unknown-unknown, so pages are built without their own inspection"; fi

# The portal, which the program carries, and the station's page alone, which an agency's program carries.
web: web/dist/index.html web/dist-station/station.html

web/dist-station/station.html: web/dist/index.html
	@[ -e $@ ] || (cd web && npm run --silent build)
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(shell find web/src web/public web/index.html web/station.html web/vite.config.ts web/tsconfig.json -type f)
	cd web && npm run --silent build
	@touch $@

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	cd web && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

# The weights of the nets come inside these packages; their scripts are not run.
node_modules/.package-lock.json: package.json package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

photos:
	@sh scripts/fetch-photos.sh

# Independent readers of our formats, for the tests that compare with them.
checks-python:
	@sh scripts/setup-python.sh

.PHONY: nasm-notice
nasm-notice:
	@command -v nasm >/dev/null || echo "build: nasm is not installed, so JPEG runs without SIMD, about half as fast; results are the same"

clean:
	cargo clean
	rm -rf node_modules web/node_modules web/dist web/dist-station web/public/inspect.wasm .photos out
