"""Datasets as deeds: kept with their line, refused whole, and the same again changes nothing."""

import pytest

from tests import building
from workbench.actions import datasets
from workbench.domain.datasets import CaseDraft
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.errors import Conflict, InputError
from workbench.store.engine.integrity import counts
from workbench.store.store import Store

MIRA = Person("browser-1", "Mira")
MAIL = [CaseDraft("", {"message": "Where is it?"}), CaseDraft("", {"message": "Thanks!"})]


def everything(store: Store) -> dict[str, tuple[int, int]]:
    """What every table holds."""
    return counts(store.database.rows)


def test_a_new_dataset_is_kept_with_its_line_in_the_history(store: Store) -> None:
    made = building.loop(store)
    kept = datasets.create(store, MIRA, made.feature_id, " Mail  of May ", MAIL)
    assert [case.key for case in store.datasets.cases(kept.version.id)] == ["case-001", "case-002"]
    assert (kept.version.name, kept.version.author) == ("Mail of May", "Mira")
    assert kept.changes.describe() == "2 added"
    (line,) = store.history.lately(made.feature_id)
    assert (line.person_id, line.deed, line.key) == ("browser-1", Deed.DATASET_ADD, "Mail of May")
    assert line.what == "Mail of May version 1"


@pytest.mark.parametrize(
    ("name", "cases", "problem"),
    [
        ("Inbox", MAIL, "There is a dataset named “Inbox” already"),
        ("INBOX", MAIL, "There is a dataset named “INBOX” already"),
        (" Inbox ", MAIL, "There is a dataset named “Inbox” already"),
        ("Inbоx", MAIL, "looks the same"),  # a Cyrillic о
        ("  ", MAIL, "has no name"),
        ("Mail", [], "at least one case"),
        ("Mail", [CaseDraft("a", {"order id": "1"})], "cannot be the name of a variable"),
        ("Mail", [CaseDraft("a")], "has neither variables nor a conversation"),
    ],
)
def test_a_dataset_that_is_refused_changes_nothing(
    store: Store, name: str, cases: list[CaseDraft], problem: str
) -> None:
    made = building.loop(store)
    before = everything(store)
    with pytest.raises(InputError, match=problem):
        datasets.create(store, MIRA, made.feature_id, name, cases)
    assert everything(store) == before


def test_another_feature_may_have_a_dataset_of_the_same_name(store: Store) -> None:
    building.loop(store)
    other = building.loop(store, name="Another feature")
    assert datasets.create(store, MIRA, other.feature_id, "Mail", MAIL).version.number == 1


def test_a_version_is_kept_with_what_changed_and_why(store: Store) -> None:
    made = building.loop(store)
    cases = [case.draft() for case in store.datasets.cases(made.dataset.id)]
    more = [*cases[1:], CaseDraft("x", cases[0].variables)]
    kept = datasets.save(store, MIRA, made.feature_id, made.dataset, more, " Newer mail ")
    assert kept.changes.describe() == "1 added, 1 removed"
    assert (kept.version.number, kept.version.note) == (2, "Newer mail")
    (line,) = store.history.lately(made.feature_id)
    assert (line.deed, line.key) == (Deed.DATASET_EDIT, "Inbox")
    assert (line.what, line.why) == ("Inbox version 2", "Newer mail")


def test_a_version_without_a_note_says_what_changed(store: Store) -> None:
    made = building.loop(store)
    cases = [case.draft() for case in store.datasets.cases(made.dataset.id)]
    kept = datasets.save(store, MIRA, made.feature_id, made.dataset, cases[1:])
    assert kept.version.note == "1 removed"


def test_a_version_that_changes_nothing_is_none(store: Store) -> None:
    made = building.loop(store)
    cases = [case.draft() for case in store.datasets.cases(made.dataset.id)]
    before = everything(store)
    kept = datasets.save(store, MIRA, made.feature_id, made.dataset, cases, "Again")
    assert (kept.version.number, bool(kept.changes)) == (1, False)
    assert everything(store) == before


def test_who_was_overtaken_changes_nothing(store: Store) -> None:
    made = building.loop(store)
    cases = [case.draft() for case in store.datasets.cases(made.dataset.id)]
    datasets.save(store, MIRA, made.feature_id, made.dataset, cases[1:], "Fewer")
    before = everything(store)
    with pytest.raises(Conflict, match="Mira saved version 2"):
        datasets.save(store, MIRA, made.feature_id, made.dataset, cases[:1], "One")
    assert everything(store) == before


def test_an_older_version_comes_back_as_the_newest(store: Store) -> None:
    made = building.loop(store)
    cases = [case.draft() for case in store.datasets.cases(made.dataset.id)]
    newest = datasets.save(store, MIRA, made.feature_id, made.dataset, cases[1:], "Fewer").version
    kept = datasets.bring_back(store, MIRA, made.feature_id, made.dataset, newest)
    assert (kept.version.number, kept.version.n_cases) == (3, len(cases))
    assert store.history.lately(made.feature_id)[0].why == "Brought back version 1"


def test_cases_are_taken_into_a_new_dataset_or_one_that_is_there(store: Store) -> None:
    made = building.loop(store)
    first = datasets.take_in(store, MIRA, made.feature_id, "Mail", MAIL)
    assert (first.is_new, first.kept.version.n_cases, first.repeated) == (True, 2, 0)
    more = [CaseDraft("case-001", {"message": "Where is my parcel?"}), MAIL[1], MAIL[1]]
    second = datasets.take_in(store, MIRA, made.feature_id, " Mail", more, note="From June")
    assert (second.is_new, second.kept.changes.describe()) == (False, "1 added, 1 edited")
    assert (second.kept.version.note, second.repeated) == ("From June", 1)


def test_the_same_cases_again_change_nothing(store: Store) -> None:
    made = building.loop(store)
    datasets.take_in(store, MIRA, made.feature_id, "Mail", [*MAIL, MAIL[0]])
    before = everything(store)
    again = datasets.take_in(store, MIRA, made.feature_id, "Mail", [*MAIL, MAIL[0]])
    assert (again.kept.version.number, again.kept.changes.describe()) == (1, "no changes")
    assert everything(store) == before


def test_cases_may_take_the_place_of_those_that_are_there(store: Store) -> None:
    made = building.loop(store)
    datasets.take_in(store, MIRA, made.feature_id, "Mail", MAIL)
    only = [CaseDraft("k", {"message": "Hi"})]
    kept = datasets.take_in(store, MIRA, made.feature_id, "Mail", only, replaces=True).kept
    assert kept.changes.describe() == "1 added, 2 removed"
    assert [case.key for case in store.datasets.cases(kept.version.id)] == ["k"]
