# Everything runs in .venv, which the first target that needs it makes; only `make deps` needs root.
PYTHON ?= python3
WORKERS ?= 2
STRICT ?= 0
BIN := .venv/bin
INSTALLED := .venv/installed

.DEFAULT_GOAL := help
.PHONY: help demo test check bench golden requirements reliability deps deps-containers clean kafka test-containers images

help:
	@echo "make demo     five agencies' feeds, a board, one person erased, and the proof"
	@echo "make kafka    a Kafka of one's own in the foreground, on 127.0.0.1:9092"
	@echo "make test     every test but those in containers; STRICT=1 makes a skipped test a failure"
	@echo "make test-containers   the tests in containers; starts a Docker engine if none answers (root)"
	@echo "make images   the local images they need; the first time takes minutes"
	@echo "make check    ruff, mypy, the layers, and the house's own manners"
	@echo "make bench    the figures, each beside its reference"
	@echo "make golden   compare the stored schemas with the facts, write what is new"
	@echo "make requirements   write docs/requirements.md from its rows and the tests that show them"
	@echo "make reliability    write docs/reliability.md from the points at which the tests kill"
	@echo "make deps     as root: the Debian packages that the above needs"
	@echo "make deps-containers    as root: those and a Docker engine, for the tests in containers"
	@echo "make clean    delete .venv and caches; homes and their data stay"

demo: $(INSTALLED)
	$(BIN)/glemmebok demo

kafka: $(INSTALLED)
	$(BIN)/python -m infra.broker

test: $(INSTALLED)
	$(BIN)/pytest -n $(WORKERS) --dist worksteal --ignore tests/containers \
	  $(if $(filter 1,$(STRICT)),--no-skips)

test-containers: $(INSTALLED)
	infra/images/engine.sh sh -c 'infra/images/build.sh && $(BIN)/pytest --no-skips tests/containers'

images: $(INSTALLED)
	infra/images/engine.sh infra/images/build.sh

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

deps:
	@PYTHON=$(PYTHON) .ci/deps

deps-containers:
	@PYTHON=$(PYTHON) .ci/deps containers

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
