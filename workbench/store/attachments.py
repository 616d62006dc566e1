"""The files that cases hold, each once by the SHA-256 of its bytes. None is ever changed."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import NamedTuple

from workbench.domain import clock
from workbench.domain.attachments import Attachment, Content
from workbench.domain.conversations import Message
from workbench.errors import NotFound, StoreError
from workbench.store.engine.database import Database


class Known(NamedTuple):
    """What is known of a file without its bytes."""

    media_type: str
    size: int
    width: int | None
    height: int | None
    pages: int | None


class Attachments:
    """Pictures and documents, by content."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def keep(self, content: Content) -> None:
        """Keep a file; one that is there already stays as it is."""
        self._db.execute(
            "insert or ignore into attachments values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                content.sha256, content.media_type, len(content.data), content.width,
                content.height, content.pages, content.text, content.preview, content.data,
                clock.now(),
            ],
        )  # fmt: skip

    def known(self, digests: Collection[str]) -> dict[str, Known]:
        """Those of the files that are here."""
        rows = self._db.rows(
            """
            select sha256, media_type, size, width, height, pages from attachments
            where sha256 in (select unnest(?::varchar[]))
            """,
            [list(digests)],
        )
        return {digest: Known(*rest) for digest, *rest in rows}

    def data(self, attachment: Attachment) -> bytes:
        """A file, byte for byte. Raises NotFound where it is missing, StoreError where its bytes
        are not those that were kept."""
        found = self._db.value("select data from attachments where sha256 = ?", [attachment.sha256])
        if found is None:
            raise NotFound(
                f"The file “{attachment.name}” is not in the database.", "Attach it again."
            )
        data = bytes(found)
        if sha256(data).hexdigest() != attachment.sha256:
            raise StoreError(
                f"The file “{attachment.name}” was changed since it was kept.",
                "Restore a backup from before: python -m workbench restore BACKUP.",
            )
        return data

    def text(self, attachment: Attachment) -> str:
        """What is sent of a document. Raises NotFound."""
        row = self._db.row("select text from attachments where sha256 = ?", [attachment.sha256])
        if row is None:
            raise NotFound(
                f"The file “{attachment.name}” is not in the database.", "Attach it again."
            )
        return row[0] or ""

    def preview(self, digest: str) -> bytes | None:
        """A small picture of a picture; None where there is none."""
        found = self._db.value("select preview from attachments where sha256 = ?", [digest])
        return None if found is None else bytes(found)

    def loaded(
        self, messages: Iterable[Message], *, only_texts: bool = False
    ) -> tuple[Message, ...]:
        """The messages with what is sent of their files; with `only_texts` of documents alone,
        which is enough to measure them. Raises NotFound and StoreError."""
        return tuple(
            replace(message, attachments=self._contents(message.attachments, only_texts))
            if message.attachments
            else message
            for message in messages
        )

    def _contents(self, files: Sequence[Attachment], only_texts: bool) -> tuple[Attachment, ...]:
        return tuple(
            replace(one, content=self.text(one).encode())
            if not one.is_image
            else one
            if only_texts
            else replace(one, content=self.data(one))
            for one in files
        )

    def unused(self) -> tuple[int, int]:
        """How many files no case holds, and their bytes."""
        row = self._db.row(
            """
            select count(*), coalesce(sum(size), 0)::bigint from attachments
            where sha256 not in (
                select unnest(attachments->>'$[*].sha256') from cases
                where attachments is not null
            )
            """
        )
        assert row is not None
        return row[0], row[1]

    def changed(self) -> list[str]:
        """The SHA-256 of each file whose bytes are others now."""
        rows = self._db.rows("select sha256 from attachments where sha256(data) != sha256")
        return [digest for (digest,) in rows]
