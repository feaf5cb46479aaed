# Everything a developer or a curious office needs. `make` alone lists the targets.
# Windows without make: see README.md.

PYTHON  ?= python3
VENV    ?= .venv
BIN     := $(VENV)/bin
SOURCES := pysrc tests bench scripts
JOBS    ?= auto

# File names here are Chinese; a bare C locale would lose them.
export LC_ALL := $(or $(LC_ALL),$(LANG),C.UTF-8)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help demo test lint types bench macros workbooks commands demo-files pictures update-golden clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

demo: $(VENV)/.installed  ## set up and run the main job on a made-up district
	$(BIN)/gouji demo

test: $(VENV)/.installed-dev $(VENV)/.office $(VENV)/.mail $(VENV)/.browser  ## set up everything, then lint, types and all tests
	$(MAKE) lint types
	if command -v soffice >/dev/null 2>&1; then export GOUJI_REQUIRE_OFFICE=1; fi; \
	  if PATH="$$PATH:/usr/sbin" dovecot --version 2>/dev/null | grep -q '^2\.3\.'; then export GOUJI_REQUIRE_MAIL=1; fi; \
	  if command -v chromium >/dev/null 2>&1; then export GOUJI_REQUIRE_BROWSER=1; fi; \
	  $(BIN)/python -m pytest -n $(JOBS) --dist loadfile

lint: $(VENV)/.installed-dev  ## style and format
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)

types: $(VENV)/.installed-dev  ## type check
	$(BIN)/mypy

bench: $(VENV)/.installed-dev  ## speed and memory against baselines of the same run
	$(BIN)/python bench/run.py $(BENCH)
	$(BIN)/python bench/diagnosis.py $(DIAGNOSIS)

macros: $(VENV)/.installed-dev  ## compile macros/*.bas for the buttons
	$(BIN)/python scripts/build_macros.py

workbooks: $(VENV)/.installed  ## build workbook/, the forms a clerk opens
	$(BIN)/python scripts/build_workbooks.py

commands: $(VENV)/.installed  ## build docs/commands.md, the reference of all commands
	$(BIN)/python scripts/build_commands_page.py

demo-files: $(VENV)/.installed $(VENV)/.office  ## let LibreOffice save the demo's forms that another program saved
	$(BIN)/python scripts/build_demo_files.py

pictures: $(VENV)/.installed-dev $(VENV)/.office $(VENV)/.browser  ## draw the pictures of the docs from real workbooks
	$(BIN)/python scripts/build_pictures.py
	$(BIN)/python scripts/build_page_picture.py

update-golden: workbooks  ## write anew every built file that a test compares
	$(BIN)/python scripts/build_rules_page.py
	$(BIN)/python scripts/build_commands_page.py
	$(BIN)/python -c "import pathlib; print(*sorted(map(str, pathlib.Path('workbook').iterdir())), sep='\n')"
	$(BIN)/python tests/open_data_cases.py

clean:  ## remove what was made here, the environment too
	rm -rf $(VENV) build dist gouji-demo-* .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find $(SOURCES) -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.python:
	PYTHON=$(PYTHON) bash scripts/system.sh python
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.installed: $(VENV)/.python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[report]'
	touch $@

$(VENV)/.installed-dev: $(VENV)/.python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@ $(VENV)/.installed

$(VENV)/.office: $(VENV)/.python scripts/system.sh
	bash scripts/system.sh office
	touch $@

$(VENV)/.mail: $(VENV)/.python scripts/system.sh
	bash scripts/system.sh mail
	touch $@

$(VENV)/.browser: $(VENV)/.python scripts/system.sh
	bash scripts/system.sh browser
	touch $@
