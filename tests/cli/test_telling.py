"""Who reads an answer, and whether it can be written, changes nothing of what it says."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import copied, working_in
from tests.cli.test_main import asked, written
from tests.faults import endpoint as faults
from workbench.config import ROOT


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a feature, Tiny, whose bar is not met."""
    folder = tmp_path_factory.mktemp("missed")
    with faults.serve() as server, working_in(folder):
        assert asked(server, written(folder, most=1, bar=0.8), "--quiet") == 1
    return folder


@pytest.fixture
def missed(ran: Path, home: Path) -> Path:
    """One of one's own with it."""
    copied(ran, home)
    return home


def told_to(output: int, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """A command whose answer goes there."""
    with os.fdopen(output, "wb") as there:
        return subprocess.run(
            [sys.executable, "-m", "workbench", *arguments],
            cwd=ROOT,
            stdout=there,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            timeout=60,
            check=False,
        )


def left() -> int:
    """A pipe whose reader went away, as `head` does."""
    reader, writer = os.pipe()
    os.close(reader)
    return writer


@pytest.mark.parametrize("how", [[], ["--json"]])
def test_a_reader_that_goes_away_does_not_make_a_bar_met(missed: Path, how: list[str]) -> None:
    ended = told_to(left(), "verdicts", "Tiny", *how)
    assert (ended.returncode, ended.stderr) == (1, "")


def test_a_reader_that_goes_away_from_an_export_is_no_mistake(missed: Path) -> None:
    ended = told_to(left(), "export", "Tiny")
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("command", [["verdicts"], ["verdicts", "--json"], ["export"]])
def test_an_answer_that_cannot_be_written_says_so(missed: Path, command: list[str]) -> None:
    ended = told_to(os.open("/dev/full", os.O_WRONLY), *command, "Tiny")
    assert ended.returncode == 2
    assert "could not be written: No space left on device" in ended.stderr
    assert "foresee" not in ended.stderr
