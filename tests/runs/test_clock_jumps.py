"""The machine's clock is set back and forth by hours: no time is negative, the order stays."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import cycle, pairwise
from pathlib import Path

import pytest

from tests.building import loop
from tests.faults import endpoint as faults
from tests.runs import scenes
from workbench.domain import clock
from workbench.domain.calls import Parameters
from workbench.domain.experiments import RunState
from workbench.domain.scores import Outcome
from workbench.models.failures import retry_seconds
from workbench.runs.jobs import Jobs
from workbench.store.store import Store, open_store

HOUR = timedelta(hours=1)
Set = Callable[[timedelta], None]


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Set:
    """Set the machine's clock, by so much from the true time."""
    monkeypatch.setattr(clock, "_last", datetime.min.replace(tzinfo=UTC))

    def by(offset: timedelta) -> None:
        monkeypatch.setattr(clock, "wall", lambda: datetime.now(UTC) + offset)

    return by


def test_each_moment_is_later_than_the_last_whatever_the_clock_says(set_clock: Set) -> None:
    told = []
    for hours in (0, 3, -5, 0, 12, -24, 0):
        set_clock(hours * HOUR)
        told += [clock.now(), clock.now()]
    assert all(before < after for before, after in pairwise(told))
    assert all(clock.since(moment) >= 0 for moment in told)


def test_a_clock_that_is_set_forward_is_followed(set_clock: Set) -> None:
    clock.now()
    set_clock(7 * HOUR)
    assert abs(clock.now() - datetime.now(UTC) - 7 * HOUR) < HOUR


def test_a_moment_that_no_clock_kept_is_not_followed(set_clock: Set) -> None:
    set_clock(timedelta())
    clock.heard_of(datetime.max.replace(tzinfo=UTC))
    clock.heard_of(None)
    assert clock.now() < datetime.now(UTC) + HOUR


def test_a_rating_that_was_given_after_the_clock_was_set_back_is_the_newest(
    store: Store, set_clock: Set
) -> None:
    made = loop(store, n_cases=1)
    experiment = made.experiment()
    run_id = store.runs.start(experiment.id, "Ada").id
    (call,) = store.trials.missing(experiment.id)
    (kept,) = made.answer(run_id, [(call, Outcome.UNSCORED)])
    passes, fails = Outcome.PASS, Outcome.FAIL
    for hours, said in ((2, passes), (-3, fails), (0, passes), (-9, fails)):
        set_clock(hours * HOUR)
        made.rate([kept], [said], "Ada")
        found = store.database.value("select outcome from outcomes where trial_id = ?", [kept.id])
        assert found == said
        assert store.scores.of_trial(kept.id)[-1].judgement.outcome == said


def test_a_candidate_named_after_the_clock_was_set_back_is_the_candidate(
    store: Store, set_clock: Set
) -> None:
    made = loop(store, n_cases=1)
    first = made.variant
    second = store.variants.save(first.prompt, first.connection, "another", Parameters())
    for hours, chosen in ((2, first), (-3, second), (-9, first)):
        set_clock(hours * HOUR)
        store.features.choose_candidate(made.feature_id, chosen.id, "Ada", "It is better")
        assert store.features.candidate(made.feature_id) == chosen.id


def test_a_run_while_the_clock_jumps_has_no_negative_time_and_keeps_its_order(
    store: Store, jobs: Jobs, set_clock: Set, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(timedelta())
    offsets = cycle(hours * HOUR for hours in (0, 5, -5, 11, -11))
    monkeypatch.setattr(clock, "wall", lambda: datetime.now(UTC) + next(offsets))
    with faults.serve(["rate_limit", "server_error", "ok", "ok"]) as server:
        experiment = scenes.experiment(store, server.base_url, 4)
        started = jobs.start(experiment.id, scenes.AUTHOR)
        assert jobs.wait(experiment.id, 180)
    assert store.runs.get(started.id).state is RunState.FINISHED
    trials = store.trials.of_experiment(experiment.id)
    assert [t.output for t in trials] == ["pong"] * 4
    assert all(t.latency_ms is not None and 0 <= t.latency_ms < 180_000 for t in trials)
    kept = store.database.rows("select created_at, started_at from trials order by rowid")
    assert all(began <= ended for ended, began in kept)
    assert all(before[0] <= after[0] for before, after in pairwise(kept))
    events = store.database.rows("select created_at from run_events order by rowid")
    assert events == sorted(events)
    assert clock.since(events[0][0]) >= 0


def test_what_is_kept_after_a_restart_with_the_clock_set_back_is_later(
    tmp_path: Path, set_clock: Set
) -> None:
    path = str(tmp_path / "app.duckdb")
    set_clock(4 * HOUR)
    store = open_store(path, tmp_path)
    made = loop(store, n_cases=1)
    run_id = store.runs.start(made.experiment().id, "Ada").id
    store.close()

    set_clock(timedelta())
    clock._last = datetime.min.replace(tzinfo=UTC)  # As in a process that has just begun.
    reopened = open_store(path, tmp_path)
    reopened.runs.note(run_id, RunState.STOPPED)
    events = reopened.database.rows("select created_at from run_events order by rowid")
    reopened.close()
    assert len(events) == 2
    assert events[0] < events[1]


@pytest.mark.parametrize("offset", [timedelta(), 5 * HOUR, -5 * HOUR, timedelta(days=400)])
def test_a_date_to_wait_for_is_read_by_the_servers_own_clock(offset: timedelta) -> None:
    served = datetime.now(UTC).replace(microsecond=0) + offset
    form = "%a, %d %b %Y %H:%M:%S GMT"
    headers = {
        "date": served.strftime(form),
        "retry-after": (served + timedelta(seconds=20)).strftime(form),
    }
    assert retry_seconds(headers) == 20
