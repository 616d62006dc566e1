"""Variants: a prompt version, a connection, a model and parameters. One identity, one row."""

import json
from collections.abc import Iterable
from uuid import UUID

from workbench.domain.calls import Parameters
from workbench.domain.fingerprint import canonical, fingerprint
from workbench.domain.prompts import PromptVersion, Variant, next_label
from workbench.errors import NotFound
from workbench.store.database import Database, Row
from workbench.store.prompts import COLUMNS, version_of

_SELECT = f"""
    select w.id, w.feature_id, w.label, w.connection, w.model, w.parameters, {COLUMNS}
    from variants w
    join prompt_versions v on v.id = w.prompt_version_id
    join prompts p on p.id = v.prompt_id
"""


class Variants:
    """What is compared."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def of(self, feature_id: UUID) -> list[Variant]:
        """A feature's variants, oldest first."""
        rows = self._db.rows(f"{_SELECT} where w.feature_id = ? order by w.rowid", [feature_id])
        return [_variant(row) for row in rows]

    def by_id(self, variant_ids: Iterable[UUID]) -> dict[UUID, Variant]:
        """These variants, in one query however many there are."""
        rows = self._db.rows(
            f"{_SELECT} where w.id in (select unnest(?::uuid[]))", [list(variant_ids)]
        )
        return {variant.id: variant for variant in map(_variant, rows)}

    def get(self, variant_id: UUID) -> Variant:
        """One variant. Raises NotFound."""
        row = self._db.row(f"{_SELECT} where w.id = ?", [variant_id])
        if row is None:
            raise NotFound("This variant is not in the database.", "Choose another one.")
        return _variant(row)

    def save(
        self,
        prompt: PromptVersion,
        connection: str,
        model: str,
        parameters: Parameters,
        label: str | None = None,
    ) -> Variant:
        """Keep a variant; one that is the same in everything is the one that is there.

        Without a `label` it gets the feature's next free letter.
        """
        content = fingerprint(str(prompt.id), connection, model, parameters.compact())
        with self._db.transaction():
            feature_id: UUID = self._db.value(
                "select feature_id from prompts where id = ?", [prompt.prompt_id]
            )
            same = self._db.value(
                "select id from variants where feature_id = ? and content = ?",
                [feature_id, content],
            )
            if same is not None:
                return self.get(same)
            taken = [v.label for v in self.of(feature_id)]
            variant_id: UUID = self._db.value(
                """
                insert into variants (feature_id, label, prompt_version_id, connection, model,
                    parameters, content, created_at)
                values (?, ?, ?, ?, ?, ?, ?, now()) returning id
                """,
                [
                    feature_id,
                    label or next_label(taken),
                    prompt.id,
                    connection,
                    model,
                    canonical(parameters.compact()),
                    content,
                ],
            )
        return self.get(variant_id)


def _variant(row: Row) -> Variant:
    variant_id, feature_id, label, connection, model, parameters, *version = row
    return Variant(
        variant_id,
        feature_id,
        label,
        version_of(tuple(version)),
        connection,
        model,
        Parameters.parse(json.loads(parameters)),
    )
