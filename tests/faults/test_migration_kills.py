"""An upgrade that is cut short is completed by the next start; of two at once one does it."""

import subprocess
import sys
from pathlib import Path

from tests.faults.kill_run import ROOT
from tests.store.schemas import made_at_schema
from workbench.store.engine.migrations import known
from workbench.store.store import open_store


def test_an_upgrade_that_is_killed_at_any_step_is_completed_by_the_next_start() -> None:
    last = str(known()[-2].number)
    command = [sys.executable, "-m", "tests.faults.migration_kills", "--schema", last]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 wrong" in done.stdout


def test_of_two_processes_that_start_at_once_on_an_old_file_one_upgrades_it(tmp_path: Path) -> None:
    path = tmp_path / "app.duckdb"
    made_at_schema(path, 1)
    command = [sys.executable, "-m", "workbench", "verdicts", "Any", "--db", str(path)]
    both = [
        subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = [process.communicate(timeout=120)[1] for process in both]
    # Each got the file in turn, or was told who has it.
    assert all("There is no feature named" in one or "in use by" in one for one in said), said
    assert any("There is no feature named" in one for one in said)
    store = open_store(str(path), tmp_path)
    applied = store.database.rows("select number from schema_migrations order by number")
    assert applied == [(step.number,) for step in known()]
    store.close()
