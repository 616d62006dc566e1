"""Databases from before addresses were kept: each answer gets the address it had, or none."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import duckdb
import pytest

from tests.building import AUTHOR, loop, trial
from tests.store.schemas import taken_back
from workbench.domain.calls import Parameters
from workbench.domain.connections import Connection
from workbench.evidence import origins
from workbench.runs import pointing
from workbench.store.store import Store, open_store

OURS = Connection("Ours", "https://Models.example.com:443/v1", ("m",))


def before(tmp_path: Path, edit: str = "") -> tuple[Store, UUID]:
    """A file as the schema before this one left it, opened again: with one variant of “Ours” that
    was answered. `edit` is a statement of what happened to its connection."""
    path = tmp_path / "app.duckdb"
    store = open_store(str(path), tmp_path)
    store.connections.add(OURS)
    made = loop(store, 2)
    variant = store.variants.save(made.variant.prompt, "Ours", "m", Parameters())
    plan = replace(made.plan(), variant_ids=(variant.id,))
    experiment = store.experiments.add(made.feature_id, plan, AUTHOR)
    run_id = store.runs.start(experiment.id, AUTHOR).id
    later = datetime.now(UTC) + timedelta(seconds=1)
    store.trials.add(
        [
            replace(trial(run_id, call), started_at=later)
            for call in store.trials.missing(experiment.id)
        ]
    )
    store.close()
    taken_back(path, 8)
    with duckdb.connect(str(path)) as connection:
        if edit:
            connection.execute(edit)
    return open_store(str(path), tmp_path), experiment.id


def test_answers_of_a_connection_that_was_never_edited_have_its_address(tmp_path: Path) -> None:
    store, experiment_id = before(tmp_path)
    experiment = store.experiments.get(experiment_id)
    (origin,) = origins.of_experiment(store, experiment)
    assert origin.host == "models.example.com"
    assert pointing.moved(store, experiment.variants) == []
    (version,) = store.connections.versions(store.connections.named("Ours").id)
    assert version.number == 1
    store.close()


@pytest.mark.parametrize(
    "edit",
    [
        "update connections set revision = 2",
        "insert into connections (name, base_url, models, api_key_env, concurrency, timeout_s, "
        "revision, created_at, archived_at) values ('Ours', 'https://old.example.com', [], '', 1, "
        "1, 1, now(), now())",
        "update connections set name = 'Theirs'",
        "update connections set created_at = now() + interval 1 day",
    ],
    ids=["edited", "another of that name before", "gone", "younger than the answers"],
)
def test_where_it_cannot_be_known_the_address_is_said_not_to_be_recorded(
    tmp_path: Path, edit: str
) -> None:
    store, experiment_id = before(tmp_path, edit)
    (origin,) = origins.of_experiment(store, store.experiments.get(experiment_id))
    assert origin.host == "address not recorded"
    assert origin.sentence().startswith("B: 2 answers, address not recorded, ")
    assert origin.as_json()["address"] is None
    store.close()


def test_answers_without_an_address_are_not_passed_off_as_the_present_ones(tmp_path: Path) -> None:
    store, experiment_id = before(tmp_path, "update connections set revision = 2")
    experiment = store.experiments.get(experiment_id)
    (moved,) = pointing.moved(store, experiment.variants)
    assert (moved.from_host, moved.now.host) == ("address not recorded", "models.example.com")
    copy = pointing.at_present(store, experiment, AUTHOR)
    assert len(store.trials.missing(copy.id)) == 2
    assert len(store.trials.of_experiment(experiment.id)) == 2
    store.close()
