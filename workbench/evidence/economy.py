"""What quality costs: each variant's good answers against their price and their latency."""

from dataclasses import dataclass, replace
from uuid import UUID

from workbench.domain.experiments import Experiment
from workbench.domain.prompts import Variant
from workbench.stats.quantiles import MeanInterval, QuantileInterval, mean_cost, quantile
from workbench.store.store import Store


@dataclass(frozen=True)
class Economy:
    """One variant: `good` is the share of its answers that pass every criterion that looks at
    them, of those whose every score is known; `good_low` and `good_high` count the others (failed
    calls, open scores, calls not made yet: `unknown` of them) as not good and as good.

    Times are in milliseconds, costs in USD. `cost_per_good` is None where nothing was good, and
    wherever a price is missing; with `unknown` answers it is the most that it can be.
    `is_efficient`: no other variant is at least as good, as cheap and as fast, and better in one
    of these. `is_altered`: rows that this rests on are not as they were written, so it beats
    nobody and is beaten by nobody.
    """

    variant: Variant
    answers: int
    good: float | None
    good_low: float
    good_high: float
    unknown: int
    p50: QuantileInterval
    p95: QuantileInterval
    cost: MeanInterval
    cost_per_good: float | None
    unpriced: int
    is_efficient: bool = False
    is_altered: bool = False


def of_experiment(store: Store, experiment: Experiment) -> list[Economy]:
    """Every variant of an experiment that has answers, in the order of the plan."""
    taken, audit = store.reports.comparison.taken(experiment.id), store.audits.latest()
    judged = [c for c in store.criteria.of(experiment.feature_id) if c.id in _ids(experiment)]
    found = []
    for variant in experiment.variants:
        if variant.id not in taken:
            continue
        t = taken[variant.id]
        is_priced, known = not t.unpriced, t.good + t.bad
        found.append(
            Economy(
                variant=variant,
                answers=t.answers,
                good=t.good / known if known else None,
                good_low=t.good / t.planned if t.planned else 0.0,
                good_high=1 - t.bad / t.planned if t.planned else 1.0,
                unknown=t.planned - known,
                p50=quantile(t.latencies_ms, 0.5, cases=t.cases),
                p95=quantile(t.latencies_ms, 0.95, cases=t.cases),
                cost=mean_cost(t.costs) if is_priced else MeanInterval(None, None, None, 0),
                cost_per_good=t.spent / t.good if is_priced and t.good else None,
                unpriced=t.unpriced,
                is_altered=any(
                    audit.concerns(c.requirement_id, c.id, variant.id, experiment.id)
                    for c in judged
                ),
            )
        )
    return [replace(one, is_efficient=not any(_beats(o, one) for o in found)) for one in found]


def _ids(experiment: Experiment) -> set[UUID]:
    return {criterion_id for criterion_id, _ in experiment.criteria}


def _beats(other: Economy, one: Economy) -> bool:
    """Whether `other` is nowhere worse than `one` and somewhere better (Pareto dominance).

    What is unknown of either decides nothing; unknown answers count against `other`.
    """
    if other.is_altered or one.is_altered:
        return False
    pairs = [
        (_less(other.cost.estimate), _less(one.cost.estimate)),
        (_less(other.p50.estimate), _less(one.p50.estimate)),
    ]
    if other.good is not None and one.good is not None:
        pairs.append((other.good_low, one.good_high))
    known = [(a, b) for a, b in pairs if a is not None and b is not None]
    return bool(known) and all(a >= b for a, b in known) and any(a > b for a, b in known)


def _less(value: float | None) -> float | None:
    return None if value is None else -value
