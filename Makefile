# What one needs to run, test and change Backfill. Python 3.11 or newer and make are enough.

PYTHON ?= python3
PORT ?= 8000
VENV = .venv
PY = $(VENV)/bin/python
DISK_MB = 1500

# Servers in a folder that is gone afterwards, unless DATABASE_URL and REDIS_URL name others.
SCRATCH = home=$$(mktemp -d) && trap 'rm -rf "$$home"' EXIT && trap 'exit 130' INT TERM && chmod 711 "$$home" && \
	export BACKFILL_HOME="$$home/backfill" &&
PRODUCTION = DATABASE_URL=postgres://user@nowhere/backfill REDIS_URL=redis://nowhere/0 BACKFILL_LOCAL=false DEBUG=false \
	ALLOWED_HOSTS=books.example.com SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(50))')
COMPILE = $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

.DEFAULT_GOAL := help
.PHONY: help demo test check bench mutate fmt requirements clean

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 22

demo: $(VENV)/installed ## run everything, with two demo companies, on PORT (default 8000) until Ctrl-C
	@test -z "$$BACKFILL_HOME" || echo "$$BACKFILL_HOME" >.backfill-home  # where commands without BACKFILL_HOME look
	@PORT=$(PORT) BACKFILL_LOCAL=$${BACKFILL_LOCAL:-true} exec $(PY) manage.py demo --serve

test: $(VENV)/installed-dev ## run the tests in parallel; ARGS="tests/ledger -k post" narrows them
	@$(SCRATCH) BACKFILL_EMBEDDED_DURABLE=false $(PY) -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(VENV)/installed-dev ## everything CI asks: style, types, layers, settings, migrations, tests
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	@$(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING
	@$(SCRATCH) $(PY) manage.py makemigrations --check --dry-run
	@$(MAKE) --no-print-directory test

bench: $(VENV)/installed-dev ## measure speed against bare SQL and other libraries; see BENCHMARKS.md
	@$(SCRATCH) $(PY) -m pytest tests/benchmarks --override-ini=addopts= --capture=no $(ARGS)

mutate: $(VENV)/installed-dev ## change code in small ways and count what tests notice; ARGS="--targets posting --sample 5"
	@$(SCRATCH) BACKFILL_EMBEDDED_DURABLE=false $(PY) -m tests.mutation.run $(ARGS)

messages: $(VENV)/installed-dev ## read the strings to translate from code and templates, and compile the translations
	@$(PY) -m tests.translations.update

fmt: $(VENV)/installed-dev ## format the code and repair what can be repaired
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

requirements: $(VENV)/installed-dev ## compile requirements*.txt from pyproject.toml; ARGS=--upgrade for newer versions
	$(COMPILE) $(ARGS) pyproject.toml --output-file requirements.txt
	$(COMPILE) $(ARGS) pyproject.toml --constraint requirements.txt --extra local --output-file requirements-local.txt
	$(COMPILE) $(ARGS) pyproject.toml --constraint requirements-local.txt --extra local --group dev --output-file requirements-dev.txt

clean: ## remove the virtual environment and caches; data in BACKFILL_HOME stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache staticfiles

$(VENV)/installed: requirements-local.txt
	@$(call install,requirements-local.txt)
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt
	@$(call install,requirements-dev.txt)
	@touch $@ $(VENV)/installed

define install
$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Backfill needs Python 3.11 or newer, and this is " \
	+ sys.version.split()[0] + ": make PYTHON=/path/to/python")'
@df -Pm . | awk 'NR == 2 && $$4 < $(DISK_MB) { print "Backfill: " $$4 " MB are free here, the packages need $(DISK_MB) MB."; \
	exit 1 }' >&2
@test -x $(PY) || { echo "Creating $(VENV) …"; $(PYTHON) -m venv $(VENV); }
@echo "Installing the packages of $(1), which takes a minute or two …"
@$(PY) -m pip install --disable-pip-version-check --no-input --require-hashes --no-deps --requirement $(1)
endef
