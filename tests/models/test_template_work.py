"""What a loop may do with long values is weighed: no template keeps other threads waiting."""

import pytest

from tests import pace
from workbench.errors import TemplateError
from workbench.models import templates

LENGTH = 2_000
TEXT = "x" * 150_000
VALUES = {
    "s": TEXT,
    "same": "x" * 149_999 + "y",
    "capitals": TEXT.upper(),
    "a": [str(i) for i in range(8_000)],
    "b": [str(i) for i in range(7_999)] + ["x"],
    "m": {f"k{i}": "v" for i in range(5_000)},
    "long": ["x" * 100_000],
}


def _loop(inside: str) -> str:
    return "{% for i in range(9999) %}" + inside + "{% endfor %}"


SLOW = {
    "lists compared": _loop("{% if a is eq b %}{% endif %}"),
    "texts compared": _loop("{% if s == same %}{% endif %}"),
    "texts compared by a test": _loop("{% if s is eq same %}{% endif %}"),
    "not equal": _loop("{% if s is not ne(same) %}{% endif %}"),
    "beginnings": _loop("{% if s is startingwith(s) %}{% endif %}"),
    "small letters": _loop("{% if s is lower %}{% endif %}"),
    "capitals": _loop("{% if capitals is upper %}{% endif %}"),
    "keys": _loop("{% for k in m %}{% break %}{% endfor %}"),
    "a condition": "{% for i in range(9999) if s == same %}x{% endfor %}",
    "made by set": "{% set t = s %}" + _loop("{% if t is lower %}{% endif %}"),
    "made by a block": "{% set t %}{{ s }}{% endset %}" + _loop("{% if t is lower %}{% endif %}"),
    "made within": _loop("{% set t = s %}{% if t is lower %}{% endif %}"),
    "an item": "{% for x in long %}" + _loop("{% if x is lower %}{% endif %}") + "{% endfor %}",
    "without a loop": "{% if s is lower %}{% endif %}" * 2_000,
    "in one condition": ("{% if s is lower" + " and s is lower" * 20 + " %}{% endif %}") * 200,
}


@pytest.mark.parametrize("template", SLOW.values(), ids=SLOW.keys())
def test_long_values_leave_fewer_steps(template: str) -> None:
    def render() -> None:
        with pytest.raises(TemplateError, match="too much work"):
            templates.render_text(template, VALUES)

    assert pace.is_at_most(100, render)


@pytest.mark.parametrize(
    "template",
    [
        "{% for line in doc|lines %}{{ loop.index }}: {{ line }}\n{% endfor %}",
        "{% for line in doc|lines if line|length > 3 %}{{ line|trim }}{% endfor %}",
        "{% for line in doc|lines %}{% if name in line %}{{ line }}{% endif %}{% endfor %}",
        "{% for x in rows %}{% if x.kind == name %}{{ x.text }}{% endif %}{% endfor %}",
        "{% for x in rows %}{% for w in x.words %}{% if x.kind == name %}{{ w }}{% endif %}"
        "{% endfor %}{% endfor %}",
        "{% for i in range(3) %}{% if name in doc %}{{ i }}{% endif %}{% endfor %}",
    ],
)
def test_a_loop_over_a_long_document_has_all_its_steps(template: str) -> None:
    values = {
        "doc": "a line of a long document, as long as lines are\n" * LENGTH,
        "rows": [{"kind": "n", "text": "t" * 20, "words": ["a"]} for _ in range(LENGTH)],
        "name": "n",
    }
    assert templates.render_text(template, values)
