"""How many calls are written down before they are sent."""

from workbench.runs.ahead import Pace

WINDOW = 64


def settled(pace: Pace, per_s: float, *rounds: float) -> int:
    """How many come next at so many calls a second, where the rounds' times stray from what their
    calls take by these factors."""
    written = WINDOW
    for stray in rounds:
        written = pace.next(written, WINDOW, stray * written / per_s)
    return written


def test_a_fast_endpoint_gets_a_few_windows_at_a_time() -> None:
    assert settled(Pace(), 2000.0, 1, 1, 1, 1) == 4 * WINDOW


def test_rounds_that_wait_for_two_and_rounds_that_wait_for_none_change_nothing() -> None:
    pace = Pace()
    settled(pace, 2000.0, 1, 1, 1, 1)
    written = 4 * WINDOW
    for took_s in (0.02, 0.24, 0.02, 0.24, 0.02):
        written = pace.next(written, WINDOW, took_s)
        assert written == 4 * WINDOW


def test_a_slow_endpoint_gets_no_more_than_its_window() -> None:
    assert settled(Pace(), 10.0, 1, 1, 1) == WINDOW


def test_a_first_round_that_waits_for_nothing_doubles_and_no_more() -> None:
    assert Pace().next(WINDOW, WINDOW, 0.0) == 2 * WINDOW


def test_an_endpoint_that_becomes_slow_is_down_to_its_window_after_one_round() -> None:
    pace = Pace()
    assert settled(pace, 2000.0, 1, 1, 1, 1) == 4 * WINDOW
    assert pace.next(4 * WINDOW, WINDOW, 30.0) == WINDOW


def test_a_round_in_which_a_budget_let_nothing_through_goes_back_to_a_window() -> None:
    assert Pace().next(0, WINDOW, 1.0) == WINDOW
