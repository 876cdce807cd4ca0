# Opsroom's everyday commands. `make` alone lists them. All that they install goes into .local/ of this checkout.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

VENV := .local/venv
PYTHON := $(VENV)/bin/python
TOOLS := .local/tools
LOCAL := PYTHONPATH=infra/local $(PYTHON) -m opsroom_local
UV_VERSION := $(shell sed -n 's/^uv==\([^ ]*\).*/\1/p' infra/local/requirements.txt)
CARGO_DENY_VERSION := 0.20.2

.PHONY: help up down logs test check bench build fmt clean package lock browser alertmanager programs

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | awk -F'\t' '{ printf "  make %-8s %s\n", $$1, $$2 }'

up: $(VENV)/ready programs ## build, start the local cloud, print the room's address; Ctrl-C stops it (DETACH=1 returns when it is ready)
	@$(LOCAL) up $(if $(DETACH),--detach)

down: $(VENV)/ready ## stop the local cloud that `make up DETACH=1` left running
	@$(LOCAL) down

logs: $(VENV)/ready ## the functions' logs of the running local cloud (FOLLOW=1 goes on)
	@$(LOCAL) logs $(if $(FOLLOW),--follow)

test: $(VENV)/ready browser alertmanager programs ## everything: unit, contract, scenario and browser tests
	@$(LOCAL) test

check: $(VENV)/ready $(TOOLS)/bin/cargo-deny ## formatting, lints, dependency walls, docs, template
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets --all-features -- -D warnings
	$(TOOLS)/bin/cargo-deny --locked --workspace check bans licenses sources
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps
	AWS_DEFAULT_REGION=us-east-1 SAM_CLI_TELEMETRY=0 $(VENV)/bin/sam validate --lint
	$(VENV)/bin/cfn-lint template.yaml
	@echo "make check: all passed"

bench: $(VENV)/ready ## time, memory and size of the release binaries beside two references; a burst of webhooks; a storm of alarms; a room with many links; the first sign of life
	cargo build --locked --release $(foreach name,slack-ingress webhook-ingress commands activity alarms delivery schedule bench,-p opsroom-$(name)) -p reference-bare -p reference-sdk
	$${CARGO_TARGET_DIR:-target}/release/opsroom-bench --write docs/benchmarks.md
	$(VENV)/bin/python tests/bench/burst.py --write docs/benchmark-burst.md
	$(VENV)/bin/python tests/bench/storm.py --write docs/benchmark-storm.md
	$(VENV)/bin/python tests/bench/links.py --write docs/benchmark-bytes.md
	$(VENV)/bin/python tests/bench/signs.py --write docs/benchmark-signs.md

build: $(VENV)/ready ## build what the local cloud runs
	@$(LOCAL) build

fmt: ## format the Rust sources
	cargo fmt --all

package: $(VENV)/package ## what `sam deploy` takes to a true account: sam build with cargo-lambda, release, arm64
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" SAM_CLI_TELEMETRY=0 $(VENV)/bin/sam build

lock: $(VENV)/ready ## pin the newest Python packages that the .in files allow
	cd infra/local && for name in requirements requirements-package; do \
	  ../../$(VENV)/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-emit-find-links --custom-compile-command "make lock" --output-file $$name.txt $$name.in; done

clean: ## remove all that these commands made, except cargo's target folder
	@if [ -x $(PYTHON) ]; then $(LOCAL) down; fi
	rm -rf .local .aws-sam infra/local/room/node_modules infra/local/room/dist

# The virtual environment, exactly as locked. Debian keeps venv in a package of its own.
$(VENV)/ready: infra/local/requirements.txt
	@echo "==> installing the Python packages"
	@if ! python3 -c 'import ensurepip' 2>/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null; \
	  else echo "error: Python's venv is missing; install it (Debian: apt-get install python3-venv)" >&2; exit 1; fi; fi
	@[ -x $(PYTHON) ] || python3 -m venv $(VENV)
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(VENV)/bin/uv pip sync --quiet --require-hashes --python $(PYTHON) infra/local/requirements.txt
	@touch $@

$(VENV)/package: $(VENV)/ready infra/local/requirements-package.txt
	@$(VENV)/bin/uv pip install --quiet --require-hashes --python $(PYTHON) -r infra/local/requirements-package.txt
	@touch $@

$(TOOLS)/bin/cargo-deny:
	cargo install --locked --root $(TOOLS) cargo-deny --version $(CARGO_DENY_VERSION)

# The browser that drives the room in the tests.
browser:
	@if ! command -v chromium >/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "==> installing chromium and a font of emoji"; apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-color-emoji >/dev/null; \
	  else echo "error: the browser test needs chromium; install it (Debian: apt-get install chromium)" >&2; exit 1; fi; fi

# A real sender of alerts for the tests.
alertmanager:
	@if ! command -v prometheus-alertmanager >/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "==> installing prometheus-alertmanager"; apt-get update -qq && apt-get install -y -qq --no-install-recommends prometheus-alertmanager >/dev/null; \
	  else echo "error: the tests need Alertmanager; install it (Debian: apt-get install prometheus-alertmanager)" >&2; exit 1; fi; fi

# What really runs on local hosts besides Ansible: the player of the DJ's, and Puppet. Without them the rest of the cloud is as good as ever, so
# only the tests insist.
programs:
	@if ! command -v mpd >/dev/null || ! command -v mpc >/dev/null || ! command -v puppet >/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "==> installing mpd, mpc and puppet-agent"; apt-get update -qq && apt-get install -y -qq --no-install-recommends mpd mpc puppet-agent >/dev/null; \
	  else echo "the local hosts need mpd, mpc and puppet; install them (Debian: apt-get install mpd mpc puppet-agent)" >&2; $(if $(filter test,$(MAKECMDGOALS)),exit 1,:); fi; fi
