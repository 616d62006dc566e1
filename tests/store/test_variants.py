"""Variants: the same prompt, connection, model and parameters are one, under one letter."""

from dataclasses import replace

import pytest

from tests.building import loop
from workbench.domain.calls import Parameters
from workbench.errors import NotFound
from workbench.store.keys import new_id
from workbench.store.store import Store

FULL = Parameters(
    temperature=0.0,
    top_p=0.5,
    max_tokens=64,
    seed=7,
    stop=("\n", "END"),
    json_schema={"type": "object"},
    extra_body={"min_p": 0.1},
)


def test_a_variant_comes_back_as_it_was_saved(store: Store) -> None:
    made = loop(store)
    saved = store.variants.save(made.variant.prompt, "Other", "big", FULL)
    assert store.variants.get(saved.id) == saved
    assert (saved.parameters, saved.connection, saved.model) == (FULL, "Other", "big")


def test_the_same_variant_is_saved_once(store: Store) -> None:
    made = loop(store)
    again = store.variants.save(
        made.variant.prompt, "Local model", "small", Parameters(max_tokens=8)
    )
    assert again == made.variant
    assert store.variants.of(made.feature_id) == [made.variant]


@pytest.mark.parametrize(
    "change",
    [{"temperature": 0.0}, {"seed": 0}, {"max_tokens": 9}, {"stop": ("x",)}, {"top_p": 1.0}],
    ids=str,
)
def test_a_change_in_any_parameter_is_another_variant(
    store: Store, change: dict[str, object]
) -> None:
    made = loop(store)
    other = store.variants.save(
        made.variant.prompt, "Local model", "small", replace(Parameters(max_tokens=8), **change)
    )
    assert other.id != made.variant.id


def test_variants_get_the_next_free_letter(store: Store) -> None:
    made = loop(store)
    prompt = made.variant.prompt
    assert made.variant.label == "A"
    assert store.variants.save(prompt, "Other", "m", Parameters(), "C").label == "C"
    labels = [store.variants.save(prompt, "Other", f"m{n}", Parameters()).label for n in range(26)]
    assert labels[:3] == ["B", "D", "E"]
    assert labels[-2:] == ["AA", "AB"]


def test_a_variant_that_is_not_there_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        store.variants.get(new_id())
