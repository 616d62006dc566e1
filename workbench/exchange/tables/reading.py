"""Reading the tables that people upload or paste, safely: in a child process, within limits."""

import json
from dataclasses import asdict, replace
from pathlib import PurePath

from workbench.confined import Limits
from workbench.errors import InputError
from workbench.exchange import child
from workbench.exchange.tables import text as tables_text
from workbench.exchange.tables.case_files import read_back
from workbench.exchange.tables.child import CPU_SECONDS, END, MEMORY_BYTES, PARQUET_MEMORY_BYTES
from workbench.exchange.tables.shape import MAX_BYTES, NeedsChoice, Reading, Table, clean

__all__ = ["ENDINGS", "MAX_BYTES", "NeedsChoice", "Reading", "Table", "read", "read_pasted"]

# Below this, pasted text is read in the app's own process. That is safe because it is text only
# (no archive can unfold), every step is linear in its length (measured in milliseconds), JSON
# nesting ends in an error we catch, and no cell can reach the csv module's own limit of 131,072
# characters, which is a setting of the whole process that we must not change.
INLINE_CHARACTERS = 128_000

_SECONDS = 4.5
_SECONDS_PER_MB = 0.25
# A workbook's megabyte holds a dozen of cells.
_SECONDS_PER_MB_OF_SHEETS = 1.0
_HONEST_MB = 2
# Of what the child answers, in bytes: split within milliseconds.
_PIECE = 65_536
# A results file is the user's own, on their machine, and may have any size that fits: a byte of
# it takes a dozen while it is read.
_MEMORY_PER_BYTE = 24
_KINDS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "json",
    ".ndjson": "json",
    ".json": "json",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xls": "sheet",
    ".xlsb": "sheet",
    ".ods": "sheet",
    ".parquet": "parquet",
    ".md": "pasted",
    ".txt": "pasted",
}
ENDINGS = tuple(ending[1:] for ending in _KINDS)
"""Those of the names of files that can be read."""

_ACCEPTED = "Use CSV, JSONL, XLSX or Parquet."
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_REFUSED = (
    (b"\x1f\x8b", "It is compressed (gzip): unpack it first."),
    (b"BZh", "It is compressed (bzip2): unpack it first."),
    (b"\xfd7zXZ", "It is compressed (xz): unpack it first."),
    (b"\x28\xb5\x2f\xfd", "It is compressed (zstd): unpack it first."),
    (b"7z\xbc\xaf", "It is an archive (7z): unpack it first."),
    (b"%PDF", "It is a PDF, not a table."),
)


def read(
    name: str, data: bytes, stated: Reading | None = None, *, is_results: bool = False
) -> Table:
    """The table in a file; its kind is told by its name and checked by its first bytes.

    What was `stated` about it is kept. `is_results` reads a file of results as large as there is
    room for, and leaves guards and marks on its cells (case_files.read_back). Raises InputError
    with what is wrong, where, and what to do (also for files that are too big, unfold too far, or
    take too long), and NeedsChoice where something has to be stated.
    """
    shown = clean(PurePath(name.replace("\\", "/")).name)[:80] or "The file"
    try:
        if len(data) > MAX_BYTES and not is_results:
            raise InputError(
                f"It has {len(data) / 2**20:,.0f} MB; at most {MAX_BYTES >> 20} MB can be read.",
                "Split the file, or leave out what the cases do not need.",
            )
        kind, note = _kind(name, data)
        table = _in_child(kind, data, stated or Reading(), is_results)
        if not is_results:
            table = _read_back(table)
    except NeedsChoice as error:
        message = f"{shown}: {error.message}"
        raise NeedsChoice(message, error.hint, error.part, error.options) from error
    except InputError as error:
        raise InputError(f"{shown}: {error.message}", error.hint) from error
    return replace(table, notes=(note, *table.notes)) if note else table


def read_pasted(text: str, stated: Reading | None = None) -> Table:
    """The table in pasted text: spreadsheet cells, CSV, a Markdown table, JSON or plain lines.

    Plain lines become one column called "text". Raises InputError naming the line.
    """
    if len(text) <= INLINE_CHARACTERS:
        return _read_back(tables_text.read_pasted(text, stated or Reading()))
    data = text.encode("utf-8", "surrogatepass")
    if len(data) > MAX_BYTES:
        raise InputError(f"The text has more than {MAX_BYTES >> 20} MB.", "Paste less of it.")
    return _read_back(_in_child("pasted", data, stated or Reading()))


def _read_back(table: Table) -> Table:
    return read_back(table, is_json=not (table.reading.separator or table.reading.sheet))


def _kind(name: str, data: bytes) -> tuple[str, str]:
    """How to read the file, and a note where its name says something else than its content."""
    suffix = PurePath(name).suffix.lower()
    if not data.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        raise InputError("It is empty.", "Save it again with a header and at least one row.")
    for start, reason in _REFUSED:
        if data.startswith(start):
            raise InputError(reason, _ACCEPTED)
    if suffix not in _KINDS:
        ending = f"“{clean(suffix)[:20]}” files" if suffix else "files without an ending"
        raise InputError(f"The workbench does not read {ending}.", _ACCEPTED)
    named = _KINDS[suffix]
    actual = _content(data)
    if actual == "old" and suffix in (".xlsx", ".xlsm", ".xlsb"):
        # Excel locks a workbook by putting it into a container of the old kind.
        raise InputError("It has a password, or is an .xls file.", "Save it as .xlsx without one.")
    if not actual and named in ("xlsx", "sheet", "parquet"):
        if _is_text(data):
            return "csv", f"The name ends in {suffix}, but the content is text."
        raise InputError(f"The content is not {suffix[1:].upper()}.", f"Save it anew. {_ACCEPTED}")
    kinds = {"": named, "old": "sheet"}
    kind = kinds.get(actual, actual)
    said = {"xlsx": "XLSX", "sheet": "a workbook", "parquet": "PARQUET"}
    return kind, (
        f"The name ends in {suffix}, but the content is {said[kind]}."
        if kind != named and kind in said
        else ""
    )


def _content(data: bytes) -> str:
    """What a file is by its first bytes, where they tell."""
    if data.startswith(_OLD_EXCEL):
        return "old"
    if data.startswith(b"PAR1"):
        return "parquet"
    if data.startswith(b"PK\x03\x04"):
        # The names of an archive's members stand at its end, as they are.
        is_other = b"content.xml" in data[-100_000:] or b"xl/workbook.bin" in data[-100_000:]
        return "sheet" if is_other else "xlsx"
    return ""


def _is_text(data: bytes) -> bool:
    return b"\0" not in data[:1000] and any(sign in data[:10_000] for sign in (b",", b";", b"\t"))


def _in_child(kind: str, data: bytes, stated: Reading, is_results: bool = False) -> Table:
    """Read in a child process that can be stopped, and that takes its memory along when it ends."""
    megabytes = len(data) / 1_000_000
    each = _SECONDS_PER_MB_OF_SHEETS if kind in ("xlsx", "sheet") else _SECONDS_PER_MB
    seconds = _SECONDS + each * max(0.0, megabytes - _HONEST_MB)
    memory = PARQUET_MEMORY_BYTES if kind == "parquet" else MEMORY_BYTES
    if is_results:
        memory = max(memory, MEMORY_BYTES // 4 + _MEMORY_PER_BYTE * len(data))
    cpu_s = max(CPU_SECONDS, int(2 * seconds)) if is_results else CPU_SECONDS
    order = {"kind": kind, "stated": asdict(stated), "is_results": is_results}
    said = child.read(
        "workbench.exchange.tables.child",
        order,
        data,
        Limits(memory, cpu_s, seconds),
        broken="it is damaged, or reading it takes too much memory.",
        way_out=(
            "Split the file, or save it as CSV.",
            "Save it again, as CSV if you can, or split it.",
        ),
    )
    about, _, cells = said.partition(b"\n")
    answer = json.loads(about)
    if "options" in answer:
        options = tuple(answer["options"])
        raise NeedsChoice(answer["error"], answer["hint"], answer["part"], options)
    if "error" in answer:
        raise InputError(answer["error"], answer["hint"])
    lists = ("columns", "notes", "places", "sheets", "lists", "doubled")
    return Table(
        rows=_rows(cells, len(answer["columns"])),
        unit=answer["unit"],
        reading=Reading(**answer["reading"]),
        **{name: tuple(answer[name]) for name in lists},
    )


def _rows(cells: bytes, width: int) -> tuple[tuple[str | None, ...], ...]:
    """The rows that these cells are, taken apart a piece at a time: other threads wait while
    millions are split or grouped in one call."""
    end, at = END.encode("utf-8", "surrogatepass"), 0
    rows: list[tuple[str | None, ...]] = []
    left: list[str | None] = []
    while at >= 0:
        until = cells.find(end, at + _PIECE)
        piece = cells[at : until if until >= 0 else None].decode("utf-8", "surrogatepass")
        left += [cell or None for cell in piece.split(END)]
        whole = len(left) // width * width
        rows += zip(*[iter(left[:whole])] * width, strict=True)
        left = left[whole:]
        at = until + len(end) if until >= 0 else -1
    if left:
        raise AssertionError("the child sends whole rows")
    return tuple(rows)
