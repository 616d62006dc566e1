"""The whole app, driven without a browser, on a database of its own with the sample feature."""

import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from unittest.mock import MagicMock

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, app_test, local_script_runner
from streamlit.testing.v1.element_tree import Block, Node

from tests.empty import reopened
from tests.pages import sessions
from workbench.store.engine.integrity import orphans
from workbench.ui.parts.resources import close_all, hold, open_all

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The file that the app leaves behind when it was started for the first time and closed."""
    folder = tmp_path_factory.mktemp("first-start")
    found = manifest_scanner.scan_component_manifests()
    with pytest.MonkeyPatch.context() as patch:
        # Every `AppTest` looks for components in all installed packages: most of its start.
        patch.setattr(manifest_scanner, "scan_component_manifests", lambda: found)
        patch.setattr(local_script_runner, "require_widgets_deltas", _wait)
        patch.setattr(Block, "__iter__", _nodes)
        # Each run would compile the app and its page anew, and make classes for a server in whose
        # place something stands that answers anything; the same will do for all.
        compiled = cache(ScriptCache)
        patch.setattr(app_test, "ScriptCache", compiled)
        patch.setattr(local_script_runner, "ScriptCache", compiled)
        patch.setattr(app_test, "MagicMock", cache(MagicMock))
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("WORKBENCH_DB", str(folder / "workbench.duckdb"))
            environment.setenv("WORKBENCH_HOME", str(folder / "home"))
            st.cache_resource.clear()
            open_all()
            close_all()
        yield folder / "workbench.duckdb"


_look_until = local_script_runner.require_widgets_deltas


def _wait(runner: local_script_runner.LocalScriptRunner, timeout: float = 3) -> None:
    """Wait for a script to end, without going through all that it has sent a thousand times a
    second, which the script itself has to wait for. Raises RuntimeError after `timeout`."""
    assert runner._script_thread is not None
    runner._script_thread.join(timeout)
    if not runner.script_stopped():
        _look_until(runner, timeout=0)


def _nodes(block: Block) -> Iterator[Node]:
    """A block and all within, in their order. Streamlit's own goes through each block on the way
    to every node, and a test looks through the whole page for each field that it asks for."""
    waiting: list[Node] = [block]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, Block):
            waiting.extend(reversed(node.children.values()))


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first_start: Path) -> Iterator[AppTest]:
    """The first session of an app that has just started, before anything is drawn."""
    shutil.copyfile(first_start, tmp_path / "workbench.duckdb")
    monkeypatch.setenv("WORKBENCH_DB", str(tmp_path / "workbench.duckdb"))
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    st.cache_resource.clear()
    held = hold(reopened(tmp_path / "workbench.duckdb"), tmp_path / "home")
    began = held.store.database.head
    yield sessions.opened()
    # Where nothing was committed, nothing can have been lost.
    ended = held.store.database.head
    lost = orphans(held.store.database) if ended != began else []
    held.close()
    st.cache_resource.clear()
    assert lost == []
