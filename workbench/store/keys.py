"""Identities: long ones for machines, short ones for people."""

from collections.abc import Iterable
from uuid import UUID

from uuid_utils import uuid7 as fast_uuid7
from uuid_utils.compat import uuid7

from workbench.store.engine.database import Row


def new_id() -> UUID:
    """A new identity; later ones sort later (UUID version 7)."""
    return uuid7()


def new_id_text() -> str:
    """A new identity as text: for rows by the hundred thousand, which DuckDB takes as text anyway.

    Python takes longer to make a UUID of it, and text of that again, than for all the rest.
    """
    return str(fast_uuid7())


def next_short_key(letter: str, taken: Iterable[Row]) -> str:
    """The next short key (R1, R2, …) after the highest one taken, so that none is used twice."""
    numbers = [int(key[1:]) for (key,) in taken if key[:1] == letter and key[1:].isdigit()]
    return f"{letter}{max(numbers, default=0) + 1}"
