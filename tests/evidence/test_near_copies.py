"""Cases that say nearly the same are found among many, in steps that grow with their number."""

import random
from uuid import UUID, uuid4

import pytest

from workbench.domain.datasets import Case
from workbench.evidence import near_copies

WORDS = [f"word{number}" for number in range(3_000)]


def case(number: int, text: str, *, held_out: bool = False) -> Case:
    return Case(
        uuid4(), UUID(int=1), f"case-{number}", number, {"message": text}, None, (), "", held_out
    )


def unlike(n: int, seed: int = 1) -> list[Case]:
    """Cases that have nothing to do with each other."""
    drawn = random.Random(seed)
    return [case(i, " ".join(drawn.choices(WORDS, k=40))) for i in range(n)]


@pytest.mark.parametrize(
    ("text", "other"),
    [
        (
            "My parcel 48213 has not arrived yet, where is it?",
            "My parcel 48219 has not arrived yet, where is it?",
        ),
        ("Where is my refund?", "where is my refund"),
        (
            "Hello, I want to cancel order 12 please.",
            "Hello, I want to cancel the order 12 please!",
        ),
    ],
)
def test_two_that_differ_in_little_are_found(text: str, other: str) -> None:
    found = near_copies.among([case(1, text), case(2, other), *unlike(20)])
    assert [(pair.one, pair.other) for pair in found.pairs] == [("case-1", "case-2")]
    assert not found.leaks


def test_the_same_input_twice_is_a_copy_and_no_near_one() -> None:
    assert not near_copies.among([case(1, "Where is it?"), case(2, "Where is it? ")]).pairs


def test_a_held_out_case_with_a_twin_in_the_open_is_a_leak() -> None:
    text = "My parcel 48213 has not arrived yet, where is it?"
    found = near_copies.among([case(1, text, held_out=True), case(2, text.replace("3 ", "4 "))])
    assert len(found.leaks) == 1


def test_a_leak_into_another_dataset_is_told_and_the_same_input_is_one() -> None:
    text = "My parcel 48213 has not arrived yet, where is it?"
    held, shown = case(1, text, held_out=True), case(2, "Where is my refund?")
    elsewhere = {
        "tuning": [case(3, text), case(4, text.replace("3 ", "4 ")), case(5, "Where is my refund")]
    }
    found = near_copies.among([held, shown], elsewhere)
    assert [(p.one, p.other, p.dataset, p.is_leak) for p in found.pairs] == [
        ("case-1", "case-3", "tuning", True),
        ("case-1", "case-4", "tuning", True),
    ]
    assert found.cases == 1


def test_what_two_other_datasets_share_is_not_told_here() -> None:
    text = "My parcel 48213 has not arrived yet, where is it?"
    elsewhere = {"a": [case(3, text, held_out=True)], "b": [case(4, text)]}
    assert not near_copies.among(unlike(3), elsewhere).pairs


def test_unlike_cases_are_none_of_each_others() -> None:
    found = near_copies.among(unlike(300))
    assert (found.pairs, found.is_cut) == ((), False)


def test_planted_copies_are_found_among_ten_thousand() -> None:
    cases = unlike(10_000)
    drawn = random.Random(2)
    for number in range(100):
        words = str(cases[number].variables["message"]).split()
        words[drawn.randrange(len(words))] = "changed"
        cases.append(case(20_000 + number, " ".join(words)))
    found = near_copies.among(cases)
    planted = {(f"case-{n}", f"case-{20_000 + n}") for n in range(100)}
    assert len(planted & {(p.one, p.other) for p in found.pairs}) >= 97
    assert not found.is_cut


def test_cases_of_one_template_end_and_say_that_not_all_were_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(near_copies, "_MOST_PAIRS", 500)
    cases = [
        case(i, f"Please tell me where my order {i} is, thank you very much") for i in range(400)
    ]
    found = near_copies.among(cases)
    assert found.is_cut
    assert 0 < len(found.pairs) <= 500
