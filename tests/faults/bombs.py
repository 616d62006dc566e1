"""What is made to hold the app up, by where it comes in: for `tests.faults.health`.

A bomb is made first, unmeasured, and set off later; it tells in a few words how it ended.
"""

import asyncio
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pyarrow
from pyarrow import parquet

from tests.exchange import test_feature_file_bombs as yaml_bombs
from tests.exchange import test_hostile_archives as archives
from tests.exchange.test_tables import text_cell, xlsx
from tests.models import small_stack, test_hostile, test_template_work
from tests.models.test_template_limits import BOMBS as DEEP_TEMPLATES
from tests.scoring import test_pattern_limits as pattern_bombs
from tests.scoring import test_schema_limits as schema_bombs
from workbench.domain.calls import Request
from workbench.domain.connections import Connection
from workbench.domain.conversations import Message
from workbench.domain.criteria import Scorer, ScorerKind
from workbench.errors import WorkbenchError
from workbench.exchange.feature import reader as feature_reader
from workbench.exchange.feature.file import import_feature
from workbench.exchange.tables import reading as tables
from workbench.models import templates
from workbench.models.client import Client
from workbench.scoring import checks, patterns
from workbench.store.engine.database import MEMORY
from workbench.store.store import open_store

ADDRESSES = "BOMB_ADDRESSES"
"""The environment variable with the addresses of the hostile servers, by the name of the bomb."""
NEXT = "BOMB_NEXT"
"""The one with the path of the file that says which bomb the page has."""

LONG = 1_000_000
_HOLDS = 1 << 20
_CELLS = 2_900_000

REPLIES: dict[str, test_hostile.Pieces] = {
    "gzip": test_hostile.whole(test_hostile.bomb(), test_hostile.JSON, "Content-Encoding: gzip"),
    "gzip of an error": test_hostile.whole(
        test_hostile.bomb(), test_hostile.JSON, "Content-Encoding: gzip", status="500 X"
    ),
    "gzip twice": test_hostile.whole(
        test_hostile.bomb(), test_hostile.JSON, "Content-Encoding: gzip, gzip"
    ),
    "deflate of events": test_hostile.whole(
        test_hostile.deflated_bomb(), test_hostile.EVENTS, "Content-Encoding: deflate"
    ),
    "one answer of 60 MB": test_hostile.whole(
        test_hostile.answer("x" * 60_000_000), test_hostile.JSON
    ),
    "brackets": test_hostile.whole(b"[" * 4_000_000, test_hostile.JSON),
    "an answer of small events": test_hostile.whole(test_hostile.TINY * 200, test_hostile.EVENTS),
    **test_hostile.NEVER_ENDING,
    **test_hostile.UNENDED_TEXT,
}


class Bomb(NamedTuple):
    """`make` gives what `set_off` takes; that returns how it ended."""

    make: Callable[[], Any]
    set_off: Callable[[Any], str]


def _template(text: str) -> Bomb:
    def render(values: dict[str, Any]) -> str:
        templates.variables_of(text)
        return f"{len(templates.render_text(text, values)):,} characters"

    values = test_template_work.VALUES | small_stack.CASE
    return Bomb(lambda: values, render)


def _pattern(pattern: str) -> Bomb:
    def text() -> str:
        try:
            most = patterns.compiled(pattern, False).most_bytes
        except WorkbenchError:
            most = LONG
        return pattern_bombs._shuffled(min(most, LONG))

    scorer = Scorer(ScorerKind.REGEX, {"pattern": pattern})
    return Bomb(text, lambda made: _judged(scorer, made))


def _schema(schema: dict[str, Any], output: str) -> Bomb:
    scorer = Scorer(ScorerKind.JSON_SCHEMA, {"schema": schema})
    return Bomb(lambda: output, lambda made: _judged(scorer, made))


def _output(kind: ScorerKind, settings: dict[str, Any], text: str) -> Bomb:
    scorer = Scorer(kind, settings)
    return Bomb(lambda: text[:_HOLDS], lambda made: _judged(scorer, made))


def _judged(scorer: Scorer, output: str) -> str:
    checks.refuse_unusable(scorer)
    return str(checks.check(scorer, checks.Subject(output, {})).outcome)


def _yaml(text: str) -> Bomb:
    return Bomb(lambda: text, lambda made: _counted(feature_reader.load(made, "a.yaml").data))


def _imported(text: Callable[[], str]) -> Bomb:
    def load(made: str) -> str:
        with TemporaryDirectory() as home:
            store = open_store(MEMORY, Path(home))
            try:
                return f"imported: {import_feature(store, made, 'Ada').name}"
            finally:
                store.close()

    return Bomb(text, load)


def _table(name: str, made: Callable[[], bytes]) -> Bomb:
    def read(data: bytes) -> str:
        return f"{len(tables.read(name, data).rows):,} rows"

    return Bomb(made, read)


def _pasted(text: str) -> Bomb:
    return Bomb(lambda: text, lambda made: f"{len(tables.read_pasted(made).rows):,} rows")


def _reply(name: str) -> Bomb:
    is_streamed = name not in ("gzip", "gzip of an error", "gzip twice", "brackets")

    async def call(address: str) -> str:
        request = Request("fake-1", (Message("user", "ping"),))
        async with Client(Connection("Fake", address)) as client:
            answer = await client.ask(request, 5.0, _ignore if is_streamed else None)
        return f"{len(answer.text):,} characters"

    return Bomb(
        lambda: json.loads(os.environ[ADDRESSES])[name], lambda made: asyncio.run(call(made))
    )


def _ignore(_: str) -> None:
    """A reader of a stream who does nothing with it."""


def _counted(data: Any) -> str:
    return f"read: {', '.join(data)}"


def _parquet() -> bytes:
    """A small file that unpacks to as many long texts as there are rows."""
    file = io.BytesIO()
    rows, texts = pyarrow.array([0] * 20_000), pyarrow.array(["x" * 900_000])
    column = pyarrow.DictionaryArray.from_arrays(rows, texts)
    parquet.write_table(pyarrow.table({"a": column}), file)
    return file.getvalue()


def _cells() -> bytes:
    row = b",".join([b"1"] * 200) + b"\n"
    head = b",".join(b"c%d" % n for n in range(200)) + b"\n"
    return head + row * (_CELLS // 200)


def _cases() -> str:
    cases = "".join(f"  - key: c{n}\n    variables: {{q: 'What is {n}?'}}\n" for n in range(20_000))
    return f"{yaml_bombs.SMALL}datasets:\n- name: Many\n  cases:\n{cases}"


_FAR = "<row r='1'>" + text_cell("A1", "x" * 135_000_000) + "</row>"
_PLAIN = {"texts": ["y" * 500, "{{reference}}"]}
_JSON = json.dumps([[n, {"a": [n], "b": "x"}] for n in range(45_000)])

BOMBS: dict[str, Bomb] = {
    **{f"template: {name}": _template(text) for name, text in DEEP_TEMPLATES.items()},
    **{f"template: {name}": _template(text) for name, text in test_template_work.SLOW.items()},
    **{f"pattern: {name}": _pattern(text) for name, text in pattern_bombs.TOO_LARGE.items()},
    **{f"pattern: {text[:40]}": _pattern(text) for text in pattern_bombs.SLOW},
    **{f"schema: {name}": _schema(*each) for name, each in schema_bombs.BOMBS.items()},
    **{f"schema: {n} levels": _schema(schema_bombs.nested(n), "1") for n in (102, 5_000)},
    "schema: an output of 1 MiB": _schema({"type": "array"}, _JSON),
    "schema: unique rows": _schema({"uniqueItems": True}, _JSON),
    "schema: an output of brackets": _schema({}, "[" * _HOLDS),
    "schema: an output of opened texts": _schema({}, '["' * (_HOLDS // 2)),
    "schema: an output of fences": _schema({}, "```" * (_HOLDS // 3)),
    "schema: an output of keys": _schema({}, '{"a" : ' * (_HOLDS // 7)),
    "schema: one key twice": _schema({}, "{" + '"a":1,' * 170_000 + '"a":2}'),
    "schema: long numbers": _schema({}, "[" + ",".join(["9" * 4_300] * 240) + "]"),
    "output: folded": _output(ScorerKind.CONTAINS, _PLAIN, "\ufdfa" * _HOLDS),
    "output: accents": _output(ScorerKind.CONTAINS, _PLAIN, "e" + "\u0301\u0323" * _HOLDS),
    "output: equals": _output(ScorerKind.EQUALS, {"text": "a" * 9_999}, "\u00e9 " * _HOLDS),
    "output: dots": _output(ScorerKind.LENGTH, {"unit": "sentences", "max": 1}, "a. " * _HOLDS),
    "output: signs": _output(ScorerKind.LENGTH, {"unit": "sentences", "max": 1}, ".\u201d)" * LONG),
    "output: spaces": _output(ScorerKind.LENGTH, {"unit": "words", "max": 1}, " \u200b" * _HOLDS),
    "output: initials": _output(ScorerKind.LENGTH, {"unit": "sentences", "max": 1}, "A." * LONG),
    "output: a refusal": _output(ScorerKind.REFUSAL, {}, "I am sorry, but I " * _HOLDS),
    "output: apostrophes": _output(ScorerKind.REFUSAL, {}, "\u2019" * _HOLDS),
    **{f"YAML: {name}": _yaml(text) for name, text in yaml_bombs.BOMBS.items()},
    "feature file: 20,000 cases": _imported(_cases),
    "table: unpacks to 135 MB": _table("a.xlsx", lambda: xlsx(_FAR)),
    "table: 50,000 entries": _table("a.xlsx", lambda: archives.with_entries(archives.many)),
    "table: 20,000 sheets": _table("a.xlsx", lambda: archives.with_entries(archives.many_sheets)),
    "table: 200 MB beside a sheet": _table("a.xlsx", lambda: archives.with_entries(archives.large)),
    "table: Parquet of 18 GB": _table("a.parquet", _parquet),
    "table: 1,000,000 columns": _table("a.csv", lambda: b",".join([b"c"] * LONG) + b"\n1\n"),
    "table: a cell of 19 MB": _table("a.csv", lambda: b"a,b\n1," + b"x" * 19_000_000),
    "table: an open quote": _table("a.csv", lambda: b'a,b\n1,"' + b"x\n" * 9_000_000),
    "table: empty rows": _table("a.csv", lambda: b"a,b\n" + b"\n" * 19_000_000),
    "table: 2,900,000 cells": _table("a.csv", _cells),
    "table: 200,000 rows": _table("a.csv", lambda: b"a,b,c\n" + b"1,x y z,0.5\n" * 200_000),
    "table: JSON brackets": _table("a.json", lambda: b"[" * 19_000_000),
    "table: JSON objects": _table("a.jsonl", lambda: b'{"a": {"b": [1, 2]}}\n' * 199_000),
    "pasted: tabs": _pasted("a\tb\n" + "\t\n" * 60_000),
    "pasted: quotes": _pasted('a,b\n"' + '""' * 60_000),
    "pasted: brackets": _pasted("[" * 127_000),
    "pasted: objects": _pasted('{"a":1}\n' * 15_000),
    "pasted: bars": _pasted("|" * 120_000 + "\n|-|\n"),
    "pasted: 19 MB of lines": _pasted("x\n" * 9_000_000),
    **{f"reply: {name}": _reply(name) for name in REPLIES},
}
"""Everything, by where it comes in."""


def set_off(name: str, made: Any) -> str:
    """How it ended: what came of it, or the first words of the refusal. Lets through what is no
    message for people."""
    try:
        return BOMBS[name].set_off(made)
    except WorkbenchError as error:
        return f"refused: {error.message}"
