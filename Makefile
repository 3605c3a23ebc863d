# The front door of callscope: `make` lists what it opens. Everything that is built lands in build/ and ui/dist/.
# Settings:  SERVE=0 PORT=8377 DATA=folder CHATS=file MAPPING=file ONLY=name MINUTES=n PREFIX=/usr/local VERBOSE=1

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
SERVE ?= 1
PORT ?= 8377
DATA ?= build/demo-data
MINUTES ?= 5
PREFIX ?= /usr/local
LEVEL := run

.PHONY: help demo build test lint format bench fuzz nightly asan tsan screenshots install deb clean setup
.NOTPARALLEL:

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile
	@awk '/^# Settings:/ { print "\n" substr($$0, 3) }' Makefile

demo: build ## inspect the demo conversations and show them (SERVE=0: stop after the summary; CHATS, MAPPING: add a file of yours)
	@tools/demo $(DATA) $(SERVE) $(PORT) '$(CHATS)' '$(MAPPING)'

build: ui/dist/index.html ## the program with its web interface: build/release/callscope
	@tools/build release callscope

# Vite empties dist/ first, so its page is as new as the rest. A folder in the list notices what was removed.
UI_SOURCES := $(shell find ui -mindepth 1 \( -path ui/node_modules -o -path ui/dist \) -prune -o -print 2>/dev/null)
ui/dist/index.html: $(UI_SOURCES) | setup
	@tools/step "web interface" npm run build --prefix ui
	@touch $@

test: LEVEL = test
test: ui/dist/index.html ## every test: unit, rules, API, web interface in Chromium
	@tools/build release
	@tools/test

lint: LEVEL = ci
lint: setup ## format, clang-tidy, floors, file lengths, shell scripts, web interface
	@tools/lint

format: ## put the C sources into the form of .clang-format
	@tools/lint --format

bench: build ## measure; one line a figure with its target (ONLY=name: just that one)
	@bench/run $(ONLY)

fuzz: LEVEL = ci
fuzz: setup ## hostile input for MINUTES=5, shared among the fuzz targets
	@tests/fuzz/run $$(($(MINUTES) * 60))

nightly: LEVEL = ci
nightly: setup ## what is too long for every change: 100,000 cases against the reference, live calls, an hour of hostile input
	@tools/build release
	@REFERENCE_CASES=100000 build/release/rules_reference_test
	@LIVE_CASES=300000 build/release/rules_live_test
	@tests/reference/sabotage.sh
	@tests/fuzz/run 3600

asan: LEVEL = test
asan: setup ## unit tests and rule tests under the address and undefined-behaviour sanitisers
	@tools/build asan && tools/test --build asan unit rules

tsan: LEVEL = test
tsan: setup ## unit tests under the thread sanitiser
	@tools/build tsan && tools/test --build tsan unit

screenshots: LEVEL = test
screenshots: build ## docs/images/*.png from the demo, in both languages, at desk and phone width
	@tools/demo $(DATA) 0 0 >build/log/demo.log && node tools/screenshots.mjs $(DATA) docs/images

install: build ## the program, its man page and completion to PREFIX=/usr/local (DESTDIR is respected)
	@cmake --install build/release --prefix $(PREFIX) >/dev/null
	@mkdir -p $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	@build/release/callscope man >$(DESTDIR)$(PREFIX)/share/man/man1/callscope.1
	@build/release/callscope completion bash >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/callscope
	@echo "   installed to $(DESTDIR)$(PREFIX)"

deb: build ## the Debian package: build/callscope_VERSION_ARCHITECTURE.deb (docs/install.md)
	@tools/deb

clean: ## remove what was built, and the demo's data
	rm -rf build ui/dist

setup: ## only install what the build needs
	@tools/setup $(LEVEL)
