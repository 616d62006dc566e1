"""Connections: a key's name never follows to an address that it was not entered for."""

from dataclasses import replace

import pytest

from workbench.domain.connections import Connection
from workbench.errors import Conflict, InputError
from workbench.store.store import Store

OURS = Connection("Ours", "https://models.example.com/v1", ("m",), "OUR_KEY")


def test_a_new_address_drops_the_name_of_the_key(store: Store) -> None:
    kept = store.connections.add(OURS)
    moved = store.connections.save(replace(kept, base_url="https://elsewhere.example.com/v1"))
    assert moved.api_key_env == ""


def test_a_key_that_was_entered_again_stays(store: Store) -> None:
    kept = store.connections.add(OURS)
    moved = replace(kept, base_url="https://elsewhere.example.com/v1")
    saved = store.connections.save(moved, keeps_key=True, confirms_host=True)
    assert saved.api_key_env == "OUR_KEY"


def test_other_changes_keep_the_key(store: Store) -> None:
    kept = store.connections.add(OURS)
    assert store.connections.save(replace(kept, concurrency=2)).api_key_env == "OUR_KEY"


def test_a_stale_edit_is_refused_with_both_texts(store: Store) -> None:
    kept = store.connections.add(OURS)
    store.connections.save(replace(kept, concurrency=2))
    with pytest.raises(Conflict) as caught:
        store.connections.save(replace(kept, name="Mine"))
    assert "Mine" in caught.value.mine
    assert "Ours" in caught.value.theirs


@pytest.mark.parametrize("url", ["ftp://x/v1", "localhost:11434", "https://user:pw@x/v1", ""])
def test_an_address_that_is_none_is_refused(store: Store, url: str) -> None:
    with pytest.raises(InputError):
        store.connections.add(replace(OURS, base_url=url))
