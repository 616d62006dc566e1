"""Databases from before it was kept where users were played: known where nothing ever moved."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults import endpoint as faults
from tests.runs.test_simulated_users import planned, run, talking
from tests.store.schemas import taken_back
from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.runs import pointing
from workbench.runs.jobs import Jobs
from workbench.store.store import open_store


@pytest.mark.parametrize("has_moved", [False, True])
def test_users_of_older_files_were_played_where_a_connection_that_never_moved_is(
    tmp_path: Path, *, has_moved: bool
) -> None:
    path = tmp_path / "app.duckdb"
    store = open_store(str(path), tmp_path)
    with faults.serve(canned=talking("DONE")) as server:
        experiment = planned(store, server.base_url)
        jobs = Jobs(store, Models(LocalModel(tmp_path)))
        run(store, jobs, experiment)
        jobs.close()
    if has_moved:
        people = store.connections.named("People")
        store.connections.save(replace(people, base_url="http://127.0.0.1:9/v1"))
    store.close()
    taken_back(path, 48)
    older = open_store(str(path), tmp_path)
    (variant,) = older.experiments.get(experiment.id).variants
    known = older.variants.played_at([variant.id])
    assert [one.address for one in known.values()] == ([] if has_moved else [server.base_url])
    moved = pointing.moved(older, [variant])
    assert [one.from_host for one in moved] == (["address not recorded"] if has_moved else [])
    older.close()
