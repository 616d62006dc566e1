"""The small form of `python -m tests.faults.judge_kills`: what judges that are killed keep."""

from pathlib import Path

from tests.faults.judge_kills import torture


def test_killed_judges_go_on_where_they_were_and_nothing_is_paid_for_in_silence(
    tmp_path: Path,
) -> None:
    found = torture(tmp_path, outputs=120, times=2)
    assert found.kills == 2
    assert found.complaints() == []
