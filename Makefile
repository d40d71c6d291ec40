# Everything starts here: `make run`, `make test`, `make check`; `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
PORT ?= 8000
export PYTHON PORT

PY := .venv/bin/python
COMPILE := CUSTOM_COMPILE_COMMAND="make lock" $(PY) -m piptools compile --quiet --generate-hashes \
	--no-emit-index-url --no-emit-find-links --strip-extras \
	--unsafe-package django --unsafe-package asgiref --unsafe-package sqlparse

.PHONY: help run demo-reset test check bench proofs mutants screenshots lock wheel image clean

help: ## show this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 20

run: .venv/.stamp-run ## the portal with demo data on http://127.0.0.1:8000 (PORT=...), until Ctrl-C
	@exec scripts/run

demo-reset: .venv/.stamp-run ## throw the demo database away and seed it anew
	@exec scripts/demo-reset

test: .venv/.stamp-dev ## all tests, with a real browser and a real PostgreSQL (PYTEST_ARGS=...)
	@scripts/setup-tests
	@exec $(PY) -m pytest -n 2 --dist loadscope $(PYTEST_ARGS)

check: .venv/.stamp-dev ## ruff, mypy, templates, HTML (with the Nu Html Checker)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) scripts/check_templates.py
	$(PY) scripts/check_html.py

proofs: .venv/.stamp-dev ## try to break the promises at full size, and write docs/proofs.md (PROOFS=…, SCALE=…)
	@scripts/setup-tests
	@exec $(PY) -m proofs

bench: .venv/.stamp-dev ## the benchmarks with their budgets, in one run
	@scripts/setup-tests
	@$(PY) -m pip install --quiet --no-deps --require-hashes --requirement requirements-bench.txt || \
		echo "Some peers could not be built (a C compiler and Python's headers are needed): measured without them." >&2
	@exec $(PY) -m bench

mutants: .venv/.stamp-dev ## change the rules a little at a time: do the tests notice? (MUTANTS='webapp.domain.coverage.*')
	@exec nice -n 5 $(PY) scripts/mutants.py $(MUTANTS)

screenshots: .venv/.stamp-dev ## the documents' pictures, from the demo
	@scripts/setup-tests
	@exec $(PY) scripts/screenshots.py

# Compile with the oldest Python that is to work (Debian 12: 3.11.2): newer ones may pick packages that refuse it.
lock: .venv/.stamp-dev ## compile pyproject.toml and requirements*.in again (LOCK_ARGS=--upgrade for newer versions)
	$(COMPILE) $(LOCK_ARGS) --no-build-isolation --output-file requirements.txt pyproject.toml
	$(COMPILE) $(LOCK_ARGS) --output-file requirements-dev.txt requirements-dev.in
	$(COMPILE) $(LOCK_ARGS) --output-file requirements-bench.txt requirements-bench.in
	$(COMPILE) $(LOCK_ARGS) --output-file requirements-build.txt requirements-build.in

wheel: .venv/.stamp-dev ## what `pip install` takes, in dist/: the same bytes from the same commit
	@rm -rf dist
	@SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(PY) -m hatchling build --target wheel --directory dist

image: .venv/.stamp-dev ## build the image (ip-allowlist-portal, by buildah), start it and look at it, as root
	@command -v buildah >/dev/null && command -v mmdebstrap >/dev/null || scripts/apt-install buildah mmdebstrap || true
	@exec $(PY) -m pytest -m image tests/servers/test_image.py

clean: ## remove the virtual environment and all caches (instance/ stays)
	rm -rf dist .venv .hypothesis .mypy_cache .pytest_cache .ruff_cache test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.stamp-run: requirements.txt
	@scripts/setup-venv requirements.txt $@

.venv/.stamp-dev: requirements-dev.txt
	@scripts/setup-venv requirements-dev.txt $@
