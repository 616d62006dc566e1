"""Variants: a prompt version, a connection, a model and parameters. One identity, one row."""

import json
from uuid import UUID

from workbench.domain.calls import Parameters
from workbench.domain.fingerprint import canonical, fingerprint
from workbench.domain.prompts import PromptVersion, Variant, next_label
from workbench.errors import NotFound
from workbench.store.database import Database, Row
from workbench.store.prompts import Prompts

_COLUMNS = "id, feature_id, label, prompt_version_id, connection, model, parameters"


class Variants:
    """What is compared."""

    def __init__(self, database: Database, prompts: Prompts) -> None:
        self._db = database
        self._prompts = prompts

    def of(self, feature_id: UUID) -> list[Variant]:
        """A feature's variants, oldest first."""
        return [
            self._variant(row)
            for row in self._db.rows(
                f"select {_COLUMNS} from variants where feature_id = ? order by rowid", [feature_id]
            )
        ]

    def get(self, variant_id: UUID) -> Variant:
        """One variant. Raises NotFound."""
        row = self._db.row(f"select {_COLUMNS} from variants where id = ?", [variant_id])
        if row is None:
            raise NotFound("This variant is not in the database.", "Choose another one.")
        return self._variant(row)

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

    def _variant(self, row: Row) -> Variant:
        variant_id, feature_id, label, version_id, connection, model, parameters = row
        return Variant(
            variant_id,
            feature_id,
            label,
            self._prompts.get(version_id),
            connection,
            model,
            Parameters.parse(json.loads(parameters)),
        )
