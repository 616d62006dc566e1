"""Reading a Parquet file by Arrow: DuckDB's reader has a reported hole for files from strangers."""

from collections.abc import Iterator
from typing import Any

from workbench.errors import InputError
from workbench.exchange.tables import json_table
from workbench.exchange.tables import values as tables_values
from workbench.exchange.tables.shape import (
    MARK,
    MAX_COLUMNS,
    OF_CASES,
    Limits,
    Reading,
    Table,
    build,
    clean,
    refuse_too_many,
)
from workbench.exchange.tables.sheet_parts import MAX_UNPACKED


def read(data: bytes, stated: Reading, limits: Limits = OF_CASES) -> Table:
    """The rows of the file as text. Raises InputError."""
    import pyarrow
    import pyarrow.parquet

    try:
        source = pyarrow.parquet.ParquetFile(pyarrow.BufferReader(data), pre_buffer=False)
        about = source.metadata
        refuse_too_many(about.num_rows, limits.rows, "rows")
        fields = list(source.schema_arrow)
        refuse_too_many(len(fields), MAX_COLUMNS, "columns")
        sizes = (about.row_group(index).total_byte_size for index in range(about.num_row_groups))
        refuse_too_many(sum(sizes), MAX_UNPACKED, "bytes")
        doubles = [_as_doubles(field.type) for field in fields]

        def rows() -> Iterator[tuple[int, list[str]]]:
            number = 0
            for batch in source.iter_batches(batch_size=1_000, use_threads=False):
                columns = []
                for column, steps in zip(batch.columns, doubles, strict=True):
                    for step in steps:
                        column = column.cast(step)
                    columns.append(column.to_pylist())
                for values in zip(*columns, strict=True):
                    number += 1
                    yield number, [_cell(value) for value in values]

        header = [clean(field.name) for field in fields]
        return build(header, rows(), unit="Row", limits=limits, reading=stated)
    except (pyarrow.ArrowException, ValueError, OSError, OverflowError) as error:
        raise InputError(
            f"The Parquet file cannot be read ({type(error).__name__}).",
            "Save it again, or as CSV.",
        ) from error


def _as_doubles(kind: Any) -> tuple[Any, ...]:
    """Through what numbers of 4 bytes become those of 8: by their digits, so that 0.1 stays 0.1
    and does not become 0.10000000149011612."""
    import pyarrow

    if kind in (pyarrow.float32(), pyarrow.float16()):
        return (pyarrow.float32(), pyarrow.string(), pyarrow.float64())
    if pyarrow.types.is_list(kind) and kind.value_type == pyarrow.float32():
        return (pyarrow.list_(pyarrow.string()), pyarrow.list_(pyarrow.float64()))
    return ()


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, float):
        # All of its digits: a column of numbers is no sheet, which shows 15.
        return repr(value)
    if isinstance(value, bytes):
        return clean(value.decode("utf-8", "backslashreplace"))
    if isinstance(value, list | dict):
        return MARK + clean(json_table.compact(_nested(value)))
    return tables_values.text_of(value)


def _nested(value: Any) -> Any:
    """A nested value as JSON has it: what JSON has no form for is written as in a cell."""
    if isinstance(value, dict):
        return {key: _nested(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_nested(item) for item in value]
    if value is None or isinstance(value, str | bool | int | float):
        return value
    return _cell(value)
