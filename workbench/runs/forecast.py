"""What a plan will take before it starts: calls, tokens, time and money, with how sure we are."""

from dataclasses import dataclass
from math import ceil
from statistics import fmean

from workbench.domain.calls import Request
from workbench.domain.datasets import Case
from workbench.domain.prompts import Variant
from workbench.models import prices
from workbench.runs.planning import most_cost, requests, with_body
from workbench.store.store import Store

_MOST_RENDERED = 10_000
"""Prompts rendered for each variant, which takes a tenth of a second; of more cases as many are
taken evenly."""


@dataclass(frozen=True)
class Forecast:
    """`seconds` and `cost` (USD) are (likely, at most) pairs. Cost is None where a price is
    unknown, and seconds where a model never answered here: only its answers tell how fast it is.
    `basis` says in words what they rest on.

    The most that it costs is what budgets reserve for the same calls.
    """

    calls: int
    seconds: tuple[float, float] | None
    cost: tuple[float, float] | None
    basis: str


def forecast(
    store: Store, variants: tuple[Variant, ...], cases: list[Case], trials: int
) -> Forecast:
    """What asking every variant for every case `trials` times will take.

    Prompt tokens are estimated from rendered prompts, answer tokens from earlier answers of the
    same model where there are any; the upper figures take every answer at its token limit, and the
    upper cost each prompt at as many tokens as it could have at most.
    """
    step = ceil(len(cases) / _MOST_RENDERED) or 1
    calls = len(variants) * len(cases) * trials
    likely_s: dict[str, float] = {}
    most_s: dict[str, float] = {}
    cost: tuple[float, float] | None = (0.0, 0.0)
    seen, is_paced = 0, True
    for variant in variants:
        connection = store.connections.named(variant.connection)
        usage = store.reports.outputs.usage(variant.connection, variant.model)
        seen += usage.n
        limit = float(variant.parameters.max_tokens)
        likely_out = usage.output_tokens or limit / 2
        asked = [with_body(one, connection) for one in requests((variant,), cases[::step])]
        n = len(cases) * trials
        price = prices.price(connection, variant.model)
        if price is None or cost is None:
            cost = None
        else:
            tokens_in = fmean(_tokens(one) for one in asked) if asked else 0.0
            likely = prices.cost(price, ceil(n * tokens_in), ceil(n * likely_out)) or 0.0
            most = n * fmean(most_cost(price, one) for one in asked) if asked else 0.0
            cost = (cost[0] + min(likely, most), cost[1] + most)
        is_paced = is_paced and (usage.latency_ms is not None or not n)
        each = (usage.latency_ms or 0.0) / 1000
        lane = connection.name
        likely_s[lane] = likely_s.get(lane, 0) + each * n / connection.concurrency
        stretched = each * max(1.5, limit / likely_out)
        most_s[lane] = most_s.get(lane, 0) + stretched * n / connection.concurrency
    basis = (
        f"from {seen:,} earlier answer{'s' * (seen != 1)} of these models"
        if seen
        else "from the length of the prompts; nothing was asked of these models before"
    )
    if step > 1:
        basis += f"; prompts measured on one case in {step}"
    longest = max(likely_s.values(), default=0.0), max(most_s.values(), default=0.0)
    return Forecast(calls, longest if is_paced else None, cost, basis)


def _tokens(asked: Request) -> int:
    return prices.estimate_tokens("".join(message.content for message in asked.messages))
