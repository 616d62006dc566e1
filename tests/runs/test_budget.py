"""Money and control: what may be spent is never passed, and a run does as it is told."""

import math
import threading
import time
from pathlib import Path
from uuid import UUID

import pytest

from tests.faults import budget_runs
from tests.faults import endpoint as faults
from tests.runs import scenes
from tests.runs.test_jobs import PATIENCE_S, run, until
from workbench.actions import experiments
from workbench.domain.experiments import Limits, RunState
from workbench.domain.people import Person
from workbench.domain.trials import Spent
from workbench.errors import InputError
from workbench.runs.jobs import Jobs
from workbench.store.store import Store

ADA = Person("browser-1", scenes.AUTHOR)
USD_PER_ANSWER = 1.0
"""The fake bills what it is asked for at its most: every answer costs this in the tests here."""


def test_a_run_ends_before_its_budget_is_passed(store: Store, jobs: Jobs) -> None:
    with faults.serve(text=scenes.long_answer()) as server:
        experiment = scenes.priced(store, server.base_url, 30)
        jobs.start(experiment.id, scenes.AUTHOR, limits=Limits(usd=10.0))
        assert jobs.wait(experiment.id, PATIENCE_S)
    ended = store.runs.latest(experiment.id)
    assert ended is not None
    assert ended.state is RunState.STOPPED
    assert "budget of $10.00" in ended.message
    assert server.requests == 10
    assert store.attempts.spent(ended.id).usd == pytest.approx(10.0)


@pytest.mark.parametrize("seed", range(3))
def test_no_budget_is_passed_whatever_the_server_does_and_however_often_it_is_resumed(
    tmp_path: Path, seed: int
) -> None:
    spent = budget_runs.spend(tmp_path, seed, budget=20)
    # How long a stop takes is for the full form, on a machine that does nothing else.
    assert spent.complaints(most_stop_s=math.inf) == []
    assert spent.paid > 0


def test_runs_that_start_together_share_the_budget_of_their_feature(
    store: Store, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = store.attempts.spent_on

    def counted_slowly(feature_id: UUID) -> Spent:
        found = count(feature_id)
        time.sleep(0.3)
        return found

    monkeypatch.setattr(store.attempts, "spent_on", counted_slowly)
    with faults.serve(text=scenes.long_answer()) as server:
        first = scenes.priced(store, server.base_url, 10)
        second = scenes.beside(store, first)
        store.features.set_budget(first.feature_id, 12.0, scenes.AUTHOR)
        for experiment in (first, second):
            jobs.start(experiment.id, scenes.AUTHOR)
        for experiment in (first, second):
            assert jobs.wait(experiment.id, PATIENCE_S)
    assert server.requests == 12


def test_a_budget_that_is_set_while_a_run_goes_on_ends_it(store: Store, jobs: Jobs) -> None:
    is_set = threading.Event()

    def answer(_request: object) -> str:
        # Nothing is answered from the fifth request on until the budget is set, however long that
        # takes: else a slow machine would have asked for more than it by then.
        if server.requests > 4:
            assert is_set.wait(PATIENCE_S)
        return scenes.long_answer()

    with faults.serve(reply=answer) as server:
        experiment = scenes.priced(store, server.base_url, 200, concurrency=2)
        jobs.start(experiment.id, scenes.AUTHOR)
        until(jobs, experiment, lambda: server.requests >= 4)
        experiments.limit_feature(store, jobs, ADA, experiment.feature_id, 20.0)
        is_set.set()
        assert jobs.wait(experiment.id, PATIENCE_S)
    ended = store.runs.latest(experiment.id)
    assert ended is not None
    assert "feature's budget of $20.00" in ended.message
    assert server.requests == 20


def test_a_budget_is_not_passed_by_calls_that_were_written_down_before_it_was_set(
    store: Store, jobs: Jobs
) -> None:
    is_set = threading.Event()

    def answer(_request: object) -> str:
        if server.requests > 4:
            assert is_set.wait(PATIENCE_S)
        return scenes.long_answer()

    def written() -> int:
        return int(store.database.value("select count(*) from attempts"))

    with faults.serve(reply=answer) as server:
        experiment = scenes.priced(store, server.base_url, 30, concurrency=2)
        jobs.start(experiment.id, scenes.AUTHOR)
        # Those that were sent, and one more that only waits for its turn.
        until(jobs, experiment, lambda: server.requests > 4 and written() > 6)
        experiments.limit_feature(store, jobs, ADA, experiment.feature_id, 6.0)
        is_set.set()
        assert jobs.wait(experiment.id, PATIENCE_S)
        assert server.requests == 6
        # What was written down and not sent is asked for when there is room again.
        experiments.limit_feature(store, jobs, ADA, experiment.feature_id, None)
        jobs.start(experiment.id, scenes.AUTHOR)
        assert jobs.wait(experiment.id, PATIENCE_S)
    assert server.requests == 30
    assert set(scenes.asked(server).values()) == {1}


def test_a_budget_can_not_be_set_over_a_run_whose_price_is_not_known(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(latency_s=0.05) as server:
        experiment = scenes.experiment(store, server.base_url, 200, concurrency=2)
        jobs.start(experiment.id, scenes.AUTHOR)
        with pytest.raises(InputError, match="price of fake-1 is not known"):
            experiments.limit_feature(store, jobs, ADA, experiment.feature_id, 20.0)
    assert store.features.budget(experiment.feature_id) is None


def test_a_run_at_its_own_limit_ends_though_another_of_the_feature_goes_on(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(latency_s=0.05) as server:
        first = scenes.experiment(store, server.base_url, 100, concurrency=2)
        second = scenes.beside(store, first)
        jobs.start(first.id, scenes.AUTHOR)
        jobs.start(second.id, scenes.AUTHOR, limits=Limits(calls=3))
        assert jobs.wait(second.id, PATIENCE_S)
        assert jobs.is_live(first.id)
        jobs.stop(first.id, cancel=True)


def test_a_lost_reply_is_counted_at_the_most_that_it_can_have_cost(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(["reset", "ok"], text="pong") as server:
        experiment = scenes.priced(store, server.base_url, 1)
        ended = run(store, jobs, experiment)
    assert store.attempts.spent(ended.id).calls == 2
    assert store.attempts.spent(ended.id).usd == pytest.approx(USD_PER_ANSWER * (1 + 1 / 256))


def test_a_budget_needs_a_known_price_or_a_limit_of_calls(store: Store, jobs: Jobs) -> None:
    with faults.serve() as server:
        experiment = scenes.experiment(store, server.base_url, 9)
        with pytest.raises(InputError, match="price of fake-1 is not known"):
            jobs.start(experiment.id, scenes.AUTHOR, limits=Limits(usd=1.0))
        jobs.start(experiment.id, scenes.AUTHOR, limits=Limits(usd=1.0, calls=5))
        assert jobs.wait(experiment.id, PATIENCE_S)
    assert server.requests == 5


def test_a_run_with_more_budget_goes_on_where_it_ended(store: Store, jobs: Jobs) -> None:
    with faults.serve() as server:
        experiment = scenes.experiment(store, server.base_url, 8)
        for calls in (3, 20):
            jobs.start(experiment.id, scenes.AUTHOR, limits=Limits(calls=calls))
            assert jobs.wait(experiment.id, PATIENCE_S)
    ended = store.runs.latest(experiment.id)
    assert ended is not None
    assert ended.state is RunState.FINISHED
    assert set(scenes.asked(server).values()) == {1}
    assert server.requests == 8


def test_a_paused_run_sends_nothing_until_it_is_let_on(store: Store, jobs: Jobs) -> None:
    is_paused = threading.Event()

    def reply(_body: object) -> str:
        is_paused.wait(PATIENCE_S)
        return "pong"

    with faults.serve(reply=reply) as server:
        experiment = scenes.experiment(store, server.base_url, 10, concurrency=1)
        started = jobs.start(experiment.id, scenes.AUTHOR)
        until(jobs, experiment, lambda: server.requests == 1)
        jobs.pause(experiment.id)
        is_paused.set()
        # What was on its way ends and is kept; the other nine wait.
        until(jobs, experiment, lambda: len(store.trials.of_experiment(experiment.id)) == 1)
        assert not jobs.wait(experiment.id, 0.3)
        assert store.runs.get(started.id).state is RunState.PAUSED
        assert server.requests == 1
        jobs.let_on(experiment.id)
        assert jobs.wait(experiment.id, PATIENCE_S)
    assert store.runs.get(started.id).state is RunState.FINISHED
    assert server.requests == 10


def test_a_cancelled_run_ends_at_once_and_counts_what_was_in_flight(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve("hang") as server:
        experiment = scenes.experiment(store, server.base_url, 20, concurrency=5, timeout_s=600)
        started = jobs.start(experiment.id, scenes.AUTHOR)
        until(jobs, experiment, lambda: server.requests == 5)
        jobs.stop(experiment.id, cancel=True)
        assert jobs.wait(experiment.id, PATIENCE_S)
    assert store.runs.get(started.id).state is RunState.STOPPED
    failures = store.attempts.failures(started.id)
    assert failures["stopped"] == 5
    assert store.attempts.spent(started.id).calls == 5


def test_the_more_urgent_run_goes_first_on_a_shared_connection(store: Store, jobs: Jobs) -> None:
    with faults.serve(latency_s=0.02) as server:
        slow = scenes.experiment(store, server.base_url, 40, concurrency=1)
        urgent = scenes.elsewhere(store, 10)
        jobs.start(slow.id, scenes.AUTHOR)
        until(jobs, slow, lambda: server.requests >= 3)
        jobs.start(urgent.id, scenes.AUTHOR, limits=Limits(priority=5))
        assert jobs.wait(urgent.id, PATIENCE_S)
        done = store.reports.progress.of(slow.id).outputs
        assert jobs.wait(slow.id, PATIENCE_S)
        assert server.peak == 1
    assert done < 25
