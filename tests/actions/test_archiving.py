"""Archiving an experiment: out of the list, back again, and evidence all the while."""

import threading

import pytest

from tests import building
from tests.actions.scenes import MIRA, PATIENCE_S, counts, lines
from tests.faults import endpoint as faults
from tests.runs import scenes
from workbench.actions import experiments
from workbench.actions.redirect import Wanted, chosen
from workbench.domain.scores import Outcome
from workbench.errors import InputError
from workbench.evidence import verdicts
from workbench.runs.jobs import Jobs
from workbench.store.store import Store


def test_it_is_archived_once_and_restored_once_with_a_line_each(store: Store, jobs: Jobs) -> None:
    made = building.loop(store)
    experiment = made.experiment()
    for _ in range(2):
        experiments.archive(store, jobs, MIRA, experiment, " Set up by mistake ")
    told = store.archivings.of(made.feature_id)[experiment.id]
    assert (told.author, told.why) == ("Mira", "Set up by mistake")
    for _ in range(2):
        experiments.restore(store, MIRA, experiment)
    assert store.archivings.of(made.feature_id) == {}
    assert lines(store, made.feature_id) == [
        ("experiment.archive", "E1 archived"),
        ("experiment.restore", "E1 restored"),
    ]


def test_what_missed_its_bar_can_not_be_hidden_by_archiving_it(store: Store, jobs: Jobs) -> None:
    made = building.loop(store, n_cases=20)
    experiment = made.run([Outcome.FAIL] * 20)
    before = verdicts.of_feature(store, made.feature_id)
    experiments.archive(store, jobs, MIRA, experiment)
    assert verdicts.of_feature(store, made.feature_id) == before


def test_what_is_being_run_is_not_archived(store: Store, jobs: Jobs) -> None:
    may_answer = threading.Event()

    def reply(body: object) -> str:
        may_answer.wait(PATIENCE_S)
        return "pong"

    with faults.serve(reply=reply) as held:
        experiment = scenes.experiment(store, held.base_url)
        experiments.start(store, jobs, MIRA, experiment)
        with pytest.raises(InputError, match="E1 is being run"):
            experiments.archive(store, jobs, MIRA, experiment)
        may_answer.set()
        assert jobs.wait(experiment.id, PATIENCE_S)
    assert store.archivings.of(experiment.feature_id) == {}


def test_the_same_plan_set_up_again_is_in_the_list_again(store: Store, jobs: Jobs) -> None:
    made = building.loop(store)
    experiment = made.experiment()
    experiments.archive(store, jobs, MIRA, experiment)
    assert experiments.freeze(store, MIRA, made.feature_id, made.plan()) == experiment
    assert store.archivings.of(made.feature_id) == {}
    assert lines(store, made.feature_id)[-1] == ("experiment.freeze", "E1 restored")


def test_a_command_runs_what_is_archived_only_where_it_is_named(store: Store, jobs: Jobs) -> None:
    made = building.loop(store)
    first = made.experiment()
    second = store.experiments.add(made.feature_id, made.plan(question="And now?"), "Ada")
    experiments.archive(store, jobs, MIRA, first)
    every = store.experiments.of(made.feature_id)
    assert chosen(store, every, Wanted()) == [second]
    assert chosen(store, every, Wanted(experiments=("E1",))) == [first]


def test_another_features_archive_is_its_own(store: Store, jobs: Jobs) -> None:
    mine, other = building.loop(store), building.loop(store, name="Other")
    experiments.archive(store, jobs, MIRA, mine.experiment())
    before = counts(store)
    assert store.archivings.of(other.feature_id) == {}
    experiments.restore(store, MIRA, other.experiment())
    assert counts(store)["history"] == before["history"]
