"""Sessions that come and go leave nothing behind, and files are their own session's only."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.visitor import Tab, Visitor, free_port
from workbench import config
from workbench.server import sessions

SCRIPT = """
import gc
import streamlit as st
from streamlit.runtime import get_instance
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import get_script_run_ctx
own = get_script_run_ctx().session_id
st.file_uploader("A file", key="a")
st.download_button("All", "the same for everybody", "all.txt", key="all")
st.download_button("Own", f"of {own}", "own.txt", key="own")
gc.unfreeze()  # what was set aside is counted, too
st.text(f"sessions {sum(isinstance(each, AppSession) for each in gc.get_objects())}")
st.text(f"uploads {len(get_instance().uploaded_file_mgr.file_storage)}")
st.text(f"files {len(get_instance().media_file_mgr._storage._owners)}")
"""
LAUNCH = """
import sys
from pathlib import Path
from workbench.server import start as server
port = int(sys.argv[2])
server.run("127.0.0.1", port, False, script=Path(sys.argv[1]), open_all=list, close_all=list)
"""
ROUNDS = 20


class Served:
    """A server in its own process: the address it printed and what it holds."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        assert process.stdout is not None
        self.address = process.stdout.readline().split()[4]

    def handles(self) -> int:
        """How many files, sockets and pipes it has open."""
        if sys.platform != "linux":
            pytest.skip("handles are counted in /proc")
        return len(os.listdir(f"/proc/{self._process.pid}/fd"))


@contextmanager
def serving(folder: Path, life_s: int, script: str = SCRIPT) -> Iterator[Served]:
    """A script, in a server whose sessions may come back for so long."""
    (folder / ".streamlit").mkdir()
    settings = f"server.disconnectedSessionTTL = {life_s}\n"
    (folder / ".streamlit" / "config.toml").write_text(settings)
    (folder / "app.py").write_text(script)
    process = subprocess.Popen(
        [sys.executable, "-c", LAUNCH, str(folder / "app.py"), str(free_port())],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(config.ROOT),
            "WORKBENCH_HOME": str(folder / "home"),
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Served(process)
    finally:
        process.terminate()
        process.communicate(timeout=30)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for every test that counts none of what a server holds but handles."""
    with serving(tmp_path_factory.mktemp("served"), 120) as found:
        yield found


def until(holds: Callable[[], bool]) -> bool:
    """Whether it comes true within a minute."""
    deadline = time.monotonic() + 60
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def test_a_file_is_served_to_its_own_living_session_only(served: Served) -> None:
    mine, other = Visitor(served.address), Visitor(served.address)
    refused = 0
    for _ in range(ROUNDS):
        with Tab(mine) as tab, Tab(other):
            assert len(tab.media) == 2
            own = tab.media[1]
            assert mine.get(own) == (200, f"of {tab.session_id}".encode())
            assert other.get(own)[0] == 404
            stranger = Visitor(served.address)
            assert stranger.get(own)[0] == 404
            stranger.cookies.pop("workbench_browser")
            assert stranger.send("HEAD", own)[0] == 404
        refused += until(lambda path=own: mine.get(path)[0] == 404)  # type: ignore[misc]
    assert refused == ROUNDS


def test_the_same_file_of_two_sessions_is_each_ones_own(served: Served) -> None:
    mine, other = Visitor(served.address), Visitor(served.address)
    with Tab(mine) as tab:
        shared = tab.media[0]
        assert other.get(shared)[0] == 404
        with Tab(other) as theirs:
            assert theirs.media[0] == shared
            assert (mine.get(shared)[0], other.get(shared)[0]) == (200, 200)
        assert until(lambda: other.get(shared)[0] == 404)
        assert mine.get(shared)[0] == 200


def test_a_file_stays_while_the_page_is_drawn_again(served: Served) -> None:
    mine = Visitor(served.address)
    with Tab(mine) as tab:
        for _ in range(5):
            tab.draw()
            assert mine.get(tab.media[1])[0] == 200


@pytest.mark.parametrize("path", ["", "none.txt", "../_stcore/host-config", "%2e%2e/x", "a/b"])
def test_what_is_no_file_is_not_found(served: Served, path: str) -> None:
    assert Visitor(served.address).get(f"/media/{path}")[0] in (403, 404)


def test_an_upload_is_taken_for_a_session_of_the_same_browser_only(served: Served) -> None:
    mine, other = Visitor(served.address), Visitor(served.address)
    with Tab(mine) as tab, Tab(other) as theirs:
        assert tab.upload(b"a,b\n1,2\n") == 204
        assert theirs.upload(b"a,b\n1,2\n", tab.session_id) == 404
        assert theirs.upload(b"a,b\n1,2\n", "none") == 404


def test_closed_tabs_hold_no_file_handles(served: Served) -> None:
    visitor = Visitor(served.address)
    with Tab(visitor):
        pass
    assert until(lambda: served.handles() <= 40)
    before = served.handles()
    for _ in range(45):
        with Tab(visitor):
            pass
    assert until(lambda: served.handles() <= before + 6), served.handles()


def test_a_tab_that_comes_back_finds_its_session(tmp_path: Path) -> None:
    with serving(tmp_path, 120) as served:
        visitor = Visitor(served.address)
        with Tab(visitor) as tab:
            tab.upload(b"a,b\n1,2\n")
            first = tab.session_id
        busy = served.handles()
        assert until(lambda: served.handles() < busy)
        with Tab(visitor, back_to=first) as tab:
            assert tab.session_id == first
            tab.draw()
            assert "uploads 1" in tab.texts


def test_sessions_past_their_time_leave_no_objects_uploads_or_files(tmp_path: Path) -> None:
    with serving(tmp_path, 1) as served:
        visitor = Visitor(served.address)
        for _ in range(10):
            with Tab(visitor) as tab:
                assert tab.upload(b"x" * 100_000) == 204

        with Tab(visitor) as last:

            def is_clean() -> bool:
                last.draw()
                return {"sessions 1", "uploads 0"} <= set(last.texts)

            assert until(is_clean), last.texts
            assert until(lambda: (last.draw(), "files 2" in last.texts)[1]), last.texts


def test_too_many_closed_tabs_make_room_and_the_longest_gone_is_ended() -> None:
    ended: list[str] = []

    class Session:
        """What `Waiting` asks of a Streamlit session."""

        _scriptrunner = None

        def __init__(self, name: str) -> None:
            self.id = name

        def shutdown(self) -> None:
            ended.append(self.id)

    waiting = sessions.Waiting(60, most=3)
    for name in "abcde":
        waiting.save(sessions.SessionInfo(None, Session(name), 0))  # type: ignore[arg-type]
    assert ended == ["a", "b"]
    assert [info.session.id for info in waiting.list()] == ["c", "d", "e"]
    assert waiting.get("a") is None
