"""What is half written, and small preferences: a reload or a crash loses neither."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from workbench.domain.fingerprint import canonical
from workbench.store.database import Database


class Draft(NamedTuple):
    """Unsaved fields, and the revision they were based on (0: something new)."""

    body: Mapping[str, Any]
    based_on: int


class Drafts:
    """Unsaved work, by scope (what is being edited, and by whom)."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def keep(self, scope: str, body: Mapping[str, Any], based_on: int = 0) -> None:
        """Remember a draft; the newest one of a scope replaces the one before."""
        with self._db.transaction(is_draft=True):
            self._db.execute(
                """
                insert into drafts values (?, ?, ?, now())
                on conflict (scope) do update set body = excluded.body,
                    based_on = excluded.based_on, updated_at = excluded.updated_at
                """,
                [scope, canonical(body), based_on],
            )

    def get(self, scope: str) -> Draft | None:
        """The draft of a scope, if there is one."""
        row = self._db.row("select body, based_on from drafts where scope = ?", [scope])
        return None if row is None else Draft(json.loads(row[0]), row[1])

    def drop(self, scope: str) -> None:
        """Forget a draft: it was saved, or given up."""
        with self._db.transaction(is_draft=True):
            self._db.execute("delete from drafts where scope = ?", [scope])

    def preference(self, name: str, default: str = "") -> str:
        """A small setting that is kept in the file."""
        found: str | None = self._db.value("select value from preferences where name = ?", [name])
        return default if found is None else found

    def prefer(self, name: str, value: str) -> None:
        """Keep a small setting."""
        self._db.execute(
            """
            insert into preferences values (?, ?)
            on conflict (name) do update set value = excluded.value
            """,
            [name, value],
        )
