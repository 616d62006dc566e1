"""Prompts and their versions: every wording that was ever tried is kept."""

import json
from datetime import datetime
from uuid import UUID

from workbench.domain import clock
from workbench.domain.fingerprint import canonical
from workbench.domain.prompts import PromptText, PromptVersion, messages_of
from workbench.domain.tools import Tools
from workbench.errors import NotFound
from workbench.store.engine.database import Database, Row

COLUMNS = """
    v.id, v.prompt_id, p.name, v.number, v.system_text, v.user_text, v.note, v.author, v.created_at,
    v.expects, v.messages, v.tools
"""
"""What `version_of` reads, of `prompts p join prompt_versions v`."""


class Prompts:
    """How the models are asked."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def versions(self, feature_id: UUID) -> list[PromptVersion]:
        """Every version of every prompt of a feature, oldest prompt and version first."""
        rows = self._db.rows(
            f"""
            select {COLUMNS} from prompts p join prompt_versions v on v.prompt_id = p.id
            where p.feature_id = ? order by p.rowid, v.number
            """,
            [feature_id],
        )
        return [version_of(row) for row in rows]

    def get(self, version_id: UUID) -> PromptVersion:
        """One version. Raises NotFound."""
        row = self._db.row(
            f"""
            select {COLUMNS} from prompts p join prompt_versions v on v.prompt_id = p.id
            where v.id = ?
            """,
            [version_id],
        )
        if row is None:
            raise NotFound("This prompt version is not in the database.", "Choose another one.")
        return version_of(row)

    def save(
        self,
        feature_id: UUID,
        name: str,
        text: PromptText,
        author: str,
        note: str = "",
        number: int | None = None,
        created_at: datetime | None = None,
        expects: str = "",
    ) -> PromptVersion:
        """Keep a wording as the prompt's next version; the same wording is the same version.

        `number` and `created_at` are given when a history is restored.
        """
        with self._db.transaction():
            name = " ".join(name.split()) or "Prompt"
            prompt_id = self._db.value(
                "select id from prompts where feature_id = ? and name = ?", [feature_id, name]
            )
            if prompt_id is None:
                prompt_id = self._db.value(
                    """
                    insert into prompts (feature_id, name, created_at) values (?, ?, ?)
                    returning id
                    """,
                    [feature_id, name, clock.now()],
                )
            same = self._db.value(
                "select id from prompt_versions where prompt_id = ? and content = ?",
                [prompt_id, text.fingerprint()],
            )
            if same is not None and number is None:
                return self.get(same)
            version_id: UUID = self._db.value(
                """
                insert into prompt_versions (prompt_id, number, system_text, user_text, messages,
                    tools, content, note, author, created_at, expects)
                select ?, coalesce(?, max(number) + 1, 1), ?, ?, ?, ?, ?, ?, ?, ?, ?
                from prompt_versions where prompt_id = ?
                returning id
                """,
                [
                    prompt_id,
                    number,
                    text.system,
                    text.user,
                    canonical(text.plain()) if text.messages else None,
                    # The order of a schema's keys is part of what a model is told.
                    json.dumps(text.tools.plain(), ensure_ascii=False) if text.tools else None,
                    text.fingerprint(),
                    note,
                    author,
                    created_at or clock.now(),
                    expects,
                    prompt_id,
                ],
            )
        return self.get(version_id)


def version_of(row: Row) -> PromptVersion:
    """A prompt version from a row of `COLUMNS`."""
    version_id, prompt_id, name, number, system, user, note, author, *rest = row
    created_at, expects, said, offered = rest
    tools = Tools.parse(json.loads(offered or "{}"))
    text = PromptText(system, user, messages_of(json.loads(said or "[]")), tools)
    return PromptVersion(
        version_id, prompt_id, name, number, text, note, author, created_at, expects
    )
