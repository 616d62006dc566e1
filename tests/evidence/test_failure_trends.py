"""What reading has come to: over prompt versions, what is unseen, notes that are alike."""

import pytest

from tests import building
from workbench.actions import failures
from workbench.domain.calls import Parameters
from workbench.domain.failures import ModeDraft
from workbench.domain.people import Person
from workbench.domain.prompts import PromptText
from workbench.domain.scores import Outcome
from workbench.evidence import failure_trends
from workbench.evidence.words import failures as words
from workbench.stats.richness import richness
from workbench.store.store import Store

MIRA = Person("browser-1", "Mira")


def test_each_prompt_version_has_its_own_share(store: Store) -> None:
    made = building.loop(store, 6)
    first = made.run([Outcome.FAIL] * 6)
    newer = store.prompts.save(made.feature_id, "Reply", PromptText("Be kind.", "{{message}}"), "A")
    made.variant = store.variants.save(newer, "Local model", "small", Parameters(max_tokens=8))
    second = made.run([Outcome.FAIL] * 6)
    mode = failures.add_mode(store, MIRA, made.feature_id, ModeDraft("Rude"))
    for experiment, having in ((first, 4), (second, 1)):
        for i, trial in enumerate(store.trials.of_experiment(experiment.id)):
            text, where = ("Rude", mode.id) if i < having else ("", None)
            failures.read(store, MIRA, made.feature_id, trial.id, text, where)
    found = failure_trends.over_prompts(mode, failure_trends.reads(store, made.feature_id))
    assert [(name, seen.having, seen.read) for name, seen in found] == [
        ("Reply v1", 4, 6),
        ("Reply v2", 1, 6),
    ]
    assert all(seen.likelihood.low < seen.likelihood.high for _, seen in found)


def test_an_output_that_two_experiments_share_is_read_once(store: Store) -> None:
    made = building.loop(store, 3)
    experiment = made.run([Outcome.FAIL] * 3)
    store.experiments.add(made.feature_id, made.plan(question="The same, asked again?"), "Ada")
    for trial in store.trials.of_experiment(experiment.id):
        failures.read(store, MIRA, made.feature_id, trial.id, "Rude")
    assert len(failure_trends.reads(store, made.feature_id).outputs) == 3
    assert len(store.reports.failures.notes(made.feature_id)) == 3


def test_trials_of_one_input_are_one_sighting(store: Store) -> None:
    made = building.loop(store, 2)
    experiment = made.run([Outcome.FAIL] * 6, trials=3)
    mode = failures.add_mode(store, MIRA, made.feature_id, ModeDraft("Rude"))
    for trial in store.trials.of_experiment(experiment.id):
        failures.read(store, MIRA, made.feature_id, trial.id, "Rude", mode.id)
    outputs = failure_trends.reads(store, made.feature_id).outputs
    assert len(outputs) == 6
    assert failure_trends.saturation([mode], outputs).n == 2


@pytest.mark.parametrize(
    ("counts", "unsorted", "said"),
    [
        ([], 0, "Nothing was sorted into a failure mode yet"),
        ([], 4, "4 notes are not sorted yet: sort them first, in Failure modes."),
        ([], 1, "1 note is not sorted yet: sort it first, in Failure modes."),
        ([3, 1], 0, "Reading more pays."),
        ([30, 25], 0, "Reading more pays little here"),
        ([30, 10, 9, 1, 1, 1], 0, "Reading more pays."),
        ([30, 25], 1, "1 note is not sorted yet, which may show more."),
    ],
)
def test_whether_reading_more_pays_is_said(counts: list[int], unsorted: int, said: str) -> None:
    assert said in words.saturation(richness(counts), unsorted)


def test_of_modes_that_all_came_again_it_is_said_how_often_one_may_come_unseen() -> None:
    # The published example of the rule of three: none of 14 leaves up to 19.3%.
    said = words.saturation(richness([10, 4]), 0)
    assert "One that comes in up to 20% of sightings may still be unseen (95%)." in said
    assert "likely at least" not in said


def test_what_is_likely_unseen_is_said_as_a_lower_bound_with_its_interval() -> None:
    found = richness([46, 22, 17, 15, 15, 9, 8, 6, 6, 4, *[2] * 4, *[1] * 12])
    said = words.saturation(found, 0)
    assert "26 failure modes in 168 sightings, 12 of them once only." in said
    assert "with a chance of 7%." in said
    assert "There are likely at least 44 in all (95%: 30 to 97)." in said
