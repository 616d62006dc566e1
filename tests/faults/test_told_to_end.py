"""A command that is told to end stops cleanly; where it may not write, it says so and ends."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks import fake_server
from tests.faults.kill_run import ROOT, _feature
from workbench.domain.experiments import RunState
from workbench.store.engine.integrity import orphans
from workbench.store.store import open_store

CONCURRENCY = 4


def _hear_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_told_to_end_keeps_what_was_answered_and_can_go_on(
    tmp_path: Path, by: signal.Signals
) -> None:
    file, ledger, feature = tmp_path / "w.duckdb", tmp_path / "paid", tmp_path / "feature.json"
    feature.write_text(json.dumps(_feature(100, 2)), "utf-8")
    ledger.touch()
    with fake_server.running(0.05, 0.0, ledger) as server:
        command = [sys.executable, "-m", "workbench", "run", str(feature), "--db", str(file)]
        command += ["--base-url", server.base_url, "--model", "fake-1", "--experiment", "E1"]
        command += ["--concurrency", str(CONCURRENCY)]
        environment = os.environ | {"WORKBENCH_HOME": str(tmp_path / "home")}
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
            # A shell starts what is in the background with Ctrl-C ignored, and we may be that.
            preexec_fn=_hear_signals,
        ) as process:
            until = time.monotonic() + 60
            while ledger.read_bytes().count(b"\n") < 20 and time.monotonic() < until:
                time.sleep(0.01)
            process.send_signal(by)
            said = process.communicate(timeout=60)[1]
        assert process.returncode == 130
        assert "Stopped. What was kept until now stays" in said
        assert "Traceback" not in said
        paid = ledger.read_bytes().count(b"\n")
        store = open_store(str(file), tmp_path)
        assert orphans(store.database) == []
        assert store.audits.now().is_whole
        ((run_id,),) = store.database.rows("select id from runs")
        assert store.runs.get(run_id).state in (RunState.STOPPED, RunState.INTERRUPTED)
        n_kept = store.database.value("select count(*) from trials where output is not null")
        assert paid - CONCURRENCY <= n_kept <= paid < 200
        store.close()
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    store = open_store(str(file), tmp_path)
    assert (
        store.database.value("select count(*) from current_trials where output is not null") == 200
    )
    store.close()


def test_a_disk_that_may_only_be_read_is_said_and_nothing_is_tried(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    store = open_store(str(folder / "w.duckdb"), tmp_path)
    store.close()
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    inside = (
        f"mount --bind {folder} {folder} && mount -o remount,ro,bind {folder} && "
        f"for verb in doctor backup 'verdicts Any'; do {sys.executable} -m workbench $verb "
        f"--db {folder}/w.duckdb; echo ended $?; done"
    )
    unshare = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "-r", "--mount"]
    if subprocess.call([*unshare, "mount", "--bind", str(folder), str(folder)]):
        pytest.skip("NO READ-ONLY DISK: what happens on one was not tested here")
    done = subprocess.run(
        [*unshare, "sh", "-c", inside],
        cwd=ROOT,
        env=os.environ | {"WORKBENCH_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
    )
    said = done.stdout + done.stderr
    assert "ended 1" in said
    assert said.count("ended 2") == 2
    assert said.count("Read-only file system") == 3
    assert "Traceback" not in said
    assert before == {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
