"""What it costs to have the users of a plan played, before it starts."""

from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

from workbench.domain.datasets import Case
from workbench.domain.prompts import Variant
from workbench.errors import TemplateError
from workbench.models import prices
from workbench.runs import simulated
from workbench.runs.planning import likely_input, most_cost, request, with_body
from workbench.runs.simulated import turns_of
from workbench.store.store import Store

_LIKELY_WORDS, _TEMPLATE = 40, 32
"""Tokens of what a user says, as long as none was heard, and at most of what a chat template puts
around a message."""


def most_words(variant: Variant, cases: Sequence[Case]) -> int:
    """Tokens of what a user says at most; 0 where nobody plays any."""
    is_played = any(turns_of(variant, case) for case in cases)
    return simulated.PARAMETERS.max_tokens if is_played else 0


class Played(NamedTuple):
    """What playing the users of all cases once takes: the connection's name, seconds with its
    calls at once (None where the model never answered) and USD, likely and at most (None where the
    price is unknown)."""

    lane: str
    seconds: float | None
    cost: tuple[float, float] | None


def of_player(
    store: Store, variant: Variant, cases: Sequence[Case], answer: tuple[float, float]
) -> Played | None:
    """What it takes to have users played; None where nobody is. `answer` is how many tokens the
    tested model takes, likely and at most.

    A player is shown all that was said: in each turn its prompt is longer by an answer and by what
    it said itself. It is taken to say all that it may.
    """
    player = variant.parameters.user
    if player is None or not most_words(variant, cases):
        return None
    connection = store.connections.named(player.connection)
    usage = store.reports.outputs.usage(player.connection, player.model)
    said = sum(turns_of(variant, case) for case in cases)
    each = None if usage.latency_ms is None else usage.latency_ms / 1000
    seconds = None if each is None else each * said / connection.concurrency
    price = prices.price(connection, player.model)
    if price is None:
        return Played(connection.name, seconds, None)
    own_words = usage.output_tokens or _LIKELY_WORDS
    likely = most = 0.0
    for case in cases:
        times = turns_of(variant, case)
        try:
            first = request(variant, case)
        except TemplateError:
            continue  # it is never asked
        if not times:
            continue
        asked = with_body(simulated.asked(player, case, first, ()), connection)
        answers, own = times * (times + 1) / 2, times * (times - 1) / 2
        shown = times * likely_input(asked) + answers * answer[0] + own * own_words
        likely += prices.cost(price, ceil(shown), ceil(times * own_words)) or 0.0
        grown = answers * (answer[1] + _TEMPLATE)
        grown += own * (simulated.PARAMETERS.max_tokens + _TEMPLATE)
        most += times * most_cost(price, asked) + (prices.cost(price, ceil(grown), 0) or 0.0)
    return Played(connection.name, seconds, (min(likely, most), most))
