"""The capability packs that come with the workbench, and what a pack's file may be."""

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.empty import empty_store
from workbench.actions import packs
from workbench.domain import values
from workbench.domain.criteria import Criterion
from workbench.domain.datasets import Case, CaseDraft
from workbench.domain.people import Person
from workbench.domain.prompts import PromptText
from workbench.domain.scores import Outcome
from workbench.domain.tools import ToolCall
from workbench.errors import InputError
from workbench.exchange.feature import file as feature_file
from workbench.exchange.feature import kinds, reader
from workbench.models.templates import render
from workbench.scoring.checks import Subject, check
from workbench.store.engine.integrity import orphans
from workbench.store.keys import new_id
from workbench.store.store import Store

ADA = Person("browser", "Ada")
NAMES = sorted(packs.built_in())
WRONG = (
    "Perhaps.",
    "I'm sorry, but I can't help with that.",
    "Sure. As an AI language model I will add that on Monday 99 people get a refund of $7. " * 9,
    "Not in the text.",
)
"""Answers that are plainly wrong; each criterion has to see through at least one of them."""


@cache
def of(name: str) -> reader.FeatureFile:
    """A pack as the page that offers it reads it: in this process."""
    return packs.checked(reader.read(kinds.read(packs.built_in()[name])))


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store in which each pack is kept the first time that it is asked for."""
    opened = empty_store(tmp_path_factory.mktemp("shelf"))
    yield opened
    assert orphans(opened.database) == []
    opened.close()


def cases(file: reader.FeatureFile) -> list[Case]:
    (dataset,) = file.entries("datasets")
    drafts = [
        CaseDraft(
            each["key"], each["variables"], each.get("reference"), tuple(each.get("tags", ()))
        )
        for each in dataset["cases"]
    ]
    return [
        Case(new_id(), new_id(), d.key, i, d.variables, d.reference, d.tags, "", False)
        for i, d in enumerate(drafts)
    ]


def criteria(store: Store, name: str) -> list[Criterion]:
    kept = packs.bring_in(store, ADA, of(name))
    assert kept.feature_id is not None
    return store.criteria.of(kept.feature_id)


def subject(answer: str, case: Case, *, is_right: bool = True) -> Subject:
    """An answer to a case; where its reference names a tool, with the call that it wants, or
    another one."""
    wanted = case.reference if isinstance(case.reference, dict) else {}
    calls = [ToolCall("launch", "{}")] if "tool" in wanted else []
    if is_right and "tool" in wanted:
        right = ToolCall(str(wanted["tool"]), json.dumps(wanted["arguments"]))
        calls = [] if right.name == "none" else [right]
    return Subject(answer, case.names(), calls=calls)


def answers(reference: Any) -> Iterator[str]:
    """What a reference means as an answer: of a list each item, a group of keys as JSON."""
    if isinstance(reference, list):
        yield from map(str, reference)
    elif isinstance(reference, dict):
        yield json.dumps(reference)
    else:
        yield reference


def test_there_are_at_least_twelve() -> None:
    assert len(NAMES) >= 12


@pytest.mark.parametrize("name", NAMES)
def test_a_pack_is_whole(name: str) -> None:
    file = packs.read(name)
    assert file.data == of(name).data
    assert file.pack is not None
    assert file.pack.key == name
    held = cases(file)
    assert 20 <= len(held) <= 60
    assert len({case.key for case in held}) == len(held)
    inputs = Counter(json.dumps(case.variables, sort_keys=True) for case in held)
    assert inputs.most_common(1)[0][1] == 1, "an input stands twice"
    assert len(file.data["feature"]["problem"]) > 80
    assert "XSTest" in file.pack.attribution or "XSTest" not in str(file.data)


@pytest.mark.parametrize("name", NAMES)
def test_every_case_can_be_asked(name: str) -> None:
    file = of(name)
    (prompt,) = file.entries("prompts")
    version = prompt["versions"][-1]
    text = PromptText(version.get("system", ""), version["user"])
    for case in cases(file):
        assert all("{{" not in m.content for m in render(text, case.variables))


@pytest.mark.parametrize("name", NAMES)
def test_right_answers_pass_and_plainly_wrong_ones_fail(shelf: Store, name: str) -> None:
    file, asked = of(name), criteria(shelf, name)
    for case in cases(file):
        about = [c for c in asked if c.applies_to(case.tags)]
        assert about, f"no criterion looks at {case.key}"
        for criterion in about:
            where, scorer = f"{case.key} {criterion.key}", criterion.draft.scorer
            for answer in answers(case.reference) if case.reference is not None else ():
                said = check(scorer, subject(answer, case))
                assert said.outcome is Outcome.PASS, f"{where}: {answer!r}: {said.reason}"
            # The word of an order that is hidden in a text stands beside it in the case.
            lures = [case.variables["bait"]] if "bait" in case.variables else []
            wrong = [check(scorer, subject(str(w), case, is_right=False)) for w in (*WRONG, *lures)]
            assert Outcome.FAIL in [said.outcome for said in wrong], where


@pytest.mark.parametrize("name", NAMES)
def test_a_perfect_model_could_meet_every_bar(shelf: Store, name: str) -> None:
    """One-sided bound of n passes of n: alpha ** (1 / n)."""
    held = cases(of(name))
    for criterion in criteria(shelf, name):
        n = sum(criterion.applies_to(case.tags) for case in held)
        least = (1 - criterion.draft.confidence) ** (1 / n)
        assert least >= criterion.draft.bar, f"{criterion.key}: {n} cases"


def test_references_of_other_cases_are_no_right_answers(shelf: Store) -> None:
    """Where each case has an answer of its own, the check must tell it from the next one's."""
    for name in ("extract-fields", "long-input", "arithmetic-and-dates", "answers-from-text"):
        held, asked = cases(of(name)), criteria(shelf, name)
        for case, other in zip(held, held[2:], strict=False):
            if case.reference == other.reference or case.tags != other.tags:
                continue
            (answer, *_) = answers(other.reference)
            found = {
                check(c.draft.scorer, Subject(answer, case.names())).outcome
                for c in asked
                if c.applies_to(case.tags)
            }
            assert Outcome.FAIL in found, f"{name} {case.key}"


def test_a_pack_is_no_feature_in_the_list_but_its_name_is_taken(store: Store) -> None:
    kept = packs.bring_in(store, ADA, of("exact-lists"))
    assert store.features.all() == []
    assert [feature.id for feature in store.features.every()] == [kept.feature_id]
    assert [pack.label for pack in store.packs.all()] == ["exact-lists@1"]
    assert store.features.named(kept.name) is not None


def test_bringing_a_pack_in_twice_gives_the_same_one(store: Store) -> None:
    first = packs.bring_in(store, ADA, of("word-limit"))
    assert packs.bring_in(store, ADA, of("word-limit")) == first
    assert len(store.history.lately(first.feature_id)) == 1


def test_a_pack_comes_back_byte_for_byte(store: Store, tmp_path: Path) -> None:

    kept = packs.bring_in(store, ADA, of("refuses-what-it-should"))
    assert kept.feature_id is not None
    text = feature_file.export(store, kept.feature_id)
    assert "attribution: Prompts from XSTest" in text.replace('"', "")
    elsewhere = empty_store(tmp_path)
    again = feature_file.import_feature(elsewhere, text, "Bo")
    assert again.id is not None
    assert feature_file.export(elsewhere, again.id) == text
    elsewhere.close()


def test_what_was_tried_on_a_pack_in_the_playground_is_no_part_of_its_file(store: Store) -> None:
    kept = packs.bring_in(store, ADA, of("word-limit"))
    assert kept.feature_id is not None
    text = feature_file.export(store, kept.feature_id)
    store.prompts.save(kept.feature_id, "A try", PromptText("", "{{text}}"), "Ada")
    tried = CaseDraft("input-001", {"text": "mine"})
    store.datasets.add(kept.feature_id, "A dataset of mine", [tried], "Ada")
    assert feature_file.export(store, kept.feature_id) == text
    reader.read(text)


def changed(old: str, new: str) -> str:
    text = packs.built_in()["word-limit"].read_text("utf-8")
    assert old in text
    return text.replace(old, new, 1)


def test_a_changed_pack_needs_a_higher_version(store: Store) -> None:
    packs.bring_in(store, ADA, of("word-limit"))
    other = changed("max: 20", "max: 25")
    with pytest.raises(InputError) as refused:
        packs.bring_in(store, ADA, reader.read(other))
    assert "higher version" in refused.value.hint
    newer = packs.bring_in(store, ADA, reader.read(other.replace("version: 1", "version: 2", 1)))
    assert [pack.label for pack in store.packs.all()] == ["word-limit@1", "word-limit@2"]
    assert newer.name.endswith("(pack word-limit@2)")


def test_a_longer_title_leaves_room_for_the_version(store: Store) -> None:
    text = changed("name: Keeps to a limit of words", f"name: {'Long ' * 15}")
    kept = packs.bring_in(store, ADA, reader.read(text))
    assert len(kept.name) <= 80
    assert kept.name.endswith("… (pack word-limit@1)")
    assert kept.title == ("Long " * 15).strip()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("key: word-limit", "key: Word limit", "key"),
        ("licence: Apache-2.0", "licence: ''", "licence"),
        ("max_tokens: 80", "headers: {X-Key: SECRET}", "headers"),
        ("kind: length", "kind: rating", "code scores"),
        ("datasets:", "candidate: A\ndatasets:", "candidate"),
        (
            "prompts:",
            "variants:\n- {label: A, prompt: Question, connection: Elsewhere, model: m}\nprompts:",
            "names no model",
        ),
        ("prompts:", "prompts:\n- name: Second\n  versions:\n  - user: hi", "one of its prompts"),
    ],
)
def test_a_file_that_can_be_tried_on_no_model_is_refused(old: str, new: str, said: str) -> None:
    text = changed(old, new)
    if "rating" in new:
        text = text.split("      settings:")[0] + "    bar: 0.5\n" + text[text.index("datasets:") :]
    with pytest.raises(InputError, match=said):
        reader.read(text)


def test_a_feature_file_is_no_pack_and_an_unknown_name_is_answered_with_those_there_are(
    tmp_path: Path,
) -> None:
    with pytest.raises(InputError) as refused:
        packs.read("exact-list")
    assert "exact-lists" in refused.value.hint
    path = tmp_path / "plain.yaml"
    path.write_text("workbench: 1\nfeature: {name: Plain}\n", "utf-8")
    with pytest.raises(InputError, match="not a capability pack"):
        packs.read(str(path))
    with pytest.raises(InputError, match="no file"):
        packs.read(str(tmp_path / "missing.yaml"))


def test_values_in_references_are_text_or_json(store: Store) -> None:
    for name in NAMES:
        for case in cases(of(name)):
            assert values.of(case.reference) == (case.reference or "")
