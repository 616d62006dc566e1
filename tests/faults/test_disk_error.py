"""The small form of `python -m tests.faults.disk_error`: writes that fail, and what is kept."""

from pathlib import Path

import pytest

from tests.faults.disk_error import CALLS, can_trace, torture


def test_a_disk_that_fails_loses_no_commit_that_was_acknowledged(tmp_path: Path) -> None:
    if not can_trace():
        pytest.skip("NO STRACE: what happens when the disk fails was not tested here")
    found = torture(tmp_path, points=len(CALLS))
    assert found.hit > 0
    assert found.complaints == []
