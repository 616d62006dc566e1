"""Runs: what happened to one is a list of events, and the last one written is its state."""

import pytest

from tests.building import AUTHOR, loop
from workbench.domain.experiments import RunState
from workbench.errors import NotFound
from workbench.store.keys import new_id
from workbench.store.store import Store


def test_the_event_written_last_is_the_state_even_within_one_transaction(store: Store) -> None:
    experiment = loop(store).experiment()
    run = store.runs.start(experiment.id, AUTHOR)
    assert run.state is RunState.WAITING
    states = [RunState.RUNNING, RunState.STOPPED, RunState.RUNNING, RunState.FINISHED]
    with store.transaction():
        for state in states:
            store.runs.note(run.id, state, f"now {state}")
            assert store.runs.get(run.id).state is state
    assert store.runs.get(run.id).message == "now finished"
    assert store.reports.experiments.states() == {experiment.id: "finished"}
    assert store.runs.newest(experiment.feature_id) == {experiment.id: store.runs.get(run.id)}


def test_a_clock_that_was_set_back_does_not_bring_an_old_state_back(store: Store) -> None:
    experiment = loop(store).experiment()
    run = store.runs.start(experiment.id, AUTHOR)
    store.database.execute("update run_events set created_at = created_at + interval 1 day")
    store.runs.note(run.id, RunState.FINISHED)
    assert store.runs.get(run.id).state is RunState.FINISHED
    assert store.runs.mark_interrupted() == 0


def test_only_runs_that_look_live_are_marked_interrupted(store: Store) -> None:
    experiment = loop(store).experiment()
    ended, live = (store.runs.start(experiment.id, AUTHOR) for _ in range(2))
    store.runs.note(ended.id, RunState.STOPPED)
    store.runs.note(live.id, RunState.RUNNING)
    assert store.runs.mark_interrupted() == 1
    assert store.runs.get(live.id).state is RunState.INTERRUPTED
    assert store.runs.get(ended.id).state is RunState.STOPPED
    assert store.runs.latest(experiment.id) == store.runs.get(live.id)


def test_a_run_that_is_not_there_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        store.runs.get(new_id())
