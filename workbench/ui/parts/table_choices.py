"""How a file is read, where that can be changed: sheet, encoding, separator, column names, rows."""

from pathlib import PurePath

import streamlit as st

from workbench.domain.fingerprint import fingerprint
from workbench.errors import InputError
from workbench.exchange.tables import encoding, separator
from workbench.exchange.tables.shape import ONE_COLUMN, NeedsChoice, Reading, Table
from workbench.ui.parts.text import md, plain

_NO_TEXT = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".parquet")
_JSON = (".json", ".jsonl", ".ndjson")
_SEPARATORS = separator.SEPARATORS | {ONE_COLUMN: "None: a line is one cell"}
_FIELDS = ("sheet", "rows_at", "encoding", "separator", "header")


class Choices:
    """The widgets for one file; another file begins with none of them chosen."""

    def __init__(self, place: str, file: str) -> None:
        """`place` prefixes the widgets' keys, `file` tells one file (or paste) from another."""
        self._stem = f"{place}_read_{fingerprint(file)[:8]}"

    def stated(self) -> Reading:
        """What was chosen, before the widgets are drawn."""
        found = {field: st.session_state.get(self._key(field)) for field in _FIELDS}
        # No header is 0, nothing stated is None.
        return Reading(**{field: value for field, value in found.items() if value is not None})

    def draw(self, name: str, table: Table | None = None, error: InputError | None = None) -> None:
        """The choices that there are: for a table that was read, or one that could not be.

        `name` is that of the file, empty for a paste.
        """
        needed = error.part if isinstance(error, NeedsChoice) else ""
        options = error.options if isinstance(error, NeedsChoice) else ()
        found = table.reading if table else self.stated()
        shown = self._offered(name, table, needed)
        if not shown:
            return
        said = _said(found, table) if table else "Read it differently"
        with st.expander(md(said), icon=":material/tune:", expanded=bool(error)):
            slots = st.columns(len(shown)) if len(shown) > 1 else [st.container()]
            for slot, field in zip(slots, shown, strict=True):
                with slot:
                    self._widget(field, found, table, options if field == needed else ())

    def _offered(self, name: str, table: Table | None, needed: str) -> list[str]:
        ending = PurePath(name).suffix.lower()
        is_text = bool(table.reading.encoding) if table else ending not in _NO_TEXT
        is_json = ending in _JSON or bool(table and table.lists)
        shown = []
        if (table and len(table.sheets) > 1) or needed == "sheet":
            shown.append("sheet")
        if (table and table.lists) or needed == "rows_at":
            shown.append("rows_at")
        if name and is_text:
            shown.append("encoding")
        if (is_text or not name) and not is_json:
            shown.append("separator")
        if not is_json and (table is None or table.reading.header is not None):
            shown.append("header")
        return shown

    def _widget(
        self, field: str, found: Reading, table: Table | None, options: tuple[str, ...]
    ) -> None:
        if field == "sheet":
            sheets = options or (table.sheets if table else ())
            self._select(field, "Sheet", {name: name for name in sheets}, found)
        elif field == "rows_at":
            lists = options or (table.lists if table else ())
            self._select(field, "The rows are", {place: place for place in lists}, found)
        elif field == "encoding":
            # Those that fit come first.
            order = [*options, *(key for key in encoding.NAMES if key not in options)]
            names = {key: encoding.NAMES[key] for key in order}
            self._select(field, "Encoding", names, found)
        elif field == "separator":
            self._select(field, "Separator", _SEPARATORS, found)
        else:
            unit = "row" if table and table.unit == "Row" else "line"
            st.number_input(
                f"Column names in {unit}",
                min_value=0,
                max_value=50,
                value=None,
                placeholder=str(found.header if found.header is not None else 1),
                key=self._key(field),
                help="0: the columns have no names.",
            )

    def _select(self, field: str, label: str, names: dict[str, str], found: Reading) -> None:
        now = getattr(found, field)
        as_found = f"As found: {names.get(now, now)}" if now else "Not chosen"
        st.selectbox(
            md(label),
            [None, *names],
            format_func=lambda option: plain(names[option] if option else as_found, 70),
            key=self._key(field),
        )

    def _key(self, field: str) -> str:
        return f"{self._stem}_{field}"


def _said(how: Reading, table: Table) -> str:
    """In a few words how a table was read."""
    parts: list[str] = []
    if len(table.sheets) > 1:
        parts.append(f"sheet “{how.sheet[:40]}”")
    if how.rows_at:
        parts.append(f"rows from {how.rows_at[:40]}")
    if how.encoding:
        parts.append(encoding.NAMES[how.encoding])
    if how.separator:
        name = _SEPARATORS.get(how.separator, how.separator)
        parts.append("one cell a line" if how.separator == ONE_COLUMN else f"{name.lower()[:20]}s")
    if how.header == 0:
        parts.append("no column names")
    elif how.header:
        parts.append(f"column names in {table.unit.lower()} {how.header:,}")
    return f"Read as: {', '.join(parts)}"
