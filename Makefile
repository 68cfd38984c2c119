# Two commands are enough: `make run` and `make test`. Both set up .venv by themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help run test test-latest lint js bench bench-lattice mutate audit lock sbom methods docs clean

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ -/'

# A fresh machine gets the versions that were tested.
INSTALL := -m pip install --quiet --constraint constraints.txt --editable

$(VENV)/.run: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python $(INSTALL) .
	@touch $@

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python $(INSTALL) '.[cluster,docs,test]'
	@touch $(VENV)/.run $@

run: $(VENV)/.run  ## The main job on the embedded data: a table and out/sco-2025.html
	$(BIN)/winset run sco-2025
	$(BIN)/winset report sco-2025 --out out/sco-2025.html

node_modules/.installed: package-lock.json
	npm ci --no-audit --no-fund --silent
	@touch $@

js: node_modules/.installed  ## The page's modules: types, and tests of the pure ones
	npm run --silent types
	npm test --silent

lint: $(STAMP)  ## Style, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint js  ## Everything: lint, all kinds of tests, browser tests included
	# Compile the kernels once, in one process: test processes then share the cache on disk.
	$(BIN)/winset share sco-2025 --players EAEU --json >/dev/null
	$(BIN)/winset run sco-2025 --draws 20 --json >/dev/null
	$(BIN)/winset run nafta --draws 20 --json >/dev/null
	# Three processes on two cores: tests of servers and browsers wait much of the time.
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

test-latest:  ## The tests that need no browser, with the newest version of everything
	$(PYTHON) -m venv .venv-latest
	.venv-latest/bin/python -m pip install --quiet --upgrade --editable '.[cluster,docs,test]'
	.venv-latest/bin/python -m pytest -n 2 --dist loadfile --ignore tests/browser

audit: $(STAMP)  ## Known weaknesses of what is installed (asks the package index)
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/python -m pip install --quiet pip-audit
	.venv-audit/bin/python scripts/audit.py .venv-audit/bin/pip-audit

lock: $(STAMP)  ## Write constraints.txt and docs/licences.md of this environment
	$(BIN)/python scripts/lock.py

sbom: $(STAMP)  ## What winset is made of, packages and data: out/winset-sbom.json
	$(BIN)/python -m scripts.sbom out/winset-sbom.json

methods: $(STAMP)  ## Compute the tables of docs/methods.md anew
	$(BIN)/python -m scripts.write_methods

bench: $(STAMP)  ## Speed, against peers in the same run
	$(BIN)/python -m benchmarks

bench-lattice: $(STAMP)  ## All 2^27 coalitions of the SCO family: lattice and division
	$(BIN)/python -m benchmarks.lattice --all
	$(BIN)/python -m benchmarks clubs
	$(BIN)/python -m benchmarks clubs --sectors

ROOM ?=
mutate: $(STAMP)  ## Change one thing at a time and see a test fail; ROOM=games for one room
	$(BIN)/python $(INSTALL) '.[mutate]'
	$(BIN)/python -m tests.mutants $(ROOM)

docs: $(STAMP)  ## Build the documentation into site/
	$(BIN)/mkdocs build --strict

clean:  ## Remove what the other targets made
	find src -name '*.nb[ic]' -delete
	rm -rf $(VENV) .venv-latest .venv-audit node_modules out site .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
