"""Statements, parsed once: an eighth of a small query's time is the reading of its text."""

import duckdb

_MOST = 1_000
"""How many are kept. Few texts are written while a workbench runs, those that grow with the number
of criteria: nobody gains by remembering which of them was asked for last."""
_known: dict[str, duckdb.Statement] = {}


def parsed(cursor: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement | str:
    """What to execute for a text: its statement, which belongs to no connection and is planned anew
    each time; or the text itself, where it holds several or none. Raises duckdb.ParserException.
    """
    found = _known.get(sql)
    if found is None:
        statements = cursor.extract_statements(sql)
        if len(statements) != 1:
            return sql
        if len(_known) >= _MOST:
            _known.clear()
        found = _known[sql] = statements[0]
    return found
