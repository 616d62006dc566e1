"""How far experiments have come, and by whose answers: counted in one pass over their trials."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest import mock

from tests.building import FAILED, loop
from workbench.domain.experiments import RunState
from workbench.domain.scores import Outcome
from workbench.evidence import origins
from workbench.evidence.counting import Counted
from workbench.store.engine.database import Database
from workbench.store.keys import new_id
from workbench.store.store import Store

PASS = Outcome.PASS


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    asked: list[str] = []
    ask = Database.rows

    def noted(self: Database, sql: str, *given: Any) -> Any:
        asked.append(sql)
        return ask(self, sql, *given)

    with mock.patch.object(Database, "rows", noted):
        yield asked


def test_each_model_that_answered_a_variant_is_a_source_of_its_own(store: Store) -> None:
    made = loop(store, n_cases=5)
    experiment = made.run([PASS, PASS, PASS, FAILED])
    trials = [t for t in store.trials.of_experiment(experiment.id) if t.output is not None]
    store.trials.add(
        [replace(t, id=new_id(), supersedes=t.id, model="gpt-new") for t in trials[:2]]
    )
    progress = store.reports.progress.of(experiment.id)
    said = [(s.model, s.answers, s.failed) for s in progress.sources]
    assert said == [("gpt-new", 2, 0), ("", 1, 1)]
    assert (progress.outputs, progress.failed, progress.planned) == (3, 1, 5)
    answered = progress.answered(made.variant.id)
    assert answered is not None
    assert answered.answers == 3
    assert answered.oldest == min(s.oldest for s in progress.sources if s.oldest)
    assert answered.newest == max(s.newest for s in progress.sources if s.newest)
    assert progress.first_at == {made.variant.id: min(s.first_at for s in progress.sources)}


def test_a_variant_with_failures_only_was_tried_and_has_no_answer(store: Store) -> None:
    made = loop(store, n_cases=2)
    experiment = made.run([FAILED, FAILED])
    progress = store.reports.progress.of(experiment.id)
    assert progress.answered(made.variant.id) is None
    assert list(progress.first_at) == [made.variant.id]


def test_whose_answers_they_are_is_not_counted_again_where_progress_is_known(store: Store) -> None:
    made = loop(store, n_cases=3)
    experiment = made.run([PASS, PASS, FAILED])
    progress = Counted(store).progress_of(experiment)
    with statements() as asked:
        known = origins.of_experiment(store, experiment, known=progress)
    assert not [sql for sql in asked if "experiment_trials" in sql]
    assert known == origins.of_experiment(store, experiment)


def test_answers_since_a_moment_are_new_and_the_others_old(store: Store) -> None:
    made = loop(store, n_cases=4)
    experiment = made.run([PASS, PASS, PASS])
    times = sorted(
        moment for (moment,) in store.database.rows("select distinct created_at from trials")
    )
    (origin,) = origins.of_experiment(store, experiment, times[-1])
    assert origin.answers == 3
    assert origin.new == store.database.value(
        "select count(*) from trials where created_at >= ?", [times[-1]]
    )
    assert origin.last_old == max((t for t in times if t < times[-1]), default=None)
    (none_new,) = origins.of_experiment(store, experiment)
    assert (none_new.new, none_new.last_old) == (0, None)


def test_calls_that_failed_are_no_outputs_in_the_loop(store: Store) -> None:
    made = loop(store, n_cases=3)
    made.run([PASS, FAILED, FAILED])
    assert store.reports.progress.loop(made.feature_id).outputs == 1
    assert store.reports.home.features()[made.feature_id].outputs == 1


def test_an_experiment_none_of_whose_calls_was_made_was_not_run(store: Store) -> None:
    made = loop(store, n_cases=2)
    experiment = made.run([])
    run = store.runs.latest(experiment.id)
    assert run is not None
    store.runs.note(run.id, RunState.FAILED, "The budget is too small")
    assert store.reports.progress.loop(made.feature_id).experiments_run == 0
    store.runs.note(run.id, RunState.FINISHED)
    assert store.reports.progress.loop(made.feature_id).experiments_run == 1


def test_an_experiment_whose_calls_all_failed_was_run(store: Store) -> None:
    made = loop(store, n_cases=2)
    run = store.runs.latest(made.run([FAILED]).id)
    assert run is not None
    store.runs.note(run.id, RunState.FAILED)
    assert store.reports.progress.loop(made.feature_id).experiments_run == 1
