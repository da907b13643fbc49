# The verbs of this project. Each one first makes .venv if it is missing or out of date.

PYTHON_IN_VENV := .venv/bin/python
STAMP := .venv/.is-set-up
BENCH_STAMP := .venv/.has-benchmarks
ARGS ?=

.PHONY: help setup demo fix check test docs bench bench-soak bench-sandbox bench-verdicts
.DEFAULT_GOAL := help

help:
	@echo "make setup   make .venv with the package and its tools"
	@echo "make demo    judge two apps an agent wrote, through the real codeoptix command"
	@echo "make test    run every test (ARGS='tests/cli -k exit' for some)"
	@echo "make check   lint, format, types, import directions"
	@echo "make fix     mend what the linter and the formatter can mend"
	@echo "make bench   this and other load generators side by side: CPU, stalls, percentiles (4 minutes)"
	@echo "make bench-soak   memory of this load generator over ten minutes"
	@echo "make bench-sandbox   what the sandbox adds to a start and to each answer (2 minutes)"
	@echo "make bench-verdicts   verdicts on sound and defective apps: right, soon, and the same again (15 minutes)"
	@echo "make docs    check that the documentation is complete and its links resolve"

setup: $(STAMP)

$(STAMP): pyproject.toml Makefile scripts/setup scripts/find-python
	@scripts/setup
	@touch $@

demo: setup
	$(PYTHON_IN_VENV) examples/demo/run_demo.py

fix: setup
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

check: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo

test: setup
ifeq ($(ARGS),)
	$(PYTHON_IN_VENV) -m pytest -m "not alone" -n 3 --dist loadfile --no-loadscope-reorder
	$(PYTHON_IN_VENV) -m pytest -m alone
else
	$(PYTHON_IN_VENV) -m pytest $(ARGS)
endif

docs: setup
	$(PYTHON_IN_VENV) -m pytest tests/test_docs.py $(ARGS)

$(BENCH_STAMP): $(STAMP)
	@scripts/setup benchmarks
	@touch $@

bench: $(BENCH_STAMP)
	$(PYTHON_IN_VENV) -m benchmarks.generator
	$(PYTHON_IN_VENV) -m benchmarks.stalls
	$(PYTHON_IN_VENV) -m benchmarks.distribution

bench-soak: $(BENCH_STAMP)
	$(PYTHON_IN_VENV) -m benchmarks.soak

bench-sandbox: setup
	$(PYTHON_IN_VENV) -m benchmarks.sandbox

bench-verdicts: setup
	$(PYTHON_IN_VENV) -m benchmarks.verdicts
	$(PYTHON_IN_VENV) -m benchmarks.verdicts repeat
