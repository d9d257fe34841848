# Everything runs in .venv, which the first target that needs it makes; only `make deps` needs root.
PYTHON ?= python3
WORKERS ?= 2
STRICT ?= 0
BIN := .venv/bin
INSTALLED := .venv/installed

.DEFAULT_GOAL := help
.PHONY: help demo test check bench golden requirements reliability deps clean

help:
	@echo "make demo     five agencies' feeds, a board, one person erased, and the proof"
	@echo "make test     every test; STRICT=1 makes a skipped test a failure"
	@echo "make check    ruff, mypy, the layers, and the house's own manners"
	@echo "make bench    the figures, each beside its reference"
	@echo "make golden   compare the stored schemas with the facts, write what is new"
	@echo "make requirements   write docs/requirements.md from its rows and the tests that show them"
	@echo "make reliability    write docs/reliability.md from the points at which the tests kill"
	@echo "make deps     as root: the Debian packages that the above needs"
	@echo "make clean    delete .venv and caches; homes and their data stay"

demo: $(INSTALLED)
	$(BIN)/glemmebok demo

test: $(INSTALLED)
	$(BIN)/pytest -n $(WORKERS) --dist worksteal $(if $(filter 1,$(STRICT)),--no-skips)

check: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/house

bench: $(INSTALLED)
	$(BIN)/python -m benchmarks

golden: $(INSTALLED)
	$(BIN)/python -m infra.codec.generate

requirements: $(INSTALLED)
	$(BIN)/python -m tests.house.requirements_page

reliability: $(INSTALLED)
	$(BIN)/python -m tests.house.reliability_page

$(INSTALLED): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; PYTHON=... names another" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "Python's venv module is missing: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

# python3-venv for .venv, passwd for the server's system user, util-linux for tests as another user.
deps:
	@if $(PYTHON) -c 'import venv, ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  && PATH="$$PATH:/usr/sbin" command -v useradd setpriv >/dev/null; then echo "make deps: nothing is missing"; \
	elif [ "$$(id -u)" != 0 ]; then echo "make deps installs Debian packages: run it as root" >&2; exit 1; \
	else apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y \
	  --no-install-recommends python3 python3-venv passwd util-linux; fi

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
