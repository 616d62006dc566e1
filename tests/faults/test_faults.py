"""Whatever a server does: each request ends typed and counted, and a run ends by itself."""

import importlib
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults import endpoint as faults
from tests.models.test_client_failures import BOTH, STREAMED
from tests.runs import scenes
from tests.runs.test_jobs import PATIENCE_S, run, until
from workbench.domain.connections import Connection
from workbench.domain.experiments import Experiment, Purpose, RunState
from workbench.errors import CallFailure
from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.runs.jobs import Jobs
from workbench.store.store import Store

CASES = 8
DEADLINE_S = 4.0
# Without a deadline a hanging server takes an hour, and a dripping one minutes.
MUCH_LATER_S = 30.0
OUTPUT = None
FAULTS: dict[str, CallFailure | None] = {
    **BOTH,
    "echo_key": CallFailure.AUTHENTICATION,
    "hang": CallFailure.TIMEOUT,
    "drip": CallFailure.TIMEOUT,
    "rate_limit_at_once": CallFailure.RATE_LIMIT,
    "rate_limit_date": CallFailure.RATE_LIMIT,
    # A stream that nobody asked for is read all the same.
    **STREAMED,
    "split_pair": OUTPUT,
    "no_finish": OUTPUT,
    "ok": OUTPUT,
    "length": OUTPUT,
    "refusal": OUTPUT,
    "surrogate": OUTPUT,
    "megabyte": OUTPUT,
    "slow": OUTPUT,
}
"""How calls end whose server does nothing else."""

ASKED_TWICE = {"reset", "server_error"}
"""Faults that are tried again here; the others are asked once, as retries cost nothing but time."""

LONG_WAITS = {"rate_limit_hour", "rate_limit_minutes"}
"""Those do not end the calls: they end the run, or make it wait."""


@pytest.fixture(scope="module", autouse=True)
def what_a_call_needs_is_loaded() -> None:
    """The first call of a process loads what it needs for a while: not on these deadlines."""
    importlib.import_module("workbench.models.transport")


@pytest.fixture
def jobs(store: Store, tmp_path: Path) -> Iterator[Jobs]:
    """Runs as the product makes them."""
    with opened(store, tmp_path, attempts=4) as held:
        yield held


@contextmanager
def opened(store: Store, home: Path, attempts: int) -> Iterator[Jobs]:
    """Runs that ask every call so many times at most."""
    held = Jobs(store, Models(LocalModel(home)), attempts)
    yield held
    held.close()


def planned(store: Store, base_url: str, mode: str, purpose: Purpose) -> Experiment:
    """Eight cases, all asked at once."""
    # A busy machine takes a while to open connections: what is late then was never sent.
    patience = 1.5 if mode in ("hang", "drip") else 10.0
    found = scenes.experiment(store, base_url, CASES, concurrency=CASES, timeout_s=patience)
    return found if purpose is Purpose.EXPERIMENT else scenes.looking_around(store, found)


def check_the_books(
    store: Store, home: Path, mode: str, expected: CallFailure | None, purpose: Purpose
) -> None:
    """Run it, and hold every request against what is written down of it."""
    attempts = 2 if mode in ASKED_TWICE else 1
    with faults.serve(mode) as server, opened(store, home, attempts) as jobs:
        experiment = planned(store, server.base_url, mode, purpose)
        ended = run(store, jobs, experiment)
    failed = store.attempts.failures(ended.id)
    trials = store.trials.of_experiment(experiment.id)
    outputs = [trial for trial in trials if trial.is_output]
    begun = store.database.value("select count(*) from attempts where run_id = ?", [ended.id])
    unsent = failed.pop(CallFailure.UNSENT, 0)
    assert len(outputs) + sum(failed.values()) == begun - unsent == server.requests
    assert set(failed) <= ({expected} if expected else set())
    assert all((trial.latency_ms or 0.0) >= 0.0 for trial in trials)
    if expected is not None and expected.stops_the_run:
        assert (ended.state, trials) == (RunState.FAILED, [])
        assert ended.message
        return
    assert (ended.state, ended.message) == (RunState.FINISHED, "")
    assert len(trials) == CASES
    assert {trial.failure for trial in trials} == {expected}
    assert all(trial.message for trial in trials if trial.failure)
    assert unsent == 0
    wanted = attempts if expected is not None and expected.is_retryable else 1
    assert {trial.attempts for trial in trials} == {wanted}
    progress = store.reports.progress.of(experiment.id)
    assert (progress.outputs, progress.failed) == ((0, CASES) if expected else (CASES, 0))


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No error may be logged: what is logged was not expected, or was never looked at."""
    yield
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []


@pytest.mark.parametrize(("mode", "expected"), FAULTS.items(), ids=FAULTS)
@pytest.mark.usefixtures("quiet")
def test_calls_to_a_server_at_fault_end_typed_and_add_up(
    store: Store, tmp_path: Path, mode: str, expected: CallFailure | None
) -> None:
    check_the_books(store, tmp_path, mode, expected, Purpose.EXPERIMENT)


@pytest.mark.parametrize(("mode", "expected"), STREAMED.items(), ids=STREAMED)
@pytest.mark.usefixtures("quiet")
def test_streams_that_break_are_errors_and_never_outputs(
    store: Store, tmp_path: Path, mode: str, expected: CallFailure
) -> None:
    check_the_books(store, tmp_path, mode, expected, Purpose.PLAYGROUND)


def test_every_fault_of_the_server_is_tried() -> None:
    assert set(FAULTS) | LONG_WAITS == set(faults.MODES) | set(faults.SLOW_MODES)


def test_calls_that_never_end_are_given_up_in_time_while_the_others_go_on(
    store: Store, tmp_path: Path
) -> None:
    mix = ["hang", "drip", *["ok"] * 28]
    with faults.serve(mix) as server, opened(store, tmp_path, attempts=1) as jobs:
        experiment = scenes.experiment(store, server.base_url, 30, timeout_s=DEADLINE_S)
        assert run(store, jobs, experiment).state is RunState.FINISHED
    assert slowest_s(store, experiment) <= MUCH_LATER_S
    trials = store.trials.of_experiment(experiment.id)
    assert sorted(str(trial.failure) for trial in trials if trial.failure) == ["timeout"] * 2
    answered = [t.created_at for t in trials if t.is_output and t.created_at is not None]
    given_up = [t.created_at for t in trials if t.failure and t.created_at is not None]
    assert len(answered) == 28
    assert max(answered) < min(given_up)


@contextmanager
def half_open() -> Iterator[str]:
    """The address of a server that takes connections and never looks at them."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"


def test_a_half_open_connection_ends_in_time_and_holds_up_no_other_connection(
    store: Store, tmp_path: Path
) -> None:
    with (
        half_open() as address,
        faults.serve() as server,
        opened(store, tmp_path, attempts=1) as jobs,
    ):
        dead = scenes.experiment(store, address, 4, timeout_s=DEADLINE_S)
        well = scenes.elsewhere(store, 20, Connection("Well", server.base_url))
        ended = jobs.start(dead.id, scenes.AUTHOR)
        run(store, jobs, well)
        assert jobs.is_live(dead.id)
        assert jobs.wait(dead.id, PATIENCE_S)
    assert slowest_s(store, dead) <= MUCH_LATER_S
    assert store.reports.progress.of(well.id).outputs == 20
    assert store.attempts.failures(ended.id) == {"timeout": 4}


def test_a_storm_of_refusals_is_backed_off_from_in_sight_and_ends(store: Store, jobs: Jobs) -> None:
    with faults.serve([*["rate_limit"] * 8, "ok"]) as server:
        experiment = scenes.experiment(store, server.base_url, 24, concurrency=8)
        jobs.start(experiment.id, scenes.AUTHOR)
        until(jobs, experiment, lambda: server.requests == 8)
        until(jobs, experiment, lambda: "asked to wait" in said(jobs, experiment))
        status = jobs.look(experiment.id)
        assert status is not None
        assert status.at_once < status.at_most == 8
        assert jobs.wait(experiment.id, PATIENCE_S)
    progress = store.reports.progress.of(experiment.id)
    assert (progress.outputs, progress.failed) == (24, 0)
    assert all((t.latency_ms or 0.0) >= 0 for t in store.trials.of_experiment(experiment.id))


@pytest.mark.parametrize("cancel", [False, True], ids=["finishing", "cancelling"])
def test_a_run_that_was_asked_to_wait_for_minutes_stops_without_waiting(
    store: Store, jobs: Jobs, cancel: bool
) -> None:
    with faults.serve("rate_limit_minutes") as server:
        experiment = scenes.experiment(store, server.base_url, 24, concurrency=8)
        started = jobs.start(experiment.id, scenes.AUTHOR)
        until(jobs, experiment, lambda: "asked to wait" in said(jobs, experiment))
        jobs.stop(experiment.id, cancel=cancel)
        assert jobs.wait(experiment.id, MUCH_LATER_S)
    assert store.runs.get(started.id).state is RunState.STOPPED
    assert server.requests <= 8
    assert store.trials.of_experiment(experiment.id) == []


def slowest_s(store: Store, experiment: Experiment) -> float:
    """Seconds from when the slowest call was sent until its end was kept."""
    trials = store.trials.of_experiment(experiment.id)
    kept = [(t.created_at, t.started_at) for t in trials if t.created_at is not None]
    return max((ended_at - started_at).total_seconds() for ended_at, started_at in kept)


def said(jobs: Jobs, experiment: Experiment) -> str:
    """What a run says that it waits for."""
    status = jobs.look(experiment.id)
    return status.trouble if status is not None else ""
