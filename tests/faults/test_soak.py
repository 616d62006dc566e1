"""The small form of `python -m tests.faults.soak`."""

import sys

import pytest

from tests.faults import soak


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="what a process holds is read in /proc")
def test_tabs_that_come_and_go_and_uploads_leave_memory_and_handles_flat() -> None:
    found = soak.soak(seconds=0, uploads=20, warm_up=16)
    assert found.uploads == 20
    assert found.is_flat(), found
