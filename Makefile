# Everything a person does here has one word. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# Python keeps what it compiled even where a machine's default says no: a command starts in half
# the time, and the tests start many.
export PYTHONDONTWRITEBYTECODE :=

BIN := .venv/bin
READY := .venv/.ready-for-maillage
SOURCES := matcher webapp tests benchmarks

.PHONY: help setup demo test check bench smoke format lock

help: ## List what can be asked
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## Make or bring up to date the environment in .venv

# The stamp is written last: an interrupted set-up starts again. pip compares hashes, asks no
# resolver, builds nothing but this project, and compiles nothing that may never be imported.
$(READY): requirements.lock pyproject.toml
	@python="$$(.ci/find-python)"; \
	if ! $(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then \
		echo "Making .venv with $$python"; "$$python" -m venv --clear .venv; \
	fi
	@echo "Installing the locked packages into .venv (a few minutes the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps \
		--only-binary :all: --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
		--no-build-isolation --editable .
	@$(BIN)/python -m pip check --disable-pip-version-check
	@touch $@

demo: $(READY) ## Match the made-up territory, write the files, then serve it with one account a role
	@$(BIN)/maillage demo
	@$(BIN)/maillage serve --demo

test: $(READY) ## The tests of every day: at most a minute
	@$(BIN)/pytest -q -n auto -m "not slow and not long"

check: $(READY) ## All that must be green before a change lands: format, rules, types, floors, all tests
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache --no-logo # its cache outlives a module that came later (ADR 8)
	@HYPOTHESIS_PROFILE=long $(BIN)/pytest -q -n auto

bench: $(READY) ## What the tables know, times and memory beside the alternatives: all of it, about an hour
	@$(BIN)/python -m benchmarks.real.tables
	@$(BIN)/python -m benchmarks.real.knowledge
	@$(BIN)/python -m benchmarks all

smoke: $(READY) ## Install the wheel alone, elsewhere, and match a survey with it
	@.ci/smoke

format: $(READY) ## Lay out the code and mend what can be mended by itself
	@$(BIN)/ruff format $(SOURCES)
	@$(BIN)/ruff check --fix $(SOURCES)

lock: $(READY) ## Choose versions anew: names and hashes, no hosts
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --upgrade \
		--no-header --no-annotate --no-emit-index-url --no-emit-find-links --all-extras \
		--output-file requirements.lock pyproject.toml
