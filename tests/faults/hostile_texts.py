"""Texts that are made to hurt: pieces of a language, out of order, nested and in great numbers."""

import json
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

MOST = 200_000
"""Characters of one text: enough to be deep, and still made in no time."""

TEMPLATE = (
    *("{{", "}}", "{{ x }}", "{% if x %}", "{% elif y %}", "{% else %}", "{% endif %}"),
    *(
        "{% for a in b %}",
        "{% endfor %}",
        "{% set a = ",
        "%}",
        "{#",
        "#}",
        "{% raw %}",
        "{%- ",
        "-%}",
    ),
    *("not ", "-", "+", "~", " and ", " or ", " in ", " if ", " else ", "==", "<", "**", "//", "%"),
    *("(", ")", "[", "]", "{", "}", ",", ":", ".a", "[0]", "|upper", "|join(',')", "|default(x)"),
    *("x", "y", "'s'", "1", "9" * 50, "1e400", "loop.index", "__class__", "\n", " ", "é", "\u202e"),
)
PATTERN = (
    *("(", ")", "(?:", "(?i)", "(?P<a>", "[", "]", "[^", "a-z", "|", "^", "$", "\\b", "\\B", "\\d"),
    *("\\w", "\\p{L}", "\\1", "(?=", "(?<!", "*", "+", "?", "*?", "{1000}", "{2,}", "{0,999}", "."),
    *("a", "aa", "\\x{10ffff}", "é", "\U0001f600", "\x00", "\\Q", "\\E", "\\C"),
)
JSON = (
    *("{", "}", "[", "]", ",", ":", '"a"', '"', "\\u0000", "\\ud800", "null", "true", "1", "-"),
    *(
        "1e400",
        "9" * 400,
        "NaN",
        "Infinity",
        '{"a":',
        '{"a":1,"a":2}',
        "[[",
        "/*",
        "//",
        "\n",
        "\ufeff",
    ),
)
REPLY = (
    *JSON,
    *('{"choices":[{"message":{"content":"pong"},"finish_reason":"stop"}]}', "data: ", "\n\n"),
    *(
        "data: [DONE]\n\n",
        "event: error\n",
        ": ping\n\n",
        "\r\n",
        "id: 1\n",
        "retry: 0\n",
        "<html>",
    ),
    *(
        'data: {"choices":[{"delta":{"content":"p"}}]}\n\n',
        '"usage":{"total_tokens":-1}',
        "<think>",
    ),
    *('"finish_reason":"length"', '"error":{"message":"no"}', "</think>", "\x1b[31m"),
)
TABLE = (
    *(
        "a,b\n",
        "a\tb\n",
        "a;b\r\n",
        '"',
        '""',
        ",",
        ";",
        "\t",
        "|",
        "| a | b |\n",
        "|---|---|\n",
        "\n",
    ),
    *(
        "sep=;\n",
        "\ufeff",
        "x" * 40_000,
        "=1+1",
        "-1",
        "0.10",
        "00017",
        "\x00",
        "1e400",
        "{",
        "[",
        "]",
    ),
    *('{"a": 1}\n', '{"items": [', "é", "\u202e", "# A title\n", "  ", "12/31/2026"),
)
YAML = (
    *(
        "- ",
        "  ",
        "a: ",
        "b: ",
        "\n",
        "[",
        "]",
        "{",
        "}",
        ",",
        "&a ",
        "*a ",
        "<<: ",
        "!!int ",
        "!x ",
    ),
    *(
        "%TAG ! tag:x,2026:\n",
        "%YAML 1.2\n",
        "---\n",
        "...\n",
        "| \n",
        ">-\n",
        "'",
        '"',
        "#",
        "? ",
        "\t",
    ),
    *(
        "feature: ",
        "requirements:\n",
        "criteria:\n",
        "0o17",
        "1:30",
        "null",
        "~",
        "yes",
        "\x07",
        "é",
    ),
)


def soup(pieces: Sequence[str], most: int = MOST) -> st.SearchStrategy[str]:
    """Pieces one after the other, some of them very often."""
    times = st.one_of(st.just(1), st.integers(1, 4), st.sampled_from((30, 300, 5000, 60_000)))
    some = st.lists(st.tuples(st.sampled_from(pieces), times), min_size=1, max_size=24)
    return some.map(lambda each: _joined(each, most))


def _joined(each: Sequence[tuple[str, int]], most: int) -> str:
    parts, room = [], most
    for piece, times in each:
        parts.append(piece * min(times, max(0, room // len(piece))))
        room -= len(parts[-1])
    return "".join(parts)


def wrapped(opening: Sequence[str], inside: str, closing: Sequence[str]) -> st.SearchStrategy[str]:
    """Something that is opened and closed as often: what parses is what goes deep."""
    pairs = list(zip(opening, closing, strict=True))
    return st.tuples(st.sampled_from(pairs), st.sampled_from((1, 15, 90, 900, 20_000))).map(
        lambda drawn: drawn[0][0] * drawn[1] + inside + drawn[0][1] * drawn[1]
    )


def templates() -> st.SearchStrategy[str]:
    """Prompts: soups, deep ones, and expressions of one operator over and over."""
    deep = wrapped(
        ("{{ (", "{% if x %}", "{% for a in x %}", "{{ [", "{{ not ", "{{ -"),
        "x",
        (") }}", "{% endif %}", "{% endfor %}", "] }}", " }}", " }}"),
    )
    operators = (
        "not ",
        "-",
        "x ~ ",
        "x and ",
        "x|upper|",
        "x.",
        "x[0].",
        "x if x else ",
        "(",
        "x < ",
    )
    long = st.tuples(st.sampled_from(operators), st.sampled_from((10, 110, 3000, 20_000))).map(
        lambda drawn: "{{ " + drawn[0] * drawn[1] + "x }}"
    )
    chain = st.sampled_from((5, 99, 101, 20_000)).map(
        lambda n: "{% if x %}a" + "{% elif x %}b" * n + "{% endif %}"
    )
    return st.one_of(soup(TEMPLATE), deep, long, chain)


def patterns() -> st.SearchStrategy[str]:
    """Regular expressions."""
    deep = wrapped(("(", "(?:", "(a|"), "a", (")", ")*", ")+"))
    return st.one_of(soup(PATTERN, 20_000), deep)


def schemas() -> st.SearchStrategy[dict[str, Any]]:
    """JSON schemas: any keyword around any other, and doublings."""
    word = st.sampled_from(("a", "b", "#", "#/$defs/a", "x" * 300, "http://127.0.0.1:9/s"))
    leaf = st.one_of(
        st.fixed_dictionaries({"$ref": word}),
        st.fixed_dictionaries({"$dynamicRef": word}),
        st.fixed_dictionaries({"type": st.sampled_from(("string", "array", "object", "nope"))}),
        st.fixed_dictionaries({"pattern": soup(PATTERN, 400)}),
        st.fixed_dictionaries({"enum": st.integers(0, 3000).map(lambda n: list(range(n)))}),
        st.fixed_dictionaries({"multipleOf": st.sampled_from((0, 1e-308, 1e308, 3))}),
        st.just({"uniqueItems": True}),
        st.booleans(),
    )

    def around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        many = st.lists(inner, min_size=1, max_size=4)
        named = st.dictionaries(word, inner, max_size=3)
        return st.one_of(
            *(st.fixed_dictionaries({name: many}) for name in ("allOf", "anyOf", "oneOf")),
            *(st.fixed_dictionaries({name: inner}) for name in ("not", "items", "contains", "if")),
            *(
                st.fixed_dictionaries({name: named})
                for name in ("properties", "patternProperties", "$defs", "dependentSchemas")
            ),
            st.fixed_dictionaries({"$defs": named, "$ref": word, "allOf": many}),
            st.fixed_dictionaries({"unevaluatedProperties": inner, "anyOf": many}),
        )

    wild = st.recursive(leaf, around, max_leaves=40).map(
        lambda found: found if isinstance(found, dict) else {"not": found}
    )
    doubling = st.tuples(st.sampled_from(("allOf", "anyOf", "oneOf")), st.integers(1, 60)).map(
        lambda drawn: _doubling(*drawn)
    )
    nested = st.tuples(st.sampled_from(("not", "items")), st.sampled_from((10, 100, 900))).map(
        lambda drawn: _nested(*drawn)
    )
    return st.one_of(wild, doubling, nested)


def _doubling(word: str, levels: int) -> dict[str, Any]:
    each = {
        f"d{n}": {word: [{"$ref": f"#/$defs/d{n + 1}"}, {"$ref": f"#/$defs/d{n + 1}"}]}
        for n in range(levels)
    }
    return {"$ref": "#/$defs/d0", "$defs": {**each, f"d{levels}": {"type": "string"}}}


def _nested(word: str, levels: int) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        found = {word: found}
    return found


def outputs() -> st.SearchStrategy[str]:
    """Answers, JSON or nearly."""
    deep = wrapped(("[", '{"a":', "[[[["), "1", ("]", "}", "]]]]"))
    wide = st.sampled_from((10, 3000, 50_000)).map(lambda n: json.dumps([*range(n), 0]))
    return st.one_of(soup(JSON), deep, wide, st.text(max_size=300))


def tables() -> st.SearchStrategy[tuple[str, bytes]]:
    """A file's name and its bytes."""
    ends = st.sampled_from(
        ("csv", "tsv", "json", "jsonl", "md", "txt", "xlsx", "parquet", "csv.gz")
    )
    whole = st.one_of(soup(TABLE), soup(JSON), wrapped(("[", '{"a":'), "1", ("]", "}")))
    codes = st.sampled_from(("utf-8", "utf-16", "utf-32", "cp1252", "utf-8-sig"))
    heads = st.sampled_from((b"", b"PK\x03\x04", b"PAR1", b"\x1f\x8b\x08", b"\xff\xfe", b"\x00"))
    return st.tuples(ends, heads, whole, codes).map(
        lambda drawn: (f"cases.{drawn[0]}", drawn[1] + drawn[2].encode(drawn[3], "replace"))
    )


def replies() -> st.SearchStrategy[bytes]:
    """What a server may send back, decoded from its transfer."""
    deep = wrapped(('{"choices":[', "data: ["), "1", ("]}", "]"))
    return st.one_of(
        soup(REPLY).map(lambda text: text.encode("utf-8", "replace")),
        deep.map(str.encode),
        st.binary(max_size=2000),
    )


def feature_files(sample: str) -> st.SearchStrategy[str]:
    """YAML soups, and a good file with lines taken out, doubled, or put in their place."""
    lines = sample.splitlines(keepends=True)
    deep = wrapped(("[", "{a: ", "- "), "a", ("]", "}", ""))

    def changed(at: list[int], what: str, kind: str) -> str:
        made = list(lines)
        for place in at:
            if kind == "out":
                made[place] = ""
            elif kind == "twice":
                made[place] = lines[place] * 2
            else:
                made[place] = lines[place].rstrip("\n") + what
        return "".join(made)

    spoilt = st.builds(
        changed,
        st.lists(st.integers(0, len(lines) - 1), min_size=1, max_size=3),
        soup(YAML, 20_000),
        st.sampled_from(("out", "twice", "more")),
    )
    return st.one_of(soup(YAML), deep, spoilt)
