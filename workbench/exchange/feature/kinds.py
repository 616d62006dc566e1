"""What is given in place of a feature file: a document, a table, JSON lines, other bytes."""

import re
from pathlib import Path

from workbench.errors import InputError
from workbench.exchange.feature.yaml_reader import MAX_BYTES
from workbench.store.engine.files import read_file

_FORM = "A feature file is YAML text that begins with “workbench: 1”."
_TABLE = "Cases and other tables are imported on the Data page."
_OTHER_FILES = (
    (b"PK\x03\x04", "a Word, Excel or ZIP file"),
    (b"\xd0\xcf\x11\xe0", "an old Word or Excel file"),
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a rich-text document"),
    (b"\x1f\x8b", "a compressed file"),
    (b"\x89PNG", "a picture"),
)
_KEY = re.compile(r"\s*(?:- )?[\w-]+\s*:(?:\s|$)")
_JSON_LINE = re.compile(r"\s*\{.*\}\s*$")


def read(path: Path) -> str:
    """The text of a feature file on disk. Raises InputError."""
    return text_of(bytes_of(path, MAX_BYTES), path.name)


def bytes_of(path: Path, most: int) -> bytes:
    """What a file on disk holds. Raises InputError."""
    try:
        return read_file(path, most)
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.", "Name a feature file.") from None
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}.", "Name another file."
        ) from None


def text_of(data: bytes, source_name: str = "") -> str:
    """The text of a feature file. Raises InputError for another kind of file or encoding."""
    where = source_name or "The file"
    for start, what in _OTHER_FILES:
        if data.startswith(start):
            raise InputError(f"{where} is {what}, not a feature file.", _FORM)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{where} is text in UTF-16.", "Save it as UTF-8.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{where}, line {line}: this is not text in UTF-8.",
            "Save it as UTF-8 (in most editors: Save as, Encoding).",
        ) from error


def refuse_other_text(text: str, where: str) -> None:
    """Raise InputError for text that is a table or JSON lines, not a feature file."""
    lines = [line for line in text[:20_000].split("\n") if line.strip()][:5]
    if len(lines) < 2 or any(_KEY.match(line) for line in lines):
        return
    if all(_JSON_LINE.match(line) for line in lines[:2]):
        raise InputError(f"{where} holds JSON lines, not a feature file.", f"{_FORM} {_TABLE}")
    is_code = any(line.lstrip().startswith(("{", "[", "#", "%")) for line in lines)
    counts = [{line.count(separator) for line in lines} for separator in (",", ";", "\t")]
    if not is_code and any(len(count) == 1 and count != {0} for count in counts):
        raise InputError(f"{where} is a table (CSV), not a feature file.", f"{_FORM} {_TABLE}")
