"""Connections as deeds: kept with their line, refused whole, and the same again changes nothing."""

from dataclasses import replace

import pytest

from tests.actions import lines
from workbench.actions import connections
from workbench.domain.adaptations import Adaptation
from workbench.domain.connections import Connection
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.errors import Conflict, InputError, NotFound
from workbench.store.engine.integrity import counts
from workbench.store.store import Store

MIRA = Person("browser-1", "Mira")
GATEWAY = Connection("Gateway", "https://api.example.com/v1", ("m-1",), "GATEWAY_KEY")


def everything(store: Store) -> dict[str, tuple[int, int]]:
    """What every table holds."""
    return counts(store.database.rows)


def test_a_new_connection_is_kept_with_its_line(store: Store) -> None:
    kept = connections.add(store, MIRA, GATEWAY)
    assert store.connections.named("Gateway") == kept
    (line,) = lines.of_all(store)
    assert (line.person_id, line.person, line.deed) == ("browser-1", "Mira", Deed.CONNECTION_ADD)
    assert (line.key, line.what) == (
        "Gateway",
        "Connection Gateway added, at https://api.example.com/v1",
    )


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        (replace(GATEWAY, name="gateway"), "named “gateway” already"),
        (replace(GATEWAY, name="Other", base_url="nowhere"), "is not a web address"),
        (replace(GATEWAY, name="Other", api_key_env="sk-canary-7f3a91d2c4"), "key's field holds"),
        (replace(GATEWAY, name="Other", base_url="https://b.example.com"), "was given for"),
    ],
)
def test_a_connection_that_is_refused_changes_nothing(
    store: Store, wanted: Connection, problem: str
) -> None:
    connections.add(store, MIRA, GATEWAY)
    before = everything(store)
    with pytest.raises(InputError, match=problem):
        connections.add(store, MIRA, wanted)
    assert everything(store) == before


def test_a_key_goes_to_another_host_once_somebody_says_so(store: Store) -> None:
    connections.add(store, MIRA, GATEWAY)
    other = replace(GATEWAY, name="Other", base_url="https://b.example.com/v1")
    kept = connections.add(store, MIRA, other, confirms_host=True)
    assert kept.waiting == ()


def test_an_edit_says_which_fields_it_changed_and_no_value(store: Store) -> None:
    kept = connections.add(store, MIRA, GATEWAY)
    edited = replace(kept, concurrency=2, models=("m-2",), extra_body='{"secret": "canary"}')
    connections.edit(store, MIRA, edited)
    assert store.connections.named("Gateway").concurrency == 2
    line = lines.of_all(store)[-1]
    assert line.deed is Deed.CONNECTION_EDIT
    assert line.what == "Connection Gateway: models, extra body, calls at once changed"


def test_an_edit_that_changes_nothing_is_none(store: Store) -> None:
    kept = connections.add(store, MIRA, GATEWAY)
    before = everything(store)
    connections.edit(store, MIRA, replace(kept, base_url="https://api.example.com/v1/ "))
    assert everything(store) == before


def test_who_was_overtaken_changes_nothing(store: Store) -> None:
    kept = connections.add(store, MIRA, GATEWAY)
    connections.edit(store, MIRA, replace(kept, concurrency=2))
    before = everything(store)
    with pytest.raises(Conflict, match="Somebody changed “Gateway”"):
        connections.edit(store, MIRA, replace(kept, concurrency=3))
    with pytest.raises(Conflict):
        connections.edit(store, MIRA, kept)
    assert everything(store) == before


def test_a_connection_is_put_away_and_taken_back(store: Store) -> None:
    kept = connections.add(store, MIRA, GATEWAY)
    assert kept.id is not None
    connections.archive(store, MIRA, kept.id)
    connections.archive(store, MIRA, kept.id)
    with pytest.raises(NotFound):
        store.connections.named("Gateway")
    assert [each.name for each in store.connections.put_away()] == ["Gateway"]
    connections.restore(store, MIRA, kept.id)
    connections.restore(store, MIRA, kept.id)
    assert store.connections.named("Gateway") == kept
    assert store.connections.put_away() == []
    assert [line.deed for line in lines.of_all(store)] == [
        Deed.CONNECTION_ADD,
        Deed.CONNECTION_ARCHIVE,
        Deed.CONNECTION_RESTORE,
    ]


@pytest.mark.parametrize("name", ["Gateway", "GATEWAY", "Gatеway"])  # the last е is Cyrillic
def test_a_connection_whose_name_was_given_to_another_stays_put_away(
    store: Store, name: str
) -> None:
    kept = connections.add(store, MIRA, GATEWAY)
    assert kept.id is not None
    connections.archive(store, MIRA, kept.id)
    connections.add(store, MIRA, replace(GATEWAY, name=name))
    before = everything(store)
    with pytest.raises(InputError):
        connections.restore(store, MIRA, kept.id)
    assert everything(store) == before


def waiting(store: Store, *names: str) -> list[Connection]:
    """Connections as a restored file has them: nobody here confirmed where their keys go."""
    for number, name in enumerate(names):
        connections.add(
            store,
            MIRA,
            Connection(name, "https://api.example.com/v1", ("m",), f"KEY_{number}_KEY"),
        )
    store.connections.confirm_only(())
    return [store.connections.named(name) for name in names]


def test_a_host_is_confirmed_for_one_connection_and_for_no_other(store: Store) -> None:
    first, second = waiting(store, "First", "Second")
    assert first.id is not None
    connections.confirm_host(store, MIRA, first.id, first.base_url)
    connections.confirm_host(store, MIRA, first.id, first.base_url)
    assert store.connections.named("First").waiting == ()
    assert store.connections.named("Second").waiting == second.waiting == ("KEY_1_KEY",)
    said = [line for line in lines.of_all(store) if line.deed is Deed.KEY_HOST_CONFIRM]
    assert [line.what for line in said] == ["KEY_0_KEY may be sent to https://api.example.com"]


def test_a_host_that_somebody_else_changed_meanwhile_is_not_confirmed(store: Store) -> None:
    (seen,) = waiting(store, "First")
    assert seen.id is not None
    store.database.execute("update connections set base_url = 'https://evil.example.com/v1'")
    before = everything(store)
    with pytest.raises(InputError, match="has another address by now"):
        connections.confirm_host(store, MIRA, seen.id, seen.base_url)
    assert everything(store) == before
    assert store.connections.named("First").waiting == ("KEY_0_KEY",)


def test_what_was_learnt_of_a_model_is_forgotten_once(store: Store) -> None:
    kept = connections.add(store, MIRA, GATEWAY)
    assert kept.id is not None
    store.habits.learn(kept, "m-1", [(Adaptation.parse("temperature not sent"), "no temperature")])
    connections.forget(store, MIRA, kept.id, "m-1")
    connections.forget(store, MIRA, kept.id, "m-1")
    connections.forget(store, MIRA, kept.id, "m-2")
    assert store.habits.of(kept) == []
    said = [line for line in lines.of_all(store) if line.deed is Deed.HABIT_FORGET]
    assert [line.what for line in said] == ["What was learnt of m-1 forgotten"]
