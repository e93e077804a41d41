# The two commands a newcomer needs: `make demo` and `make test`. `make help` lists the others.
# Everything is installed into .venv, which any of them creates.

.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
# The first Python of this list that is 3.11 or later; `make demo PYTHON=/path/to/python` overrides it.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$p; break; }; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet

.PHONY: help install demo test check format clean catalogue bench-extraction bench-tagging bench-db bench-freshness bench-stories bench-fetch bench-speed bench-scale soak chaos

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "techwire needs Python 3.11 or later: none found on PATH (make demo PYTHON=/path/to/python3)" >&2; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "$(PYTHON) is no Python 3.11 or later" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { v=$$($(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	echo "$(PYTHON) has no venv module: install it first (Debian, Ubuntu: sudo apt install python$$v-venv)" >&2; exit 2; }
	@echo "Creating $(VENV) with $$($(PYTHON) --version) …"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --upgrade pip

# A stamp per set of dependencies: nothing is installed twice, and all again when pyproject.toml changes.
$(VENV)/.base: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing techwire into $(VENV) (a minute or two the first time) …"
	@$(PIP) install --constraint constraints.txt --editable '.[web]'
	@touch $@

$(VENV)/.test: $(VENV)/.base
	@echo "Installing what the tests need …"
	@$(PIP) install --constraint constraints.txt --editable '.[test]'
	@touch $@

$(VENV)/.dev: $(VENV)/.test
	@$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $@

install: $(VENV)/.base ## techwire into .venv

demo: $(VENV)/.base ## crawl the bundled newsroom into demo/techwire.db and show the result
	@$(BIN)/techwire demo

test: $(VENV)/.test ## the whole suite, a real PostgreSQL included
	@$(BIN)/python -m pytest --numprocesses auto -q

check: $(VENV)/.dev ## format, lint, types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

format: $(VENV)/.dev ## let ruff format and fix
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

catalogue: $(VENV)/.base ## after a change of pipelines/companies/*.toml: the snapshot that is loaded, made anew
	@$(BIN)/python -m pipelines.companies_ship

bench-extraction: $(VENV)/.test ## article extraction, six peers side by side, each in its own environment
	@$(BIN)/python -m benchmarks.extraction

bench-tagging: $(VENV)/.test ## company tagging, the gazetteer beside it
	@$(BIN)/python -m benchmarks.tagging

chaos: $(VENV)/.test ## kills at random under load on both engines: nothing lost, nothing twice (a few minutes)
	@$(BIN)/python -m benchmarks.chaos

soak: $(VENV)/.test ## a simulated day of 200 sources in five minutes: memory, and its slope
	@$(BIN)/python -m benchmarks.soak

bench-stories: $(VENV)/.test ## articles grouped into stories: B-cubed F1, cross-validated
	@$(BIN)/python -m benchmarks.stories

bench-fetch: $(VENV)/.test ## sixty sites with every fault, a thousand idle feeds: found, cost, manners
	@$(BIN)/python -m benchmarks.fetch

bench-speed: $(VENV)/.test ## CPU per article of the whole way, bare Scrapy and four peers beside it: JSON and a chart in .bench
	@$(BIN)/python -m benchmarks.speed

bench-scale: $(VENV)/.test ## four worker processes on PostgreSQL: manners, throughput, kills, a restart, cost (half an hour)
	@$(BIN)/python -m benchmarks.scale

bench-db: $(VENV)/.test ## the database at size, both engines: questions, storing (ARTICLES=1000000)
	@$(BIN)/python -m benchmarks.db --articles $(or $(ARTICLES),200000)

bench-freshness: $(VENV)/.test ## how long an article waits to be seen, by visiting policy, three seeds
	@$(BIN)/python -m benchmarks.freshness

clean: ## remove what these commands made
	rm -rf $(VENV) demo build dist .bench .venv-peers .mypy_cache .ruff_cache .pytest_cache .hypothesis
