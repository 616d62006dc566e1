"""What the tests of deeds share: runs as the product makes them, and who does the deeds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.runs.jobs import Jobs
from workbench.store.store import Store


@pytest.fixture
def jobs(store: Store, tmp_path: Path) -> Iterator[Jobs]:
    """Runs of this store."""
    held = Jobs(store, Models(LocalModel(tmp_path)))
    yield held
    held.close()
