"""Runs against a server that misbehaves: what is asked, what is kept, what counts."""

import gc
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults import endpoint as faults
from tests.runs import scenes
from workbench.domain.experiments import Experiment, Run, RunState
from workbench.domain.verdicts import Verdict
from workbench.errors import CallFailure
from workbench.evidence import ending, kept_verdicts, verdicts
from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.runs.jobs import Jobs
from workbench.store.store import Store

PATIENCE_S = 180.0


@pytest.fixture
def impatient(store: Store, tmp_path: Path) -> Iterator[Jobs]:
    """Runs that ask every call once: for failures that do not pass."""
    held = Jobs(store, Models(LocalModel(tmp_path)), attempts=1)
    yield held
    held.close()


def run(store: Store, jobs: Jobs, experiment: Experiment, *, retry_failed: bool = False) -> Run:
    """Start and wait until it has ended."""
    started = jobs.start(experiment.id, scenes.AUTHOR, retry_failed=retry_failed)
    assert jobs.wait(experiment.id, PATIENCE_S)
    return store.runs.get(started.id)


def until(jobs: Jobs, experiment: Experiment, happened: Callable[[], bool]) -> None:
    """Wait while a run goes on until something has happened."""
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < deadline
        jobs.wait(experiment.id, 0.005)


def test_what_outlasts_the_end_of_all_runs_is_cut_off_and_found_interrupted(
    store: Store, tmp_path: Path
) -> None:
    reached, released = threading.Event(), threading.Event()

    def judge(*_: object) -> None:
        reached.set()
        released.wait(PATIENCE_S)

    jobs = Jobs(store, Models(LocalModel(tmp_path)), at_end=judge)
    unraisable: list[object] = []
    with faults.serve() as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "unraisablehook", unraisable.append)
        experiment = scenes.experiment(store, server.base_url)
        started = jobs.start(experiment.id, scenes.AUTHOR)
        assert reached.wait(PATIENCE_S)
        jobs.close(timeout_s=0.01)
        assert not jobs.is_live(experiment.id)
        released.set()
        gc.collect()
    assert unraisable == []
    assert store.runs.get(started.id).state is RunState.RUNNING
    assert store.take_over() == 1
    assert store.runs.get(started.id).state is RunState.INTERRUPTED
    assert len(store.trials.of_experiment(experiment.id)) == 1


@pytest.mark.parametrize("mode", ["rate_limit", "server_error", "reset"])
def test_a_call_that_fails_in_passing_is_asked_again(store: Store, jobs: Jobs, mode: str) -> None:
    with faults.serve([mode, "ok"]) as server:
        experiment = scenes.experiment(store, server.base_url)
        ended = run(store, jobs, experiment)
    (trial,) = store.trials.of_experiment(experiment.id)
    assert ended.state is RunState.FINISHED
    assert (trial.output, trial.attempts, server.requests) == ("pong", 2, 2)


def test_a_rate_limited_call_waits_as_long_as_the_server_wishes(store: Store, jobs: Jobs) -> None:
    with faults.serve(["rate_limit", "ok"]) as server:
        experiment = scenes.experiment(store, server.base_url)
        started = time.perf_counter()
        run(store, jobs, experiment)
    assert time.perf_counter() - started >= 1.0


@pytest.mark.parametrize(
    ("mode", "failure"),
    [
        ("server_error", CallFailure.SERVER),
        ("reset", CallFailure.CONNECTION),
        ("hang", CallFailure.TIMEOUT),
        ("empty", CallFailure.EMPTY),
    ],
)
def test_a_call_that_keeps_failing_is_unscored_with_its_reason(
    store: Store, impatient: Jobs, mode: str, failure: CallFailure
) -> None:
    # Short for what never answers alone: a busy machine may pass it before the others have.
    timeout_s = 0.3 if failure is CallFailure.TIMEOUT else PATIENCE_S
    with faults.serve(mode) as server:
        experiment = scenes.experiment(store, server.base_url, 2, timeout_s=timeout_s)
        ended = run(store, impatient, experiment)
    assert ended.state is RunState.FINISHED
    for trial in store.trials.of_experiment(experiment.id):
        assert trial.failure is failure
        assert trial.message
        assert store.scores.of_trial(trial.id) == []
    (criterion,) = store.criteria.of(experiment.feature_id)
    scorer = criterion.draft.scorer.fingerprint()
    tallies = store.tallies.of(experiment.id, criterion.id, scorer, ())
    counts = [(t.passes, t.fails, t.unscored, t.errors, t.alike) for t in tallies]
    assert counts == [(0, 0, 1, 1, 2)]


def test_a_server_that_asks_to_wait_an_hour_ends_the_run_for_now(store: Store, jobs: Jobs) -> None:
    with faults.serve("rate_limit_hour") as server:
        experiment = scenes.experiment(store, server.base_url, 20)
        ended = run(store, jobs, experiment)
    assert ended.state is RunState.FAILED
    assert "3600 s" in ended.message
    assert server.requests <= 4
    assert store.trials.of_experiment(experiment.id) == []


def test_a_wrong_key_ends_the_run_at_once_with_one_message(store: Store, jobs: Jobs) -> None:
    with faults.serve("unauthorized") as server:
        experiment = scenes.experiment(store, server.base_url, 40, concurrency=4)
        ended = run(store, jobs, experiment)
    assert ended.state is RunState.FAILED
    assert "key" in ended.message
    assert server.requests <= 4
    assert store.trials.of_experiment(experiment.id) == []


def test_a_run_that_ended_for_a_wrong_key_resumes_with_the_right_one(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(["unauthorized", "unauthorized", "ok"]) as server:
        experiment = scenes.experiment(store, server.base_url, 5, concurrency=1)
        first = run(store, jobs, experiment)
        again = run(store, jobs, experiment)
    assert (again.id, again.state) == (first.id, RunState.FINISHED)
    assert store.reports.progress.of(experiment.id).outputs == 5


def test_a_stop_keeps_what_is_in_flight_and_leaves_the_rest(store: Store, jobs: Jobs) -> None:
    with faults.serve(latency_s=0.1) as server:
        experiment = scenes.experiment(store, server.base_url, 30, concurrency=3)
        started = jobs.start(experiment.id, scenes.AUTHOR)
        until(jobs, experiment, lambda: server.requests >= 5)
        jobs.stop(experiment.id)
        assert jobs.is_stopping(experiment.id)
        assert jobs.wait(experiment.id, PATIENCE_S)
    assert store.runs.get(started.id).state is RunState.STOPPED
    assert store.reports.progress.of(experiment.id).outputs == server.requests < 30


def test_a_resumed_run_asks_only_for_what_is_missing(store: Store, jobs: Jobs) -> None:
    with faults.serve(latency_s=0.05) as server:
        experiment = scenes.experiment(store, server.base_url, 30, concurrency=3)
        started = jobs.start(experiment.id, scenes.AUTHOR)
        until(jobs, experiment, lambda: server.requests >= 5)
        jobs.stop(experiment.id)
        jobs.wait(experiment.id, PATIENCE_S)
        ended = run(store, jobs, experiment)
        assert set(scenes.asked(server).values()) == {1}
    assert (ended.id, ended.state) == (started.id, RunState.FINISHED)
    assert server.requests == store.reports.progress.of(experiment.id).outputs == 30


def test_stopping_a_run_that_has_just_ended_does_nothing(store: Store, jobs: Jobs) -> None:
    with faults.serve() as server:
        experiment = scenes.experiment(store, server.base_url)
        ended = run(store, jobs, experiment)
        jobs.stop(experiment.id)
    assert store.runs.get(ended.id).state is RunState.FINISHED


def test_starting_eighty_times_at_once_is_one_run_and_asks_no_call_twice(
    store: Store, jobs: Jobs
) -> None:
    runs: list[object] = []
    with faults.serve(latency_s=0.05) as server:
        experiment = scenes.experiment(store, server.base_url, 20)
        together = threading.Barrier(8)

        def click() -> None:
            together.wait()
            for _ in range(10):
                runs.append(jobs.start(experiment.id, scenes.AUTHOR).id)

        threads = [threading.Thread(target=click) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert jobs.wait(experiment.id, PATIENCE_S)
        assert set(scenes.asked(server).values()) == {1}
    assert len(runs) == 80
    assert len(set(runs)) == 1
    assert server.requests == 20


def test_starting_what_is_answered_already_asks_nothing(store: Store, jobs: Jobs) -> None:
    with faults.serve() as server:
        experiment = scenes.experiment(store, server.base_url, 3)
        first = run(store, jobs, experiment)
        second = run(store, jobs, experiment)
    assert (second.id, server.requests) == (first.id, 3)


def test_two_experiments_that_share_answers_ask_for_them_once(store: Store, jobs: Jobs) -> None:
    with faults.serve(latency_s=0.05) as server:
        first = scenes.experiment(store, server.base_url, 10)
        second = scenes.another(store, first.feature_id, "And three times?", trials=3)
        for experiment in (first, second):
            jobs.start(experiment.id, scenes.AUTHOR)
        for experiment in (first, second):
            assert jobs.wait(experiment.id, PATIENCE_S)
    assert server.requests == 30
    assert store.reports.progress.of(first.id).outputs == 10
    assert store.reports.progress.of(second.id).outputs == 30


def test_no_more_answers_wait_to_be_kept_than_calls_run_at_once(store: Store, jobs: Jobs) -> None:
    with faults.serve(latency_s=0.02) as server:
        experiment = scenes.experiment(store, server.base_url, 40, concurrency=8)
        run(store, jobs, experiment)
    trials = store.trials.of_experiment(experiment.id)
    kept = [(t.started_at, t.created_at) for t in trials if t.created_at is not None]
    assert len(kept) == 40
    assert all(sum(sent <= now < done for sent, done in kept) <= 8 for now, _ in kept)


def test_a_failed_call_that_is_asked_again_no_longer_counts(store: Store, jobs: Jobs) -> None:
    with faults.serve(["bad_request", "ok"]) as server:
        experiment = scenes.experiment(store, server.base_url)
        run(store, jobs, experiment)
        (failed,) = store.trials.of_experiment(experiment.id)
        run(store, jobs, experiment, retry_failed=True)
    (kept,) = store.trials.of_experiment(experiment.id)
    progress = store.reports.progress.of(experiment.id)
    assert (failed.failure, kept.output) == (CallFailure.BAD_REQUEST, "pong")
    assert kept.supersedes == failed.id
    assert (progress.outputs, progress.failed) == (1, 0)
    assert store.trials.get(failed.id) == failed


def test_a_resumed_run_leaves_failed_calls_alone_unless_told(store: Store, jobs: Jobs) -> None:
    with faults.serve(["bad_request", "unauthorized", "ok"]) as server:
        experiment = scenes.experiment(store, server.base_url, 2, concurrency=1)
        assert run(store, jobs, experiment).state is RunState.FAILED
        run(store, jobs, experiment)
    progress = store.reports.progress.of(experiment.id)
    assert (progress.outputs, progress.failed, server.requests) == (1, 1, 3)


def test_a_failure_is_no_answer_so_the_next_run_asks_again(store: Store, jobs: Jobs) -> None:
    with faults.serve(["bad_request", "ok"]) as server:
        experiment = scenes.experiment(store, server.base_url, 2, concurrency=1)
        first = run(store, jobs, experiment)
        second = run(store, jobs, experiment)
        third = run(store, jobs, experiment)
    progress = store.reports.progress.of(experiment.id)
    assert (progress.outputs, progress.failed, server.requests) == (2, 0, 3)
    assert (first.id != second.id, third.id) == (True, second.id)


def test_a_failure_of_another_experiment_is_no_answer_either(store: Store, jobs: Jobs) -> None:
    with faults.serve(["bad_request", "ok"]) as server:
        experiment = scenes.experiment(store, server.base_url, 1)
        run(store, jobs, experiment)
        other = scenes.another(store, experiment.feature_id, "And again?")
        run(store, jobs, other)
    assert store.reports.progress.of(other.id).outputs == 1


def test_never_more_calls_are_open_than_the_connection_allows(store: Store, jobs: Jobs) -> None:
    with faults.serve(latency_s=0.02, together=3) as server:
        experiment = scenes.experiment(store, server.base_url, 20, concurrency=3)
        run(store, jobs, experiment)
    assert server.peak == 3


def test_an_answer_that_was_cut_off_is_scored_and_every_score_says_so(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(["length", "ok"]) as server:
        experiment = scenes.experiment(store, server.base_url, 2, concurrency=1)
        run(store, jobs, experiment)
    said = {
        trial.is_cut_off: [score.judgement.reason for score in store.scores.of_trial(trial.id)]
        for trial in store.trials.of_experiment(experiment.id)
    }
    assert said == {
        True: ["Contains “pong”. (The answer was cut off at its token limit.)"],
        False: ["Contains “pong”."],
    }
    (verdict,) = verdicts.of_experiment(store, experiment)
    assert verdict.warnings == ("1 of 2 answers was cut off at the token limit",)


@pytest.fixture
def watchful(store: Store, tmp_path: Path) -> Iterator[Jobs]:
    """Runs that end when their plan lets them and every bar is decided."""
    held = Jobs(
        store,
        Models(LocalModel(tmp_path)),
        is_decided=ending.is_decided,
        at_end=kept_verdicts.keep,
    )
    yield held
    held.close()


def test_what_a_run_came_to_is_kept_when_it_has_ended(store: Store, watchful: Jobs) -> None:
    with faults.serve() as server:
        experiment = scenes.experiment(store, server.base_url, 6)
        first = run(store, watchful, experiment)
        (point,) = store.kept_verdicts.trend(experiment.feature_id)
        (verdict,) = verdicts.of_experiment(store, experiment)
        assert (point.kept.run_id, point.kept.value) == (first.id, verdict.estimate.value)
        # Asked anew, there are other answers: another point.
        watchful.start(experiment.id, scenes.AUTHOR, fresh=True)
        assert watchful.wait(experiment.id, 60)
    assert len(store.kept_verdicts.trend(experiment.feature_id)) == 2


def test_a_run_without_an_answer_leaves_no_verdict(store: Store, watchful: Jobs) -> None:
    with faults.serve("unauthorized") as server:
        experiment = scenes.experiment(store, server.base_url, 3)
        assert run(store, watchful, experiment).state is RunState.FAILED
    assert store.kept_verdicts.trend(experiment.feature_id) == []


def test_a_run_ends_by_itself_when_every_bar_is_decided_and_says_what_it_spared(
    store: Store, watchful: Jobs
) -> None:
    with faults.serve(latency_s=0.05) as server:
        planned = scenes.experiment(store, server.base_url, 400)
        experiment = scenes.watched(store, planned)
        ended = run(store, watchful, experiment)
        asked = server.requests
    (verdict,) = verdicts.of_experiment(store, experiment)
    assert ended.state is RunState.FINISHED
    assert verdict.verdict is Verdict.MET
    assert 43 <= verdict.estimate.n_cases <= asked < 400
    assert ended.message == f"Every bar was decided. {400 - asked} of 400 calls spared."


def test_a_decided_run_that_is_started_again_asks_the_rest(
    store: Store, watchful: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.runs.deciding._LOOK_EVERY_S", 0.0)
    with faults.serve(latency_s=0.02) as server:
        experiment = scenes.watched(store, scenes.experiment(store, server.base_url, 200))
        run(store, watchful, experiment)
        assert server.requests < 200
        run(store, watchful, experiment)
        assert server.requests == 200


def test_a_whole_plan_is_asked_whole_however_clear_its_results_are(
    store: Store, watchful: Jobs
) -> None:
    with faults.serve() as server:
        run(store, watchful, scenes.experiment(store, server.base_url, 60))
        assert server.requests == 60
