"""Packs of your own: from a feature's cases and criteria to a file, and back."""

from dataclasses import replace

import pytest

from tests.building import Loop
from tests.building import loop as built
from workbench.actions import pack_making, packs
from workbench.actions.pack_making import Recipe
from workbench.domain.criteria import CriterionDraft, Scorer, ScorerKind
from workbench.domain.people import Person
from workbench.errors import InputError
from workbench.exchange.feature import reader
from workbench.store.store import Store

ADA = Person("browser", "Ada")


def recipe(made: Loop) -> Recipe:
    return Recipe(
        title="Polite replies, short",
        about="Ours.",
        licence="CC0-1.0",
        dataset_version_id=made.dataset.id,
        prompt_version_id=made.variant.prompt.id,
        criterion_ids=[made.criterion.id],
        max_tokens=40,
    )


def test_a_pack_of_a_feature_can_be_kept_and_tried_like_any(store: Store) -> None:
    made = built(store, n_cases=5, slices=["inbox"])
    text = pack_making.made(store, made.feature_id, recipe(made))
    kept = packs.bring_in(store, ADA, reader.read(text))
    assert kept.label == "polite-replies-short@1"
    assert kept.parameters.max_tokens == 40
    assert kept.feature_id is not None
    (criterion,) = store.criteria.of(kept.feature_id)
    assert criterion.draft == made.criterion.draft
    (dataset,) = store.datasets.of(kept.feature_id)
    assert [c.variables for c in store.datasets.cases(dataset.id)] == [
        c.variables for c in store.datasets.cases(made.dataset.id)
    ]
    assert [one.pack.label for one in packs.offered(store)][-1] == kept.label


def test_making_it_twice_gives_the_same_bytes(store: Store) -> None:
    made = built(store, n_cases=5)
    assert pack_making.made(store, made.feature_id, recipe(made)) == pack_making.made(
        store, made.feature_id, recipe(made)
    )


def test_held_out_cases_stay_at_home(store: Store) -> None:
    made = built(store, n_cases=3)
    drafts = [case.draft() for case in store.datasets.cases(made.dataset.id)]
    hidden = replace(drafts[0], held_out=True, variables={"message": "secret"})
    newer = store.datasets.save(made.dataset.dataset_id, [hidden, *drafts[1:]], 1, "Ada", "")
    text = pack_making.made(
        store, made.feature_id, replace(recipe(made), dataset_version_id=newer.id)
    )
    assert "secret" not in text
    assert text.count("- key: case-") == 2


def test_what_a_person_scores_can_not_be_in_a_pack(store: Store) -> None:
    made = built(store)
    draft = CriterionDraft("Sounds kind", Scorer(ScorerKind.RATING))
    rated = store.criteria.add(made.requirement.id, draft, "Ada")
    wish = replace(recipe(made), criterion_ids=[rated.id])
    with pytest.raises(InputError, match="code scores"):
        pack_making.made(store, made.feature_id, wish)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": "  "}, "no title"),
        ({"licence": ""}, "no licence"),
        ({"criterion_ids": []}, "at least one criterion"),
    ],
)
def test_what_is_missing_is_said(store: Store, changed: dict[str, object], said: str) -> None:
    made = built(store)
    with pytest.raises(InputError, match=said):
        pack_making.made(store, made.feature_id, replace(recipe(made), **changed))  # type: ignore[arg-type]  # the table's values are of several kinds


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("Réponses, courtes!", "reponses-courtes"),
        ("3 things", "pack-3-things"),
        ("日本語", "pack"),
        ("a" * 39 + " b", "a" * 39),
    ],
)
def test_a_key_is_made_of_any_title(title: str, key: str) -> None:
    assert pack_making.key_of(title) == key
