# The one list of commands; `make` alone prints it.
# A tool that has to be installed is a file target, so make skips what is there.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

# Set on the command line alone: the environment may have a HOST of its own.
HOST := 127.0.0.1
PORT := 8787
# The folder of the storage of `make serve`; in memory when empty.
DATA :=
# The configuration of `make serve`: a constant of build/workerd.capnp, or FILE:CONSTANT for your own.
CONFIG := main
# Tools that cargo installs, each in a folder of its version: clones share them.
TOOLS ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/millstream
# The seconds that `make fuzz` runs each target, and the seed of its way; without a seed it explores.
SECONDS := 3
# The files that `make mutants` changes: they have the rules by which updates are kept, published and delivered.
FILES := src/hub/** src/log/** src/publishing/** src/tokens/access.rs
# The greatest size of the gzipped wasm, in bytes.
WASM_LIMIT := 300000

# The features that rustc emits, and those that the abort handler of wasm-bindgen adds.
WASM_FEATURES := bulk-memory exception-handling multivalue mutable-globals nontrapping-float-to-int reference-types sign-ext simd

WASM_PACK_VERSION := 0.15.1
# The command line's version must be the library's.
WASM_BINDGEN_VERSION := $(shell sed -n '/^name = "wasm-bindgen"$$/{n;s/^version = "\(.*\)"$$/\1/p}' Cargo.lock)
WASM_BINDGEN := $(TOOLS)/wasm-bindgen-$(WASM_BINDGEN_VERSION)/bin/wasm-bindgen
CARGO_FUZZ_VERSION := 0.13.1
CARGO_FUZZ := $(TOOLS)/cargo-fuzz-$(CARGO_FUZZ_VERSION)/bin/cargo-fuzz
CARGO_DENY_VERSION := 0.20.2
CARGO_DENY := $(TOOLS)/cargo-deny-$(CARGO_DENY_VERSION)/bin/cargo-deny
CARGO_MUTANTS_VERSION := 27.1.0
CARGO_MUTANTS := $(TOOLS)/cargo-mutants-$(CARGO_MUTANTS_VERSION)/bin/cargo-mutants
# Of Debian, which has prometheus and promtool in one package.
PROMETHEUS := $(TOOLS)/prometheus/usr/bin/promtool
WASM_PACK := $(TOOLS)/wasm-pack-$(WASM_PACK_VERSION)/bin/wasm-pack
WASM_TARGET := $(shell rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown/lib
VERSION := $(shell sed -n '/^version = "\(.*\)"$$/{s//\1/p;q}' Cargo.toml)
# The oldest Rust that the crate is for.
MSRV := $(shell sed -n 's/^rust-version = "\(.*\)"$$/\1/p' Cargo.toml)
# The crates of the repository: each is a workspace of its own.
CRATES := . fuzz benches/load benches/codec tests/clients/rust examples/axum examples/decoder examples/page
# The checks of `make deny`. The list of advisories is on GitHub; the other checks need no network.
DENY := advisories bans licenses sources
# Written by npm itself when an installation is complete.
NPM := node_modules/.package-lock.json
# The modules of npm/worker/ import from here.
BUILD := build
# The servers that `make bench` compares with, and the load client.
PEERS := benches/peers/node_modules/.package-lock.json
LOAD := benches/load/target/release/millstream-load
# The clients that `make test-clients` installs.
CLIENTS := tests/clients/node_modules/.package-lock.json
CLIENTS_VENV := $(BUILD)/clients/python
CLIENTS_RUST := $(BUILD)/clients/rust/release/millstream-clients
EXAMPLES := $(BUILD)/examples
TARGET_DIR := $(or $(CARGO_TARGET_DIR),target)
# Cargo gives the builds of a library that is a wasm module too one file name, whatever their features are, and a later
# build takes the wrong one. So each crate that uses the library with fewer features has a folder of its own here.
APART := $(BUILD)/apart
WASM := $(BUILD)/millstream_bg.wasm
PACKAGE := $(BUILD)/millstream-$(VERSION).tgz

export PATH := $(CURDIR)/node_modules/.bin:$(dir $(WASM_BINDGEN)):$(dir $(WASM_PACK)):$(dir $(CARGO_FUZZ)):$(dir $(CARGO_DENY)):$(dir $(CARGO_MUTANTS)):$(dir $(PROMETHEUS)):$(PATH)
# While developing, the tools report nothing and ask nothing of other servers.
export WRANGLER_SEND_METRICS := false
export CLOUDFLARE_CF_FETCH_ENABLED := false
# wrangler's reminders about its own updates are noise in a log.
export WRANGLER_HIDE_BANNER := true

.PHONY: help
help: ## print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# --- run ---------------------------------------------------------------

.PHONY: dev
dev: ## build, and run it on wrangler with dev.env (PORT=8787)
	@exec tools/dev '$(HOST)' '$(PORT)' '$(WASM_BINDGEN) $(WASM_TARGET)' '$(NPM)' '$(WASM)'

.PHONY: serve
serve: $(WASM) $(BUILD)/workerd.capnp ## run the built worker alone on workerd (PORT=, HOST=, DATA=dir; settings from the environment)
	@echo 'http://$(HOST):$(PORT)/'
	@exec tools/serve '$(CONFIG)' $(HOST):$(PORT) '$(DATA)'

.PHONY: deploy
deploy: deploy-check ## put it on Cloudflare
	wrangler deploy

# --- build -------------------------------------------------------------

.PHONY: build
build: $(WASM) $(BUILD)/workerd.capnp ## build the release wasm
	@echo "$(WASM): $$(wc -c <$(WASM)) bytes, $$(gzip -9c $(WASM) | wc -c) gzipped"

# The last step makes the target, so that a build that is killed leaves none that is half made.
# Functions that are alike stand side by side, so gzip finds what is the same in them: 15 kB less.
# Of those that are alike to the same degree, the one whose name comes first is the next.
# The addresses below 1024 are the very end of the stack, so a constant may be added where memory is read: 1 kB less.
# workerd's queueMicrotask takes some 20 µs, a reaction to a promise hardly any; a published line needs five of them.
$(WASM): Makefile tools/alike_in_a_row.mjs Cargo.toml Cargo.lock $(shell find src) $(WASM_BINDGEN) $(NPM) | $(WASM_TARGET)
	cargo build --release --lib --locked --target wasm32-unknown-unknown
	wasm-bindgen --target web --force-enable-abort-handler --experimental-reset-state-function --out-dir $(BUILD)/bindgen --out-name millstream $(TARGET_DIR)/wasm32-unknown-unknown/release/millstream.wasm
	wasm-opt -O3 --low-memory-unused --one-caller-inline-max-function-size=20 --reorder-functions-by-name $(addprefix --enable-,$(WASM_FEATURES)) --strip-producers --strip-target-features $(BUILD)/bindgen/millstream_bg.wasm -o $(BUILD)/bindgen/optimized.wasm
	node tools/alike_in_a_row.mjs $(BUILD)/bindgen/optimized.wasm $(BUILD)/bindgen/named.wasm
	wasm-opt --reorder-functions-by-name $(addprefix --enable-,$(WASM_FEATURES)) $(BUILD)/bindgen/named.wasm -o $(BUILD)/bindgen/optimized.wasm
	sed 's/ queueMicrotask(arg0);/ Promise.resolve().then(arg0);/' $(BUILD)/bindgen/millstream.js > $(BUILD)/millstream.js
	grep -q 'Promise.resolve().then(arg0);' $(BUILD)/millstream.js
	mv $(BUILD)/bindgen/millstream.d.ts $(BUILD)
	mv $(BUILD)/bindgen/optimized.wasm $@

$(BUILD)/workerd.capnp: tools/workerd_config.mjs wrangler.toml settings.json worker.mjs $(shell find npm/worker www tests/e2e/before) $(NPM)
	@mkdir -p $(BUILD)
	node tools/workerd_config.mjs $(BUILD)

.PHONY: package
package: $(PACKAGE) ## make the npm package, build/millstream-VERSION.tgz

$(PACKAGE): $(WASM) tools/package.mjs Cargo.toml $(wildcard *.md) $(shell find npm docs) $(shell git ls-files examples template) $(NPM)
	node tools/package.mjs $(BUILD)

.PHONY: settings
settings: ## write what is written from the code: the tables of docs/configuration.md, settings.json, settings.d.ts, the list of figures
	UPDATE_EXPECT=1 cargo test --locked --lib -- settings::tests::written http::figures

# --- test --------------------------------------------------------------

# Two chains use both cores: the first builds in target/debug, and the second, at first, in target/release.
# Then come the rings with browsers and servers, which have deadlines: each runs alone.
.PHONY: test
test: SEED = 1
test: $(NPM) $(WASM_BINDGEN) $(WASM_PACK) $(CARGO_FUZZ) $(PROMETHEUS) components browser | $(WASM_TARGET) ## every ring of tests, the lints and the documentation
	@node tools/side_by_side.mjs '$(MAKE) --no-print-directory SEED=$(SEED)' \
	  'lint-crate doc test-native build-web lint-crates' \
	  'deploy-check lint-package test-npm test-wasm-examples fuzz test-bench test-axum lint-features'
	$(MAKE) --no-print-directory test-web test-e2e test-package

.PHONY: test-native
test-native: $(NPM) ## the core's tests, on this machine
	cargo test --locked 2>&1 | node tools/count_tests.mjs native

.PHONY: test-npm
test-npm: $(NPM) ## the modules of the npm package that need no Worker
	node --test --test-reporter=spec --test-timeout=30000 'npm/**/*.test.mjs' 2>&1 | node tools/count_tests.mjs npm

.PHONY: test-bench
test-bench: $(NPM) ## the tests of the benchmarks: their figures, and the load client, also against servers that misbehave
	node --test --test-reporter=spec 'benches/*.test.mjs' 2>&1 | node tools/count_tests.mjs bench
	cargo test --locked --manifest-path benches/load/Cargo.toml --target-dir $(TARGET_DIR) -- --test-threads=4 2>&1 | node tools/count_tests.mjs load

.PHONY: examples
examples: $(WASM_BINDGEN) $(NPM) | $(WASM_TARGET) ## build the examples that are wasm into build/examples
	for name in decoder page; do \
	  cargo build --release --locked --target wasm32-unknown-unknown --manifest-path "examples/$$name/Cargo.toml" --target-dir "$(APART)/$$name"; \
	  wasm-bindgen --target web --no-typescript --out-dir "$(EXAMPLES)/$$name" "$(APART)/$$name/wasm32-unknown-unknown/release/millstream_$$name.wasm"; \
	  wasm-opt -Oz $(addprefix --enable-,$(WASM_FEATURES)) --strip-producers --strip-target-features "$(EXAMPLES)/$$name/millstream_$${name}_bg.wasm" -o "$(EXAMPLES)/$$name/millstream_$${name}_bg.wasm"; \
	done
	cp examples/page/index.html examples/page/client.mjs $(EXAMPLES)/page

.PHONY: test-examples
test-examples: lint-examples test-axum test-wasm-examples ## the examples: their lints and tests, and the weight of a wasm that only decodes

.PHONY: test-axum
test-axum: $(NPM)
	cargo test --locked --manifest-path examples/axum/Cargo.toml --target-dir $(APART)/axum 2>&1 | node tools/count_tests.mjs axum

.PHONY: test-wasm-examples
test-wasm-examples: examples
	cargo build --lib --locked --no-default-features --features codec --target wasm32-unknown-unknown --target-dir $(EXAMPLES)
	node --test --test-reporter=spec --test-timeout=30000 'examples/*/*.test.mjs' 2>&1 | node tools/count_tests.mjs examples

.PHONY: fuzz
fuzz: $(CARGO_FUZZ) ## run each fuzz target for a while (SECONDS=3), from another seed each time
	tools/fuzz $(SECONDS) $(BUILD)/fuzz $(SEED)

.PHONY: mutants
mutants: $(CARGO_MUTANTS) ## change one operator or body after the other and see whether a test fails; takes hours (FILES='src/log/**')
	cargo mutants --no-shuffle $(foreach file,$(FILES),--file '$(file)') --output $(BUILD) -- --lib

.PHONY: build-web
build-web: | $(WASM_TARGET)
	cargo build --tests --locked --lib --test web --target wasm32-unknown-unknown

.PHONY: test-web
test-web: $(NPM) $(WASM_BINDGEN) $(WASM_PACK) browser | $(WASM_TARGET) ## the web shell's tests, in Chromium
	wasm-pack test --headless --chrome --chromedriver "$$(command -v chromedriver)" --mode no-install -- --locked --lib --test web 2>&1 | node tools/count_tests.mjs web

.PHONY: test-e2e
test-e2e: $(WASM) $(BUILD)/workerd.capnp $(PROMETHEUS) browser ## real clients against the built worker, on wrangler and on workerd
	node --test --test-concurrency=4 --test-reporter=spec --test-timeout=180000 'tests/e2e/*.test.mjs' 2>&1 | node tools/count_tests.mjs e2e

# Tests that hold in each mode: streams, resuming, privacy, presence, limits, policies, drain.
STREAMS := $(addprefix tests/e2e/,$(addsuffix .test.mjs,bad_input closing disconnect drain embedder finite_reads handed_over heartbeat history_age hub_settings idempotency import lifetime limits linger memory mercure_0x mercure_1_0_resuming mercure_1_0_subscribing ndjson nothing_yet pipe resume retention_of_subscriptions slow_consumers stop streams_that_end subscriptions trap))
# Tests with clients that read gzip.
CLIENTS_OF_STREAMS := $(addprefix tests/e2e/,$(addsuffix .test.mjs,client client_faults client_kill client_reading lax_clients page_reader))

.PHONY: test-hibernate
test-hibernate: $(WASM) $(BUILD)/workerd.capnp ## tests of streams again, with streams that Workers hold for hubs that sleep
	DELIVERY=hibernate STALLED_MEGABYTES=100 node --test --test-concurrency=3 --test-reporter=spec --test-timeout=180000 $(STREAMS) tests/e2e/hibernate_links.test.mjs tests/soak/lives.test.mjs 2>&1 | node tools/count_tests.mjs hibernate

.PHONY: test-compression
test-compression: $(WASM) $(BUILD)/workerd.capnp browser ## tests of streams and of their clients again, with streams that are compressed
	COMPRESSION=all node --test --test-concurrency=3 --test-reporter=spec --test-timeout=180000 $(STREAMS) $(CLIENTS_OF_STREAMS) 2>&1 | node tools/count_tests.mjs compression

.PHONY: soak
soak: $(WASM) $(BUILD)/workerd.capnp ## held streams of many clients through resets, sleeps, batches and stalls (MINUTES=10, CLIENTS=500, SEED=)
	node tests/soak/run.mjs

.PHONY: test-package
test-package: $(PACKAGE) browser ## the package, installed into projects of users: examples and template; installs them
	node --test --test-concurrency=2 --test-reporter=spec --test-timeout=180000 'tests/package/*.test.mjs' 2>&1 | node tools/count_tests.mjs package

.PHONY: test-clients
test-clients: $(PACKAGE) $(BUILD)/workerd.capnp $(PROMETHEUS) browser browsers $(CLIENTS) $(CLIENTS_VENV)/installed $(CLIENTS_RUST) ## the client on Node 20, Deno, Bun, workerd, Firefox, WebKitGTK; clients of others; installs them
	cargo clippy --locked --all-targets --manifest-path tests/clients/rust/Cargo.toml --target-dir $(BUILD)/clients/rust -- -D warnings
	CLIENTS_PYTHON=$(CLIENTS_VENV)/bin/python CLIENTS_RUST=$(CLIENTS_RUST) node --test --test-reporter=spec --test-timeout=180000 --test-concurrency=1 'tests/clients/*.test.mjs' 2>&1 | node tools/count_tests.mjs clients

$(CLIENTS): tests/clients/package.json tests/clients/package-lock.json tests/clients/.npmrc $(NPM)
	npm ci --prefix tests/clients --loglevel=error

$(CLIENTS_VENV)/installed: tests/clients/python/requirements.txt
	python3 -m venv --clear $(CLIENTS_VENV)
	$(CLIENTS_VENV)/bin/pip install --quiet --disable-pip-version-check --no-deps -r $<
	@touch $@

$(CLIENTS_RUST): $(shell find tests/clients/rust/src) tests/clients/rust/Cargo.toml tests/clients/rust/Cargo.lock
	cargo build --release --locked --manifest-path tests/clients/rust/Cargo.toml --target-dir $(BUILD)/clients/rust

.PHONY: deploy-check
deploy-check: $(WASM) ## a deployment's dry run, and the weight of the wasm
	wrangler deploy --dry-run --outdir $(BUILD)/deploy
	@size=$$(gzip -9c $(WASM) | wc -c); echo "gzipped wasm: $$size of $(WASM_LIMIT) bytes"; ((size <= $(WASM_LIMIT)))

.PHONY: lint
lint: lint-crate lint-features lint-crates lint-package ## rustfmt and clippy for the crates and both targets, forbidden words

.PHONY: components
components:
	@cargo fmt --version >/dev/null 2>&1 || rustup component add rustfmt
	@cargo clippy --version >/dev/null 2>&1 || rustup component add clippy

.PHONY: lint-crate
lint-crate: components | $(WASM_TARGET)
	for crate in $(CRATES); do cargo fmt --check --manifest-path "$$crate/Cargo.toml"; done
	@! grep -rnEi 'todo!|fixme|dbg!' src tests www || { echo 'unfinished work, see above' >&2; exit 1; }
	cargo clippy --locked --all-targets -- -D warnings
	cargo clippy --locked --all-targets --target wasm32-unknown-unknown -- -D warnings

# What several crates need is compiled once, because they share a folder. Clippy links nothing, so libFuzzer is
# not compiled for it.
.PHONY: lint-crates
lint-crates: lint-examples
	cargo clippy --locked --all-targets --manifest-path benches/load/Cargo.toml --target-dir $(TARGET_DIR) -- -D warnings
	cargo clippy --locked --all-targets --manifest-path benches/codec/Cargo.toml --target-dir $(TARGET_DIR) -- -D warnings
	CUSTOM_LIBFUZZER_PATH=./none RUSTFLAGS='--cfg fuzzing' cargo clippy --locked --all-targets --manifest-path fuzz/Cargo.toml --target-dir $(TARGET_DIR) --target "$$(rustc --print host-tuple)" -- -D warnings

.PHONY: lint-examples
lint-examples: components | $(WASM_TARGET)
	cargo clippy --locked --all-targets --manifest-path examples/axum/Cargo.toml --target-dir $(TARGET_DIR) -- -D warnings
	for name in decoder page; do cargo clippy --locked --target wasm32-unknown-unknown --manifest-path "examples/$$name/Cargo.toml" --target-dir $(TARGET_DIR) -- -D warnings; done

.PHONY: lint-package
lint-package: $(WASM) $(NPM) ## the types of the npm package
	tsc --project npm/tsconfig.json
	tsc --project npm/cli/tsconfig.json
	tsc --project npm/client/tsconfig.json
	tsc --project npm/ai/tsconfig.json

# The lints of the default features are those of `lint`.
.PHONY: lint-features
lint-features: components | $(WASM_TARGET) ## clippy for the crate with a part of its features, for both targets
	for feature in codec hub web; do for target in '' '--target wasm32-unknown-unknown'; do \
	  cargo clippy --locked --lib --no-default-features --features $$feature $$target -- -D warnings; \
	done; done

.PHONY: msrv
msrv: ## the crate and its native tests with the oldest Rust that Cargo.toml names; installs it
	rustup toolchain install $(MSRV) --profile minimal --target wasm32-unknown-unknown
	cargo +$(MSRV) check --locked --lib --target wasm32-unknown-unknown --target-dir $(BUILD)/msrv
	cargo +$(MSRV) test --locked --target-dir $(BUILD)/msrv

.PHONY: release-check
release-check: ## check that the version is the same everywhere, and dry-run the publication of the crate (TAG=v1.2.3)
	@[ '$(or $(TAG),v$(VERSION))' = 'v$(VERSION)' ] || { echo 'the tag $(TAG) is not v$(VERSION), the version in Cargo.toml' >&2; exit 1; }
	tools/release_notes $(VERSION)
	for crate in $(CRATES); do cargo metadata --locked --format-version 1 --manifest-path "$$crate/Cargo.toml" >/dev/null; done
	cargo publish --dry-run --locked

.PHONY: deny
deny: $(CARGO_DENY) ## the licences, sources and known flaws of all crates' dependencies (DENY='bans licenses sources' offline)
	@for crate in $(CRATES); do echo "deny: $$crate"; cargo deny --locked --manifest-path "$$crate/Cargo.toml" check --hide-inclusion-graph $(DENY); done

.PHONY: doc
doc: | $(WASM_TARGET) ## the crate's documentation
	RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps --document-private-items --target wasm32-unknown-unknown

.PHONY: clean
clean: ## remove what was built and installed here; the shared tools stay
	cargo clean
	rm -rf $(BUILD) node_modules .wrangler benches/load/target benches/peers/node_modules tests/clients/node_modules

# --- measure -----------------------------------------------------------

.PHONY: bench-core
bench-core: ## the cost of a publication with many subscriptions, compared with few; fails over the limit
	cargo bench --locked --bench audiences

.PHONY: bench
bench: $(WASM) $(BUILD)/workerd.capnp $(LOAD) $(PEERS) ## compare the hub with others, for about an hour (ROUNDS=, CASES=, TARGETS=)
	@tools/peers
	node benches/run.mjs

.PHONY: bench-docs
bench-docs: $(NPM) ## write the results of the last make bench into docs/performance.md, its chart and README.md
	node benches/docs.mjs

.PHONY: bench-post
bench-post: $(WASM) $(BUILD)/workerd.capnp ## the processor time of a POST (ROUNDS=, FOLDERS= of built clones to compare)
	node benches/post.mjs $(FOLDERS)

.PHONY: bench-closings
bench-closings: $(WASM) $(BUILD)/workerd.capnp ## the cost of closed topics, compared with updates; fails over a limit (ROUNDS=)
	@node --disable-warning=ExperimentalWarning benches/closings.mjs

$(LOAD): $(shell find benches/load/src) benches/load/Cargo.toml benches/load/Cargo.lock
	cargo build --release --locked --manifest-path benches/load/Cargo.toml --target-dir benches/load/target

$(PEERS): benches/peers/package.json benches/peers/package-lock.json benches/peers/.npmrc $(NPM)
	npm ci --prefix benches/peers --loglevel=error

.PHONY: bench-codec
bench-codec: ## the codec compared with others, as Markdown; fails when ours is wrong on a case or slower on a row
	cargo run --release --locked --manifest-path benches/codec/Cargo.toml --target-dir $(BUILD)/codec -- $(BUILD)/criterion

# --- tools -------------------------------------------------------------

$(WASM_TARGET):
	rustup target add wasm32-unknown-unknown || rustup target add wasm32-unknown-unknown

# Without --locked: the versions in these tools' lock files are not always available.
$(WASM_BINDGEN):
	cargo install wasm-bindgen-cli --version $(WASM_BINDGEN_VERSION) --root $(TOOLS)/wasm-bindgen-$(WASM_BINDGEN_VERSION)

$(WASM_PACK):
	cargo install wasm-pack --version $(WASM_PACK_VERSION) --root $(TOOLS)/wasm-pack-$(WASM_PACK_VERSION)

$(CARGO_FUZZ):
	cargo install cargo-fuzz --version $(CARGO_FUZZ_VERSION) --root $(TOOLS)/cargo-fuzz-$(CARGO_FUZZ_VERSION)

$(CARGO_MUTANTS):
	cargo install cargo-mutants --version $(CARGO_MUTANTS_VERSION) --root $(TOOLS)/cargo-mutants-$(CARGO_MUTANTS_VERSION)

$(CARGO_DENY):
	cargo install cargo-deny --version $(CARGO_DENY_VERSION) --root $(TOOLS)/cargo-deny-$(CARGO_DENY_VERSION)

$(PROMETHEUS):
	tools/prometheus $(TOOLS)/prometheus

$(NPM): package.json package-lock.json .npmrc
	npm ci --loglevel=error

.PHONY: browser
browser: ## find Chromium and chromedriver, or install them
	@tools/browser

.PHONY: browsers
browsers: ## find Firefox, WebKitGTK and its driver, or install them
	@tools/browsers
