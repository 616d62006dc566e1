"""A file that an earlier version wrote is opened, migrated, and holds what it held."""

import gzip
import shutil
from pathlib import Path

import pytest

from workbench.domain.experiments import Experiment
from workbench.domain.preferences import Preference
from workbench.store.engine.integrity import orphans
from workbench.store.engine.migrations import known
from workbench.store.store import Store, open_store

KEPT = Path(__file__).parent / "files" / "schema-0036.duckdb.gz"
"""With rows in every table of its time: `filled` of test_orphans.py, and a conversation."""


@pytest.fixture
def old(tmp_path: Path) -> Store:
    path = tmp_path / "workbench.duckdb"
    with gzip.open(KEPT, "rb") as packed, path.open("wb") as unpacked:
        shutil.copyfileobj(packed, unpacked)
    return open_store(str(path), tmp_path)


def test_a_file_of_schema_36_is_brought_up_to_date_and_is_whole(old: Store) -> None:
    newest = old.database.value("select max(number) from schema_migrations")
    assert newest == known()[-1].number > 36
    assert orphans(old.database) == []
    audit = old.audits.now()
    assert not audit.altered
    assert audit.rows > 20
    old.close()


def test_a_file_of_schema_36_holds_what_it_held(old: Store) -> None:
    (feature,) = old.features.every()
    assert feature.id is not None
    inbox, talks = old.datasets.of(feature.id)
    assert [case.key for case in old.datasets.cases(inbox.id)] == [
        "case-000-0", "case-001-0", "case-002-0",
    ]  # fmt: skip
    (talk,) = old.datasets.cases(talks.id)
    assert [(m.role, m.content) for m in talk.messages] == [
        ("user", "Where is my parcel?"),
        ("assistant", "Which order is it?"),
        ("user", "TB-2118"),
    ]
    assert talk.attachments == ()
    assert (talk.reference, talk.group, talk.tags) == ("On its way", "parcel", ("order",))
    experiment = _experiment(old)
    (trial,) = old.trials.of_experiment(experiment.id)
    assert trial.output == "thank you"
    (session,) = old.sessions.of(feature.id)
    assert session.goal == "Refunds"
    prompts = {version.name: version.text for version in old.prompts.versions(feature.id)}
    assert prompts["Chat"].has_place
    assert [mode.draft.name for mode in old.failures.of(feature.id)] == ["Too short"]
    assert Preference(old.database.value("select outcome from pair_preferences")) == Preference.TIE
    old.close()


def _experiment(old: Store) -> Experiment:
    return old.experiments.get(old.database.value("select id from experiments"))


def test_what_is_done_in_it_now_is_kept(old: Store) -> None:
    (feature,) = old.features.every()
    assert feature.id is not None
    inbox, _ = old.datasets.of(feature.id)
    drafts = [case.draft() for case in old.datasets.cases(inbox.id)]
    kept = old.datasets.save(inbox.dataset_id, drafts[:2], inbox.number, "Ben", "One less")
    assert (kept.number, kept.n_cases) == (inbox.number + 1, 2)
    old.close()
