"""The child process that reads SQL: the reader can be kept busy by what is nested."""

import json
import logging
import re
from typing import Any

from workbench import confined

_TRIM = 160
# What the reader met, as it holds it: nothing for people.
_TOKEN = re.compile(r",? but got <Token.*", re.DOTALL)


def main() -> None:
    """Answer questions until the app ends."""
    confined.begin()
    from sqlglot.dialects.dialect import Dialect

    logging.disable()
    # What is loaded later would need files, which are closed from now on.
    for name in _dialects():
        Dialect.get_or_raise(name)
        answer(json.dumps({"text": "select 1", "dialect": name or "standard"}).encode())
    confined.answer_questions(answer)


def answer(question: bytes) -> bytes:
    """A text and a dialect in; how many statements it has, what of them writes, or why it can't be
    read, out."""
    asked = json.loads(question)
    try:
        said = _read(asked["text"], asked["dialect"])
    except (RecursionError, MemoryError):
        said = _said(unsure="The SQL is nested too deeply to be read.")
    return json.dumps(said).encode()


def _read(text: str, dialect: str) -> dict[str, Any]:
    import sqlglot
    from sqlglot import errors, exp

    named = None if dialect == "standard" else dialect
    try:
        trees = [tree for tree in sqlglot.parse(text, read=named) if tree is not None]
    except errors.ParseError as error:
        first = (error.errors or [{}])[0]
        place = f" in line {first['line']}, column {first['col']}" if first.get("line") else ""
        said = _TOKEN.sub("", str(first.get("description") or error))
        return _said(wrong=said[:_TRIM].rstrip(". ") + place)
    except errors.SqlglotError as error:
        return _said(wrong=str(error)[:_TRIM].rstrip(". "))
    if not trees:
        return _said(wrong="there is no statement")
    writes: list[str] = []
    for tree in trees:
        if isinstance(tree, exp.Command):
            return _said(unsure=f"What “{str(tree.this)[:40]}” does is not known.")
        if not isinstance(tree, (exp.Query, *_writers())):
            # “Hello world” is an expression with a name.
            return _said(wrong=f"“{tree.sql()[:60]}” is no statement")
        writes += [node.key.upper() for node in tree.walk() if isinstance(node, _writers())]
    return _said(len(trees), sorted(set(writes)))


def _said(
    statements: int = 0, writes: list[str] | None = None, wrong: str = "", unsure: str = ""
) -> dict[str, Any]:
    return {"statements": statements, "writes": writes or [], "wrong": wrong, "unsure": unsure}


def _writers() -> tuple[type, ...]:
    """Statements that write: data, tables, settings, rights."""
    from sqlglot import exp

    return (
        exp.DML, exp.Merge, exp.Create, exp.Drop, exp.Alter, exp.TruncateTable, exp.Copy,
        exp.Set, exp.Into, exp.Grant, exp.Attach, exp.Detach, exp.LoadData,
    )  # fmt: skip


def _dialects() -> tuple[str, ...]:
    from workbench.domain.kinds.shapes import DIALECTS

    return tuple("" if name == "standard" else name for name in DIALECTS)


if __name__ == "__main__":
    main()
