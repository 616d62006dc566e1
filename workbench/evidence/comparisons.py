"""Is one variant better than another: on the same cases, and how sure can one be?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np

from workbench.domain.criteria import Criterion
from workbench.domain.experiments import Experiment
from workbench.domain.prompts import Variant
from workbench.errors import InputError
from workbench.evidence.counting import Counted
from workbench.stats.clusters import group_means, group_numbers
from workbench.stats.comparison import (
    FEW_CASES,
    Change,
    Difference,
    benjamini_hochberg,
    changes,
    holm,
    paired_difference,
)
from workbench.store.reports_comparison import ComparisonReports, Pair
from workbench.store.store import Store

SURE = 0.05
"""An adjusted p-value below this is called a difference."""


@dataclass(frozen=True)
class SliceDifference:
    """The difference on the cases of one tag. Few cases (`is_small`) say little."""

    tag: str
    difference: Difference
    adjusted_p: float | None

    @property
    def is_small(self) -> bool:
        """Whether the slice has too few cases to tell much."""
        return self.difference.n_cases < FEW_CASES


@dataclass(frozen=True)
class Comparison:
    """One criterion, B against A, on the cases that both were scored on.

    `difference` is the pass rate of B minus that of A; `adjusted_p` accounts for all
    `n_comparisons` that were asked together. `changed` names the cases by what became of them,
    and `left_out` counts those that one of the two has no scored answer for.
    """

    experiment: Experiment
    criterion: Criterion
    a: Variant
    b: Variant
    difference: Difference
    adjusted_p: float | None
    n_comparisons: int
    changed: dict[Change, tuple[str, ...]]
    slices: tuple[SliceDifference, ...]
    left_out: int

    @property
    def is_sure(self) -> bool:
        """Whether the difference is beyond chance, all comparisons considered."""
        return self.adjusted_p is not None and self.adjusted_p < SURE


def between(store: Store, feature_id: UUID, a: str, b: str) -> list[Comparison]:
    """Every criterion of the newest experiment that asked both variants, by their labels.

    Raises InputError where a variant is unknown, or the two were never asked together.
    """
    known = {variant.label.casefold(): variant for variant in store.variants.of(feature_id)}
    chosen = []
    for label in (a, b):
        if label.casefold() not in known:
            there = ", ".join(sorted(v.label for v in known.values())) or "none"
            raise InputError(f"There is no variant “{label}”.", f"The feature has: {there}.")
        chosen.append(known[label.casefold()])
    tried = Counted(store).tried(feature_id)
    for experiment in reversed(store.experiments.of(feature_id)):
        if all((experiment.id, variant.id) in tried for variant in chosen):
            return against(store, experiment, chosen[0], chosen[1:])
    raise InputError(
        f"{a} and {b} were never asked about the same cases in one experiment.",
        "Run an experiment with both: variants are compared case by case.",
    )


def against(
    store: Store,
    experiment: Experiment,
    baseline: Variant,
    others: Sequence[Variant],
) -> list[Comparison]:
    """Each criterion of an experiment for each other variant against a baseline.

    P-values are adjusted together (Holm 1979); those of slices, which are looked through for
    something to look into, so that few findings are false (Benjamini and Hochberg 1995).
    """
    reports = ComparisonReports(store.database)
    wanted = {criterion_id for criterion_id, _ in experiment.criteria}
    found: list[Comparison] = []
    for criterion in store.criteria.of(experiment.feature_id):
        if criterion.id not in wanted:
            continue
        scorer = criterion.draft.scorer.fingerprint()
        for other in others:
            pairs = reports.pairs(
                experiment.id, criterion.id, scorer, baseline.id, other.id, criterion.draft.scale
            )
            mine = [pair for pair in pairs if criterion.applies_to(pair.tags)]
            found.append(_compared(experiment, criterion, baseline, other, mine))
    tested = [c for c in found if c.difference.p_value is not None]
    adjusted = holm([c.difference.p_value or 0.0 for c in tested])
    by_place = {id(c): float(p) for c, p in zip(tested, adjusted, strict=True)}
    return [
        replace(c, adjusted_p=by_place.get(id(c)), n_comparisons=max(1, len(tested))) for c in found
    ]


def _compared(
    experiment: Experiment,
    criterion: Criterion,
    a: Variant,
    b: Variant,
    pairs: Sequence[Pair],
) -> Comparison:
    both = [pair for pair in pairs if pair.scored_a and pair.scored_b]
    kinds = changes(
        [p.passes_a for p in both],
        [p.scored_a for p in both],
        [p.passes_b for p in both],
        [p.scored_b for p in both],
    )
    changed: dict[Change, tuple[str, ...]] = {
        kind: tuple(pair.key for pair, now in zip(both, kinds, strict=True) if now is kind)
        for kind in Change
    }
    return Comparison(
        experiment,
        criterion,
        a,
        b,
        _difference(both),
        None,
        1,
        changed,
        _by_slice(both),
        len(pairs) - len(both),
    )


def _by_slice(pairs: Sequence[Pair]) -> tuple[SliceDifference, ...]:
    tags = sorted({tag for pair in pairs for tag in pair.tags})
    if len(tags) < 2:
        return ()
    found = [(tag, _difference([p for p in pairs if tag in p.tags])) for tag in tags]
    adjusted = benjamini_hochberg([d.p_value if d.p_value is not None else 1.0 for _, d in found])
    return tuple(
        SliceDifference(tag, difference, float(p) if difference.p_value is not None else None)
        for (tag, difference), p in zip(found, adjusted, strict=True)
    )


def _difference(pairs: Sequence[Pair]) -> Difference:
    groups = group_numbers([pair.group for pair in pairs])
    a = np.array([pair.sum_a / pair.scored_a for pair in pairs])
    b = np.array([pair.sum_b / pair.scored_b for pair in pairs])
    return paired_difference(group_means(a, groups), group_means(b, groups))
