"""What it costs to have the users of a plan played, before it starts."""

from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

from workbench.domain.datasets import Case
from workbench.domain.experiments import Experiment
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


class Requests(NamedTuple):
    """How many requests a trial takes at most, those to the tested model and to the one that plays
    its user, and how many `all` trials of a plan take together."""

    own: int = 1
    users: int = 0
    all: int = 0

    @property
    def each(self) -> int:
        """Of one trial, at most."""
        return self.own + self.users

    @property
    def noun(self) -> str:
        """What is counted where a run is offered: a conversation is more than one call."""
        return "trial" if self.users else "call"


def most_requests(variants: Sequence[Variant], cases: Sequence[Case], trials: int) -> Requests:
    """What the longest trials take, whether it is known yet who plays users or not."""
    longest, total = Requests(), 0
    for variant in variants:
        tools = variant.prompt.text.tools
        most = tools.most_requests if tools else 1
        for case in cases:
            says = 0 if case.user is None else case.user.turns
            found = Requests((1 + says) * (most if case.tool_replies else 1), says)
            longest = max(longest, found, key=lambda one: one.each)
            total += found.each
    return longest._replace(all=total * trials)


def most_of(store: Store, experiment: Experiment, n: int) -> Requests:
    """What `n` trials of a frozen plan take at most."""
    asked = tuple(variant for variant in experiment.variants if not variant.is_outside)
    found = most_requests(asked, store.experiments.cases(experiment.id), experiment.trials)
    return found._replace(all=min(found.all, found.each * n))


def together(found: Sequence[Requests]) -> Requests:
    """Of several plans: the longest trial, and all requests of all."""
    longest = max(found, key=lambda one: one.each, default=Requests())
    return longest._replace(all=sum(one.all for one in found))


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
