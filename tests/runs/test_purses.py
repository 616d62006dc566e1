"""What may be spent, by the rule itself: reserved at its most, settled at what it cost."""

import asyncio
from contextlib import suppress

import pytest

from tests.building import loop
from workbench.domain.experiments import Limits
from workbench.domain.trials import Spent
from workbench.runs.budget import Budget, Purse
from workbench.runs.purses import Purses
from workbench.store.store import Store


def budget(usd: float | None = None, calls: int | None = None, spent: float = 0.0) -> Budget:
    return Budget(usd, calls, Spent(spent, 0), "The budget")


def test_a_request_fits_up_to_the_last_cent_and_not_beyond() -> None:
    assert budget(usd=1.0, spent=0.7).has_room(0.3)
    assert not budget(usd=1.0, spent=0.7).has_room(0.31)
    assert budget().has_room(1e9)


def test_what_has_no_price_is_limited_by_calls_alone() -> None:
    assert budget(usd=1.0, spent=1.0).has_room(None)
    assert not budget(usd=1.0, spent=1.1).has_room(None)
    assert not budget(usd=1.0, calls=0).has_room(None)


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


def test_parts_that_add_up_to_the_budget_fit_in_it_whatever_rounding_says() -> None:
    one = budget(usd=0.3)
    purse = Purse([one])
    for _ in range(3):
        assert purse.reserve(0.1)
    assert not one.is_over
    assert not purse.reserve(0.0001)


def test_a_budget_is_over_only_by_more_than_it_allows() -> None:
    one = budget(usd=1.0, spent=0.4)
    purse = Purse([budget(), one])
    purse.reserve(0.6)
    assert not purse.is_over
    one.usd = 0.99
    assert one.is_over
    assert purse.is_over
    one.usd = None
    assert not purse.is_over


def test_a_number_of_calls_is_over_when_more_were_sent() -> None:
    one = budget(calls=2)
    purse = Purse([one])
    purse.reserve(None)
    purse.reserve(None)
    assert not one.is_over
    one.calls = 1
    assert one.is_over


def test_what_was_spent_counts_for_good() -> None:
    one = budget(usd=1.0)
    purse = Purse([one])
    purse.reserve(0.5)
    purse.settle(0.5, 0.2)
    assert (one.spent_usd, one.reserved_usd, one.in_flight, one.sent) == (0.2, 0.0, 0, 1)
    assert one.has_room(0.8)
    assert not one.has_room(0.81)


def test_a_full_budget_says_what_of_it_is_spent() -> None:
    assert budget(usd=1234.5, spent=0.12345).said() == (
        "The budget of $1,234.50 leaves no room for another call: $0.1235 is spent. "
        "Raise it to go on."
    )
    assert budget(calls=1200).said() == ("The budget of 1,200 calls is used up. Raise it to go on.")


@pytest.mark.parametrize(
    ("usd", "spent", "said"),
    [
        (0.0001, 0.00003, "of $0.0001 leaves no room for another call: under $0.0001 is spent."),
        (0.02, 0.0, "of $0.0200 leaves no room for another call: $0 is spent."),
    ],
)
def test_a_small_budget_is_not_said_to_be_nothing(usd: float, spent: float, said: str) -> None:
    assert said in budget(usd=usd, spent=spent).said()


def test_a_purse_gives_up_when_one_of_its_budgets_stays_full() -> None:
    async def waits() -> bool:
        full, wide = budget(usd=1.0, spent=1.0), budget(usd=9.0)
        wide.in_flight = 1
        return await Purse([wide, full]).changed(0.5)

    assert asyncio.run(waits()) is False


def test_runs_of_one_feature_share_its_budget_and_have_one_each(store: Store) -> None:
    made = loop(store)
    run, other, feature = made.variant.id, made.dataset.id, made.feature_id
    store.features.set_budget(feature, 5.0, "Ada")

    async def shared() -> None:
        purses = Purses(store)
        async with purses.open(run, feature, Limits(usd=2.0, calls=7)) as first:
            own, common = first.budgets
            assert (own.usd, own.calls, own.name) == (2.0, 7, "This run's budget")
            assert (common.usd, common.calls, common.name) == (5.0, None, "The feature's budget")
            assert first.reserve(1.5)
            async with purses.open(other, feature, Limits()) as second:
                assert second.budgets[1] is common
                assert second.budgets[0].reserved_usd == 0
                assert second.reserve(3.5)
                assert not second.reserve(0.1)
                purses.limit(feature, 9.0)
                assert second.reserve(0.1)
                assert not first.reserve(0.6)
            # The first still holds it.
            purses.limit(feature, 5.0)
            assert common.usd == 5.0
            assert first.is_over
        purses.limit(feature, 1.0)
        assert common.usd == 5.0
        async with purses.open(run, feature, Limits()) as anew:
            assert anew.budgets[1] is not common
            assert anew.budgets[1].usd == 5.0
        purses.limit(other, 1.0)

    asyncio.run(shared())


def test_a_run_that_ends_badly_lets_go_of_the_budget_too(store: Store) -> None:
    made = loop(store)

    async def failing() -> None:
        purses = Purses(store)
        with suppress(RuntimeError):
            async with purses.open(made.variant.id, made.feature_id, Limits()) as purse:
                common = purse.budgets[1]
                raise RuntimeError("stopped")
        async with purses.open(made.variant.id, made.feature_id, Limits()) as purse:
            assert purse.budgets[1] is not common

    asyncio.run(failing())
