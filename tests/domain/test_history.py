"""What changed lately, as somebody may read it who is to rate the same outputs."""

from datetime import UTC, datetime

from workbench.domain.history import Deed, HistoryEntry, for_reader


def entry(person: str, deed: Deed, what: str) -> HistoryEntry:
    return HistoryEntry(
        datetime.now(UTC), f"id-{person}", person, deed, None, "C1", what, f"{what} why"
    )


LATELY = [
    entry("Ben", Deed.RATING_KEEP, "C1 rated on case-2: Fail"),
    entry("Ada", Deed.RATING_KEEP, "C1 rated on case-2: Pass"),
    entry("Ben", Deed.REQUIREMENT_REVISE, "R1 revision 2"),
    entry("Ben", Deed.RATING_KEEP, "C1 rated on case-1: Pass"),
    entry("Ben", Deed.NOTE_KEEP, "It is rude"),
]


def test_what_others_said_of_outputs_is_counted_and_ones_own_stands_as_it_is() -> None:
    found = for_reader(LATELY, "id-Ada")
    assert [(one.person, one.what) for one in found] == [
        ("Ben", "2 outputs rated"),
        ("Ada", "C1 rated on case-2: Pass"),
        ("Ben", "R1 revision 2"),
        ("Ben", "1 note written or sorted"),
    ]
    assert [one.why for one in found if one.person == "Ben"] == ["", "R1 revision 2 why", ""]


def test_each_person_is_counted_apart() -> None:
    found = for_reader(LATELY, "id-Cy")
    assert [(one.person, one.what) for one in found if one.deed is Deed.RATING_KEEP] == [
        ("Ben", "2 outputs rated"),
        ("Ada", "1 output rated"),
    ]
