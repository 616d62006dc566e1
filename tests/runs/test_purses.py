"""What may be spent, by the rule itself: reserved at its most, settled at what it cost."""

import asyncio

import pytest

from workbench.domain.trials import Spent
from workbench.runs.budget import Budget, Purse


def budget(usd: float | None = None, calls: int | None = None, spent: float = 0.0) -> Budget:
    return Budget(usd, calls, Spent(spent, 0), "The budget")


def test_a_request_fits_up_to_the_last_cent_and_not_beyond() -> None:
    assert budget(usd=1.0, spent=0.7).has_room(0.3)
    assert not budget(usd=1.0, spent=0.7).has_room(0.31)
    assert budget().has_room(1e9)


def test_what_is_in_flight_counts_at_its_most_until_it_is_settled() -> None:
    purse = Purse([budget(usd=1.0)])
    assert purse.reserve(0.6)
    assert not purse.reserve(0.6)
    purse.settle(0.6, 0.1)
    assert purse.reserve(0.6)


def test_a_cost_that_nobody_knows_is_all_of_it() -> None:
    one = budget(usd=1.0)
    purse = Purse([one])
    purse.reserve(0.6)
    purse.settle(0.6, None)
    assert (one.spent_usd, one.reserved_usd, one.in_flight) == (0.6, 0.0, 0)


def test_a_request_that_was_not_sent_is_no_call() -> None:
    one = budget(calls=1)
    purse = Purse([one])
    assert purse.reserve(None)
    assert not purse.reserve(None)
    purse.settle(None, 0.0, is_sent=False)
    assert purse.reserve(None)


def test_all_budgets_must_have_room_and_none_is_charged_otherwise() -> None:
    wide, narrow = budget(usd=10.0), budget(usd=0.5)
    purse = Purse([wide, narrow])
    assert not purse.reserve(0.6)
    assert (wide.reserved_usd, wide.sent) == (0.0, 0)


@pytest.mark.parametrize(
    ("full", "said"),
    [
        (budget(usd=2.0, spent=1.5), "The budget of $2.00 leaves no room"),
        (budget(calls=0), "The budget of 0 calls is used up."),
        (budget(usd=2.0, calls=0), "The budget of 0 calls is used up."),
        (budget(usd=2.0, calls=1, spent=1.5), "The budget of $2.00 leaves no room"),
    ],
)
def test_the_budget_that_is_full_says_which_limit_it_is(full: Budget, said: str) -> None:
    assert Purse([budget(usd=100.0), full]).full(1.0).startswith(said)


def test_with_room_in_all_of_them_nothing_is_full() -> None:
    assert Purse([budget(usd=100.0)]).full(1.0) == ""


def test_a_purse_waits_while_something_is_out_and_gives_up_when_nothing_is() -> None:
    async def waits() -> tuple[bool, bool]:
        full = budget(usd=1.0, spent=1.0)
        alone = await Purse([full]).changed(0.5)
        full.in_flight = 1
        return alone, await Purse([full]).changed(0.5)

    assert asyncio.run(waits()) == (False, True)
