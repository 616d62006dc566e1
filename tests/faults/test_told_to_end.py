"""A command that is told to end stops cleanly; where it may not write, it says so and ends."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks import fake_server
from tests.building import loop
from tests.faults.kill_run import ROOT, _feature
from tests.store.schemas import made_at_schema
from workbench.domain.experiments import RunState
from workbench.domain.scores import Outcome
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


def test_ctrl_c_in_a_terminal_is_heard_by_the_command_alone(tmp_path: Path) -> None:
    # So many, and at once, that a process beside the command makes the calls.
    cases, at_once = 1000, 32
    ledger, feature = tmp_path / "paid", tmp_path / "feature.json"
    feature.write_text(json.dumps(_feature(cases, 1)), "utf-8")
    ledger.touch()
    with fake_server.running(0.2, 0.0, ledger) as server:
        command = [sys.executable, "-m", "workbench", "run", str(feature), "--experiment", "E1"]
        command += ["--db", str(tmp_path / "w.duckdb"), "--concurrency", str(at_once)]
        command += ["--base-url", server.base_url, "--model", "fake-1"]
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"WORKBENCH_HOME": str(tmp_path / "home")},
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=_hear_signals,
            start_new_session=True,
        ) as process:
            until = time.monotonic() + 120
            while not (beside := _is_helped(process.pid)) and time.monotonic() < until:
                time.sleep(0.05)
            assert beside
            while ledger.read_bytes().count(b"\n") < 5 * at_once and time.monotonic() < until:
                time.sleep(0.01)
            # A terminal tells every process that was started in it.
            os.killpg(process.pid, signal.SIGINT)
            said = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert "Stopped. What was kept until now stays" in said
    assert "Traceback" not in said


def _is_helped(pid: int) -> bool:
    """Whether a command has started the process that makes its calls."""
    children = [
        child
        for by_thread in Path(f"/proc/{pid}/task").glob("*/children")
        for child in by_thread.read_text("ascii").split()
    ]
    return any(
        "workbench.runs.worker" in Path(f"/proc/{child}/cmdline").read_text("utf-8")
        for child in children
    )


def _on_a_disk_that_may_only_be_read(folder: Path, *commands: str) -> str:
    """What commands say while the folder is a disk that nobody can write to."""
    unshare = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "-r", "--mount"]
    if subprocess.call([*unshare, "mount", "--bind", str(folder), str(folder)]):
        pytest.skip("NO READ-ONLY DISK: what happens on one was not tested here")
    inside = f"mount --bind {folder} {folder} && mount -o remount,ro,bind {folder}; " + "; ".join(
        f"{sys.executable} {command}; echo ended $?" for command in commands
    )
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    done = subprocess.run(
        [*unshare, "sh", "-c", inside],
        cwd=ROOT,
        env=os.environ
        | {
            "WORKBENCH_HOME": str(folder.parent / "home"),
            "WORKBENCH_DB": f"{folder}/w.duckdb",
            "PYTHONPATH": str(ROOT),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert before == {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert "Traceback" not in done.stdout
    return done.stdout


def test_a_disk_that_may_only_be_read_is_read_and_nothing_else_is_tried(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    store = open_store(str(folder / "w.duckdb"), tmp_path)
    loop(store, 30).run([Outcome.PASS] * 30)
    store.close()
    cli = "-m workbench"
    said = _on_a_disk_that_may_only_be_read(
        folder,
        f"{cli} verdicts 'Support replies'",
        f"{cli} export 'Support replies' --format yaml --out {tmp_path}/out.yaml",
        f"{cli} doctor",
        f"{cli} doctor --leave-out-changed",
        f"{cli} backup",
        f"{cli} run {tmp_path}/out.yaml",
    )
    verdicts, export, doctor, leave, backup, run, _ = said.split("ended ")
    assert "met" in verdicts
    assert (tmp_path / "out.yaml").stat().st_size > 500
    assert export.startswith("0")
    assert "rows of evidence are as they were written" in doctor
    sentence = "is open for reading only, so nothing can be kept: Read-only file system"
    assert sentence in doctor
    assert leave.startswith("1")
    assert "Read-only file system" in backup
    assert sentence in run
    assert [part[0] for part in (doctor, leave, backup, run, _)] == ["0", "1", "2", "2", "2"]


def test_every_page_opens_on_a_disk_that_may_only_be_read_and_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    store = open_store(str(folder / "w.duckdb"), tmp_path)
    loop(store, 30).run([Outcome.PASS] * 30)
    store.close()
    script = tmp_path / "pages.py"
    script.write_text(
        f"APP = {str(ROOT / 'app.py')!r}\n"
        "from streamlit.testing.v1 import AppTest\n"
        "for path in sorted(__import__('pathlib').Path('pages').rglob('*.py')):\n"
        "    app = AppTest.from_file(APP, default_timeout=300).switch_page(str(path)).run()\n"
        "    said = [w.value for w in app.warning if 'reading only' in w.value]\n"
        "    print(path, len(said), [e.value for e in app.error], len(app.exception))\n",
        "utf-8",
    )
    said = _on_a_disk_that_may_only_be_read(folder, str(script))
    lines = [line for line in said.splitlines() if line.startswith("pages/")]
    assert len(lines) == len([*(ROOT / "pages").rglob("*.py")])
    assert [line.split(" ", 1)[1] for line in lines] == ["1 [] 0"] * len(lines)


def test_a_file_of_an_older_workbench_on_such_a_disk_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    made_at_schema(folder / "w.duckdb", 12)
    said = _on_a_disk_that_may_only_be_read(folder, "-m workbench verdicts Any")
    assert "can't be written to, and is of an older workbench (schema 12" in said
    assert "ended 2" in said


@contextmanager
def _of_somebody_else(rights: int) -> Iterator[tuple[Path, Callable[..., str]]]:
    """A folder with a workbench's file that only its owner may write to, and what commands say to
    a person without that right; `rights` are the file's."""
    folder = Path(tempfile.mkdtemp())
    file = folder / "w.duckdb"
    try:
        store = open_store(str(file), folder)
        loop(store, 30).run([Outcome.PASS] * 30)
        store.close()
        for path in folder.iterdir():
            path.unlink() if path.suffix == ".lock" else path.chmod(rights)
        folder.chmod(0o555)
        # The owner of everything may write to everything: somebody else has to try.
        other = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        who = other if os.geteuid() == 0 else []
        if subprocess.call([*who, sys.executable, "-c", "import duckdb, workbench"], cwd=ROOT):
            pytest.skip("NO OTHER PERSON: a file without the right to write was not tested here")

        def said(*command: str) -> str:
            done = subprocess.run(
                [*who, sys.executable, "-m", "workbench", *command],
                cwd=ROOT,
                env=os.environ
                | {"WORKBENCH_DB": str(file), "WORKBENCH_HOME": f"{folder}/home", "HOME": "/"},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            assert "Traceback" not in done.stdout
            return f"{done.returncode}: {done.stdout}"

        before = {path.name: path.read_bytes() for path in folder.iterdir()}
        yield folder, said
        assert before == {path.name: path.read_bytes() for path in folder.iterdir()}
    finally:
        folder.chmod(0o700)
        shutil.rmtree(folder)


def test_a_file_that_a_person_may_only_read_is_read_and_left_as_it_is() -> None:
    with _of_somebody_else(0o444) as (_, said):
        assert "met" in said("verdicts", "Support replies")
        doctor = said("doctor")
        assert doctor.startswith("1:")
        assert "is open for reading only, so nothing can be kept: Permission denied" in doctor
        assert said("doctor", "--leave-out-changed").startswith("2:")
        assert said("backup").startswith("2:")


def test_a_file_that_a_person_may_not_even_read_is_named_with_the_reason() -> None:
    with _of_somebody_else(0o000) as (folder, said):
        verdicts = said("verdicts", "Support replies")
        assert verdicts.startswith("2:")
        assert (
            f"{folder}/w.duckdb cannot be used: Permission denied, and it can't be read" in verdicts
        )
