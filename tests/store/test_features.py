"""Features: unique names, guarded edits, and who means to ship what."""

from dataclasses import replace

import pytest

from tests.building import AUTHOR, loop
from workbench.domain.calls import Parameters
from workbench.domain.connections import Connection
from workbench.domain.features import Feature
from workbench.errors import Conflict, InputError, NotFound
from workbench.store.keys import new_id
from workbench.store.store import Store


def test_a_feature_comes_back_as_it_was_written(store: Store) -> None:
    written = Feature("Replies", "a", "b", "c", "d", "e")
    kept = store.features.add(written)
    assert kept.id is not None
    assert kept.created_at is not None
    assert replace(store.features.get(kept.id), id=None, created_at=None) == written


def test_names_are_unique_whatever_their_capitals_and_spaces(store: Store) -> None:
    store.features.add(Feature("Support  replies"))
    with pytest.raises(InputError, match="already"):
        store.features.add(Feature("SUPPORT replies"))
    found = store.features.named(" support REPLIES ")
    assert found is not None
    assert found.name == "Support replies"


def test_the_second_of_two_edits_is_refused_with_both_texts(store: Store) -> None:
    read = store.features.add(Feature("Replies"))
    assert read.id is not None
    store.features.save(replace(read, goal="Fast"))
    with pytest.raises(Conflict) as caught:
        store.features.save(replace(read, goal="Cheap"))
    assert "goal: Cheap" in caught.value.mine
    assert "goal: Fast" in caught.value.theirs
    assert store.features.get(read.id).goal == "Fast"


def test_a_feature_cannot_take_the_name_of_another(store: Store) -> None:
    store.features.add(Feature("Replies"))
    other = store.features.add(Feature("Summaries"))
    with pytest.raises(InputError, match="already"):
        store.features.save(replace(other, name="replies"))


def test_an_archived_feature_is_out_of_sight_but_kept_and_its_name_is_free(store: Store) -> None:
    feature = store.features.add(Feature("Replies"))
    assert feature.id is not None
    store.features.archive(feature.id)
    assert store.features.all() == []
    assert store.features.get(feature.id).name == "Replies"
    assert store.features.add(Feature("Replies")).id != feature.id


def test_the_candidate_is_the_variant_named_last(store: Store) -> None:
    made = loop(store)
    other = store.variants.save(made.variant.prompt, "Local model", "large", Parameters())
    assert store.features.candidate(made.feature_id) is None
    for variant in (made.variant, other, made.variant, other):
        store.features.choose_candidate(made.feature_id, variant.id, AUTHOR, "Cheaper")
        assert store.features.candidate(made.feature_id) == variant.id
    assert store.database.value("select count(*) from candidates") == 4


def test_what_is_not_there_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        store.features.get(new_id())
    assert store.features.named("Nobody") is None


@pytest.mark.parametrize("name", ["Su\u0440port", "Sup\u200bport", "\uff33upport"])
def test_a_name_that_looks_like_another_features_is_refused(store: Store, name: str) -> None:
    store.features.add(Feature("Support"))
    with pytest.raises(InputError, match="looks the same"):
        store.features.add(Feature(name))


def test_a_feature_is_not_renamed_to_what_looks_like_another(store: Store) -> None:
    store.features.add(Feature("Support"))
    other = store.features.add(Feature("Search"))
    with pytest.raises(InputError, match="looks the same"):
        store.features.save(replace(other, name="Su\u0440port"))
    # Its own name may be kept, or change into what only looks the same as it was.
    assert store.features.save(replace(other, name="Se\u0430rch")).name == "Se\u0430rch"


def test_a_connection_is_not_named_like_another_that_has_the_key(store: Store) -> None:
    store.connections.add(Connection("OpenAI", "https://api.openai.com/v1"))
    with pytest.raises(InputError, match="looks the same as that of another connection"):
        store.connections.add(Connection("\u041epenAI", "https://other.example/v1"))
