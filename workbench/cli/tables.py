"""A table on the command line: the file, and the options that say how it is read."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import InputError, WorkbenchError

if TYPE_CHECKING:
    from workbench.exchange.tables.reading import Reading

_OPTIONS = (
    ("--sheet", "NAME", "the sheet of a workbook; else the first one in sight"),
    ("--encoding", "NAME", "how the text is encoded, such as cp1252, where it is not UTF-8"),
    ("--separator", "SIGN", "what separates the cells of a text: a sign, tab or none"),
    ("--rows-at", "KEYS", "the list of a JSON document that holds the rows, such as data.rows"),
)


def add(parser: argparse.ArgumentParser) -> None:
    """Let a command name its table, and say how it is read."""
    parser.add_argument("file", type=Path, metavar="FILE")
    for option, metavar, what in _OPTIONS:
        parser.add_argument(option, metavar=metavar, default="", help=what)


def option_for(error: WorkbenchError) -> str:
    """The option that states what a table's reader asks for; empty where there is none."""
    from workbench.exchange.tables.shape import NeedsChoice

    part = error.part if isinstance(error, NeedsChoice) else ""
    option = f"--{part.replace('_', '-')}"
    return option if option in [name for name, *_ in _OPTIONS] else ""


def data_of(path: Path, most: int | None = None) -> bytes:
    """What the file holds, at most so many bytes. Raises InputError where it can't be read."""
    from workbench.store.engine.files import read_file

    try:
        return read_file(path, most)
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.", "Name a table, such as a CSV file.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from None


def stated(chosen: argparse.Namespace) -> "Reading":
    """How the table is read, as far as it was said."""
    from workbench.exchange.tables.reading import Reading

    separator = {"tab": "\t", "\\t": "\t"}.get(chosen.separator.lower(), chosen.separator)
    return Reading(chosen.encoding, separator, sheet=chosen.sheet, rows_at=chosen.rows_at)
