"""The whole app, driven without a browser, on a database of its own with the sample feature."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from workbench.store.integrity import orphans
from workbench.ui.resources import services

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The app after its first run, on the Overview. Go on with `app.switch_page("pages/…")`."""
    monkeypatch.setenv("WORKBENCH_DB", str(tmp_path / "workbench.duckdb"))
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    st.cache_resource.clear()
    found = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30).run()
    yield found
    assert orphans(services().store.database) == []
    st.cache_resource.clear()
