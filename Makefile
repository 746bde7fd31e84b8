# Every recipe brings its own environment: a machine needs Python 3.11 or later, make and git.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory --no-builtin-rules
# Commands and tests start Python hundreds of times: what it has compiled once is kept, whatever the machine prefers.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
# The environment is made anew whenever one of these changes, whatever their dates say.
STAMP := .venv/made-$(shell cat requirements-dev.txt pyproject.toml 2>/dev/null | cksum | tr ' ' '-')
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq

JOBS ?= auto
CASES ?= 100000
TESTS ?=

.PHONY: help run test check bench screenshots lock translations assets clean

help: ## List the recipes
	@echo "Recipes:"
	@sed -n 's/^\([a-z][a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-20s %s\n", $$1, $$2 }'

run: assets ## Start the whole portal on this machine; Ctrl-C stops it
	@exec $(BIN)/portal up

test: assets ## Run the tests (TESTS=path for some, JOBS=n for so many workers)
	@$(BIN)/pytest -n $(JOBS) $(TESTS)

check: $(STAMP) ## Check format, lint, types, architecture, templates and translations
	@$(BIN)/ruff format --check --quiet . || { echo "Run: $(BIN)/ruff format ."; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/djlint --lint --quiet portal/pages/templates cases billing
	@$(BIN)/python -m portal.pages.catalogue --check

bench: $(STAMP) ## Measure against the bare database (CASES=n, 100000 by default)
	@$(BIN)/portal bench --cases $(CASES)

screenshots: assets ## Take the README's pictures from the sample data
	@$(BIN)/python -m tests.browser.screenshots

translations: $(STAMP) ## Collect the texts to translate
	@$(BIN)/python -m portal.pages.catalogue

lock: $(STAMP) ## Choose versions anew and write the lock files
	@$(BIN)/uv pip compile $(LOCK) requirements.in -o requirements.txt
	@$(BIN)/uv pip compile $(LOCK) --constraints requirements.txt requirements-dev.in -o requirements-dev.txt
	@$(BIN)/npm install --package-lock-only --omit-lockfile-registry-resolved --no-fund --no-audit --silent

LOCK := --quiet --upgrade --generate-hashes --universal --python-version 3.11 --no-header --no-emit-index-url

assets: $(STAMP)
	@$(BIN)/python -m portal.pages.assets >/dev/null

clean: ## Remove everything that was built or installed; data under var/ stays
	rm -rf .venv node_modules static/dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(STAMP):
	@python=$$(for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	  if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$name; break; fi; done); \
	if [ -z "$$python" ]; then echo "Python 3.11 or later was not found." >&2; exit 1; fi; \
	echo "Making the environment in .venv (the first time takes a few minutes)"; \
	[ -x $(BIN)/python ] || $$python -m venv .venv
	@$(PIP) install --require-hashes --no-deps --no-compile -r requirements-dev.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@rm -f .venv/made-* && touch $@
