"""Templates fill in plain text, name what is missing, and cannot be made into bombs."""

import pytest

from tests import pace
from workbench.domain.conversations import Message
from workbench.domain.prompts import PromptText
from workbench.errors import TemplateError
from workbench.models import templates

BOMBS = {
    "power": "{{ 'a' * 2000000000 }}",
    "list": "{{ [case] * 10000 }}",
    "tuple": "{% set x = (case, case) %}{% set x = (x, x) %}",
    "bare tuple": "{% set x = case, case %}{{ x }}",
    "sum": "{% set x = case|lines %}{% set x = x + x %}{{ x }}",
    "table": "{{ {'a': case} }}",
    "nested loops": "{% for i in range(9999) %}{% for j in range(9999) %}a{% endfor %}{% endfor %}",
    "long loop": "{% for i in range(99999) %}{{ case }}{% endfor %}",
    "range": "{% for i in range(10000000000) %}a{% endfor %}",
    "replace": "{{ case|replace('x', case) }}",
    "doubling": "{% set x = case %}" + "{% set x = x ~ x %}" * 40,
    "block": "{% set x %}{{ case }}{% endset %}" + "{% set x %}{{ x }}{{ x }}{% endset %}" * 40,
    "indent": "{{ case|indent(10000000000) }}",
    "join": "{{ range(9999)|join(case) }}",
    "macro": "{% macro m(n) %}{{ m(n) }}{{ m(n) }}{% endmacro %}{{ m(1) }}",
    "recursion": "{% for i in case recursive %}{{ loop(case) }}{% endfor %}",
    "debug": "{{ debug() }}",
    "method": "{{ case.upper() }}",
    "class": "{{ case.__class__ }}",
    "include": "{% include '/etc/passwd' %}",
    "import": "{% import 'os' as os %}",
    "depth": "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "hidden in a string": "{{ '%}' ~ [case] * 10000 }}",
    "hidden by a comment": "{# {{ ' #}{{ [case] * 10000 }}{# ' }} #}",
    "hidden by raw": "{% raw %}{{ ' {% endraw %}{{ [case] * 10000 }}'",
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_a_hostile_template_is_refused_quickly(bomb: str) -> None:
    def render() -> None:
        with pytest.raises(TemplateError):
            templates.render_text(bomb, {"case": "x" * 100_000})

    assert pace.is_at_most(50, render)


def test_comparing_long_texts_in_a_loop_stays_bounded() -> None:
    texts = {"a": "x" * 100_000, "b": "x" * 99_999 + "y"}
    loop = "{% for i in range(2000) %}{% if a == b %}{% endif %}{% endfor %}"
    assert pace.is_at_most(50, lambda: templates.render_text(loop, texts))


def test_messages_are_filled_in_without_escaping() -> None:
    messages = templates.render(
        PromptText("You are {{ who }}.", "{{ text }}\n"), {"who": "A", "text": "<b>&"}
    )
    assert messages == (Message("system", "You are A."), Message("user", "<b>&\n"))


def test_an_empty_system_template_gives_no_system_message() -> None:
    assert [m.role for m in templates.render(PromptText(" \n", "hi"), {})] == ["user"]


def test_a_variable_that_looks_like_a_template_stays_text() -> None:
    assert templates.render_text("{{ a }}", {"a": "{{ b }}"}) == "{{ b }}"


def test_prose_may_contain_what_code_may_not() -> None:
    prose = "* [a, b] + {c} (d, e) 2*3 100% “{” {# note #}{% raw %}{{ [x] }}{% endraw %}"
    assert templates.render_text(prose, {}).endswith("“{” {{ [x] }}")


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{% if a %}yes{% else %}no{% endif %}", "yes"),
        ("{% for line in a|lines %}{{ loop.index }}:{{ line }};{% endfor %}", "1:x;2:y;"),
        ("{{ a|upper|replace('X', 'Z') }}", "Z\nY"),
        ("{{ missing|default('none') }}", "none"),
        ("{{ a[:1] }}", "x"),
        ("{% if a is startingwith('x') and not ('q' in a) %}ok{% endif %}", "ok"),
        ("{{- 'it\\'s' -}}", "it's"),
        ("{{ (a ~ '!')|length }}", "4"),
        ("{{ a|tojson }}", '"x\\ny"'),
    ],
)
def test_what_prompts_need_works(template: str, expected: str) -> None:
    assert templates.render_text(template, {"a": "x\ny"}) == expected


def test_an_unknown_variable_is_named_beside_the_known_ones_with_its_line() -> None:
    with pytest.raises(TemplateError) as caught:
        templates.render_text("Hello\n{{ nmae }}", {"name": "Ada", "city": "Rome"})
    assert "Line 2" in caught.value.message
    assert "“nmae”" in caught.value.message
    assert caught.value.hint == "Known variables: city, name."


def test_a_syntax_error_names_its_line() -> None:
    with pytest.raises(TemplateError, match="Line 3"):
        templates.variables_of("a\nb\n{{ c")


def test_the_wanted_variables_are_listed() -> None:
    template = "{{ b }} {% for x in a|lines %}{{ x }} {{ loop.index }}{% endfor %} {{ range(2) }}"
    assert templates.variables_of(template) == ("a", "b")


def test_a_long_case_fits_and_a_longer_one_is_refused() -> None:
    assert len(templates.render_text("{{ a|trim }}", {"a": "x" * 1_000_000})) == 1_000_000
    with pytest.raises(TemplateError, match="1 MiB"):
        templates.render_text("{{ a }}{{ a }}", {"a": "x" * 600_000})


def test_lone_surrogates_are_written_out() -> None:
    assert templates.render_text("\ud800{{ a }}", {"a": "\udfff"}) == "\\ud800\\udfff"
