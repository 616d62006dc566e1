"""What the tests of runs share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.runs.jobs import Jobs
from workbench.store.store import Store


@pytest.fixture
def jobs(store: Store, tmp_path: Path) -> Iterator[Jobs]:
    """Runs that ask every call as often as the product does."""
    held = Jobs(store, Models(LocalModel(tmp_path)))
    yield held
    held.close()
