"""From counts to an estimate: which statistic answers which measure."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from workbench.domain.criteria import CriterionDraft, Measure
from workbench.domain.verdicts import Estimate, Repeated, Spread, Unit, Verdict
from workbench.stats import intervals, repeats
from workbench.stats.clusters import Floats, Groups, group_means, group_numbers, group_sums
from workbench.stats.mean_scores import betting_mean
from workbench.stats.verdict import Direction, of_interval
from workbench.store.tallies import Tally

Bools = NDArray[np.bool_]


def estimate(draft: CriterionDraft, tallies: Sequence[Tally], trials: int) -> Estimate:
    """The measure of a criterion with bounds at its confidence.

    A tally counts as many inputs as are `alike` in it, and those of one group weigh together as
    one that stands alone. Unscored trials count against both bounds.
    """
    passes, scored, unscored = arrays(tallies)
    of = groups(tallies)
    confidence = draft.confidence
    if draft.measure is Measure.MEAN_SCORE:
        found = _mean_score(passes, scored, unscored, of, confidence)
    elif draft.measure in (Measure.PASS_HAT_K, Measure.AGREEMENT):
        found = _per_case(draft.measure, (passes, scored, unscored), of, trials, confidence)
    else:
        found = intervals.with_unscored(
            group_sums(passes, of),
            group_sums(scored, of),
            group_sums(unscored, of),
            confidence,
        )
        if draft.measure is Measure.FAIL_RATE:
            found = _mirrored(found)
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
        n_clusters=len(np.unique(of[scored > 0])),
        unit=_unit(tallies),
        by_answer=_by_answer(draft.measure, (passes, scored, unscored), of, trials),
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
    of that name is: a trial that is unscored, failed or not made could have passed or not.
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
    planned = np.array([t.planned for t in tallies], dtype=np.float64)
    alike = np.array([t.alike for t in tallies], dtype=np.float64)
    groups = group_numbers([t.group for t in tallies])
    alone = np.array([not t.group for t in tallies])

    def bounded(won: Floats, of: Floats, k: int, some: Bools) -> intervals.Interval:
        values, weights = per_case(won[some], of[some], k), alike[some]
        single = alone[some]
        total, n = float(values[single] @ weights[single]), int(weights[single].sum())
        together, of_group = ~single, groups[some][~single]
        sizes = np.bincount(of_group, weights=weights[together])
        sums = np.bincount(of_group, weights=(values * weights)[together])
        means = sums[sizes > 0] / sizes[sizes > 0]
        return intervals.bounded_sum(total + float(means.sum()), n + len(means), confidence)

    found: list[Repeated | None] = []
    for k in range(1, trials + 1):
        enough = scored >= k
        if not enough.any():
            found.append(None)
            continue
        mean = bounded(passes, scored, k, enough)
        low, high = mean.low, mean.high
        if (scored < planned).any():
            asked = planned >= k
            low = min(low, bounded(passes, planned, k, asked).low)
            high = max(high, bounded(passes + planned - scored, planned, k, asked).high)
        assert mean.estimate is not None
        found.append(Repeated(mean.estimate, low, high))
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
    passes, scored, _ = arrays(tallies)
    some = scored > 0
    found = repeats.noise_split(passes[some], scored[some]) if some.any() else None
    return None if found is None else found.icc


def unit_of(groups: Iterable[tuple[str, int]], has_copies: bool = False) -> Unit:
    """What counts once: `groups` are names (empty where an input stands alone), each with how many
    inputs it has there; `has_copies` says that cases share an input."""
    seen = Counter[str]()
    for name, inputs in groups:
        if name:
            seen[name] += inputs
    if any(inputs > 1 for inputs in seen.values()):
        return Unit.GROUP
    return Unit.INPUT if has_copies else Unit.CASE


def _unit(tallies: Sequence[Tally]) -> Unit:
    return unit_of(((t.group, t.alike) for t in tallies), any(t.cases > 1 for t in tallies))


def _by_answer(
    measure: Measure, counts: tuple[Floats, Floats, Floats], groups: Groups, trials: int
) -> float | None:
    """The measure with every answer counting once, where clusters differ in how many they have."""
    passes, scored, unscored = counts
    sizes = np.bincount(groups, weights=scored + unscored)
    if not scored.any() or not np.ptp(sizes):
        return None
    if measure in (Measure.PASS_HAT_K, Measure.AGREEMENT):
        values, whole = _values(measure, counts, trials)
        # A case that others repeat has its trials put together: it weighs as all of them.
        weights = (scored + unscored)[whole]
        return float(np.average(values, weights=weights)) if len(values) else None
    rate = float(passes.sum() / scored.sum())
    return 1 - rate if measure is Measure.FAIL_RATE else rate


def groups(tallies: Sequence[Tally]) -> Groups:
    """The number of what each input is counted with."""
    return group_numbers([t.group for t in tallies], [t.alike for t in tallies])


def arrays(tallies: Sequence[Tally]) -> tuple[Floats, Floats, Floats]:
    """Passes, scored and unscored trials of each input."""
    counts = np.array([(t.passes, t.scored, t.unscored) for t in tallies], dtype=np.float64)
    alike = np.array([t.alike for t in tallies], dtype=np.intp)
    passes, scored, unscored = np.repeat(counts.reshape(-1, 3), alike, axis=0).T
    # Parts that were rounded add up to a hair more than all.
    return np.minimum(passes, scored), scored, unscored


def _mirrored(found: intervals.Interval) -> intervals.Interval:
    """The failure rate: one minus the pass rate, and its bounds change places."""
    value = None if found.estimate is None else 1 - found.estimate
    return replace(found, estimate=value, low=1 - found.high, high=1 - found.low)


def _mean_score(
    passes: Floats, scored: Floats, unscored: Floats, groups: Groups, confidence: float
) -> intervals.Interval:
    """The mean of a scale from 0 to 1: each cluster counts with the mean of its scores, and
    unscored trials count as the lowest and as the highest."""
    won, tried = group_sums(passes, groups), group_sums(scored, groups)
    missing = group_sums(unscored, groups)
    some, asked = tried > 0, tried + missing > 0
    found = betting_mean(np.clip(won[some] / tried[some], 0, 1), confidence)
    if found.estimate is None or not missing.any():
        return found
    planned = (tried + missing)[asked]
    worst = betting_mean(np.clip(won[asked] / planned, 0, 1), confidence)
    best = betting_mean(np.clip((won + missing)[asked] / planned, 0, 1), confidence)
    return replace(
        found,
        low=min(found.low, worst.low),
        high=max(found.high, best.high),
        method=f"{found.method}, unscored both ways",
    )


def _values(
    measure: Measure, counts: tuple[Floats, Floats, Floats], trials: int
) -> tuple[Floats, Bools]:
    """pass^k or agreement of each case that has all its scores, and which those are."""
    passes, scored, unscored = counts
    needed = 2 if measure is Measure.AGREEMENT else trials
    whole = (scored >= needed) & (unscored == 0)
    if not whole.any():
        return np.array([]), whole
    if measure is Measure.AGREEMENT:
        return repeats.agreement(passes[whole], scored[whole]), whole
    return repeats.pass_hat_k(passes[whole], scored[whole], trials), whole


def _per_case(
    measure: Measure,
    counts: tuple[Floats, Floats, Floats],
    groups: Groups,
    trials: int,
    confidence: float,
) -> intervals.Interval:
    """pass^k or agreement: one value per case, of a group their mean; a case with unscored trials
    could have any value."""
    values, whole = _values(measure, counts, trials)
    found = intervals.bounded_mean(group_means(values, groups[whole]), confidence)
    if found.estimate is None or whole.all():
        return found
    known = np.zeros(len(whole))
    known[whole] = values
    worst = intervals.bounded_mean(group_means(known, groups), confidence)
    best = intervals.bounded_mean(group_means(np.where(whole, known, 1.0), groups), confidence)
    return replace(found, low=min(found.low, worst.low), high=max(found.high, best.high))
