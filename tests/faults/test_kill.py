"""The small form of `python -m tests.faults.kill_run`: what a killed run keeps and pays for."""

import math
from pathlib import Path

from tests.faults.kill_run import torture


def test_a_run_that_is_killed_again_and_again_loses_nothing_and_lists_what_it_paid_for_twice(
    tmp_path: Path,
) -> None:
    found = torture(tmp_path, times=5, cases=60, trials=5)
    assert found.kills == 5
    # How long things take is for the full form, on a machine that does nothing else.
    assert found.complaints(most_s=math.inf, most_open_s=math.inf) == []
