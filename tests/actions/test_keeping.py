"""What is kept of an output: its input as a case, a note, a wording. Once, and on record."""

from uuid import uuid4

import pytest

from tests import building
from tests.actions.scenes import MIRA, counts, lines
from workbench.actions import asking, keeping
from workbench.domain.calls import Parameters
from workbench.domain.datasets import CaseDraft
from workbench.domain.experiments import Plan, Purpose
from workbench.domain.features import Feature
from workbench.domain.prompts import PromptText
from workbench.domain.scores import Outcome
from workbench.errors import NotFound
from workbench.store.store import Store


def test_an_output_becomes_a_case_with_itself_as_reference_once(store: Store) -> None:
    made = building.loop(store)
    experiment = made.run([Outcome.PASS] * 3)
    trial = store.trials.of_experiment(experiment.id)[0]
    case = store.datasets.case(trial.case_id)
    kept = keeping.case(store, MIRA, experiment, case, trial)
    assert kept is not None
    version, key = kept
    (added,) = [c for c in store.datasets.cases(version.id) if c.key == key]
    assert (version.number, added.reference) == (2, "thank you")
    assert (added.variables, added.tags) == (case.variables, case.tags)
    assert added.source == f"playground E1, case {case.key}"
    assert lines(store, made.feature_id) == [("dataset.edit", "Inbox version 2")]
    before = counts(store)
    assert keeping.case(store, MIRA, experiment, case, trial) is None
    assert counts(store) == before


@pytest.mark.parametrize(("others", "name"), [(["Inbox"], "Inbox"), ([], "Cases")])
def test_a_typed_input_goes_to_the_features_own_dataset_without_a_reference(
    store: Store, others: list[str], name: str
) -> None:
    feature_id = store.features.add(Feature("Replies")).id
    assert feature_id is not None
    for other in others:
        store.datasets.add(feature_id, other, building.cases(2), "Ada")
    inputs = [CaseDraft("input-001", {"message": "Typed"})]
    typed = store.datasets.add(feature_id, asking.TYPED, inputs, "Ada")
    prompt = store.prompts.save(feature_id, "Reply", PromptText("", "{{message}}"), "Ada")
    variant = store.variants.save(prompt, "Local model", "small", Parameters())
    plan = Plan("What?", typed.id, (variant.id,), (), purpose=Purpose.PLAYGROUND)
    experiment = store.experiments.add(feature_id, plan, "Ada")
    run = store.runs.start(experiment.id, "Ada")
    (call,) = store.trials.missing(experiment.id)
    store.trials.add([trial := building.trial(run.id, call)])
    kept = keeping.case(store, MIRA, experiment, store.datasets.case(trial.case_id), trial)
    assert kept is not None
    version, key = kept
    (added,) = [c for c in store.datasets.cases(version.id) if c.key == key]
    assert (version.name, added.reference) == (name, None)


def test_a_note_is_kept_with_who_wrote_it_and_an_empty_one_is_none(store: Store) -> None:
    made = building.loop(store)
    trial = store.trials.of_experiment(made.run([Outcome.PASS]).id)[0]
    keeping.note(store, MIRA, made.feature_id, trial.id, " Too long ")
    keeping.note(store, MIRA, made.feature_id, trial.id, "  ")
    (note,) = store.scores.notes([trial.id])[trial.id]
    assert (note.author, note.text) == ("Mira", "Too long")
    ((deed, what),) = lines(store, made.feature_id)
    assert (deed, what) == (
        "note.keep",
        f"Note on an answer to {store.datasets.case(trial.case_id).key}",
    )


def test_a_note_on_nothing_is_not_kept(store: Store) -> None:
    made, before = building.loop(store), counts(store)
    with pytest.raises(NotFound):
        keeping.note(store, MIRA, made.feature_id, uuid4(), "Too long")
    assert counts(store)["notes"] == before["notes"]


def test_a_wording_is_kept_once_with_what_it_should_do(store: Store) -> None:
    made = building.loop(store)
    what = made.feature_id, "Reply", PromptText("Be brief.", "{{message}}")
    kept = keeping.prompt(store, MIRA, *what, " Shorter ", " Fewer promises ")
    assert (kept.number, kept.author, kept.note, kept.expects) == (
        2,
        "Mira",
        "Shorter",
        "Fewer promises",
    )
    assert keeping.prompt(store, MIRA, *what, "Again") == kept
    assert lines(store, made.feature_id) == [("prompt.keep", "Reply v2 kept")]
