"""Thoughts and adaptations are kept with a trial, and leave in columns of their own."""

from dataclasses import replace

from tests.building import loop
from workbench.domain.scores import Outcome
from workbench.store.keys import new_id
from workbench.store.store import Store


def test_thoughts_are_stored_once_and_read_with_each_trial(store: Store) -> None:
    made = loop(store, 2)
    experiment = made.run([Outcome.PASS] * 2)
    before = store.database.value("select count(*) from outputs")
    thought = [
        replace(
            trial, id=new_id(), supersedes=trial.id, reasoning="Hm, they ask.",
            adaptations=("temperature not sent", "system as user"),
        )
        for trial in store.trials.of_experiment(experiment.id)
    ]  # fmt: skip
    store.trials.add(thought)
    assert store.database.value("select count(*) from outputs") == before + 1
    found = store.trials.of_experiment(experiment.id)
    assert [(t.reasoning, t.adaptations) for t in found] == [
        ("Hm, they ask.", ("temperature not sent", "system as user"))
    ] * 2
    assert store.trials.get(thought[0].id).reasoning == "Hm, they ask."
    rows = list(store.reports.experiments.everything(experiment.id))
    assert {(row["reasoning"], row["adaptations"]) for row in rows} == {
        ("Hm, they ask.", "temperature not sent; system as user")
    }


def test_a_trial_without_any_has_none(store: Store) -> None:
    made = loop(store, 1)
    (trial,) = store.trials.of_experiment(made.run([Outcome.PASS]).id)
    assert (trial.reasoning, trial.adaptations) == ("", ())
