"""Where commands work while they are tested."""

import importlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

# Where what calls need is loaded, as in most of this suite by then, `run` begins no process of its
# own for them, which takes 0.3 seconds. Those that do are in tests/faults and test_loading.py.
importlib.import_module("workbench.models.transport")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every command works in a folder of its own, never on this project's data."""
    _set(monkeypatch, tmp_path)
    return tmp_path


@contextmanager
def working_in(folder: Path) -> Iterator[None]:
    """Inside, commands work there: to build what several tests begin with, once."""
    with pytest.MonkeyPatch.context() as patch:
        _set(patch, folder)
        yield


def copied(built: Path, home: Path) -> None:
    """Put the database of a folder in which commands worked into another one."""
    for file in built.glob("app.duckdb*"):
        shutil.copy(file, home)


def _set(patch: pytest.MonkeyPatch, folder: Path) -> None:
    patch.setenv("WORKBENCH_HOME", str(folder / "home"))
    patch.setenv("WORKBENCH_DB", str(folder / "app.duckdb"))
