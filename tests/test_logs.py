"""The log: what went wrong is found by its number, and nobody's words are in it."""

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from streamlit.testing.v1 import AppTest

from tests.faults import endpoint as faults
from tests.faults.visitor import Tab, Visitor, free_port
from tests.runs import scenes
from workbench import logs
from workbench.__main__ import run as run_command
from workbench.config import ROOT
from workbench.errors import CallFailure, InputError
from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.runs.jobs import Jobs
from workbench.store.store import Store

CANARY = "sk-canary-7c1f0e"
OURS = logging.getLogger("workbench.somewhere")
THEIRS = logging.getLogger("somebody.else")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """Where the log is, once there is something in it."""
    logs.start(tmp_path / "logs")
    yield tmp_path / "logs" / "workbench.log"
    logs.stop()


def broken(text: str) -> Exception:
    """An error with a text, where it was raised, and what led to it."""
    try:
        try:
            int(text)
        except ValueError as error:
            raise KeyError(text) from error
    except KeyError as error:
        error.add_note(text)
        return error


def test_an_error_is_found_by_its_number_with_its_kind_and_its_places(log: Path) -> None:
    number = logs.report(OURS, broken(CANARY), "The run %s broke", run_id := uuid4())
    said = log.read_text()
    assert f"ERROR workbench.somewhere {number}: The run {run_id} broke" in said
    assert said.index("builtins.KeyError") < said.index("builtins.ValueError")
    assert f"{__file__}:" in said
    assert " in broken" in said
    assert CANARY not in said


@pytest.mark.parametrize("logger", [OURS, THEIRS], ids=["ours", "theirs"])
@pytest.mark.parametrize(
    "given", [CANARY, [CANARY], {"a": CANARY}, ValueError(CANARY), Path(CANARY), CANARY.encode()]
)
def test_what_a_message_was_given_is_not_kept(
    log: Path, logger: logging.Logger, given: object
) -> None:
    logger.error("It said %s", given)
    logger.error("It said %(what)s", {"what": given})
    THEIRS.error(given)
    logger.error("Numbers: %d of %s", 3, given, stack_info=True)
    said = log.read_text()
    assert said.count(" ERROR ") == 4
    assert CANARY not in said


def test_numbers_ids_and_kinds_are_kept(log: Path) -> None:
    OURS.warning("%d of %s: %s, %s", 3, run_id := uuid4(), CallFailure.TIMEOUT, InputError)
    assert f"3 of {run_id}: TIMEOUT, InputError\n" in log.read_text()


def test_a_message_of_a_library_is_told_by_its_place(log: Path) -> None:
    THEIRS.error(f"the prompt was {CANARY}")  # as libraries do
    said = log.read_text()
    assert f"ERROR somebody.else: said at {__file__}:" in said
    assert CANARY not in said


def test_a_message_that_does_not_fit_its_arguments_is_still_written(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (handler,) = logs._started
    for message in ("It has %d", "It has"):
        record = OURS.makeRecord(OURS.name, logging.ERROR, "", 0, message, (CANARY,), None)
        handler.handle(record)
    assert log.read_text().count("It has") == 2
    assert CANARY not in log.read_text() + capsys.readouterr().err


def test_a_group_of_errors_and_one_that_leads_to_itself_are_written(log: Path) -> None:
    first, second = broken(CANARY), OSError(28, CANARY)
    first.__context__ = second
    second.__context__ = first
    logs.report(OURS, ExceptionGroup(CANARY, [first, second]), "Several broke")
    said = log.read_text()
    assert "ExceptionGroup" in said
    assert "builtins.OSError (errno 28)" in said
    assert CANARY not in said


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_and_an_object_that_break_are_written_and_not_shown(
    log: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ended = threading.ExceptHookArgs((KeyError, broken(CANARY), None, threading.current_thread()))
    threading.excepthook(ended)
    sys.excepthook(KeyError, broken(CANARY), None)
    said = log.read_text() + capfd.readouterr().err
    assert said.count("builtins.KeyError") == 2
    assert CANARY not in said


def test_the_log_is_its_owners_alone_and_stays_small(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        logs.start(tmp_path / "deep" / "logs")
        for number in range(50_000):
            OURS.warning("The message number %d, which is long enough to fill a line", number)
    finally:
        os.umask(before)
        logs.stop()
    files = sorted((tmp_path / "deep" / "logs").iterdir())
    assert len(files) == 5
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert {each.stat().st_mode & 0o777 for each in (files[0].parent, tmp_path / "deep")} == {0o700}
    assert sum(file.stat().st_size for file in files) < 6_000_000


def test_without_a_folder_there_is_no_log_and_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    logs.start(tmp_path / "file" / "logs")
    OURS.error("Unheard %s", CANARY)
    assert "log of the program that runs" in logs.place()
    logs.stop()
    assert CANARY not in capsys.readouterr().err


def test_a_log_that_cannot_be_written_stops_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.start(tmp_path / "logs")
    (tmp_path / "logs" / "workbench.log").mkdir()
    logs.report(OURS, broken(CANARY), "Broken")
    logs.stop()
    assert capsys.readouterr().err == ""


PAGE = f"""
from workbench.ui.parts import trouble
with trouble.errors():
    {{}}["{CANARY}"]
"""


def test_a_page_shows_the_number_that_is_in_the_log_and_names_the_file(log: Path) -> None:
    page = AppTest.from_string(PAGE).run()
    (shown,) = (each.value for each in page.error)
    number = shown.split("number ")[1].split(")")[0]
    assert "KeyError" in shown
    assert "workbench.log" in shown.replace("\\", "")
    assert number in log.read_text()
    assert CANARY not in shown + log.read_text()


SCRIPT = f"""
import streamlit as st
from workbench.errors import InputError
def broken():
    {{}}["{CANARY}"]
def ours():
    raise InputError("That is no number.", "Type one.")
st.button("Break", on_click=broken, key="broken")
st.button("Refuse", on_click=ours, key="ours")
@st.fragment
def part():
    if st.button("Break here", key="part"):
        int("{CANARY}")
    st.button("Break before", on_click=broken, key="before")
part()
if st.session_state.get("part"):
    pass
"""
LAUNCH = """
import sys
from pathlib import Path
from workbench.server import start as server
port = int(sys.argv[2])
server.run("127.0.0.1", port, False, script=Path(sys.argv[1]), open_all=list, close_all=list)
"""


def test_a_callback_that_breaks_shows_its_number_and_the_terminal_nothing(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(SCRIPT)
    process = subprocess.Popen(
        [sys.executable, "-c", LAUNCH, str(tmp_path / "app.py"), str(free_port())],
        env=os.environ | {"PYTHONPATH": str(ROOT), "WORKBENCH_HOME": str(tmp_path / "home")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        with Tab(Visitor(process.stdout.readline().split()[4])) as tab:
            tab.press("Break")
            (shown,) = tab.alerts
            tab.press("Refuse")
            (refused,) = tab.alerts
            tab.press("Break here")
            (part,) = tab.alerts
            tab.press_in_part("Break before")
            assert not tab.alerts
            (before,) = tab.toasts
    finally:
        process.terminate()
        out, err = process.communicate(timeout=30)
    said = (tmp_path / "home" / "logs" / "workbench.log").read_text()
    assert "**That is no number.** Type one." in refused
    for alert, kind in ((shown, "KeyError"), (part, "ValueError"), (before, "KeyError")):
        assert kind in alert
        assert alert.split("number ")[1].split(")")[0] in said
    assert CANARY not in said + out + err + shown + part + before


def test_a_run_that_breaks_says_its_number_and_the_log_names_the_run(
    store: Store, tmp_path: Path, log: Path
) -> None:
    jobs = Jobs(store, Models(LocalModel(tmp_path)), attempts=1)
    with faults.serve() as server:
        experiment = scenes.experiment(store, server.base_url, n_cases=3)
        store.database.execute("update cases set variables = ?", [json.dumps(CANARY)])
        started = jobs.start(experiment.id, scenes.AUTHOR)
        assert jobs.wait(experiment.id, 60)
    jobs.close()
    message = store.runs.get(started.id).message
    assert "The run ended unexpectedly" in message
    assert str(log) in message
    said = log.read_text()
    assert message.split("number ")[1].split(")")[0] in said
    assert f"The run {started.id} ended unexpectedly" in said
    assert CANARY not in said + message


def test_a_worker_that_breaks_at_a_call_says_its_number(tmp_path: Path) -> None:
    asked = json.dumps({"id": 1, "lane": CANARY, "model": CANARY, "messages": []})
    with subprocess.Popen(
        [sys.executable, "-m", "workbench.runs.worker"],
        env=os.environ | {"PYTHONPATH": str(ROOT), "WORKBENCH_HOME": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        assert "awake" in worker.stdout.readline()
        print(asked, file=worker.stdin, flush=True)
        answer = worker.stdout.readline()
        out, err = worker.communicate(timeout=60)
    said = (tmp_path / "logs" / "workbench.log").read_text()
    assert "A call ended unexpectedly, in the worker" in said
    assert "KeyError, number " in answer
    assert CANARY not in answer + out + err + said


def test_a_command_that_breaks_says_its_number_and_does_not_end_as_a_bar_not_met(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def serve(_chosen: object) -> int:
        raise broken(CANARY)

    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path))
    try:
        assert run_command(["serve"], serve) == 2
    finally:
        logs.stop()
    shown = capsys.readouterr().err
    said = (tmp_path / "logs" / "workbench.log").read_text()
    assert "KeyError" in shown
    assert shown.split("number ")[1].split(")")[0] in said
    assert str(tmp_path / "logs" / "workbench.log") in shown
    assert CANARY not in said + shown
