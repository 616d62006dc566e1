"""What differs between two versions of a dataset, and edits that are not saved yet."""

import json

import pytest

from workbench.domain.dataset_changes import (
    Changes,
    Edits,
    added_to,
    changes,
    new_row,
    repeated,
    saved_row,
)
from workbench.domain.datasets import CaseDraft, checked
from workbench.errors import InputError


def case(key: str, text: str = "hello", **more: object) -> CaseDraft:
    return CaseDraft(key, {"message": text}, **more)  # type: ignore[arg-type]  # for brevity


A, B, C = case("a"), case("b"), case("c")


def test_changes_name_the_keys_that_were_added_removed_and_edited() -> None:
    after = [A, case("b", "something else"), case("d")]
    assert changes([A, B, C], after) == Changes(("d",), ("c",), ("b",))


def test_the_order_of_tags_and_of_cases_is_no_change() -> None:
    before = [case("a", tags=("x", "y")), B]
    assert not changes(before, [B, case("a", tags=("y", "x"))])


def test_changes_are_said_in_words() -> None:
    assert Changes(("d", "e"), (), ("b",)).describe() == "2 added, 1 edited"
    assert Changes().describe() == "no changes"


def test_edits_replace_remove_and_add_cases() -> None:
    edits = Edits(
        {saved_row("a"): case("a", "new words"), new_row("1"): case("d")},
        frozenset({saved_row("b")}),
    )
    assert edits.apply([A, B, C]) == (case("a", "new words"), C, case("d"))


def test_a_case_may_get_another_key() -> None:
    assert Edits({saved_row("a"): case("z")}).apply([A, B]) == (case("z"), B)


def test_a_new_case_without_a_key_gets_a_free_one() -> None:
    found = Edits({new_row("1"): case("")}).apply([case("case-002")])
    assert [each.key for each in found] == ["case-002", "case-003"]


def test_rows_that_were_added_and_left_empty_are_not_kept() -> None:
    blank = CaseDraft("", {"message": "  "})
    assert Edits({new_row("1"): blank}).apply([A]) == (A,)


def test_later_edits_lie_on_top() -> None:
    first = Edits({saved_row("a"): case("a", "one"), new_row("1"): case("d")})
    later = Edits({saved_row("a"): case("a", "two")}, frozenset({new_row("1"), saved_row("b")}))
    assert first.then(later).apply([A, B]) == (case("a", "two"),)


def test_removing_a_row_that_was_never_saved_leaves_nothing_behind() -> None:
    added = Edits({new_row("1"): case("d")})
    assert not added.then(Edits(removed=frozenset({new_row("1")})))


def test_edits_apply_to_a_newer_version_and_lose_nothing_that_was_written() -> None:
    edits = Edits({saved_row("b"): case("b", "mine")})
    assert edits.apply([A, C]) == (A, C, case("b", "mine"))


def test_edits_survive_being_kept_as_a_draft() -> None:
    edits = Edits(
        {
            new_row("z"): case("z", tags=("t",), held_out=True),
            saved_row("a"): case("a", "x", reference="y", source="inbox"),
        },
        frozenset({saved_row("b")}),
        ("order_id",),
    )
    kept = Edits.from_json(json.loads(json.dumps(edits.to_json(), sort_keys=True)))
    assert kept == edits
    assert list(kept.rows) == list(edits.rows)


def test_edits_are_counted_in_words() -> None:
    edits = Edits({saved_row("a"): A, new_row("1"): B}, frozenset({saved_row("c")}), ("order_id",))
    assert edits.describe() == "1 added, 1 edited, 1 removed, 1 new variable"


def test_adding_a_case_under_a_key_that_is_there_replaces_it() -> None:
    assert added_to([A, B], [case("a", "newer"), C]) == (case("a", "newer"), B, C)


def test_adding_cases_without_keys_never_replaces_one() -> None:
    found = added_to([case("case-001"), case("case-002")], [case("", "x"), case("", "y")])
    assert [each.key for each in found] == ["case-001", "case-002", "case-003", "case-004"]


def test_adding_the_same_cases_again_adds_none() -> None:
    more = [case("", "x"), case("", "x"), CaseDraft("", {"list": ["x"]}, " ", ("b", "a"))]
    once = added_to([A], more)
    assert len(once) == 4
    assert added_to(once, more) == once
    assert added_to(once, [*more, case("", "x")]) == (*once, case("case-005", "x"))


@pytest.mark.parametrize(
    "other",
    [
        CaseDraft("", {"text": "x"}, "a good answer"),
        CaseDraft("", {"text": "x"}, tags=("urgent",)),
        CaseDraft("", {"text": "x"}, held_out=True),
        CaseDraft("", {"text": "x"}, group="doc"),
        CaseDraft("", {"text": ["x"]}),
        CaseDraft("", {"text": " x"}),
        CaseDraft("", {"text": "x", "more": ""}),
    ],
)
def test_a_case_that_differs_in_anything_is_added(other: CaseDraft) -> None:
    assert len(added_to([CaseDraft("a", {"text": "x"})], [other])) == 2


def test_cases_that_repeat_an_input_are_counted() -> None:
    assert repeated([A, B, case("c", "other"), case("d", " hello ")]) == 2


@pytest.mark.parametrize(
    ("cases", "problem"),
    [
        ([], "at least one case"),
        ([case(" ")], "has no key"),
        ([A, case(" a ")], "Two cases have the key “a”"),
        ([CaseDraft("a")], "has neither variables nor a conversation"),
    ],
)
def test_unusable_cases_are_refused_by_name(cases: list[CaseDraft], problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        checked(cases)
