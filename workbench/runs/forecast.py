"""What a plan will take before it starts: calls, tokens, time and money, with how sure we are."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import fmean

from workbench.domain.criteria import Criterion
from workbench.domain.datasets import Case
from workbench.domain.experiments import Experiment
from workbench.domain.judging import JudgedCall
from workbench.domain.prompts import Variant
from workbench.models import prices
from workbench.runs import judging
from workbench.runs.call import Call
from workbench.runs.forecast_users import Requests, most_requests, most_words, of_player
from workbench.runs.planning import (
    likely_input,
    most_cost,
    most_output,
    requests,
    with_body,
)
from workbench.runs.simulated import turns_of
from workbench.say import count
from workbench.store.store import Store

_MOST_RENDERED = 10_000
"""Prompts rendered for each variant, which takes a tenth of a second; of more cases as many are
taken evenly."""

_JUDGED_RENDERED = 100


@dataclass(frozen=True)
class Forecast:
    """`seconds` and `cost` (USD) are (likely, at most) pairs. Cost is None where a price is
    unknown, and seconds where a model never answered here: only its answers tell how fast it is.
    `basis` says in words what they rest on. `most` is how many requests that is at most.

    The most that it costs is what budgets reserve for the same calls.
    """

    calls: int
    seconds: tuple[float, float] | None
    cost: tuple[float, float] | None
    basis: str
    most: Requests


def forecast(
    store: Store, variants: tuple[Variant, ...], cases: list[Case], trials: int
) -> Forecast:
    """What asking every variant for every case `trials` times will take.

    Prompt tokens are estimated from rendered prompts, answer tokens from earlier answers of the
    same model where there are any; the upper figures take every answer at its token limit, and the
    upper cost each prompt at as many tokens as it could have at most. Where tools are offered and
    the cases have replies, an answer is taken for two requests, and at most for as many as its
    prompt allows, each longer by an answer and all replies. Simulated users are taken to say all
    that they may; what their model costs is added.
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
        asked = [
            with_body(one, connection)
            for one in requests((variant,), cases[::step], store.attachments)
        ]
        n = len(cases) * trials
        likely_n, most_n = _requests(variant, cases)
        price = prices.price(connection, variant.model)
        if price is None or cost is None:
            cost = None
        else:
            tokens_in = fmean(likely_input(one) for one in asked) if asked else 0.0
            asks = n * likely_n
            likely = prices.cost(price, ceil(asks * tokens_in), ceil(asks * likely_out)) or 0.0
            most = n * fmean(most_cost(price, one) for one in asked) if asked else 0.0
            if asked and most_n > 1:
                grows = most_output(asked[0]) + max(_reply_bytes(case) for case in cases)
                grows += most_words(variant, cases)
                times = max(_requests(variant, [case])[1] for case in cases)
                more = prices.cost(price, ceil(times * (times - 1) / 2 * grows), 0) or 0.0
                most = most * most_n + n * more
            cost = (cost[0] + min(likely, most), cost[1] + most)
        played = of_player(store, variant, cases, (likely_out, limit))
        is_paced = is_paced and (usage.latency_ms is not None or not n)
        each = (usage.latency_ms or 0.0) / 1000
        lane = connection.name
        likely_s[lane] = likely_s.get(lane, 0) + each * n * likely_n / connection.concurrency
        stretched = each * max(1.5, limit / likely_out)
        most_s[lane] = most_s.get(lane, 0) + stretched * n * most_n / connection.concurrency
        if played is not None:
            spoken = trials * (played.seconds or 0.0)
            likely_s[played.lane] = likely_s.get(played.lane, 0) + spoken
            most_s[played.lane] = most_s.get(played.lane, 0) + 1.5 * spoken
            is_paced = is_paced and played.seconds is not None
            dear = played.cost
            cost = cost and dear and (cost[0] + trials * dear[0], cost[1] + trials * dear[1])
    basis = (
        f"from {seen:,} earlier answer{'s' * (seen != 1)} of these models"
        if seen
        else "from the length of the prompts; nothing was asked of these models before"
    )
    if step > 1:
        basis += f"; prompts measured on one case in {step}"
    if any(_requests(variant, cases)[1] > 1 for variant in variants):
        basis += "; trials that call tools taken for two requests, and at most for all allowed"
    if any(case.user is not None for case in cases):
        basis += "; simulated users taken to say all that they may"
    longest = max(likely_s.values(), default=0.0), max(most_s.values(), default=0.0)
    return Forecast(
        *(calls, longest if is_paced else None, cost, basis),
        most_requests(variants, cases, trials),
    )


def of_judges(store: Store, experiment: Experiment, criteria: Sequence[Criterion]) -> Forecast:
    """What it will take until all outputs of an experiment are judged. Prompts are measured on a
    few outputs, and so are the answers of these judges where there are any; the upper figures take
    every answer at its token limit."""
    plan = judging.prepare(store, experiment, criteria)
    waiting = Counter(c.scorer for c in plan.missing if isinstance(c, JudgedCall))
    measured: dict[str, list[Call]] = {}
    for call in plan.sample(_JUDGED_RENDERED):
        assert isinstance(call.planned, JudgedCall)
        measured.setdefault(call.planned.scorer, []).append(call)
    likely_usd, most_usd, likely_s, most_s, seen = 0.0, 0.0, 0.0, 0.0, 0
    is_priced = is_paced = True
    for scorer, calls in measured.items():
        n = waiting[scorer]
        usage = store.judging.usage(plan.judges[scorer].settings["model"])
        seen += usage.n
        limit = float(most_output(calls[0].request))
        answer = usage.output_tokens or limit / 4
        price = plan.prices[scorer]
        if price is None:
            is_priced = False
        else:
            prompt = fmean(likely_input(call.request) for call in calls)
            most = n * fmean(most_cost(price, call.request) for call in calls)
            likely = prices.cost(price, ceil(n * prompt), ceil(n * answer)) or 0.0
            likely_usd, most_usd = likely_usd + min(likely, most), most_usd + most
        each = (usage.latency_ms or 0.0) / 1000 / plan.connections[calls[0].lane].concurrency
        is_paced = is_paced and usage.latency_ms is not None
        likely_s, most_s = likely_s + n * each, most_s + n * each * max(1.5, limit / answer)
    basis = (
        f"from {seen:,} earlier answer{'s' * (seen != 1)} of these judges"
        if seen
        else "from the length of some outputs; these models judged nothing before"
    )
    if plan.n_with_files:
        basis += f"; the files of {count(plan.n_with_files, 'case')} are sent along"
    return Forecast(
        len(plan.missing),
        (likely_s, most_s) if is_paced else None,
        (likely_usd, most_usd) if is_priced else None,
        basis,
        Requests(all=len(plan.missing)),
    )


def _requests(variant: Variant, cases: Sequence[Case]) -> tuple[float, float]:
    """How many requests to the tested model a trial of a variant takes, likely and at most, on
    average."""
    tools = variant.prompt.text.tools
    more = tools.most_requests - 1 if tools else 0
    answers = [(1 + turns_of(variant, case), bool(case.tool_replies)) for case in cases]
    if not answers:
        return 1.0, 1.0
    return (
        fmean(times * (1 + calls * min(1, more)) for times, calls in answers),
        fmean(times * (1 + calls * more) for times, calls in answers),
    )


def _reply_bytes(case: Case) -> int:
    return sum(len(one.reply.encode()) for one in case.tool_replies)
