"""What a command says of a feature: nothing that decides is left out."""

from dataclasses import replace

from tests import building
from tests.building import AUTHOR
from workbench.actions import findings, runs
from workbench.domain.calls import Parameters
from workbench.domain.scores import Outcome
from workbench.store.store import Store


def test_a_candidate_that_was_never_tried_is_said_to_decide_with_nothing(store: Store) -> None:
    made = building.loop(store)
    made.run([Outcome.PASS, Outcome.PASS])
    other = store.variants.save(
        store.prompts.versions(made.feature_id)[0], "Elsewhere", "other", Parameters(), "B"
    )
    store.features.choose_candidate(made.feature_id, other.id, AUTHOR, "It will be cheaper")
    said = findings.of_feature(store, made.feature_id).as_text()
    assert "C1: Run an experiment with B: it decides, and has no results here." in said
    store.features.choose_candidate(made.feature_id, made.variant.id, AUTHOR, "It has results")
    assert "no results here" not in findings.of_feature(store, made.feature_id).as_text()


def test_the_origins_of_several_variants_are_one_sentence(store: Store) -> None:
    experiment = building.loop(store).run([Outcome.PASS, Outcome.PASS])
    found = runs.stored(store, experiment)
    said = replace(found, origins=[*found.origins, *found.origins]).sentence()
    first, second = said.split("; ")
    assert first.startswith("E1: A: 2 answers")
    assert second.startswith("A: 2 answers")
    assert [text.endswith(".") for text in (first, second)] == [False, True]
