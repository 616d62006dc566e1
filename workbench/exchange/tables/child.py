"""The child process that reads a table from outside: memory and time end here, not in the app.

Run by `confined.run` with an order, a JSON object: the file comes through stdin. To stdout goes a
line of JSON, either about a table or what is wrong with it, and then the table's cells with half a
surrogate between them, which no cleaned text holds.
"""

import csv
import gc
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, NoReturn

from workbench import confined
from workbench.errors import InputError
from workbench.exchange.tables import encoding, json_table
from workbench.exchange.tables import text as tables_text
from workbench.exchange.tables.shape import (
    OF_CASES,
    OF_RESULTS,
    Limits,
    NeedsChoice,
    Reading,
    Table,
)

MEMORY_BYTES = 768 * 1024 * 1024
# Arrow's libraries alone reserve several hundred megabytes of addresses.
PARQUET_MEMORY_BYTES = 1_536 * 1024 * 1024
CPU_SECONDS = 15
END = "\ud800"
"""What stands between two cells of an answer."""

_AT_ONCE = 10_000


def main() -> NoReturn:
    """Read stdin as the order says, and answer on stdout."""
    order = confined.begin()
    limits = OF_RESULTS if order["is_results"] else OF_CASES
    csv.field_size_limit(limits.cell)
    # Nothing here is circular, and millions of small objects make each collection slow.
    gc.disable()
    data = sys.stdin.buffer.read()
    answer: dict[str, Any]
    rows: Sequence[Sequence[str | None]] = ()
    try:
        table = read(order["kind"], data, Reading(**order["stated"]), limits)
        rows = table.rows
        answer = vars(replace(table, rows=())) | {"reading": asdict(table.reading)}
    except NeedsChoice as error:
        answer = {
            "error": error.message,
            "hint": error.hint,
            "part": error.part,
            "options": error.options,
        }
    except InputError as error:
        answer = {"error": error.message, "hint": error.hint}
    except MemoryError:
        answer = {"error": "Reading it takes too much memory.", "hint": "Split the file."}
    out = sys.stdout.buffer
    out.write(json.dumps(answer, ensure_ascii=False).encode("utf-8") + b"\n")
    for at in range(0, len(rows), _AT_ONCE):
        cells = [cell or "" for row in rows[at : at + _AT_ONCE] for cell in row]
        out.write((END if at else "").join(("", END.join(cells))).encode("utf-8", "surrogatepass"))
    out.flush()
    # Millions of objects need not be let go of one by one.
    os._exit(0)


def read(kind: str, data: bytes, stated: Reading, limits: Limits = OF_CASES) -> Table:
    """The table in a file of a kind that tables.py knows. Raises InputError."""
    match kind:
        case "xlsx" | "sheet":
            from workbench.exchange.tables import sheet

            return sheet.read(data, stated, limits, is_xlsx=kind == "xlsx")
        case "parquet":
            from workbench.exchange.tables import parquet

            return parquet.read(data, stated, limits)
    decoded = encoding.decode(data, stated.encoding)
    text, stated = decoded.text, replace(stated, encoding=decoded.encoding)
    match kind:
        case "pasted":
            table = tables_text.read_pasted(text, stated, limits)
            return replace(table, notes=(*decoded.notes, *table.notes))
        case "json":
            return json_table.read(text, decoded.notes, stated, limits)
        case _:
            return tables_text.read_csv(text, decoded.notes, stated, limits)


if __name__ == "__main__":
    main()
