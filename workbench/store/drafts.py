"""What is half written, and small preferences: a reload or a crash loses neither."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from workbench.domain import clock, drafts
from workbench.domain.drafts import Draft
from workbench.domain.fingerprint import canonical
from workbench.store.engine.database import Database

_BESIDE = "\0beside"
"""Where a body keeps what clashed with it: no field is called so."""


class Drafts:
    """Unsaved work, by scope (what is being edited, and by whom)."""

    def __init__(self, database: Database) -> None:
        self._db = database

    @contextmanager
    def together(self) -> Iterator[None]:
        """A draft that is read inside is not written by anybody else until the end."""
        with self._db.transaction(is_draft=True):
            yield

    def keep(self, scope: str, body: Mapping[str, Any], based_on: int = 0) -> None:
        """Remember a draft; the newest one of a scope replaces the one before."""
        self._write(scope, Draft(body, based_on))

    def merge(
        self,
        scope: str,
        body: Mapping[str, Any],
        based_on: int = 0,
        *,
        seen: Mapping[str, Any],
        apart: Collection[str] = (),
    ) -> Draft:
        """Remember a draft beside what other tabs wrote since this one saw `seen`.

        Returns what is kept now; see `workbench.domain.drafts.merged`.
        """
        mine = Draft(body, based_on)
        with self._db.transaction(is_draft=True):
            kept = self.get(scope)
            if kept is not None:
                mine = drafts.merged(kept, seen, mine, apart)
            self._write(scope, mine)
        return mine

    def get(self, scope: str) -> Draft | None:
        """The draft of a scope, if there is one."""
        row = self._db.row("select body, based_on from drafts where scope = ?", [scope])
        if row is None:
            return None
        body = json.loads(row[0])
        return Draft(body, row[1], body.pop(_BESIDE, {}))

    def newest(self, limit: int = 200) -> list[tuple[str, datetime]]:
        """The scopes that were written to last, with when, newest first."""
        rows = self._db.rows(
            "select scope, updated_at from drafts order by updated_at desc, scope limit ?", [limit]
        )
        return [(scope, at) for scope, at in rows]

    def drop(self, scope: str, *, seen: Mapping[str, Any] | None = None) -> Draft | None:
        """Forget a draft: it was saved, or given up. What other tabs wrote since `seen` stays.

        Returns what stays; None where nothing does. Without `seen` all of it goes.
        """
        with self._db.transaction(is_draft=True):
            kept = self.get(scope)
            stays = None if kept is None or seen is None else drafts.left(kept, seen)
            if stays is not None:
                self._write(scope, stays)
            elif kept is not None:
                self._db.execute("delete from drafts where scope = ?", [scope])
        return stays

    def take(self, scope: str, field: str, text: str) -> Draft | None:
        """Put a text from beside a field into it; what was in it is beside it then."""
        return self._change(scope, lambda kept: drafts.swapped(kept, field, text))

    def forget(self, scope: str, field: str, text: str) -> Draft | None:
        """Forget one of the texts beside a field."""
        return self._change(scope, lambda kept: drafts.forgotten(kept, field, text))

    def _change(self, scope: str, change: Callable[[Draft], Draft]) -> Draft | None:
        with self._db.transaction(is_draft=True):
            kept = self.get(scope)
            changed = None if kept is None else change(kept)
            if changed is not None:
                self._write(scope, changed)
        return changed

    def _write(self, scope: str, draft: Draft) -> None:
        body = {**draft.body, _BESIDE: draft.beside} if draft.beside else draft.body
        with self._db.transaction(is_draft=True):
            self._db.execute(
                """
                insert into drafts values (?, ?, ?, ?)
                on conflict (scope) do update set body = excluded.body,
                    based_on = excluded.based_on, updated_at = excluded.updated_at
                """,
                [scope, canonical(body), draft.based_on, clock.now()],
            )

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
