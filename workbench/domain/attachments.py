"""Files that go with a case: pictures, and documents of which the text is sent."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from workbench.errors import InputError

PNG, JPEG, PDF = "image/png", "image/jpeg", "application/pdf"
ENDINGS = {PNG: "png", JPEG: "jpg", PDF: "pdf"}
"""What may be attached, by its media type, and how the name of a file of it ends."""
_WORDS = {PNG: "PNG picture", JPEG: "JPEG picture", PDF: "PDF, its text"}

MOST_FILES = 8
MOST_BYTES = 10 * 1024 * 1024
MOST_OF_A_CASE = 20 * 1024 * 1024
"""What the files of a case may have together to be sent, in bytes."""
MOST_NAME = 120
MOST_PIXELS = 40_000_000
MOST_PAGES = 300
MOST_TEXT = 512 * 1024
"""The longest text of a document, in bytes of UTF-8."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_ACCEPTED = "PNG, JPEG and PDF can be attached."


@dataclass(frozen=True)
class Attachment:
    """A file of a case, by its content. What it is called is the case's own.

    `content` is what is sent of it, once it was looked up: a picture's bytes, or a document's text
    in UTF-8. An empty `sha256` stands for a file that is named and not there yet.
    """

    name: str
    media_type: str = ""
    sha256: str = ""
    content: bytes | None = field(default=None, compare=False, repr=False)

    @property
    def is_image(self) -> bool:
        """Whether it is shown to the model as a picture; of others the text is sent."""
        return self.media_type.startswith("image/")

    @property
    def file_name(self) -> str:
        """What its file is called in folders and archives: two of one name are told apart."""
        return f"{self.sha256}.{ENDINGS[self.media_type]}"

    def plain(self) -> dict[str, str]:
        """The attachment as JSON has it, without its content."""
        return {"name": self.name, "media_type": self.media_type, "sha256": self.sha256}

    def describe(self) -> str:
        """Its name and what it is, for people and judges."""
        return f"{self.name} ({_WORDS.get(self.media_type, 'not there')})"


@dataclass(frozen=True)
class Content:
    """A file that was looked at: what it is, and what is sent and shown of it.

    `width` and `height` are a picture's, in pixels, as it is stored; `pages` and `text` a
    document's; `preview` is a small JPEG of a picture.
    """

    sha256: str
    media_type: str
    data: bytes = field(repr=False)
    width: int | None = None
    height: int | None = None
    pages: int | None = None
    text: str | None = field(default=None, repr=False)
    preview: bytes | None = field(default=None, repr=False)

    def named(self, name: str) -> Attachment:
        """The file under the name that a case gives it."""
        return Attachment(tidy_name(name), self.media_type, self.sha256)


Attachments = tuple[Attachment, ...]


def plain(attachments: Iterable[Attachment]) -> list[dict[str, str]]:
    """The attachments as JSON has them."""
    return [one.plain() for one in attachments]


def of(given: object) -> Attachments:
    """The inverse of `plain`. Raises InputError for what is no list of files."""
    if not isinstance(given, list | tuple):
        raise InputError("Attachments are a list of files.", "Give each its name and its sha256.")
    return tuple(map(_one, given))


def load(kept: str | None) -> Attachments:
    """The attachments as a table of the database holds them: JSON, or nothing."""
    return () if kept is None else of(json.loads(kept))


def identity(attachments: Sequence[Attachment]) -> list[list[str]]:
    """What a model is shown by them: of a picture its bytes, of a document also its name."""
    return [[one.sha256] if one.is_image else [one.sha256, one.name] for one in attachments]


def tidy_name(name: str) -> str:
    """A file's name without folders, in one line; never empty."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    kept = " ".join("".join(c if c.isprintable() else " " for c in last).split())
    return kept[:MOST_NAME] or "file"


def added(attachments: Attachments, more: Iterable[Attachment]) -> Attachments:
    """The files with more of them: the same file once, another one of a name that is taken under
    the next that is free (`photo (2).png`)."""
    found = list(attachments)
    for one in more:
        if any((one.sha256, one.name) == (known.sha256, known.name) for known in found):
            continue
        stem, dot, ending = one.name.rpartition(".")
        taken, name, number = {known.name for known in found}, one.name, 2
        while name in taken:
            name = f"{stem} ({number}){dot}{ending}" if dot else f"{one.name} ({number})"
            number += 1
        found.append(replace(one, name=name))
    return tuple(found)


def refuse_unfit(attachments: Sequence[Attachment], whose: str) -> None:
    """Raise InputError for too many files, two of one name, and one that is not there."""
    if len(attachments) > MOST_FILES:
        raise InputError(
            f"{whose} has {len(attachments)} attachments.", f"Give at most {MOST_FILES}."
        )
    seen: set[str] = set()
    for one in attachments:
        if not one.sha256:
            raise InputError(
                f"{whose} names the file “{one.name}”, which was not given.",
                "Import a ZIP that holds the table and the files it names, or attach the file in "
                "the Data page.",
            )
        if one.name in seen:
            raise InputError(f"{whose} has two attachments called “{one.name}”.", "Rename one.")
        seen.add(one.name)


def media_type_of(data: bytes) -> str:
    """What a file is by its first bytes. Raises InputError for what can't be attached."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    # A PDF may begin with some bytes of its sender's; readers look for the sign in the first 1,024.
    if b"%PDF-" in data[:1024]:
        return PDF
    raise InputError("It is none of the files that can be attached.", _ACCEPTED)


def _one(given: object) -> Attachment:
    fields: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
    name, digest, kind = (fields.get(key) for key in ("name", "sha256", "media_type"))
    if not isinstance(name, str) or not name.strip():
        raise InputError("An attachment has no name.", "Give it the name of its file.")
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise InputError(
            f"The attachment “{name[:60]}” has no SHA-256.", "It is 64 digits of 0-9 and a-f."
        )
    if kind not in ENDINGS:
        raise InputError(f"The attachment “{name[:60]}” is of no known kind.", _ACCEPTED)
    return Attachment(tidy_name(name), str(kind), digest)
