"""Reading the tables that people upload or paste, safely: in a child process, within limits."""

import json
import os
import subprocess
import sys
import threading
from pathlib import PurePath

from workbench.config import ROOT
from workbench.errors import InputError
from workbench.exchange import table_text
from workbench.exchange.case_files import read_back
from workbench.exchange.table_shape import MAX_BYTES, Table, clean

__all__ = ["MAX_BYTES", "Table", "read", "read_pasted"]

# Below this, pasted text is read in the app's own process. That is safe because it is text only
# (no archive can unfold), every step is linear in its length (measured in milliseconds), JSON
# nesting ends in an error we catch, and no cell can reach the csv module's own limit of 131,072
# characters, which is a setting of the whole process that we must not change.
INLINE_CHARACTERS = 128_000

_SECONDS = 4.5
_SECONDS_PER_MB = 0.25
_HONEST_MB = 2
_KINDS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "json",
    ".ndjson": "json",
    ".json": "json",
    ".xlsx": "xlsx",
    ".parquet": "parquet",
    ".md": "pasted",
    ".txt": "pasted",
}
_ACCEPTED = "Use CSV, JSONL, XLSX or Parquet."
_REFUSED = (
    (
        b"\xd0\xcf\x11\xe0",
        "It is in the old Excel format, or has a password: save it as .xlsx without one.",
    ),
    (b"\x1f\x8b", "It is compressed (gzip): unpack it first."),
    (b"BZh", "It is compressed (bzip2): unpack it first."),
    (b"\xfd7zXZ", "It is compressed (xz): unpack it first."),
    (b"\x28\xb5\x2f\xfd", "It is compressed (zstd): unpack it first."),
    (b"7z\xbc\xaf", "It is an archive (7z): unpack it first."),
    (b"%PDF", "It is a PDF, not a table."),
)
# What the child needs to start; everything else, keys above all, stays here.
_ENVIRONMENT = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
# Each reader may take much memory: two at a time, the others wait their turn.
_READERS = threading.BoundedSemaphore(2)


def read(name: str, data: bytes) -> Table:
    """The table in an uploaded file; its kind is told by its name and checked by its first bytes.

    Raises InputError with what is wrong, where, and what to do: also for files that are too big,
    unfold too far, or take too long.
    """
    shown = clean(PurePath(name.replace("\\", "/")).name)[:80] or "The file"
    try:
        if len(data) > MAX_BYTES:
            raise InputError(
                f"It has {len(data) / 2**20:,.0f} MB; at most {MAX_BYTES >> 20} MB can be read.",
                "Split the file, or leave out what the cases do not need.",
            )
        kind, note = _kind(name, data)
        is_json = kind in ("json", "parquet") or (kind == "pasted" and _is_json(data[:999]))
        table = read_back(_in_child(kind, data), is_json=is_json)
    except InputError as error:
        raise InputError(f"{shown}: {error.message}", error.hint) from error
    return Table(table.columns, table.rows, (note, *table.notes)) if note else table


def read_pasted(text: str) -> Table:
    """The table in pasted text: spreadsheet cells, CSV, a Markdown table, JSON or plain lines.

    Plain lines become one column called "text". Raises InputError naming the line.
    """
    if len(text) <= INLINE_CHARACTERS:
        table = table_text.read_pasted(text)
    else:
        data = text.encode("utf-8", "surrogatepass")
        if len(data) > MAX_BYTES:
            raise InputError(f"The text has more than {MAX_BYTES >> 20} MB.", "Paste less of it.")
        table = _in_child("pasted", data)
    return read_back(table, is_json=_is_json(text[:999].encode("utf-8", "surrogatepass")))


def _is_json(start: bytes) -> bool:
    """Whether pasted text is read as JSON, whose texts nothing guards."""
    return table_text.is_json(start.decode("utf-8", "replace"))


def _kind(name: str, data: bytes) -> tuple[str, str]:
    """How to read the file, and a note where its name says something else than its content."""
    suffix = PurePath(name).suffix.lower()
    if not data.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        raise InputError("It is empty.", "Save it again with a header and at least one row.")
    if suffix == ".xls":
        raise InputError("It is in the old Excel format (.xls).", "Save it as .xlsx or CSV.")
    for start, reason in _REFUSED:
        if data.startswith(start):
            raise InputError(reason, _ACCEPTED)
    if suffix not in _KINDS:
        ending = f"“{clean(suffix)[:20]}” files" if suffix else "files without an ending"
        raise InputError(f"The workbench does not read {ending}.", _ACCEPTED)
    named = _KINDS[suffix]
    actual = {b"PK\x03\x04": "xlsx", b"PAR1": "parquet"}.get(data[:4], "")
    if actual and actual != named:
        return actual, f"The name ends in {suffix}, but the content is {actual.upper()}."
    if named in ("xlsx", "parquet") and not actual:
        raise InputError(f"The content is not {named.upper()}.", f"Save it anew. {_ACCEPTED}")
    return named, ""


def _in_child(kind: str, data: bytes) -> Table:
    """Read in a child process that can be stopped, and that takes its memory along when it ends."""
    megabytes = len(data) / 1_000_000
    seconds = _SECONDS + _SECONDS_PER_MB * max(0.0, megabytes - _HONEST_MB)
    environment = {key: os.environ[key] for key in _ENVIRONMENT if key in os.environ}
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment |= {
        "PYTHONPATH": os.pathsep.join(paths),
        # Arrow's own allocators reserve address space far beyond what they use.
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }
    if not _READERS.acquire(timeout=2 * seconds):
        raise InputError("Other files are being read just now.", "Try again in a minute.")
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "workbench.exchange.table_reader", kind],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=seconds,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(
            f"Reading it took longer than {seconds:.0f} seconds and was stopped.",
            "Split the file, or save it as CSV.",
        ) from error
    finally:
        _READERS.release()
    if done.returncode != 0:
        raise InputError(
            "It is damaged, or reading it takes too much memory.",
            "Save it again, as CSV if you can, or split it.",
        )
    answer = json.loads(done.stdout)
    if "error" in answer:
        raise InputError(answer["error"], answer["hint"])
    rows = tuple(map(tuple, answer["rows"]))
    return Table(tuple(answer["columns"]), rows, tuple(answer["notes"]))
