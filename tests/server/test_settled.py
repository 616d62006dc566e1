"""Garbage is looked for among what is new, once in a while, and not after each drawing."""

import gc
import os
import subprocess
import sys
import time
import types
import weakref
from collections.abc import Iterator

import pytest

from tests.faults.visitor import Tab, Visitor, free_port
from workbench.config import ROOT
from workbench.server.settled import Settling

PAGE = """
import gc
import pandas, altair
import streamlit as st
whole = gc.get_stats()[2]["collections"]
st.text(f"{len(gc.get_objects())} {gc.get_freeze_count()} {whole}")
"""
LAUNCH = """
import sys
from pathlib import Path
from workbench.server import start
nothing = lambda: None
port = int(sys.argv[2])
start.run("127.0.0.1", port, False, script=Path(sys.argv[1]), open_all=nothing, close_all=nothing)
"""
PATIENCE_S = 120.0


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """A browser at a server whose page tells what the collector looks at, and what it does not."""
    folder = tmp_path_factory.mktemp("settled")
    script = folder / "page.py"
    script.write_text(PAGE, "utf-8")
    process = subprocess.Popen(
        [sys.executable, "-c", LAUNCH, str(script), str(free_port())],
        cwd=ROOT,
        env=os.environ | {"WORKBENCH_HOME": str(folder / "home")},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield Visitor(process.stdout.readline().split()[4])
    finally:
        process.terminate()
        process.communicate(timeout=60)


def test_a_drawn_page_has_a_small_part_of_what_is_loaded_looked_at(visitor: Visitor) -> None:
    deadline = time.monotonic() + PATIENCE_S
    with Tab(visitor) as tab:
        while True:
            looked_at, set_aside, _ = map(int, tab.texts[0].split())
            if looked_at < set_aside / 5 or time.monotonic() > deadline:
                break
            tab.draw()
    assert looked_at < set_aside / 5


def test_a_drawing_is_not_followed_by_a_look_at_everything(visitor: Visitor) -> None:
    with Tab(visitor) as tab:
        before = int(tab.texts[0].split()[2])
        for _ in range(40):
            tab.draw()
        after = int(tab.texts[0].split()[2])
    # Streamlit's own would be 40; Python has its reasons for a few while modules are loaded.
    assert after - before < 20


@pytest.fixture
def settling() -> Iterator[Settling]:
    """One that is told of modules by this test, with nothing set aside before: in the end that is
    what all tests stand on, as it was."""
    gc.unfreeze()
    yield Settling()
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def loaded(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setitem(sys.modules, name, types.ModuleType(name))


def test_nothing_is_set_aside_while_more_is_loaded(
    settling: Settling, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not settling.look()
    loaded(monkeypatch, "made_up_1")
    assert not settling.look()
    assert settling.look()
    assert gc.get_freeze_count() > 0


def test_it_is_done_once_until_more_is_loaded(
    settling: Settling, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [settling.look() for _ in range(4)] == [False, True, False, False]
    loaded(monkeypatch, "made_up_2")
    assert [settling.look() for _ in range(3)] == [False, True, False]


def test_garbage_is_still_collected(settling: Settling, monkeypatch: pytest.MonkeyPatch) -> None:
    class Knot:
        """Holds itself."""

        def __init__(self) -> None:
            self.own = self

    kept = Knot()
    assert [settling.look(), settling.look()] == [False, True]
    gone, new = weakref.ref(kept), weakref.ref(Knot())
    del kept
    gc.collect()
    assert new() is None
    # The one that was set aside goes when more is.
    loaded(monkeypatch, "made_up_3")
    assert [settling.look(), settling.look()] == [False, True]
    assert gone() is None


def test_garbage_is_collected_once_in_a_while_whatever_happens(settling: Settling) -> None:
    class Knot:
        """Holds itself."""

        def __init__(self) -> None:
            self.own = self

    assert [settling.look(), settling.look()] == [False, True]
    gc.disable()
    try:
        gone = weakref.ref(Knot())
        looks = 0
        while gone() is not None and looks < 100:
            assert not settling.look()
            looks += 1
        assert looks == 30
    finally:
        gc.enable()


def test_where_sessions_ended_what_was_set_aside_is_looked_at_once_more_every_ten_looks() -> None:
    settling = Settling()
    settling.look()
    assert settling.look()
    try:
        done = [settling.look(ended=n) for n in range(1, 31)]
        assert done == [n % 10 == 0 for n in range(1, 31)]
        assert not any(settling.look(ended=30) for _ in range(20))
    finally:
        gc.unfreeze()
