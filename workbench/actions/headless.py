"""How a command comes in: the store, who it acts for, and the feature that it means."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from workbench import config
from workbench.errors import NotFound
from workbench.runs.rescoring import renew
from workbench.store.store import Store, open_store


@contextmanager
def opened(database: str) -> Iterator[Store]:
    """The store, closed afterwards."""
    store = open_store(database, config.load().home)
    try:
        store.take_over()
        renew(store)
        yield store
    finally:
        store.close()


def author(store: Store) -> str:
    """Who the commands act for: the name from Settings, else the account's."""
    return store.drafts.preference("person") or getpass.getuser()


def named(store: Store, name: str | None) -> UUID:
    """The feature of this name, or the only one. Raises NotFound listing those that exist."""
    there = store.features.all()
    feature = store.features.named(name) if name else there[0] if len(there) == 1 else None
    if feature is None or feature.id is None:
        known = ", ".join(f"“{known.name}”" for known in there) or "none"
        asked = f"There is no feature named “{name}”." if name else "Which feature?"
        raise NotFound(asked, f"The database holds: {known}.")
    return feature.id
