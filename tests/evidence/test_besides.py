"""What differs beside the prompt is said: here, where one connection's answers came from."""

from dataclasses import replace
from typing import Any

import pytest

from tests.building import AUTHOR, loop
from workbench.domain.calls import Parameters
from workbench.domain.connections import Connection
from workbench.domain.prompts import PromptText
from workbench.evidence import besides
from workbench.evidence.pairing import Pairing, Side
from workbench.store.store import Store

HERE = Connection("Gateway", "https://one.example/v1", ("m",))


def said(store: Store, **moved: Any) -> str:
    """What is said of two prompts, the second asked after their connection was changed so."""
    made = loop(store, 1)
    store.connections.add(HERE)
    sides = []
    for word, change in (("Answer", {}), ("Reply", moved)):
        if change:
            now = replace(store.connections.named(HERE.name), **change)
            store.connections.save(now, keeps_key=True)
        text = PromptText(word, "{{message}}")
        prompt = store.prompts.save(made.feature_id, word, text, AUTHOR)
        variant = store.variants.save(prompt, HERE.name, "m", Parameters())
        endpoint = store.connections.endpoint(HERE.name)
        assert endpoint is not None
        store.variants.point(variant.id, endpoint)
        plan = replace(made.plan(), variant_ids=(variant.id,))
        sides.append(Side(store.experiments.add(made.feature_id, plan, AUTHOR), variant))
    return besides.prompt(Pairing(store), *sides)


@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        ({"base_url": "https://two.example/v1"}, "by one.example, C by two.example, both as Gat"),
        ({"base_url": "https://one.example/v2"}, "https://one.example/v1, C by https://one.exam"),
        ({"extra_body": '{"top_k": 1}'}, "Gateway sent other settings with the requests of B"),
    ],
    ids=["host", "path", "settings"],
)
def test_a_connection_that_moved_between_the_two_is_named(
    store: Store, moved: dict[str, Any], expected: str
) -> None:
    assert expected in said(store, **moved)


@pytest.mark.parametrize(
    "moved", [{}, {"base_url": "https://ONE.example:443/v1/"}, {"price_in": 1}]
)
def test_the_same_server_under_another_spelling_is_the_same(
    store: Store, moved: dict[str, Any]
) -> None:
    assert said(store, **moved) == ""
