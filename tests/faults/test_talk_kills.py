"""The small form of `python -m tests.faults.talk_kills`: what killed conversations keep."""

from pathlib import Path

from tests.faults.talk_kills import torture


def test_conversations_that_are_killed_go_on_after_their_last_turn_and_pay_for_nothing_in_silence(
    tmp_path: Path,
) -> None:
    found = torture(tmp_path, cases=24, times=3)
    assert found.kills == 3
    assert found.complaints() == []
