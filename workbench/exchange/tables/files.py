"""Files that tables name: what a cell says, and where the files are found."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from workbench.domain import attachments
from workbench.domain.attachments import MOST_BYTES, Attachment, Content
from workbench.domain.datasets import CaseDraft
from workbench.errors import InputError
from workbench.exchange.archives import zips
from workbench.exchange.attachments import reading
from workbench.exchange.tables.reading import ENDINGS
from workbench.store.attachments import Attachments
from workbench.store.engine.files import read_file

NAMES = ("attachments", "attachment")
ARCHIVE = ".zip"
_BREAKS = "\n;|"
_FOLDER = "attachments"
Find = Callable[[str], bytes | None]
"""Gives what the file of a name holds; None where there is none."""


class Packed(NamedTuple):
    """A table out of an archive, and the files beside it."""

    name: str
    data: bytes
    find: Find


def named(cell: object, row: int) -> attachments.Attachments:
    """The files that a cell names: parted by semicolons, bars or lines, or a list of JSON, of names
    or of what an export wrote. Raises InputError naming the row."""
    if isinstance(cell, str):
        text = cell
        for mark in _BREAKS:
            text = text.replace(mark, "\n")
        given: Sequence[object] = [name.strip() for name in text.split("\n") if name.strip()]
    else:
        given = cell if isinstance(cell, list) else [cell]
    try:
        return tuple(
            Attachment(one) if isinstance(one, str) else attachments.of([one])[0] for one in given
        )
    except InputError as error:
        raise InputError(f"Row {row:,}: {error.message}", error.hint) from error


def wanted(cases: Iterable[CaseDraft], kept: Attachments) -> dict[str, str]:
    """Where the files that cases attach are to be looked for, each with a case that names it: those
    that are not in the database by their content."""
    named_by: dict[str, str] = {}
    digests = {one.sha256: one for case in cases for one in case.attachments if one.sha256}
    known = kept.known(digests)
    for case in cases:
        for one in case.attachments:
            if one.sha256 not in known:
                named_by.setdefault(_place(one), case.key)
    return named_by


def looked_at(named_by: Mapping[str, str], find: Find) -> dict[str, Content]:
    """Those files, by where they were found. Raises InputError naming a case whose file is not
    there, or the file that can't be attached."""
    given: list[tuple[str, bytes]] = []
    for place, key in named_by.items():
        data = find(place)
        if data is None:
            whose = f"Case “{key}”" if key else "A case"
            raise InputError(
                f"{whose} names the file “{place}”, which was not given.",
                "Import a ZIP that holds the table and the files it names; on the command line "
                "they may also lie in the table's folder.",
            )
        given.append((place, data))
    return {place: one for (place, _), one in zip(given, reading.look_at_all(given), strict=True)}


def attached(cases: Iterable[CaseDraft], looked: Mapping[str, Content]) -> tuple[CaseDraft, ...]:
    """The cases with the files that were found; those that are known by content stay. Raises
    InputError where a file is not the one that an export named."""
    return tuple(
        replace(case, attachments=tuple(_of(one, case, looked) for one in case.attachments))
        if case.attachments
        else case
        for case in cases
    )


def _of(one: Attachment, case: CaseDraft, looked: Mapping[str, Content]) -> Attachment:
    content = looked.get(_place(one))
    if content is None:
        return one
    if one.sha256 not in ("", content.sha256):
        raise InputError(
            f"The file “{one.name}” of case “{case.key}” is not the one that was exported.",
            "Take the files from the export, unchanged.",
        )
    return content.named(one.name)


def _place(one: Attachment) -> str:
    """Where a file is looked for: what an export wrote is called by its content."""
    return one.file_name if one.sha256 else one.name


def of_archive(name: str, data: bytes) -> Packed:
    """The one table in a ZIP archive, and what else lies in it. Raises InputError."""
    members = zips.unpack(data, name)
    tables = [one for one in members if _ending(one) in ENDINGS and not _is_hidden(one)]
    top = [one for one in tables if "/" not in one] or tables
    if len(top) != 1:
        raise InputError(
            f"{name} is a ZIP with {len(top) or 'no'} tables in it.",
            "Put one table into it (CSV, JSONL, XLSX …), and the files that it names.",
        )
    folder = PurePosixPath(top[0]).parent
    return Packed(top[0], members[top[0]], in_archive(members, folder))


def in_archive(members: Mapping[str, bytes], folder: PurePosixPath) -> Find:
    """Finds files by their path beside the table, or by their bare name where one has it."""
    by_name: dict[str, list[str]] = {}
    for member in members:
        by_name.setdefault(PurePosixPath(member).name, []).append(member)

    def find(name: str) -> bytes | None:
        path = PurePosixPath(name.replace("\\", "/"))
        beside = str(folder / path)
        if beside in members:
            return members[beside]
        alike = by_name.get(path.name, [])
        return members[alike[0]] if len(alike) == 1 else None

    return find


def in_folder(folder: Path) -> Find:
    """Finds files in a folder and those below it, never outside: whoever wrote the table must not
    choose which of your files is read."""
    root = folder.resolve()

    def find(name: str) -> bytes | None:
        for path in (root / name, root / _FOLDER / PurePosixPath(name).name):
            inside = path.resolve()
            if inside.is_relative_to(root) and inside.is_file():
                return read_file(inside, MOST_BYTES)
        return None

    return find


def nowhere(_: str) -> bytes | None:
    """Where no files came along."""
    return None


def _ending(name: str) -> str:
    return PurePosixPath(name).suffix.lower().removeprefix(".")


def _is_hidden(name: str) -> bool:
    return PurePosixPath(name).name.startswith(".")
