"""No template is deep enough to overflow the stack of a small thread; what people write fits."""

import random

import pytest

from tests.models import small_stack
from workbench.errors import TemplateError
from workbench.models import grammar, template_code, templates

MANY = 20_000
"""Repeats of which a twentieth overflows 512 kB in the engine's parser."""


def _code(inside: str) -> str:
    return "{{ " + inside + " }}"


BOMBS = {
    "signs": _code("-" * MANY + "1"),
    "signs apart": _code("- " * MANY + "1"),
    "not": _code("not " * MANY + "a"),
    "joined texts": _code("a" + " ~ a" * MANY),
    "and": _code("a" + " and a" * MANY),
    "or": _code("a" + " or a" * MANY),
    "minus": _code("1" + " - 1" * MANY),
    "modulo": _code("1" + " % 1" * MANY),
    "power": _code("1" + "**1" * MANY),
    "comparisons": _code("a" + " < a" * MANY),
    "in": _code("a" + " in a" * MANY),
    "filters": _code("a" + "|trim" * MANY),
    "filters with texts": _code("a" + "|replace('x', 'y')" * MANY),
    "filters within filters": _code("a|default(" * MANY + "a" + ")" * MANY),
    "attributes": _code("order" + ".id" * MANY),
    "attributes of a number": _code("1" + ".a" * MANY),
    "items": _code("items" + "[0]" * MANY),
    "items within items": _code("items[" * MANY + "0" + "]" * MANY),
    "slices": _code("a" + "[:1]" * MANY),
    "brackets": _code("(" * MANY + "1" + ")" * MANY),
    "brackets that stay open": _code("(" * MANY),
    "lists": _code("[" * MANY + "1" + "]" * MANY),
    "tables": _code("{'a': " * MANY + "1" + "}" * MANY),
    "calls": _code("range" + "(1)" * MANY),
    "calls within calls": _code("range(" * MANY + "1" + ")" * MANY),
    "tests": _code("a" + " is defined" * MANY),
    "choices": _code("a" + " if a else a" * MANY),
    "choices without else": _code("a" + " if a" * MANY),
    "texts": _code("'a' " * MANY),
    "white space signs": "{{-" + " not " * MANY + "a -}}",
    "code that is not closed": "{{ " + "- " * MANY,
    "a statement that is not closed": "{% if " + "not " * MANY,
    "closed within a bracket": "{{ ( }} " + "- " * MANY + "1",
    "closed within a text": "{{ 'a }}" + "- " * MANY + "1 }}",
    "behind a backslash": r"{{ 'a\\' }}" + _code("- " * MANY + "1") + "{{ ' }}",
    "behind a comment": "{# {{ #}" + _code("- " * MANY + "1"),
    "behind raw": "{% raw %}{{{% endraw %}" + _code("- " * MANY + "1"),
    "behind an odd raw": "{%\u2003raw %}" + _code("- " * MANY + "1") + "{% endraw %}",
    "behind an odd end of raw": "{% raw %}{%\u2003endraw %}{#{% endraw %}"
    + _code("- " * MANY + "1")
    + "#}",
    "statement": "{% if " + "not " * MANY + "a %}x{% endif %}",
    "loop": "{% for x in a" + "|trim" * MANY + " %}x{% endfor %}",
    "loop with a condition": "{% for x in a if " + "not " * MANY + "x %}x{% endfor %}",
    "set": "{% set x = a" + " ~ a" * MANY + " %}",
    "set in brackets": "{% set " + "(" * MANY + "x" + ")" * MANY + " = a %}",
    "loop in brackets": "{% for " + "(" * MANY + "x" + ",)" * MANY + " in a %}{% endfor %}",
    "branches": "{% if no %}" + "{% elif no %}" * MANY + "{% endif %}",
    "branches apart": "{% if no %}" + "\n{%- elif no -%}\n" * (MANY // 2) + "{% endif %}",
    "ifs": "{% if a %}" * MANY + "{% endif %}" * MANY,
    "ifs in else": "{% if no %}{% else %}" * (MANY // 2) + "{% endif %}" * (MANY // 2),
    "ifs that stay open": "{% if a %}" * MANY,
    "loops": "{% for x in items %}" * (MANY // 2) + "{% endfor %}" * (MANY // 2),
    "blocks of set": "{% set x %}" * (MANY // 2) + "{% endset %}" * (MANY // 2),
    "filtered blocks": "{% set x|replace(a=1) %}" * (MANY // 3) + "{% endset %}" * (MANY // 3),
    "branches in every level": ("{% if no %}" + "{% elif no %}" * 99) * 20 + "{% endif %}" * 20,
    "branches of else": "{% if no %}" + "{% else %}" * MANY + "{% endif %}",
    "a long number": _code("1" * 200_000),
    "too long": "a" * 300_000,
    "much code": _code("a" + " ~ a" * 40) * 2_000,
}


@pytest.fixture(scope="module")
def read() -> dict[str, str]:
    return small_stack.read(BOMBS)


@pytest.mark.parametrize("name", BOMBS)
def test_a_template_that_would_overflow_the_stack_is_refused(
    name: str, read: dict[str, str]
) -> None:
    assert read[name].startswith("refused: ")


def _deepest() -> dict[str, str]:
    """Every expression as large as may be, in every place, as deep as may be."""
    expressions = {
        "not": "not " * 99 + "a",
        "joined": "a" + " ~ a" * 49,
        "bracketed": "(not " * 20 + "not " * 39 + "a" + ")" * 20,
        "filtered": "a" + "|trim" * 49,
        "choices": "a" + " if a else a" * 24,
        "calls": "a|default(" * 16 + "a" + ")" * 16,
        "tests": "a" + " is defined" * 49,
    }
    branches = "{% elif no %}" * 100
    places = {
        "alone": "X",
        "branches": "{% if no %}" + branches + "X{% endif %}{{ a }}",
        "ifs": "{% if a %}" * 20 + "X" + "{% endif %}" * 20,
        "loops": "{% for x in a|lines if not (a is undefined) %}" * 20 + "X" + "{% endfor %}" * 20,
        "both": "{% for x in a|lines %}" * 19
        + "{% if no %}" + branches + "X{% endif %}{{ a }}"
        + "{% endfor %}" * 19,
        "blocks": "{% set y|trim %}" * 19
        + "{% if no %}" + branches + "X{% endif %}"
        + "{% endset %}" * 19 + "{{ a }}",
    }  # fmt: skip
    return {
        f"{inside} in {place}": around.replace("X", _code(expression))
        for inside, expression in expressions.items()
        for place, around in places.items()
    }


def test_the_deepest_template_within_the_limits_fits_a_small_stack() -> None:
    refused = {k: v for k, v in small_stack.read(_deepest()).items() if v.startswith("refused")}
    assert not refused


def test_no_odd_mixture_of_signs_brings_deep_code_past_the_limits() -> None:
    pieces = ["{{", "}}", "{%", "%}", "{#", "#}", "'", '"', "\\", "(", ")", "[", "]", "{", "}", "-"]
    pieces += [
        "+",
        " ",
        "\n",
        "\x0b",
        "\u2003",
        "\x1c",
        "raw",
        "endraw",
        "{% raw %}",
        "a",
        "|",
        "~",
    ]
    pieces += [
        "{% endraw %}",
        "if a",
        "endif",
        "{{ '",
        "' }}",
        "{{ (",
        ") }}",
        "%",
        "1.",
        "1e",
        "é",
    ]
    # Where the two readings part, this is text to ours and code to the engine.
    bombs = [" - " * 4_000 + "1", "{{ " + "- " * 4_000 + "1 }}", "{% if " + "not " * 4_000 + "a %}"]
    chosen = random.Random(10)
    odd = [
        "".join(chosen.choices(pieces, k=chosen.randrange(1, 9)))
        + chosen.choice(bombs)
        + "".join(chosen.choices(pieces, k=chosen.randrange(0, 4)))
        for _ in range(2_500)
    ]
    done = small_stack.each(odd)
    assert done.ended == 0, odd[len(done.said)][:60]
    assert len(done.said) == len(odd)


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (
            "\n{{ " + "- " * 101 + "1 }}",
            "Line 2 of the template has a piece of code with more than",
        ),
        ("{{ " + "(" * 21 + "1" + ")" * 21 + " }}", "more than 20 brackets"),
        ("\n\n" + "{% if a %}" * 21 + "{% endif %}" * 21, "Line 3 .* more than 20 blocks"),
        ("{% if a %}" + "{% elif a %}\n" * 101 + "{% endif %}", "Line 101 .* 100 branches"),
        ("{{ a }}" * 10_001, "20,000 names, texts and signs"),
        ("a\n{{ b", "Line 2 .* “{{” is not closed"),
        ("a\n{# b", "Line 2 .* “{#” is not closed"),
        ("{% raw %}a", "“{% raw %}” is not closed"),
        ("{{ 'b }}", "an open quotation mark"),
        ("{{ b) }}", "a bracket that was not opened"),
        ("{{ b }", "a single “}” in code"),
    ],
)
def test_what_is_too_much_is_said_with_its_line_and_limit(template: str, said: str) -> None:
    with pytest.raises(TemplateError, match=said):
        templates.variables_of(template)


def test_the_limits_count_one_block_and_one_chain_at_a_time() -> None:
    chain = "{% if no %}" + "{% elif no %}" * 100 + "{% endif %}"
    blocks = "{% if no %}" * 20 + "{% endif %}" * 20
    assert templates.render_text((chain + blocks) * 9, {"no": ""}) == ""


def test_a_template_is_read_in_one_pass() -> None:
    # Each sign of code is one token, and no line is counted twice.
    code = template_code.pieces("{{ a }}\n" * 5_000)
    assert [piece.line for piece in code] == list(range(1, 5_001))
    assert {piece.tokens for piece in code} == {("a",)}
    grammar.check(code)


def test_that_a_template_cannot_be_read_is_found_out_once() -> None:
    before = templates._known.cache_info()
    for _ in range(50):
        with pytest.raises(TemplateError):
            templates.render_text("{{ found once" + " ~ a" * 50 + " }}", {})
    after = templates._known.cache_info()
    assert (after.misses - before.misses, after.hits - before.hits) == (1, 49)
