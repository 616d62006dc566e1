"""The commonest mistakes in a feature file, told as the person who made them would."""

# ruff: noqa: E501 (one line for one mistake)

from pathlib import Path

import pytest

from workbench.errors import InputError
from workbench.exchange.feature import file
from workbench.exchange.feature.kinds import text_of

CASES = Path(__file__).parent.parent / "cases"
HEAD = "workbench: 1\nfeature: {name: F}\n"
CRITERION = (
    f"{HEAD}requirements:\n- key: R1\n  statement: S\n  criteria:\n  - key: C1\n    title: T\n"
    "    scorer: {kind: contains, settings: {texts: [a]}}\n"
)
DATASET = f"{HEAD}datasets:\n- name: D\n  cases:\n  - key: c1\n    variables: {{NAME: x}}\n"


def refused(text: str) -> tuple[str, str]:
    """What is said of a file, and what to do."""
    with pytest.raises(InputError) as caught:
        file.load(text, "f.yaml")
    return caught.value.message, caught.value.hint


@pytest.mark.parametrize(
    ("name", "line", "said", "hint"),
    [
        (
            "quoted_bar",
            12,
            "“0.8” is in quotes, which makes it text",
            "Take the quotes off: “bar: 0.8”",
        ),
        ("tab", 3, "a tab indents line 3", "Use spaces"),
        ("braces", 10, "{{order_id}} stands without quotes", "Put quotes around {{order_id}}"),
    ],
)
def test_the_mistakes_of_a_first_file(name: str, line: int, said: str, hint: str) -> None:
    text = (CASES / f"28-feature-file-first-mistakes/{name}.yaml").read_text("utf-8")
    message, help_text = refused(text)
    assert message.startswith(f"f.yaml, line {line}: ")
    assert said in message
    assert hint in help_text


@pytest.mark.parametrize(
    ("text", "line", "said", "hint"),
    [
        ("workbench: 1\nfeature:\n  name:Support\n  job: x\n", 3, "a space is missing after “name:”", "“name: Support”"),
        ("workbench:1\nfeature: {name: F}\n", 1, "a space is missing after “workbench:”", ""),
        (f"{HEAD}requirements:\n-key: R1\n  statement: x\n", 4, "a space is missing after the dash", ""),
        ("workbench: 1\nfeature:\n  name: F\n   job: x\n", 4, "begins with 3 spaces", "below each other"),
        ("workbench: 1\nfeature:\n    name: F\n  job: x\n", 4, "begins with 2 spaces", ""),
        ("workbench: 1\nfeature:\n  name: Note: be kind\n", 3, "holds a colon", 'name: "Note: be kind"'),
        ("workbench: 1\nfeature:\n  name: \"F\n  job: x\n", 3, "never closed", ""),
        ("workbench: 1\nfeature: {name: F\nprompts: []\n", 2, "is not closed", "Close it"),
        ("workbench: 1\nfeature:\n  name: \"Fast\" replies\n", 3, "after its closing quote", "whole text"),
        ("workbench: 1\nfeature:\n  name: 'it's'\n", 3, "after its closing quote", ""),
        ("workbench: 1\nfeature:\n  name: @home\n", 3, "begins with “@”", "Put quotes"),
        ("workbench: 1\nfeature:\n  name: *bold*\n", 3, "begins with “*”", "Put quotes"),
        ("workbench: 1\nfeature:\n  name: \"C:\\Users\"\n", 3, "backslash", "single quotes"),
        ("workbench: 1\nfeature:\n  name: {{ a }} and b\n", 3, "without quotes", 'name: "{{ a }} and b"'),
        ("workbench: 1\nfeature:\n  name: {% if a %}b{% endif %}\n", 3, "begins with “{%”", ""),
        ("workbench: 1\nfeature:\n  name: F\nproblem\n", 4, "no “key: value”", "colon"),
        (f"{CRITERION}    bar: 90%\n", 10, "“90%” is not a number", "Write 0.9 for 90%"),
        (f"{CRITERION}    bar: 90\n", 10, "90 is greater than", "write 0.9 for 90%"),
        (f"{CRITERION}    confidence: 95\n", 10, "95 is greater", "write 0.95 for 95%"),
        (f"{CRITERION}    bar: 0,9\n", 10, "“0,9” is not a number", "Write it with a point: 0.9"),
        (f"{CRITERION}    bar: “0.9”\n", 10, "“0.9” is not a number", "Take the curly quotes off"),
        (CRITERION.replace("[a]", "[a], ignore_case: yes"), 9, "“yes” is not true", "Write true."),
        (CRITERION.replace("[a]", '[a], ignore_case: "true"'), 9, "in quotes", "ignore_case: true"),
        (CRITERION.replace("[a]", "a"), 9, "“a” is not a list", 'texts: ["a"]'),
        (CRITERION.replace("texts: [a]", "pattern: a"), 9, "“pattern” is not a setting", "texts"),
        (CRITERION.replace("contains", "containz"), 9, "“containz” is not a choice", "not_contains"),
        (f"{CRITERION}    baar: 0.9\n", 10, "“baar” is not a key", "Did you mean “bar”?"),
        ("workbench: 1\nfeature:\n- name: F\n", 3, "a list is not a group", "without a dash"),
        (f"{HEAD}requirements:\n  key: R1\n", 4, "a group of keys is not a list", "with a dash"),
        (f"{HEAD}requirements:\n- key: R1\n", 4, "“statement” is missing", "Add “statement: …”"),
        (f"{HEAD}feature: {{name: G}}\n", 3, "the key “feature” a second time", "Remove one"),
        (DATASET.replace("NAME", "user question"), 7, "“user question” cannot be", "user_question"),
        (DATASET.replace("NAME", "loop"), 7, "“loop” cannot be the name", "“loop_text” can"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line_and_its_cure(
    text: str, line: int, said: str, hint: str
) -> None:
    message, help_text = refused(text)
    assert message.startswith(f"f.yaml, line {line}: ")
    assert said in message
    assert hint in help_text


def test_a_variable_called_reference_is_refused_with_its_line() -> None:
    text = (CASES / "13-variable-called-reference/feature.yaml").read_text("utf-8")
    message, _ = refused(text)
    assert "f.yaml: 2 things are wrong" in message
    assert "Line 38: datasets[0].cases[0].variables.reference: “reference” cannot be" in message


def test_several_mistakes_are_all_named() -> None:
    wrong = CRITERION.replace("title: T", "titel: T") + '    bar: "0.8"\n    measure: x\n'
    message, hint = refused(wrong)
    assert message.splitlines()[0] == "f.yaml: 3 things are wrong."
    for line, said in ((8, "“titel” is not a key"), (10, "in quotes"), (11, "“x” is not a choice")):
        assert any(row.startswith(f"Line {line}: ") and said in row for row in message.splitlines())
    assert "“title” is missing" not in message
    assert "nothing was kept" in hint


def test_mistakes_of_different_parts_are_all_named() -> None:
    wrong = CRITERION.replace("statement: S", "statement: ' '") + "    bar: 1\ncandidate: Z\n"
    message, _ = refused(wrong)
    assert [row.split(":")[0] for row in message.splitlines()[1:]] == [
        "Line 4",
        "Line 7",
        "Line 11",
    ]


def test_an_experiment_cannot_ask_with_an_empty_or_broken_prompt() -> None:
    sample = (
        f"{CRITERION}{DATASET.removeprefix(HEAD).replace('NAME', 'q')}prompts:\n- name: P\n"
        "  versions:\n  - {number: 1, user: TEXT}\nvariants:\n- {label: A, prompt: P, "
        "connection: c, model: m}\nexperiments:\n- {key: E1, question: Q, dataset: D, "
        "variants: [A], criteria: [C1]}\n"
    )
    assert "The user message is empty" in refused(sample.replace("TEXT", '" "'))[0]
    assert "Line 1 of the template" in refused(sample.replace("TEXT", '"{{ q"'))[0]
    file.load(sample.replace("TEXT", '"{{ q }}"'))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04\x14\0", "a Word, Excel or ZIP file"),
        (b"%PDF-1.7", "a PDF"),
        (b"{\\rtf1 x}", "a rich-text document"),
        ("workbench: 1".encode("utf-16"), "UTF-16"),
        (
            "workbench: 1\nfeature: {name: Café}".encode("latin-1"),
            "line 2: this is not text in UTF-8",
        ),
    ],
)
def test_another_kind_of_file_is_named(data: bytes, said: str) -> None:
    with pytest.raises(InputError) as caught:
        text_of(data, "f.yaml")
    assert said in caught.value.message
    assert caught.value.hint


def test_a_mark_at_the_beginning_is_no_part_of_the_text() -> None:
    assert text_of("workbench: 1".encode("utf-8-sig")) == "workbench: 1"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("message,reference\nhi,ok\n", "is a table (CSV)"),
        ("message;reference\nhi;ok\n", "is a table (CSV)"),
        ('{"a": 1}\n{"a": 2}\n', "JSON lines"),
        ("- a\n- b\n", "a list, not a feature file"),
        ("", "is empty"),
        ("# nothing yet\n", "is empty"),
    ],
)
def test_text_of_another_kind_is_named(text: str, said: str) -> None:
    assert said in refused(text)[0]
