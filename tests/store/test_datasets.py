"""Datasets and their versions: added to, never changed."""

from uuid import UUID, uuid4

import pytest

from workbench.domain.dataset_changes import Changes
from workbench.domain.datasets import CaseDraft, DatasetVersion
from workbench.domain.features import Feature
from workbench.errors import Conflict, InputError, NotFound
from workbench.store.reports.datasets import Covered
from workbench.store.store import Store


def case(key: str, text: str = "hello", *tags: str, **more: object) -> CaseDraft:
    return CaseDraft(key, {"message": text}, tags=tags, **more)  # type: ignore[arg-type]  # brevity


@pytest.fixture
def feature_id(store: Store) -> UUID:
    found = store.features.add(Feature(name="Replies")).id
    assert found is not None
    return found


@pytest.fixture
def first(store: Store, feature_id: UUID) -> DatasetVersion:
    """A dataset with the cases a, b and c."""
    cases = [case("a", "one", "x"), case("b", "two", "x", "y"), case("c", "three")]
    return store.datasets.add(feature_id, "Mail", cases, "Ada")


def saved(store: Store, before: DatasetVersion, *cases: CaseDraft) -> DatasetVersion:
    return store.datasets.save(before.dataset_id, cases, before.number, "Ben", "why")


def test_a_new_dataset_begins_with_version_1(store: Store, first: DatasetVersion) -> None:
    assert (first.number, first.n_cases, first.author) == (1, 3, "Ada")


def test_a_save_adds_a_version_and_leaves_the_one_before_as_it_was(
    store: Store, first: DatasetVersion
) -> None:
    before = store.datasets.cases(first.id)
    second = saved(store, first, case("a", "changed"), case("d"))
    assert second.number == 2
    assert store.datasets.cases(first.id) == before
    assert [found.key for found in store.datasets.cases(second.id)] == ["a", "d"]


def test_an_unchanged_case_keeps_its_identity_and_an_edited_one_gets_another(
    store: Store, first: DatasetVersion
) -> None:
    ids = {found.key: found.id for found in store.datasets.cases(first.id)}
    second = saved(store, first, case("a", "changed", "x"), case("b", "two", "x", "y"))
    later = {found.key: found.id for found in store.datasets.cases(second.id)}
    assert later["b"] == ids["b"]
    assert later["a"] != ids["a"]


def test_a_case_that_comes_back_is_the_one_it_was(store: Store, first: DatasetVersion) -> None:
    original = store.datasets.cases(first.id)
    second = saved(store, first, case("d"))
    third = saved(store, second, *(found.draft() for found in original))
    assert store.datasets.cases(third.id) == original


def test_a_save_that_changes_nothing_adds_no_version(store: Store, first: DatasetVersion) -> None:
    same = [found.draft() for found in store.datasets.cases(first.id)]
    assert saved(store, first, *same) == first
    assert len(store.datasets.versions(first.dataset_id)) == 1


def test_who_saves_second_gets_a_conflict_and_nothing_is_kept(
    store: Store, first: DatasetVersion
) -> None:
    saved(store, first, case("d"))
    with pytest.raises(Conflict, match="Ben saved version 2 of “Mail” while you were editing"):
        saved(store, first, case("e"))
    assert [found.number for found in store.datasets.versions(first.dataset_id)] == [1, 2]


def test_unusable_cases_are_refused_and_nothing_is_kept(
    store: Store, first: DatasetVersion
) -> None:
    with pytest.raises(InputError, match="Two cases have the key"):
        saved(store, first, case("a"), case("a", "again"))
    assert len(store.datasets.versions(first.dataset_id)) == 1


def test_spans_say_which_versions_held_a_case(store: Store, first: DatasetVersion) -> None:
    second = saved(store, first, case("a", "one", "x"), case("b", "new words"))
    saved(store, second, case("a", "one", "x"), case("b", "two", "x", "y"))
    found = [
        (span.case.key, span.case.variables["message"], span.since, span.until)
        for span in store.datasets.spans(first.dataset_id)
    ]
    assert sorted(found) == [
        ("a", "one", 1, None),
        ("b", "new words", 2, 2),
        ("b", "two", 1, 1),
        ("b", "two", 3, None),
        ("c", "three", 1, 1),
    ]


def test_each_version_says_what_it_changed(store: Store, first: DatasetVersion) -> None:
    second = saved(store, first, case("a", "changed"), case("b", "two", "x", "y"), case("d"))
    saved(store, second, case("a", "changed"))
    assert store.reports.datasets.changes(first.dataset_id) == {
        1: Changes(added=("a", "b", "c")),
        2: Changes(added=("d",), removed=("c",), edited=("a",)),
        3: Changes(removed=("b", "d")),
    }


def test_a_page_holds_some_of_the_cases_and_says_how_many_there_are(
    store: Store, first: DatasetVersion
) -> None:
    cases, total = store.datasets.page(first.id, offset=1, limit=1)
    assert ([found.key for found in cases], total) == (["b"], 3)


@pytest.mark.parametrize(
    ("search", "tags", "only", "keys"),
    [
        ("TWO", (), "", ["b"]),
        ("a%", (), "", []),
        ("", ("y", "z"), "", ["b"]),
        ("", (), "held out", ["d"]),
        ("", (), "no reference", ["a", "b", "c"]),
        ("answer", (), "", ["d"]),
    ],
)
def test_cases_are_found_by_text_tag_and_kind(
    store: Store,
    first: DatasetVersion,
    search: str,
    tags: tuple[str, ...],
    only: str,
    keys: list[str],
) -> None:
    before = [found.draft() for found in store.datasets.cases(first.id)]
    held = case("d", "four", held_out=True, reference="The answer")
    second = saved(store, first, *before, held)
    cases, _ = store.datasets.page(second.id, search=search, tags=tags, only=only)
    assert [found.key for found in cases] == keys


def test_cases_with_one_input_are_counted_once(store: Store, first: DatasetVersion) -> None:
    before = [found.draft() for found in store.datasets.cases(first.id)]
    second = saved(store, first, *before, case("d", " one ", "x", held_out=True))
    reports = store.reports.datasets
    assert reports.overview(second.id) == (4, 3, 0, 1, 4, 1)
    assert reports.covered(second.id, ("x",)) == Covered(3, 2)
    assert reports.covered(second.id, ()) == Covered(4, 3)
    assert reports.covered(second.id, ("nowhere",)) == Covered(0, 0)


def test_a_version_knows_since_when_its_cases_are_as_they_are(
    store: Store, feature_id: UUID
) -> None:
    first = store.datasets.add(feature_id, "Tickets", [case("a"), case("b"), case("c")], "Ada")
    second = saved(store, first, case("a"), case("b"), case("c", "Changed"))
    ages = store.reports.datasets.ages(second.id)
    assert ages == (first.created_at, first.created_at, second.created_at)
    assert store.reports.datasets.ages(uuid4()) is None


def test_a_version_knows_its_variables_tags_and_sources(store: Store, feature_id: UUID) -> None:
    cases = [
        CaseDraft("a", {"message": "x", "order_id": "1"}, tags=("t",), source="inbox"),
        CaseDraft("b", {"message": "y"}, source="inbox"),
    ]
    kept = store.datasets.add(feature_id, "Mail", cases, "Ada")
    reports = store.reports.datasets
    assert reports.variables(kept.id) == ["message", "order_id"]
    assert reports.tags(kept.id) == ["t"]
    assert reports.sources(kept.id).to_dict("records") == [{"source": "inbox", "cases": 2}]


def test_a_case_that_is_not_there_is_said_so(store: Store, feature_id: UUID) -> None:
    with pytest.raises(NotFound):
        store.datasets.case(feature_id)
