"""Where commands work while they are tested."""

import importlib
from pathlib import Path

import pytest

# Where what calls need is loaded, as in most of this suite by then, `run` begins no process of its
# own for them, which takes 0.3 seconds. Those that do are in tests/faults and test_loading.py.
importlib.import_module("workbench.models.transport")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every command works in a folder of its own, never on this project's data."""
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WORKBENCH_DB", str(tmp_path / "app.duckdb"))
    return tmp_path
