"""Which criteria tell the variants of an experiment apart, beyond chance."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from workbench.domain.criteria import Criterion
from workbench.domain.experiments import Experiment
from workbench.evidence.comparisons import SURE
from workbench.evidence.counting import Counted
from workbench.stats.clusters import group_means, group_numbers
from workbench.stats.comparison import Difference, holm, paired_difference
from workbench.store.tallies import Tally


def separated(
    experiment: Experiment, criteria: Sequence[Criterion], counted: Counted
) -> list[tuple[Criterion, list[tuple[str, str]]]]:
    """The criteria on which variants differ, each with the pairs (better, worse) by their labels.

    Paired by cases (`stats.comparison`); the p-values of all criteria and pairs are adjusted
    together (Holm 1979), as in the Compare view.
    """
    gaps: list[tuple[Criterion, str, str, Difference]] = []
    for criterion in criteria:
        means = _means(experiment, counted.of(criterion, experiment))
        for a, b in combinations(sorted(means), 2):
            gap = _difference(means[a], means[b])
            if gap.p_value is not None and gap.estimate is not None:
                gaps.append((criterion, a, b, gap))
    better: dict[str, list[tuple[str, str]]] = {}
    adjusted = holm([gap.p_value or 0.0 for *_, gap in gaps])
    for (criterion, a, b, gap), p in zip(gaps, adjusted, strict=True):
        if p < SURE:
            pair = (b, a) if (gap.estimate or 0.0) > 0 else (a, b)
            better.setdefault(criterion.key, []).append(pair)
    return [(c, better[c.key]) for c in criteria if c.key in better]


def in_words(experiment: Experiment, criteria: Sequence[Criterion], counted: Counted) -> str:
    """The same in a sentence."""
    apart = separated(experiment, criteria, counted)
    names = " and ".join(variant.label for variant in experiment.variants)
    if not apart:
        return f"No criterion separates {names}: on none is the difference beyond chance."
    separate = "separates" if len(apart) == 1 else "separate"
    said = "; ".join(f"{criterion.key} ({_better(criterion, pairs)})" for criterion, pairs in apart)
    rest = "" if len(apart) == len(criteria) else " On the others the difference could be chance."
    return f"{len(apart)} of {len(criteria)} criteria {separate} the variants: {said}.{rest}"


def _better(criterion: Criterion, pairs: Sequence[tuple[str, str]]) -> str:
    does = "scores higher" if criterion.draft.scale else "passes more often"
    return ", ".join(f"{best} {does} than {other}" for best, other in pairs)


Means = dict[str, tuple[float, int, str]]
"""By input: the pass rate, how many inputs it stands for, and their group."""


def _means(experiment: Experiment, tallies: Sequence[Tally]) -> dict[str, Means]:
    labels = {variant.id: variant.label for variant in experiment.variants}
    found: dict[str, Means] = {}
    for tally in tallies:
        if tally.scored:
            mean = (min(1.0, tally.passes / tally.scored), tally.alike, tally.group)
            found.setdefault(labels[tally.variant_id], {})[tally.cluster] = mean
    return found


def _difference(first: Means, second: Means) -> Difference:
    shared = sorted(first.keys() & second.keys())
    alike = [first[cluster][1] for cluster in shared]
    groups = group_numbers([first[cluster][2] for cluster in shared], alike)
    a = np.repeat([first[cluster][0] for cluster in shared], alike)
    b = np.repeat([second[cluster][0] for cluster in shared], alike)
    return paired_difference(group_means(a, groups), group_means(b, groups))
