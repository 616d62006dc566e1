"""The small form of `python -m tests.faults.crowd`: how slow it gets is told by the long one."""

import sys

import pytest

from tests.faults import crowd


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="what a process holds is read in /proc")
def test_tabs_that_go_from_page_to_page_beside_a_run_lose_nothing() -> None:
    found = crowd.crowd(tabs=3, calls=16, think_s=0.2, idle_rounds=0)
    assert found.errors == []
    assert found.outputs == found.asked == 32
    assert len(found.cold_s) == 3
    assert found.again_s
    assert found.memory_mb < crowd.MOST_MB
