# Everything happens in .venv: `make synth` and `make test` work on a fresh clone.
# Paths are relative, so the clone may lie in a folder whose name has spaces.

PYTHON ?= python3
PY := .venv/bin/python
READY := .venv/.ready
# What `make test` does on a machine that cannot run tests/engine: say so, or fail if `required`.
ENGINE_TESTS ?= where-possible

.DEFAULT_GOAL := help
# Each target uses all processors, and several install into .venv.
.NOTPARALLEL:
.PHONY: help setup cdk synth test test-engine test-oldest lint bench bench-engine fuzz clean

help: ## Say what each target does
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1 \2/p' Makefile | while read -r target what; do \
		printf '  make %-12s %s\n' "$$target" "$$what"; done

setup: cdk ## Make .venv: the project, its tools, Node if the machine's will not do, the CDK's programs

$(READY): pyproject.toml constraints.txt scripts/setup.sh
	@sh scripts/setup.sh '$(PYTHON)'
	@touch $@

# The tools of one target alone.
$(READY)-bench $(READY)-fuzz: $(READY)-%: $(READY)
	@$(PY) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
		--editable '.[$*]'
	@touch $@

# Asked each time: it takes a tenth of a second, and the machine's Node may come and go.
cdk: $(READY)
	@$(PY) scripts/ensure_cdk.py

synth: cdk ## Run the real cdk synth of the sample pipeline and show what came of it
	@$(PY) scripts/synth.py
	@$(PY) scripts/show_synth.py sample cdk.out EcrPublicPullSample

test: cdk ## Run the whole test suite; what test-engine runs only where it can
	@$(PY) -m pytest -n auto
	@sh scripts/test_engine.sh '$(ENGINE_TESTS)'

test-engine: cdk ## Run the tests that have a Docker engine, registries and an AWS of their own, as root
	@sh scripts/test_engine.sh required

test-oldest: cdk ## Run the tests that need the CDK with the oldest release of it that will do
	@sh scripts/test_oldest.sh

lint: $(READY) ## Check style, format and types
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check
	@$(PY) -m mypy

bench: cdk $(READY)-bench ## Measure speed and memory; FOLDER=path measures its Dockerfiles, BASE=commit compares with that commit
	@$(PY) -m scripts.bench $(if $(FOLDER),--folder '$(FOLDER)') $(if $(BASE),--base '$(BASE)'); \
		missed=$$?; [ $$missed -le 1 ] && $(PY) -m scripts.bench_files && \
		$(PY) -m scripts.bench_synth && exit $$missed

bench-engine: $(READY) ## Measure builds with a Docker engine, as root, after make test-engine
	@$(PY) -m scripts.bench_mirror

fuzz: $(READY)-fuzz ## Look for Dockerfiles that break the rules; SECONDS=n says for how long
	@$(PY) scripts/fuzz.py $(or $(SECONDS),60)

clean: ## Remove what make made: .venv, cdk.out, caches
	@rm -rf .venv cdk.out .mypy_cache .pytest_cache .ruff_cache .hypothesis
