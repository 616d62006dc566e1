"""Keys that came with a restored file: withheld until a person has confirmed where they would go.

A file is only names and addresses, and whoever made it chose both: `OPENAI_API_KEY` beside an
address of theirs would send them the key of whoever restores it, at the first call.
"""

import json
from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from workbench.domain import clock
from workbench.domain.endpoints import normalised
from workbench.errors import InputError, NotFound, StoreError
from workbench.say import plain
from workbench.store.engine.database import Database


class Withheld(NamedTuple):
    """A connection that has no key yet: where it is, and the names of its key and of the headers'
    variables, as the file has them."""

    connection_id: UUID
    name: str
    base_url: str
    api_key_env: str
    headers: str

    @property
    def variables(self) -> str:
        """The variables whose values would be sent there, on one line."""
        named = (self.api_key_env, *json.loads(self.headers).values())
        return ", ".join(dict.fromkeys(plain(name) for name in named if name))

    def sentence(self) -> str:
        """What was withheld from whom, and where it would go."""
        return f"“{plain(self.name)}” at {plain(self.base_url, 200)}: {self.variables}"


def withhold(database: Database, confirmed: Collection[str]) -> tuple[Withheld, ...]:
    """Take the names of keys from connections whose address nobody confirmed; returns those.

    Raises InputError where a confirmed address is no connection's.
    """
    rows = database.rows(
        """
        select id, name, base_url, api_key_env, headers from connections
        where api_key_env <> '' or headers <> '{}' order by lower(name)
        """
    )
    known = {normalised(address) for address in confirmed}
    found = tuple(Withheld(*row) for row in rows)
    for one in found:
        _refuse_unreadable(one)
    strange = known - {normalised(one.base_url) for one in found}
    if strange:
        there = ", ".join(sorted({plain(one.base_url) for one in found})) or "none"
        raise InputError(
            f"No connection of the backup that names a key is at {plain(min(strange))}.",
            f"Their addresses: {there}.",
        )
    kept = tuple(one for one in found if normalised(one.base_url) not in known)
    with database.transaction():
        # What the file says was confirmed, nobody here did.
        database.execute("delete from key_hosts")
        for one in kept:
            database.execute(
                "insert into withheld_keys values (?, ?, ?, ?, ?, null, null)",
                [one.connection_id, one.base_url, one.api_key_env, one.headers, clock.now()],
            )
            database.execute(
                "update connections set api_key_env = '', headers = '{}', revision = revision + 1 "
                "where id = ?",
                [one.connection_id],
            )
    return kept


def _refuse_unreadable(one: Withheld) -> None:
    try:
        pairs = json.loads(one.headers)
    except (ValueError, RecursionError):
        pairs = None
    if not isinstance(pairs, dict) or not all(isinstance(name, str) for name in pairs.values()):
        raise StoreError(
            f"The headers of the connection “{plain(one.name)}” can't be read.",
            "Restore another backup. Nothing was replaced.",
        )


class WithheldKeys:
    """The keys of the open database that wait for somebody to confirm where they go."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def all(self) -> list[Withheld]:
        """Those that wait, by the connection's name."""
        rows = self._db.rows(
            """
            select c.id, c.name, k.base_url, k.api_key_env, k.headers
            from withheld_keys k join connections c on c.id = k.connection_id
            where k.settled_at is null and c.archived_at is null
            order by lower(c.name), k.created_at
            """
        )
        return [Withheld(*row) for row in rows]

    def confirm(self, connection_id: UUID, base_url: str, person: str) -> None:
        """Give a connection its key's name back: a person has confirmed that this is its address.

        Raises NotFound where nothing is withheld from it at this address any more.
        """
        with self._db.transaction():
            row = self._db.row(
                """
                select k.api_key_env, k.headers, c.base_url
                from withheld_keys k join connections c on c.id = k.connection_id
                where k.connection_id = ? and k.settled_at is null and k.base_url = ?
                """,
                [connection_id, base_url],
            )
            if row is None or row[2] != base_url:
                raise NotFound(
                    "This connection has another address by now, or has its key already.",
                    "Look at it again.",
                )
            key, headers, _ = row
            self._db.execute(
                "update connections set api_key_env = ?, headers = ?, revision = revision + 1 "
                "where id = ?",
                [key, headers, connection_id],
            )
            self.settle(connection_id, person)

    def settle(self, connection_id: UUID, person: str) -> None:
        """Nothing is withheld from this connection any more: its key was said anew."""
        self._db.execute(
            """
            update withheld_keys set settled_at = ?, settled_by = ?
            where connection_id = ? and settled_at is null
            """,
            [clock.now(), person, connection_id],
        )
