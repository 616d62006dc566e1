"""The model that comes along drafts to the end: poorly, and within its limits."""

import pytest

from tests.actions.scenes import MIRA
from workbench.actions import drafting_by_model, features
from workbench.domain.connections import LOCAL_MODEL, LOCAL_NAME
from workbench.domain.drafting import Part
from workbench.domain.features import Feature
from workbench.drafting.parts import SMALL_TOKENS
from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.store.store import Store

TEXT = "Never promise a refund."


@pytest.mark.slow
def test_every_part_of_a_draft_ends_within_its_limit_and_is_read_or_said_to_be_unreadable(
    store: Store, local: LocalModel
) -> None:
    kept = features.create(store, MIRA, Feature("Replies"))
    assert kept.id is not None
    found = drafting_by_model.by_model(
        store, Models(local), MIRA, kept.id, LOCAL_NAME, LOCAL_MODEL, TEXT
    )
    took = drafting_by_model.took(store, found)
    assert [each.ended.part for each in took] == list(Part)
    answered = [each for each in took if each.reply is not None]
    assert answered
    assert all(each.reply.failure is None for each in answered if each.reply)
    assert all((each.reply.output_tokens or 0) <= SMALL_TOKENS for each in answered if each.reply)
    suggested = store.drafting.of_round(found.id)
    assert suggested or any(each.ended.problem for each in took)
