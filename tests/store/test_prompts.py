"""Prompts: every wording is kept, and the same wording is the same version."""

import pytest

from tests.building import AUTHOR, loop
from workbench.domain.features import Feature
from workbench.domain.prompts import PromptText
from workbench.errors import NotFound
from workbench.store.keys import new_id
from workbench.store.store import Store

FIRST, SECOND = PromptText("Be brief.", "{{message}}"), PromptText("Be kind.", "{{message}}")


def test_a_new_wording_is_the_next_version_and_the_one_before_stays(store: Store) -> None:
    made = loop(store)
    first = store.prompts.save(made.feature_id, "Mail", FIRST, AUTHOR, "start")
    second = store.prompts.save(made.feature_id, "Mail", SECOND, AUTHOR)
    assert (first.number, second.number, second.label) == (1, 2, "Mail v2")
    assert store.prompts.get(first.id) == first
    assert store.prompts.versions(made.feature_id) == [made.variant.prompt, first, second]


def test_the_same_wording_is_the_same_version(store: Store) -> None:
    made = loop(store)
    first = store.prompts.save(made.feature_id, "Mail", FIRST, AUTHOR)
    store.prompts.save(made.feature_id, "Mail", SECOND, AUTHOR)
    assert store.prompts.save(made.feature_id, " Mail ", FIRST, "Bo", "again") == first


def test_the_same_wording_under_another_name_or_feature_is_another_prompt(store: Store) -> None:
    made = loop(store)
    other = store.features.add(Feature("Other"))
    assert other.id is not None
    mail = store.prompts.save(made.feature_id, "Mail", FIRST, AUTHOR)
    chat = store.prompts.save(made.feature_id, "Chat", FIRST, AUTHOR)
    elsewhere = store.prompts.save(other.id, "Mail", FIRST, AUTHOR)
    assert len({mail.prompt_id, chat.prompt_id, elsewhere.prompt_id}) == 3
    assert {mail.number, chat.number, elsewhere.number} == {1}


def test_white_space_is_part_of_a_wording(store: Store) -> None:
    made = loop(store)
    first = store.prompts.save(made.feature_id, "Mail", FIRST, AUTHOR)
    spaced = PromptText(FIRST.system, f"{FIRST.user}\n")
    assert store.prompts.save(made.feature_id, "Mail", spaced, AUTHOR).number == first.number + 1


def test_a_version_that_is_not_there_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        store.prompts.get(new_id())
