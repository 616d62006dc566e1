"""Inputs in the order of a plan, up to the first that was not asked about whole."""

from uuid import UUID

import pytest

from workbench.evidence.in_turn import Pair, finished
from workbench.store.reports.comparison import Asked


def asked(name: int, group: str = "", *, place: str = "", waiting: int = 0) -> Asked:
    """An input whose group (or itself) lies where its place begins."""
    at = place or f"{name:02d}"
    return Asked(
        str(name), f"case-{name}", UUID(int=name), group, at + at, (), 1, 1, 1, 0, 0, waiting, 0
    )


def names(found: list[Pair]) -> list[int]:
    return [int(a.input) for a, _ in found]


def pair(name: int, *, there: str = "", waiting: tuple[int, int] = (0, 0)) -> Pair:
    """One input on both sides, at another place in the plan of B if so told."""
    return asked(name, waiting=waiting[0]), asked(name, place=there, waiting=waiting[1])


def in_group(name: int, group: int, waiting: int = 0) -> Pair:
    """An input of a group: its place is that of the group and then its own."""
    place = f"{group:02d}{name:02d}"
    one = asked(name, f"g{group}", waiting=waiting)._replace(place=place)
    return one, one._replace(waiting=0)


def test_the_order_is_that_of_one_sides_plan() -> None:
    pairs = [pair(3, there="01"), pair(1, there="03"), pair(2, there="02")]
    assert names(finished(pairs, 0)) == [1, 2, 3]
    assert names(finished(pairs, 1)) == [3, 2, 1]
    assert finished([], 0) == []


@pytest.mark.parametrize("waiting", [(1, 0), (0, 1)])
def test_what_comes_after_an_input_that_one_side_waits_for_is_left_out(
    waiting: tuple[int, int],
) -> None:
    pairs = [pair(1), pair(2), pair(3, waiting=waiting), pair(4)]
    assert names(finished(pairs, 0)) == [1, 2]


def test_a_group_counts_whole_or_not_at_all() -> None:
    pairs = [in_group(5, 1), in_group(2, 1), pair(3), in_group(4, 6), in_group(7, 6, waiting=1)]
    assert names(finished(pairs, 0)) == [2, 5, 3]


def test_what_earlier_plans_asked_comes_first_and_the_oldest_of_them_first() -> None:
    pairs = [pair(1), pair(2), pair(3), pair(4)]
    earlier = [[UUID(int=4)], [UUID(int=4), UUID(int=3)]]
    assert names(finished(pairs, 0, earlier)) == [4, 3, 1, 2]


def test_a_group_comes_where_the_first_of_it_was_asked() -> None:
    pairs = [pair(1), in_group(2, 8), in_group(3, 8)]
    assert names(finished(pairs, 0, [[UUID(int=3)]])) == [2, 3, 1]
