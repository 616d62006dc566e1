"""What can be done with a feature: kept with a line in the history, refused without a trace."""

from dataclasses import replace
from uuid import UUID

import pytest

from tests import building
from workbench.actions import features, permission
from workbench.domain.experiments import RunState
from workbench.domain.features import Feature
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.errors import Conflict, InputError, WorkbenchError
from workbench.exchange.feature import reader
from workbench.store.store import Store

MIRA = Person("browser-1", "Mira")
REPLIES = Feature("Replies", goal="Fast")
FILE = """\
workbench: 1
feature: {name: Greeter}
requirements:
- key: R1
  revision: 2
  statement: An answer is brief.
  author: Ben
  history:
  - {number: 1, statement: An answer is short., author: Ada}
- key: R2
  statement: An answer is kind.
"""


def _id(feature: Feature) -> UUID:
    assert feature.id is not None
    return feature.id


def _lines(store: Store, feature_id: UUID) -> list[tuple[Deed, str]]:
    return [(line.deed, line.what) for line in store.history.lately(feature_id)]


def _all_lines(store: Store) -> int:
    return int(store.database.value("select count(*) from history"))


def test_a_new_feature_is_kept_with_its_line(store: Store) -> None:
    made = features.create(store, MIRA, REPLIES)
    assert store.features.named("Replies") == made
    (line,) = store.history.lately(_id(made))
    assert (line.person_id, line.person) == ("browser-1", "Mira")
    assert (line.deed, line.what) == (Deed.FEATURE_CREATE, "Feature “Replies” created")


def test_a_name_that_is_taken_leaves_no_line(store: Store) -> None:
    features.create(store, MIRA, REPLIES)
    with pytest.raises(InputError, match="already"):
        features.create(store, MIRA, replace(REPLIES, name="replies"))
    assert len(store.features.all()) == _all_lines(store) == 1


def test_an_edit_says_what_it_changed(store: Store) -> None:
    made = features.create(store, MIRA, REPLIES)
    edited = features.edit(store, MIRA, replace(made, name="Answers", stakes="High"))
    assert (edited.name, edited.stakes, edited.revision) == ("Answers", "High", 2)
    assert _lines(store, _id(made))[0] == (
        Deed.FEATURE_EDIT,
        "Feature edited: name, stakes (now “Answers”)",
    )


def test_saving_what_stands_there_already_changes_nothing(store: Store) -> None:
    made = features.create(store, MIRA, REPLIES)
    assert features.edit(store, MIRA, replace(made, goal=" Fast ")).revision == 1
    assert len(_lines(store, _id(made))) == 1


def test_an_edit_of_an_older_revision_is_refused_without_a_line(store: Store) -> None:
    made = features.create(store, MIRA, REPLIES)
    features.edit(store, MIRA, replace(made, goal="Cheap"))
    with pytest.raises(Conflict):
        features.edit(store, MIRA, replace(made, goal="Kind"))
    assert store.features.get(_id(made)).goal == "Cheap"
    assert len(_lines(store, _id(made))) == 2


def test_an_archived_feature_comes_back_with_all_that_it_held(store: Store) -> None:
    made = building.loop(store)
    before = store.features.get(made.feature_id)
    features.archive(store, MIRA, made.feature_id)
    assert store.features.all() == []
    assert [away.feature for away in store.features.archived()] == [before]
    features.restore(store, MIRA, made.feature_id)
    (back,) = store.features.all()
    assert replace(back, revision=before.revision) == before
    assert [r.key for r in store.requirements.of(made.feature_id)] == [made.requirement.key]
    assert store.features.archived() == []
    assert [deed for deed, _ in _lines(store, made.feature_id)] == [
        Deed.FEATURE_RESTORE,
        Deed.FEATURE_ARCHIVE,
    ]


def test_archiving_or_restoring_twice_changes_nothing(store: Store) -> None:
    made = features.create(store, MIRA, REPLIES)
    features.restore(store, MIRA, _id(made))
    assert len(_lines(store, _id(made))) == 1
    features.archive(store, MIRA, _id(made))
    (since,) = store.features.archived()
    features.archive(store, MIRA, _id(made))
    assert store.features.archived() == [since]
    assert len(_lines(store, _id(made))) == 2
    features.restore(store, MIRA, _id(made))
    features.restore(store, MIRA, _id(made))
    assert len(_lines(store, _id(made))) == 3


def test_a_feature_whose_name_is_taken_by_now_comes_back_under_another(store: Store) -> None:
    made = features.create(store, MIRA, REPLIES)
    features.archive(store, MIRA, _id(made))
    features.create(store, MIRA, replace(REPLIES, name="REPLIES"))
    with pytest.raises(InputError, match="already"):
        features.restore(store, MIRA, _id(made))
    assert len(store.features.archived()) == 1
    features.restore(store, MIRA, _id(made), " Old  replies ")
    assert {feature.name for feature in store.features.all()} == {"REPLIES", "Old replies"}
    assert _lines(store, _id(made))[0][1] == "Feature “Replies” restored as “Old replies”"


def test_a_name_that_only_looks_like_the_archived_one_is_in_its_way_too(store: Store) -> None:
    made = features.create(store, MIRA, replace(REPLIES, name="paypal"))
    features.archive(store, MIRA, _id(made))
    features.create(store, MIRA, replace(REPLIES, name="pаypal"))
    with pytest.raises(InputError, match="looks the same"):
        features.restore(store, MIRA, _id(made))


def test_a_feature_is_not_put_away_while_it_runs(store: Store) -> None:
    made = building.loop(store)
    run = store.runs.start(made.experiment().id, "Ada")
    with pytest.raises(InputError, match="running"):
        features.archive(store, MIRA, made.feature_id)
    assert len(store.features.all()) == 1
    assert _lines(store, made.feature_id) == []
    store.runs.note(run.id, RunState.STOPPED)
    features.archive(store, MIRA, made.feature_id)
    assert store.features.all() == []


def test_a_file_is_one_line_and_its_revisions_keep_their_authors(store: Store) -> None:
    made = features.bring_in(store, MIRA, reader.load(FILE, "greeter.yaml"))
    assert _lines(store, _id(made)) == [
        (
            Deed.FEATURE_IMPORT,
            "Imported from greeter.yaml: 2 requirements in 3 revisions, 0 experiments",
        )
    ]
    (line,) = store.history.lately(_id(made))
    assert (line.person_id, line.person) == ("browser-1", "Mira")
    first = store.requirements.of(_id(made))[0]
    revisions = store.requirements.revisions_of(_id(made))[first.id]
    assert [revision.author for revision in revisions] == ["Ada", "Ben"]


def test_a_file_whose_name_is_taken_keeps_nothing(store: Store) -> None:
    features.bring_in(store, MIRA, reader.load(FILE))
    with pytest.raises(InputError, match="already"):
        features.bring_in(store, MIRA, reader.load(FILE))
    assert len(store.features.all()) == _all_lines(store) == 1
    features.bring_in(store, MIRA, reader.load(FILE), "Greeter two")
    assert len(store.features.all()) == _all_lines(store) == 2


def test_a_file_that_is_here_already_is_found_without_another_line(store: Store) -> None:
    first = features.bring_in_or_find(store, MIRA, FILE, source_name="greeter.yaml")
    assert features.bring_in_or_find(store, MIRA, FILE).id == first.id
    assert _all_lines(store) == 1


def test_who_may_not_changes_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    made = features.create(store, MIRA, REPLIES)

    def refuse(who: Person, deed: Deed, feature_id: object) -> None:
        raise WorkbenchError(f"Not you: {deed}.", "Ask somebody else.")

    monkeypatch.setattr(permission, "ask", refuse)
    deeds = {
        Deed.FEATURE_CREATE: lambda: features.create(store, MIRA, replace(REPLIES, name="B")),
        Deed.FEATURE_EDIT: lambda: features.edit(store, MIRA, replace(made, goal="x")),
        Deed.FEATURE_ARCHIVE: lambda: features.archive(store, MIRA, _id(made)),
        Deed.FEATURE_RESTORE: lambda: features.restore(store, MIRA, _id(made)),
        Deed.FEATURE_IMPORT: lambda: features.bring_in(store, MIRA, reader.load(FILE)),
    }
    for deed, do in deeds.items():
        with pytest.raises(WorkbenchError, match=f"Not you: {deed}"):
            do()
    assert store.features.all() == [made]
    assert _all_lines(store) == 1
