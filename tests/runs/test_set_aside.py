"""What is set aside for calls that wait, by the rule itself: taken back, given again, set free."""

from datetime import UTC, datetime
from uuid import uuid4

from workbench.domain.calls import Request
from workbench.domain.conversations import Message
from workbench.domain.trials import Attempt, PlannedCall, Spent
from workbench.runs.budget import Budget, Purse
from workbench.runs.call import Call
from workbench.runs.set_aside import SetAside

NOW = datetime(2026, 11, 28, tzinfo=UTC)
ASKED = Request("fake-1", (Message("user", "Hello"),))

Waiting = tuple[SetAside, Budget, Purse, list[Attempt]]


def waiting(costs: list[float], usd: float | None = None) -> Waiting:
    """Calls of such prices that wait, with all of it reserved."""
    budget = Budget(usd, 10, Spent(0.0, 0), "The budget")
    purse = Purse([budget])
    aside, attempts = SetAside(purse), []
    for cost in costs:
        planned = PlannedCall(uuid4(), uuid4(), 1)
        assert purse.reserve(cost)
        attempt = Attempt(uuid4(), uuid4(), planned, 1, cost, NOW)
        aside.add([(Call(planned, "Gateway", ASKED, 10, cost), attempt)])
        attempts.append(attempt)
    return aside, budget, purse, attempts


def state(budget: Budget) -> tuple[float, int, int, float]:
    return round(budget.reserved_usd, 9), budget.sent, budget.in_flight, budget.spent_usd


def test_what_waits_is_known_until_it_is_sent() -> None:
    aside, _, _, (first, second) = waiting([1.0, 1.0])
    assert first in aside
    assert second in aside
    aside.sent(first)
    assert first not in aside
    assert second in aside


def test_within_the_budget_nothing_is_taken_back() -> None:
    aside, budget, _, attempts = waiting([1.0, 2.0, 4.0], usd=7.0)
    aside.give_back()
    assert not aside.is_short
    assert not any(aside.lacks(attempt) for attempt in attempts)
    assert state(budget) == (7.0, 3, 3, 0.0)


def test_a_lowered_budget_takes_from_the_last_and_no_more_than_it_must() -> None:
    aside, budget, _, attempts = waiting([1.0, 2.0, 4.0], usd=7.0)
    budget.usd = 3.5
    aside.give_back()
    assert [aside.lacks(attempt) for attempt in attempts] == [False, False, True]
    assert aside.is_short
    assert state(budget) == (3.0, 2, 2, 0.0)
    aside.give_back()
    assert state(budget) == (3.0, 2, 2, 0.0)
    budget.usd = 0.5
    aside.give_back()
    assert [aside.lacks(attempt) for attempt in attempts] == [True, True, True]
    assert state(budget) == (0.0, 0, 0, 0.0)


def test_what_was_sent_meanwhile_is_not_taken_back() -> None:
    aside, budget, _, attempts = waiting([1.0, 2.0], usd=3.0)
    aside.sent(attempts[1])
    budget.usd = 0.0
    aside.give_back()
    assert [aside.lacks(attempt) for attempt in attempts] == [True, False]
    assert state(budget) == (2.0, 1, 1, 0.0)


def test_once_it_is_reserved_again_it_lacks_nothing() -> None:
    aside, budget, purse, (first, second) = waiting([1.0, 2.0], usd=3.0)
    budget.usd = 1.0
    aside.give_back()
    budget.usd = 3.0
    assert purse.reserve(2.0)
    aside.funded(second)
    assert not aside.is_short
    assert not aside.lacks(second)
    assert not aside.lacks(first)
    # And may be taken back another time.
    budget.usd = 1.0
    aside.give_back()
    assert aside.lacks(second)
    assert state(budget) == (1.0, 1, 1, 0.0)


def test_what_will_not_be_sent_is_all_free_again_and_only_once() -> None:
    aside, budget, _, attempts = waiting([1.0, 2.0, 4.0], usd=7.0)
    budget.usd = 3.0
    aside.give_back()
    assert aside.drain() == attempts
    assert state(budget) == (0.0, 0, 0, 0.0)
    assert not aside.is_short
    assert aside.drain() == []
    assert state(budget) == (0.0, 0, 0, 0.0)
