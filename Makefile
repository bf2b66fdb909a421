# Every target makes what it needs by itself, from a fresh clone on; what is there already is not made twice.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:

# The system's own Python first: Debian compiles it with profiles, and it runs this program a sixth faster than one built at home.
export PYTHON ?= $(shell command -v /usr/bin/python3.11 || command -v python3.11 || command -v python3)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# The database of the second round of tests. Without a name in it, PostgreSQL takes the name of whoever runs the tests.
export MEDIATION_TEST_POSTGRES ?= postgresql+psycopg://127.0.0.1/test
# Tests that run side by side: one more than there are cores, since who waits for a browser or a printer leaves one free.
JOBS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); echo $$((n < 4 ? n + 1 : 4)))

BIN := .venv/bin
# What the tests of a file share is made once: a file goes to one worker. The dearest come first (tests/conftest.py).
SIDE_BY_SIDE = $(BIN)/pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder
PARTS := .venv/.parts
FONTS := .venv/.fonts
ASSETS := mediation/static/dist/manifest.json
ASSET_SOURCES := mediation/static/build.mjs $(wildcard mediation/static/src/* mediation/static/src/*/*) \
	$(shell find templates mediation -name '*.html' -o -name '*.py')

.PHONY: help prepare run test check bench pictures translations pins clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

prepare: $(PARTS) $(ASSETS) $(FONTS)  ## fetch and build all that the program needs, and start nothing

run: $(PARTS) $(ASSETS) $(FONTS)  ## start the program here, with a demonstration centre on the first start (PORT=, HOST=)
	@exec $(BIN)/mediation run

# A hundred processes are started on the way: what Python compiles for one is kept for the next, whatever the shell says.
test: export PYTHONDONTWRITEBYTECODE :=
test: $(PARTS) $(ASSETS) $(FONTS)  ## all tests on SQLite, then those that touch the database on PostgreSQL
	@setup/system.sh tests
	@$(SIDE_BY_SIDE)
	@if setup/postgresql.sh; then \
		$(SIDE_BY_SIDE) -m database --database postgresql; \
	elif [[ ",$${MEDIATION_REQUIRE:-}," == *,postgresql,* ]]; then \
		echo "PostgreSQL is required here and does not answer at $(MEDIATION_TEST_POSTGRES)." >&2; exit 1; \
	else \
		echo "*** NOT TESTED ON POSTGRESQL: nothing answers at $(MEDIATION_TEST_POSTGRES) (set MEDIATION_TEST_POSTGRES) ***"; \
	fi

check: $(PARTS) $(ASSETS)  ## ruff, types, translations complete, migrations match the models
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/mediation translations --check
	@$(BIN)/mediation migrations --check

bench: $(PARTS) $(ASSETS) $(FONTS)  ## the figures, against the floor: a table, bench/results.json, and the tables of the READMEs
	@$(BIN)/python -m bench
	@$(BIN)/python -m tools.reference

pictures: $(PARTS) $(ASSETS) $(FONTS)  ## pictures of the pages and of an agreement for the README, from the demonstration centre
	@setup/system.sh tests
	@$(BIN)/python -m tools.pictures

translations: $(PARTS)  ## collect new texts from pages and code into the Chinese catalogue
	@$(BIN)/mediation translations --update

pins: $(PARTS)  ## write down the versions that are installed now
	@$(BIN)/pip freeze --exclude-editable > constraints.txt

clean:  ## remove what was installed and built (not the data)
	@rm -rf .venv node_modules mediation/static/dist *.egg-info

# ---- what the targets stand on: each is a file, made again only when what it comes from has changed ----

$(BIN)/python:
	@setup/system.sh venv
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version)'
	@$(PYTHON) -m venv .venv

$(PARTS): pyproject.toml constraints.txt | $(BIN)/python
	@setup/system.sh pdf
	@echo "Installing the Python parts …"
	@$(BIN)/pip install -q -c constraints.txt -e '.[dev]'
	@touch $@

node_modules/.package-lock.json: package.json package-lock.json | $(PARTS)
	@echo "Installing the parts of the pages …"
	@setup/node.sh npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(ASSETS): node_modules/.package-lock.json $(ASSET_SOURCES) | $(PARTS)
	@setup/node.sh node mediation/static/build.mjs

$(FONTS): node_modules/.package-lock.json documents/fonts.py | $(PARTS)
	@echo "Preparing the fonts of the papers …"
	@$(BIN)/python -m documents.fonts
	@touch $@
