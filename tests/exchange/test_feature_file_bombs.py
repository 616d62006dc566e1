"""Feature files that are made to do harm end in a sentence, in time, and hold nobody up."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.empty import empty_store
from tests.liveness import share_while
from workbench.errors import InputError
from workbench.exchange.feature import reader
from workbench.exchange.feature.file import export, import_feature
from workbench.exchange.feature.yaml_reader import parse
from workbench.store.store import Store

SMALL = "workbench: 1\nfeature:\n  name: Small\n"
PADDING = "# " + "a comment\n# " * 1_000 + "\n"
"""Makes a file long enough for the child process."""


def bombs() -> Iterator[tuple[str, str]]:
    """Texts that take a reader of YAML for ever, or all memory."""
    tags = "".join(f"%TAG !t{i}! tag:example.com,2026:{i}\n" for i in range(20_000))
    yield "tags", f"{tags}---\n{SMALL}"
    yield "tags behind a comment", f"# hello\n\n{tags}---\n{SMALL}"
    yield "tags behind the document", f"{SMALL}...\n{tags}---\n{SMALL}"
    yield "other directives", "%FOO bar\n" * 200_000 + "---\n" + SMALL
    yield "directives behind other line ends", SMALL + "...\r" + "%TAG !a! b\u2028" * 40_000
    laughs = "a0: &a0 [x, x]\n" + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 200)
    )
    yield "aliases", laughs * 3
    yield "merges", "".join(f"a{i}: &a{i}\n  <<: [*a{i - 1}]\n" for i in range(1, 3_000))
    yield "flow depth", SMALL + "requirements: " + "[" * 200_000
    yield "block depth", SMALL + "requirements:\n" + "".join("- " for _ in range(100_000))
    yield "indentation", SMALL + "".join(f"{' ' * i}a:\n" for i in range(3_000))
    yield "keys in braces", SMALL + "requirements: " + "{? " * 100_000
    yield "one long key", SMALL + "x" * 1_000_000 + ": 1\n"
    yield "many keys", SMALL + "".join(f"k{i}: 1\n" for i in range(100_000))
    yield "many wrong keys below", SMALL + "requirements:\n" + "- kez: R1\n" * 30_000
    yield "an open quote", SMALL + 'requirements: "' + "x\n" * 1_000_000
    yield "escapes", SMALL + 'requirements: "' + "\\U0001F600" * 300_000 + '"'
    yield "anchors", SMALL + "requirements:\n" + "".join(f"- &a{i} x\n" for i in range(100_000))
    yield "documents", f"{SMALL}---\n" * 50_000
    yield "a tag that is long", SMALL + "requirements: !<" + "a" * 1_000_000 + "> x\n"


BOMBS = dict(bombs())


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_in_a_sentence_and_the_app_goes_on(name: str) -> None:
    said: list[InputError] = []

    def load() -> None:
        with pytest.raises(InputError) as refused:
            reader.load(BOMBS[name], "bomb.yaml")
        said.append(refused.value)

    share = share_while(load)
    assert share > 0.2
    assert said[0].message.startswith("bomb.yaml")
    assert len(str(said[0])) < 6_000
    assert "%" not in BOMBS[name] or "begins with “%”" in said[0].message


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"%YAML 1.1\n---\n{SMALL}", 1),
        (f"# first\n\n%TAG ! tag:x,2026:\n---\n{SMALL}", 3),
        (f"\ufeff%YAML 1.2\n---\n{SMALL}", 1),
        (f"{SMALL}...\n%YAML 1.1\n---\n", 5),
        (f"{SMALL}\r\n%nonsense\r\n", 5),
        (f"{SMALL}\r%nonsense", 5),
        (f"{SMALL}\x85%nonsense", 5),
    ],
)
def test_a_directive_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(InputError, match=rf"line {line}: a line that begins with “%”"):
        parse(text)


def test_percent_signs_in_texts_are_no_directives() -> None:
    text = (
        'a: "100 %\n  %TAG b"\nb: |\n  %TAG x\n  % done\nc: 5 %\n"%": 1\nd: >\n  %YAML 1.1\n'
        "e:\n- '%'\n"
    )
    assert parse(text) == {
        "a": "100 % %TAG b", "b": "%TAG x\n% done\n", "c": "5 %", "%": "1", "d": "%YAML 1.1\n",
        "e": ["%"],
    }  # fmt: skip


WRONG = (
    "requirements:\n- key: R1\n  statement: It works.\n  criteria:\n  - key: C1\n    title: T\n"
    "    scorer:\n      kind: length\n      settings: {max: 9}\n"
)
MISTAKES = (
    f"{SMALL}requirements:\n\t- key: R1\n",
    f'{SMALL}{WRONG}    bar: "0.9"\n',
    f"{SMALL}{WRONG}    bar: 90%\n    trget: 1\n",
    f"{SMALL}requirement: []\nprompts:\n- name: {{{{ x }}}}\n",
    f"{SMALL}a: *b\n",
    f"{SMALL}candidate: A\n",
    "name,score\na,1\nb,2\n",
    "[]",
    f"{SMALL}variants:\n- label: A\n  prompt: None\n  connection: x\n  model: m\n",
)


@pytest.mark.parametrize("text", MISTAKES)
def test_the_child_says_of_mistakes_what_is_said_at_once(text: str) -> None:
    with pytest.raises(InputError) as at_once:
        reader.read(text, "mine.yaml")
    # Behind the text, so that the lines stay the same.
    long = text + ("" if text.endswith("\n") else "\n") + PADDING
    if "," in text.split("\n")[0]:
        long = text + "c,3\n" * 3_000
    with pytest.raises(InputError) as elsewhere:
        reader.load(long, "mine.yaml")
    assert len(long) > reader.INLINE_CHARACTERS
    assert str(elsewhere.value) == str(at_once.value)
    assert elsewhere.value.hint == at_once.value.hint


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = empty_store(tmp_path)
    yield opened
    opened.close()


def test_a_long_file_comes_back_from_the_child_byte_for_byte(store: Store) -> None:
    text = (
        f"{SMALL}datasets:\n- name: Words\n  cases:\n"
        + "".join(
            f'  - key: c{i}\n    variables:\n      word: "\\u202e % {i} é 😀 \\x7f"\n'
            f"      number: '0{i}'\n      list: [1, 2.5, null, true, '1e3', -0.0]\n"
            for i in range(300)
        )
        + f"{WRONG}    bar: 0.9\n"
    )
    assert len(text) > reader.INLINE_CHARACTERS
    assert reader.load(text).data == reader.read(text).data
    feature = import_feature(store, text, "Ann")
    assert feature.id is not None
    first = export(store, feature.id)
    again = import_feature(store, first, "Bob", name="Again")
    assert again.id is not None
    assert export(store, again.id).replace("name: Again", "name: Small") == first
