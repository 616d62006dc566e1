"""Connections: add one, edit it, put it away, take it back; and where their keys may go."""

from uuid import UUID

from workbench import config
from workbench.actions.deeds import doing
from workbench.domain import key_names
from workbench.domain.connections import Connection
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.errors import InputError
from workbench.store.store import Store

_FIELDS = {
    "name": "name",
    "base_url": "address",
    "models": "models",
    "api_key_env": "key's name",
    "headers": "headers",
    "extra_body": "extra body",
    "endpoint": "how its endpoint is called",
    "concurrency": "calls at once",
    "timeout_s": "seconds per call",
    "requests_per_minute": "requests per minute",
    "tokens_per_minute": "tokens per minute",
    "price_in": "price of input",
    "price_out": "price of output",
}
"""What can be edited, and what it is called."""


def add(
    store: Store, who: Person, connection: Connection, *, confirms_host: bool = False
) -> Connection:
    """Keep a new connection. `confirms_host`: this person said that its keys may go to its host.

    Raises InputError where the name is taken, a field is wrong, or a key was given for another
    host and nobody said that it may go to this one.
    """
    with doing(store, who, Deed.CONNECTION_ADD, None) as line:
        kept = store.connections.add(connection, who.name, confirms_host=confirms_host)
        line.say(kept.name, f"Connection {kept.name} added, at {kept.base_url}")
    return kept


def edit(
    store: Store, who: Person, connection: Connection, *, confirms_host: bool = False
) -> Connection:
    """Keep an edit that was made on `connection.revision`. What changes nothing is no edit.

    The key and the headers are those that were entered for this address. Raises Conflict where
    somebody saved since, and InputError as `add` does.
    """
    with doing(store, who, Deed.CONNECTION_EDIT, None) as line:
        assert connection.id is not None
        before = store.connections.get(connection.id)
        after = connection.checked(config.key_names())
        if after == before and not (before.unconfirmed and confirms_host):
            return before
        kept = store.connections.save(
            connection, keeps_key=True, confirms_host=confirms_host, author=who.name
        )
        line.say(kept.name, f"Connection {kept.name}: {_changed(before, kept)}")
    return kept


def archive(store: Store, who: Person, connection_id: UUID) -> None:
    """Put a connection away. Variants that used it keep its name; doing it again changes
    nothing."""
    with doing(store, who, Deed.CONNECTION_ARCHIVE, None) as line:
        there = store.connections.get(connection_id)
        if there.archived_at is None:
            store.connections.archive(connection_id)
            line.say(there.name, f"Connection {there.name} put away")


def restore(store: Store, who: Person, connection_id: UUID) -> None:
    """Take a connection back that was put away; doing it again changes nothing.

    Raises InputError where another one has its name by now.
    """
    with doing(store, who, Deed.CONNECTION_RESTORE, None) as line:
        there = store.connections.get(connection_id)
        if there.archived_at is not None:
            store.connections.restore(connection_id)
            line.say(there.name, f"Connection {there.name} restored")


def confirm_host(store: Store, who: Person, connection_id: UUID, address: str) -> None:
    """Say that the keys that a connection names may be sent to its host.

    `address` is what this person saw: where the connection has another one by now, InputError. A
    host that has been confirmed needs nothing.
    """
    with doing(store, who, Deed.KEY_HOST_CONFIRM, None) as line:
        there = store.connections.get(connection_id)
        if there.base_url != address:
            raise InputError(
                f"“{there.name}” has another address by now: {there.base_url}.",
                "Look at it, then confirm that one.",
            )
        if there.waiting:
            goes_to = key_names.origin(address)
            store.connections.confirm_host(goes_to, who.name, connection_id)
            line.say(there.name, f"{', '.join(there.waiting)} may be sent to {goes_to}")


def confirm_address(store: Store, who: Person, goes_to: str) -> None:
    """The same of every connection at a scheme, host and port, for who names no connection."""
    with doing(store, who, Deed.KEY_HOST_CONFIRM, None) as line:
        before = {each.id: each.waiting for each in store.connections.all()}
        store.connections.confirm_host(goes_to, who.name)
        freed = [
            name
            for each in store.connections.all()
            for name in before[each.id]
            if name not in each.waiting
        ]
        if freed:
            names = ", ".join(dict.fromkeys(freed))
            line.say(goes_to, f"{names} may be sent to {goes_to}")


def forget(store: Store, who: Person, connection_id: UUID, model: str) -> None:
    """Know nothing of a model's habits any more: the next request is sent as it was meant."""
    with doing(store, who, Deed.HABIT_FORGET, None) as line:
        there = store.connections.get(connection_id)
        if any(habit.model == model for habit in store.habits.of(there)):
            store.habits.forget(there, model)
            line.say(there.name, f"What was learnt of {model} forgotten")


def _changed(before: Connection, after: Connection) -> str:
    """What an edit changed, in words; never a value, which may be long or private."""
    words = [
        word for name, word in _FIELDS.items() if getattr(before, name) != getattr(after, name)
    ]
    if not words:
        return f"its keys may be sent to {key_names.origin(after.base_url)}"
    return f"{', '.join(words)} changed"
