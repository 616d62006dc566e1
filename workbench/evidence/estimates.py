"""From counts to an estimate: which statistic answers which measure."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import ceil, floor

import numpy as np

from workbench.domain.criteria import CriterionDraft, Measure
from workbench.domain.verdicts import Estimate, Repeated, Spread, Verdict
from workbench.stats import intervals, repeats
from workbench.stats.clusters import Floats, Groups, group_means, group_numbers, group_sums
from workbench.stats.verdict import Direction, of_interval
from workbench.store.tallies import Tally


def estimate(draft: CriterionDraft, tallies: Sequence[Tally], trials: int) -> Estimate:
    """The measure of a criterion with bounds at its confidence.

    A tally counts as many inputs as are `alike` in it, and those of one group weigh together as
    one that stands alone. Unscored trials count against both bounds.
    """
    passes, scored, unscored = _arrays(tallies)
    groups = _groups(tallies)
    confidence = draft.confidence
    if draft.measure not in (Measure.PASS_HAT_K, Measure.AGREEMENT):
        # A mean score is a pass rate of parts: a value between 0 and 1 varies at most as much as
        # passes and fails with the same mean do.
        found = intervals.with_unscored(
            group_sums(passes, groups),
            group_sums(scored, groups),
            group_sums(unscored, groups),
            confidence,
        )
        if draft.measure is Measure.FAIL_RATE:
            found = _mirrored(found)
    else:
        found = _per_case(draft.measure, (passes, scored, unscored), groups, trials, confidence)
    return Estimate(
        value=found.estimate,
        low=found.low,
        high=found.high,
        confidence=confidence,
        n_cases=sum(t.cases * t.alike for t in tallies if t.scored),
        n_trials=int(scored.sum()),
        n_unscored=int(unscored.sum()),
        n_effective=found.n_effective,
        method=found.method,
        n_clusters=len(np.unique(groups[scored > 0])),
    )


def verdict(draft: CriterionDraft, found: Estimate) -> Verdict:
    """Met, not met, or not enough evidence, from the bounds and the bar."""
    interval = replace(intervals.NOTHING, estimate=found.value, low=found.low, high=found.high)
    direction: Direction = "at_most" if draft.measure.is_upper_bar else "at_least"
    return Verdict(of_interval(interval, draft.bar, direction))


def pass_hat_k(
    tallies: Sequence[Tally], trials: int, confidence: float = 0.95
) -> tuple[Repeated | None, ...]:
    """pass^k for k = 1 … trials: the chance that a case passes k times out of k.

    Over the cases that have that many scored trials; None where none has. Bounded as the measure
    of that name is.
    """
    return _by_k(repeats.pass_hat_k, tallies, trials, confidence)


def pass_at_k(
    tallies: Sequence[Tally], trials: int, confidence: float = 0.95
) -> tuple[Repeated | None, ...]:
    """pass@k for k = 1 … trials: the chance that a case passes at least once of k times."""
    return _by_k(repeats.pass_at_k, tallies, trials, confidence)


def _by_k(
    per_case: Callable[[Floats, Floats, int], Floats],
    tallies: Sequence[Tally],
    trials: int,
    confidence: float,
) -> tuple[Repeated | None, ...]:
    # Inputs that ended alike have one value: it is worked out once, and weighs as many.
    passes = np.array([t.passes for t in tallies], dtype=np.float64)
    scored = np.array([t.scored for t in tallies], dtype=np.float64)
    alike = np.array([t.alike for t in tallies], dtype=np.intp)
    groups = _groups(tallies)
    found: list[Repeated | None] = []
    for k in range(1, trials + 1):
        enough = scored >= k
        if not enough.any():
            found.append(None)
            continue
        values = np.repeat(per_case(passes[enough], scored[enough], k), alike[enough])
        of_group = group_means(values, groups[np.repeat(enough, alike)])
        mean = intervals.bounded_mean(of_group, confidence)
        assert mean.estimate is not None
        found.append(Repeated(mean.estimate, mean.low, mean.high))
    return tuple(found)


def spread(tallies: Sequence[Tally], trials: int) -> Spread:
    """How many inputs passed 0, 1, … all of their trials."""
    by_passes = [0] * (trials + 1)
    for tally in tallies:
        # Cases with the same input have their trials put together: a share of them passed.
        if not tally.unscored:
            exact = tally.passes * trials / tally.planned
            by_passes[floor(exact) if exact < trials / 2 else ceil(exact)] += tally.alike
    return Spread(trials, tuple(by_passes))


def icc(tallies: Sequence[Tally]) -> float | None:
    """The within-case correlation of the scores; None where no case was asked twice or nothing
    varies."""
    passes, scored, _ = _arrays(tallies)
    some = scored > 0
    found = repeats.noise_split(passes[some], scored[some]) if some.any() else None
    return None if found is None else found.icc


def _groups(tallies: Sequence[Tally]) -> Groups:
    return group_numbers([t.group for t in tallies], [t.alike for t in tallies])


def _arrays(tallies: Sequence[Tally]) -> tuple[Floats, Floats, Floats]:
    counts = np.array([(t.passes, t.scored, t.unscored) for t in tallies], dtype=np.float64)
    alike = np.array([t.alike for t in tallies], dtype=np.intp)
    passes, scored, unscored = np.repeat(counts.reshape(-1, 3), alike, axis=0).T
    # Parts that were rounded add up to a hair more than all.
    return np.minimum(passes, scored), scored, unscored


def _mirrored(found: intervals.Interval) -> intervals.Interval:
    """The failure rate: one minus the pass rate, and its bounds change places."""
    value = None if found.estimate is None else 1 - found.estimate
    return replace(found, estimate=value, low=1 - found.high, high=1 - found.low)


def _per_case(
    measure: Measure,
    counts: tuple[Floats, Floats, Floats],
    groups: Groups,
    trials: int,
    confidence: float,
) -> intervals.Interval:
    """pass^k or agreement: one value per case, of a group their mean; a case with unscored trials
    could have any value."""
    passes, scored, unscored = counts
    k = max(trials, 2) if measure is Measure.AGREEMENT else trials
    needed = 2 if measure is Measure.AGREEMENT else k
    whole = (scored >= needed) & (unscored == 0)
    if measure is Measure.AGREEMENT:
        values = repeats.agreement(passes[whole], scored[whole]) if whole.any() else np.array([])
    else:
        values = (
            repeats.pass_hat_k(passes[whole], scored[whole], k) if whole.any() else np.array([])
        )
    found = intervals.bounded_mean(group_means(values, groups[whole]), confidence)
    if found.estimate is None or whole.all():
        return found
    known = np.zeros(len(whole))
    known[whole] = values
    worst = intervals.bounded_mean(group_means(known, groups), confidence)
    best = intervals.bounded_mean(group_means(np.where(whole, known, 1.0), groups), confidence)
    return replace(found, low=min(found.low, worst.low), high=max(found.high, best.high))
