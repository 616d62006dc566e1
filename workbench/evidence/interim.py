"""Verdicts that may be read while results come in."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from workbench.domain.criteria import CriterionDraft, Measure
from workbench.domain.verdicts import Estimate, Verdict
from workbench.evidence.estimates import unit_of
from workbench.say import count
from workbench.stats import repeats
from workbench.stats.clusters import Floats, group_means, group_numbers
from workbench.stats.sequential import bounds_at_any_time, verdict_at_any_time
from workbench.store.courses import Finished

METHOD = "betting confidence sequence, valid at any time"


def estimate(draft: CriterionDraft, course: Sequence[Finished], n_cases: int) -> Estimate:
    """What the finished cases of a plan say so far, with bounds that hold at every moment at once.

    `n_cases` is how many cases the course may come to hold. Waudby-Smith and Ramdas 2024; see
    `stats.sequential`.
    """
    lowest, highest = _streams(draft.measure, course)
    low, high = bounds_at_any_time(lowest, highest, draft.confidence)
    counts = np.array([(f.planned, f.passes, f.fails) for f in course], dtype=np.float64)
    planned, passes, fails = counts.reshape(-1, 3).T
    scored = passes + fails
    values = _streams(draft.measure, [f for f in course if f.passes + f.fails == f.planned])[0]
    if draft.measure not in (Measure.PASS_HAT_K, Measure.AGREEMENT):
        groups = group_numbers([f.group for f in course])[scored > 0]
        values = group_means(passes[scored > 0] / scored[scored > 0], groups)
    found = Estimate(
        value=float(values.mean()) if len(values) else None,
        low=low,
        high=high,
        confidence=draft.confidence,
        n_cases=int((scored > 0).sum()),
        n_trials=round(scored.sum()),
        n_unscored=round((planned - scored).sum()),
        n_effective=float(len(lowest)),
        method=f"{METHOD}; {len(course)} of {count(n_cases, 'case')}",
        n_clusters=len(lowest),
        unit=unit_of((f.group, 1) for f in course),
    )
    if draft.measure is not Measure.FAIL_RATE:
        return found
    value = None if found.value is None else 1 - found.value
    return replace(found, value=value, low=1 - high, high=1 - low)


def verdict(draft: CriterionDraft, course: Sequence[Finished]) -> Verdict:
    """Met, not met, or not enough evidence, as it may be read after every case."""
    lowest, highest = _streams(draft.measure, course)
    # Shares that fail are followed as shares that pass.
    bar = 1 - draft.bar if draft.measure.is_upper_bar else draft.bar
    return Verdict(verdict_at_any_time(lowest, highest, bar, "at_least", draft.confidence))


def unit_values(measure: Measure, course: Sequence[Finished]) -> Floats:
    """The value of each group (a case that stands alone is one of its own), if all is scored."""
    return _streams(measure, course)[0]


def _streams(measure: Measure, course: Sequence[Finished]) -> tuple[Floats, Floats]:
    """Each group's mean value (a case that stands alone is one of its own) where its unscored
    trials fail, and where they pass."""
    groups = group_numbers([f.group for f in course])
    low, high = _values(measure, course)
    return group_means(low, groups), group_means(high, groups)


def _values(measure: Measure, course: Sequence[Finished]) -> tuple[Floats, Floats]:
    counts = np.array([f[:3] for f in course], dtype=np.float64).reshape(-1, 3)
    planned, passes, fails = counts.T
    if not len(counts):
        return planned, planned
    if measure is Measure.PASS_HAT_K:
        k = int(planned.min())
        return (
            repeats.pass_hat_k(passes, planned, k),
            repeats.pass_hat_k(planned - fails, planned, k),
        )
    if measure is Measure.AGREEMENT:
        if planned.min() < 2:
            return np.zeros(len(planned)), np.ones(len(planned))
        is_whole = passes + fails == planned
        agree = repeats.agreement(passes, planned)
        return np.where(is_whole, agree, 0.0), np.where(is_whole, agree, 1.0)
    return passes / planned, (planned - fails) / planned
