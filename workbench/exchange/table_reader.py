"""The child process that reads a table from outside: memory and time end here, not in the app.

Run as `python -m workbench.exchange.table_reader KIND`: the file comes through stdin, one JSON
object goes to stdout, either a table or what is wrong with it.
"""

import csv
import datetime
import gc
import io
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator

from workbench.errors import InputError
from workbench.exchange import table_json, table_text
from workbench.exchange.table_shape import (
    MARK,
    MAX_CELL,
    MAX_COLUMNS,
    MAX_ROWS,
    Table,
    build,
    clean,
    refuse_too_many,
)

MEMORY_BYTES = 768 * 1024 * 1024
# Arrow's libraries alone reserve several hundred megabytes of addresses.
PARQUET_MEMORY_BYTES = 1_536 * 1024 * 1024
CPU_SECONDS = 15
MAX_UNPACKED = 128 * 1024 * 1024

# A cell beyond column GZ (208) or row 299,999: the reader would make room for all before it.
_FAR_CELL = re.compile(rb"<c\s[^>]{0,99}?r=[\"'](?:[A-Z]{3}|[H-Z][A-Z]|[A-Z]*(?:[3-9]\d{5}|\d{7}))")
_CHUNK = 1024 * 1024


def main() -> int:
    """Read stdin as the kind named on the command line and answer on stdout."""
    kind = sys.argv[1]
    _limit_resources(PARQUET_MEMORY_BYTES if kind == "parquet" else MEMORY_BYTES)
    csv.field_size_limit(MAX_CELL)
    # Nothing here is circular, and millions of small objects make each collection slow.
    gc.disable()
    data = sys.stdin.buffer.read()
    answer: dict[str, object]
    try:
        table = _read(kind, data)
        answer = {"columns": table.columns, "rows": table.rows, "notes": table.notes}
    except InputError as error:
        answer = {"error": error.message, "hint": error.hint}
    except MemoryError:
        answer = {"error": "Reading it takes too much memory.", "hint": "Split the file."}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode("utf-8"))
    return 0


def _read(kind: str, data: bytes) -> Table:
    match kind:
        case "xlsx":
            return _xlsx(data)
        case "parquet":
            return _parquet(data)
        case "pasted":
            text, notes = table_text.decode(data)
            table = table_text.read_pasted(text)
            return Table(table.columns, table.rows, (*notes, *table.notes))
        case "json":
            return table_json.read(*table_text.decode(data))
        case _:
            return table_text.read_csv(*table_text.decode(data))


def _limit_resources(memory_bytes: int) -> None:
    """Bound memory, CPU and files where the platform can; elsewhere the parent's clock must do."""
    try:
        import resource
    except ImportError:
        return
    for which, limit in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(which)[1]
        limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        try:
            resource.setrlimit(which, (limit, limit))
        except (ValueError, OSError):
            # macOS knows RLIMIT_AS but does not always take it.
            continue


def _xlsx(data: bytes) -> Table:
    """The first sheet of a workbook, as values (formulas as last calculated)."""
    import python_calamine

    _refuse_bomb(data)
    try:
        with python_calamine.load_workbook(io.BytesIO(data)) as workbook:
            sheet = workbook.get_sheet_by_index(0)
            others = len(workbook.sheet_names) - 1
            refuse_too_many(sheet.width, MAX_COLUMNS, "columns")
            refuse_too_many(sheet.height, MAX_ROWS + 1, "rows")
            first_row = sheet.start[0] + 1 if sheet.start else 1
            grid = ([_sheet_cell(value) for value in row] for row in sheet.to_python())
            header = next(grid, None)
            if header is None:
                raise InputError(f"The sheet “{sheet.name}” is empty.", "Put the table first.")
            notes = []
            if others:
                notes.append(f"Only the first sheet, “{clean(sheet.name)}”, was read.")
            return build(header, enumerate(grid, start=first_row + 1), notes, unit="Row")
    except python_calamine.PasswordError as error:
        raise InputError("The workbook has a password.", "Save it without one.") from error
    except (python_calamine.CalamineError, ValueError, OSError) as error:
        raise InputError(
            "The workbook is damaged and cannot be read.", "Save it again, or save it as CSV."
        ) from error


def _refuse_bomb(data: bytes) -> None:
    """Unpack everything once, in pieces, counting what really comes out: headers may lie."""
    budget = MAX_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if "[Content_Types].xml" not in archive.namelist():
                raise InputError("It is a ZIP archive, not a workbook.", "Unpack it first.")
            for entry in archive.infolist():
                # Else unpacking would end, in silence, where the header says.
                entry.file_size = 1 << 62
                seen = b""
                with archive.open(entry) as unpacked:
                    while piece := unpacked.read(_CHUNK):
                        budget -= len(piece)
                        if budget < 0:
                            raise InputError(
                                f"The workbook unpacks to more than {MAX_UNPACKED >> 20} MB.",
                                "Save only the sheet with the cases, or save it as CSV.",
                            )
                        if _FAR_CELL.search(seen + piece):
                            raise InputError(
                                f"The sheet has cells beyond {MAX_COLUMNS} columns "
                                f"or {MAX_ROWS:,} rows.",
                                "Delete what lies to the right of and below the table.",
                            )
                        seen = piece[-200:]
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise InputError("The workbook is damaged.", "Save it again, or as CSV.") from error


def _sheet_cell(value: object) -> str:
    """A spreadsheet's value as it reads: 7.0 is 7, dates are ISO, booleans true and false."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return _cell(value)


def _cell(value: object) -> str:
    if isinstance(value, str):
        return clean(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, bytes):
        return clean(value.decode("utf-8", "backslashreplace"))
    if isinstance(value, list | dict):
        return MARK + clean(table_json.compact(value))
    return str(value)


def _parquet(data: bytes) -> Table:
    """A Parquet file, by Arrow: DuckDB's reader has a reported hole for files from strangers."""
    import pyarrow
    import pyarrow.parquet

    try:
        source = pyarrow.parquet.ParquetFile(pyarrow.BufferReader(data), pre_buffer=False)
        about = source.metadata
        refuse_too_many(about.num_rows, MAX_ROWS, "rows")
        refuse_too_many(len(source.schema_arrow.names), MAX_COLUMNS, "columns")
        sizes = (about.row_group(index).total_byte_size for index in range(about.num_row_groups))
        refuse_too_many(sum(sizes), MAX_UNPACKED, "bytes")

        def rows() -> Iterator[tuple[int, list[str]]]:
            number = 0
            for batch in source.iter_batches(batch_size=1_000, use_threads=False):
                columns = [column.to_pylist() for column in batch.columns]
                for values in zip(*columns, strict=True):
                    number += 1
                    yield number, [_cell(value) for value in values]

        header = [clean(name) for name in source.schema_arrow.names]
        return build(header, rows(), unit="Row")
    except (pyarrow.ArrowException, ValueError, OSError, OverflowError) as error:
        raise InputError(
            f"The Parquet file cannot be read ({type(error).__name__}).",
            "Save it again, or as CSV.",
        ) from error


if __name__ == "__main__":
    sys.exit(main())
