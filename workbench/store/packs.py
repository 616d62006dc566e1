"""Capability packs: which features are one, and what is said of it beside its contents."""

import json
from typing import NamedTuple
from uuid import UUID

from workbench.domain.calls import Parameters
from workbench.domain.fingerprint import canonical
from workbench.domain.packs import Pack
from workbench.errors import InputError
from workbench.store.engine.database import Database, Row

_SELECT = """
    select p.key, p.version, p.title, p.licence, p.attribution, p.trials, p.parameters,
        p.feature_id
    from packs p join features f on f.id = p.feature_id
"""


class Own(NamedTuple):
    """The one dataset and the one prompt that a pack's file has."""

    dataset_id: UUID
    prompt_id: UUID


class Packs:
    """Features that are capability packs."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, feature_id: UUID, pack: Pack) -> None:
        """Say that a feature is this pack. Raises InputError where its key and version are taken:
        results under one label would be those of two packs."""
        with self._db.transaction():
            if self.labelled(pack.key, pack.version) is not None:
                raise InputError(
                    f"The pack {pack.label} is here already.", "Give the file a higher version."
                )
            self._db.execute(
                "insert into packs values (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    feature_id, pack.key, pack.version, pack.title, pack.licence, pack.attribution,
                    pack.trials, canonical(pack.parameters.compact()),
                ],
            )  # fmt: skip

    def all(self) -> list[Pack]:
        """Every pack that is not archived, by its key, oldest version first."""
        rows = self._db.rows(f"{_SELECT} where f.archived_at is null order by p.key, p.version")
        return [_pack(row) for row in rows]

    def of(self, feature_id: UUID) -> Pack | None:
        """The pack that a feature is, if it is one."""
        row = self._db.row(f"{_SELECT} where p.feature_id = ?", [feature_id])
        return None if row is None else _pack(row)

    def own(self, feature_id: UUID) -> Own:
        """What of a pack's feature its file has. What else lies there came later, from the
        playground: the ids tell, since they go up with time."""
        row = self._db.row(
            """
            select (select min(id) from datasets where feature_id = $feature),
                (select min(id) from prompts where feature_id = $feature)
            """,
            {"feature": feature_id},
        )
        assert row is not None
        return Own(*row)

    def labelled(self, key: str, version: int) -> Pack | None:
        """The pack of this key and version, if it is here."""
        row = self._db.row(
            f"{_SELECT} where p.key = ? and p.version = ? and f.archived_at is null", [key, version]
        )
        return None if row is None else _pack(row)


def _pack(row: Row) -> Pack:
    key, version, title, licence, attribution, trials, parameters, feature_id = row
    asked = Parameters.parse(json.loads(parameters))
    return Pack(key, version, title, licence, attribution, trials, asked, feature_id)
