"""Lists and groups of a case in templates: items and keys, within the same bounds."""

import pytest

from tests import pace
from workbench.domain.values import Value
from workbench.errors import TemplateError
from workbench.models import templates

CASE: dict[str, Value] = {
    "items": ["tea", 'a "cup"', True, None, 1.5],
    "order": {"id": "TB-1", "keys": ["a", "b"], "items": 2},
    "turns": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "yes?"}],
    "text": "abc",
}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{% for i in items %}* {{ i }}\n{% endfor %}", '* tea\n* a "cup"\n* true\n* \n* 1.5\n'),
        ("{{ items[0] }} {{ items[-1] }} {{ items|length }}", "tea 1.5 5"),
        ("{{ items }}", '["tea", "a \\"cup\\"", true, null, 1.5]'),
        ("{{ items|tojson }}", '["tea", "a \\"cup\\"", true, null, 1.5]'),
        ("{{ order.id }} {{ order['keys'][1] }} {{ order.items }}", "TB-1 b 2"),
        ("{{ order }}", '{"id": "TB-1", "keys": ["a", "b"], "items": 2}'),
        (
            "{% for t in turns %}{{ t.role }}: {{ t.content }};{% endfor %}",
            "user: hi;assistant: yes?;",
        ),
        ("{{ order['keys']|join(', ') }}", "a, b"),
        ("{% for k in order %}{{ k }} {% endfor %}", "id keys items "),
        ("{% if 'tea' in items %}yes{% endif %}", "yes"),
        ("{{ items[:1] }}", '["tea"]'),
    ],
)
def test_a_prompt_can_look_into_what_a_case_holds(template: str, text: str) -> None:
    assert templates.render_text(template, CASE) == text


def test_a_list_of_texts_goes_as_two_lines_and_a_text_like_one_as_text() -> None:
    loop = "{% for i in message %}* {{ i }}\n{% endfor %}"
    assert templates.render_text(loop, {"message": ["tea", "cup"]}) == "* tea\n* cup\n"
    for template in (loop, "{{ message[0] }}", "{% if message[ -1 ] %}x{% endif %}"):
        with pytest.raises(
            TemplateError, match="Line 1 of the template takes “message” for a list"
        ):
            templates.render_text(template, {"message": '["tea","cup"]'})
    lines = "{% for i in message|lines %}{{ i }};{% endfor %}{{ message[:1] }}"
    assert templates.render_text(lines, {"message": "a\nb"}) == "a;b;a"
    assert templates.render_text("{{ message }}", {"message": '["tea"]'}) == '["tea"]'


@pytest.mark.parametrize(
    "template",
    [
        "{{ items.append }}", "{{ items.__class__ }}", "{{ order.get }}", "{{ order.pop }}",
        "{{ items[1:].append }}", "{{ order.nothing }}", "{{ items[99] }}", "{{ text.upper }}",
        "{{ items.append('x') }}", "{{ items|join(text) }}", "{{ items|join('" + "x" * 99 + "') }}",
    ],
)  # fmt: skip
def test_nothing_of_pythons_own_is_a_part(template: str) -> None:
    with pytest.raises(TemplateError):
        templates.render_text(template, CASE)


def test_a_part_that_is_not_there_is_named_beside_those_that_are() -> None:
    with pytest.raises(TemplateError) as caught:
        templates.render_text("a\n{{ order.no }}", {"order": {"id": "1"}, "items": ["a"], "t": "x"})
    assert caught.value.message.startswith("Line 2 of the template uses a part")
    assert "order (with the keys id)" in caught.value.hint
    assert "items (a list of 1, from items[0])" in caught.value.hint


@pytest.mark.parametrize(
    "work",
    [
        "{% set x = many|tojson %}", "{{ many }}", "{% set x = many ~ many %}", "{{ many|string }}",
        "{% set x = many[1:]|tojson %}", "{% if 'q' in many %}{% endif %}",
        "{% if many == many[1:] %}{% endif %}", "{% for a in many %}{{ many }}{% endfor %}",
        "{% set x = many|join('aaaaaaaaaaaaaaaaaaaa') %}",
    ],
)  # fmt: skip
def test_a_loop_over_a_long_list_stays_bounded(work: str) -> None:
    given: dict[str, Value] = {"many": [f"word {i}" for i in range(15_000)]}
    template = f"{{% for i in range(9000) %}}{work}{{% endfor %}}"

    def render() -> None:
        with pytest.raises(TemplateError):
            templates.render_text(template, given)

    assert pace.is_at_most(100, render)


def test_a_case_of_more_than_a_mebibyte_in_a_list_is_refused() -> None:
    with pytest.raises(TemplateError, match="1 MiB"):
        templates.render_text("{{ many|length }}", {"many": ["x" * 300_000] * 4})
