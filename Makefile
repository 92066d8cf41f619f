# chatsite. `make` alone lists what there is. Needs Python 3.11 or newer, make and git; everything else goes into .venv.
.DEFAULT_GOAL := help
.PHONY: help run dev test test-quick check format bench drill lock hooks clean install install-dev

# The first Python here that is new enough; name another with `make run PYTHON=/path/to/python3`.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)
PORT ?= 8000
SIMULATOR_PORT ?= $(shell expr $(PORT) + 900)
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
PACKAGES := chatsite accounts providers threads metrics
TEMPLATES = $(shell find templates $(PACKAGES) -name '*.html')
ARGS ?=

export UV_PYTHON_DOWNLOADS := never

help: ## list what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: # what serving needs
	@if [ -z "$(PYTHON)" ]; then echo "make: needs Python 3.11 or newer; none was found." \
		"Install one, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 1; fi
	@"$(PYTHON)" chatsite/install.py

install-dev: # also what testing and checking need
	@if [ -z "$(PYTHON)" ]; then echo "make: needs Python 3.11 or newer; none was found." \
		"Install one, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 1; fi
	@"$(PYTHON)" chatsite/install.py --dev

run: install ## set everything up and serve, with simulated providers (PORT=8000, SIMULATOR_PORT=PORT+900)
	@exec $(MANAGE) serve --port $(PORT) --simulator-port $(SIMULATOR_PORT) $(ARGS)

dev: install-dev ## the same for developing: DEBUG, starts again when a file changes
	@exec env DEBUG=on $(MANAGE) serve --dev --port $(PORT) --simulator-port $(SIMULATOR_PORT) $(ARGS)

test: install-dev ## the whole suite: SQLite, PostgreSQL and Redis where they answer, the browser (ARGS= for pytest)
	@$(BIN)/python tests/run.py $(ARGS)

test-quick: install-dev ## the part for working: SQLite, no browser (ARGS= for pytest)
	@$(BIN)/python tests/run.py --quick $(ARGS)

check: install-dev ## linters, types, import directions, templates, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(PACKAGES) manage.py
	$(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/djade --check $(TEMPLATES)
	$(MANAGE) check --fail-level WARNING
	$(MANAGE) makemigrations --check --dry-run

format: install-dev ## put code and templates into shape
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .
	-$(BIN)/djade $(TEMPLATES)

bench: install-dev ## measure: streams, first tokens, CPU per token, stop, memory (ARGS= for its options)
	@$(BIN)/python -m tests.bench $(ARGS)

drill: install-dev ## many processes and faults on purpose: what is lost, doubled, paused (ARGS= for its options)
	@$(BIN)/python -m tests.drills $(ARGS)

lock: install-dev ## resolve the dependencies again; the lock names no index (UPGRADE=1 takes newer ones)
	$(BIN)/uv lock $(if $(UPGRADE),--upgrade)
	@$(BIN)/python -c 'import pathlib, re; lock = pathlib.Path("uv.lock"); \
		lock.write_text(re.sub(r"https://[^/\"]+/", "https://index.invalid/", lock.read_text()))'

hooks: install-dev ## check what is committed, at each `git commit`
	@$(BIN)/pre-commit install

clean: ## remove what was made here, except var/ (your data)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
