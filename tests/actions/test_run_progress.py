"""What a run that goes on says of itself: the pace that it sees, and how it is being ended."""

import pytest

from workbench.actions.run_progress import Going
from workbench.domain.experiments import Limits
from workbench.runs.job import Status


def going(
    done: int, ended: int, elapsed_s: float | None, status: Status | None = None, planned: int = 40
) -> Going:
    return Going(done, planned, ended, elapsed_s, status)


def status(in_flight: int = 0, *, is_stopping: bool = False, is_paused: bool = False) -> Status:
    return Status(in_flight, 4, 4, is_paused, is_stopping, "", 0.0, 0, Limits())


def test_the_time_to_go_is_that_of_the_pace_seen() -> None:
    now = going(10, 10, 20.0)
    assert now.left_s == 60.0
    assert now.sentence() == "20 s so far · one every 2.0 s · about 60 s to go"


def test_answers_from_before_tell_nothing_of_the_pace() -> None:
    assert going(30, 5, 20.0).left_s == 40.0


def test_the_time_to_go_grows_while_nothing_comes() -> None:
    first, later = going(39, 39, 57.0).left_s, going(39, 39, 300.0).left_s
    assert first is not None
    assert later is not None
    assert later > 5 * first


@pytest.mark.parametrize("elapsed_s", [None, 0.0, 3.0])
def test_before_the_first_answer_no_time_is_promised(elapsed_s: float | None) -> None:
    assert "to go" not in going(0, 0, elapsed_s).sentence()


def test_a_run_that_is_told_to_end_says_what_it_waits_for() -> None:
    said = [going(9, 9, 20.0, status(n, is_stopping=True)).sentence() for n in (3, 1, 0)]
    assert said == [
        "stopping: 3 calls in flight to finish",
        "stopping: 1 call in flight to finish",
        "stopping",
    ]


def test_a_paused_run_promises_no_end() -> None:
    now = going(9, 9, 20.0, status(is_paused=True))
    assert (now.sentence(), now.left_s) == ("paused", None)


def test_after_the_last_answer_it_is_being_scored() -> None:
    assert going(40, 40, 20.0, status()).sentence() == "scoring the answers"


def test_many_a_second_are_said_so_and_a_share_is_never_above_one() -> None:
    assert "5.0 a second" in going(20, 20, 4.0).sentence()
    assert going(50, 50, 4.0).share == 1.0
    assert going(0, 0, None, planned=0).share == 0.0
