"""Is one variant better than another: on the same cases, and how sure can one be?

Whatever can be compared in an experiment is one family: every criterion of its plan for every pair
of its variants. P-values are adjusted over the whole of it (Holm 1979), and intervals are wide
enough to hold together (Bonferroni), whichever part somebody looks at. To ask for one pair after
the other, or for one criterion, is to look at the same table: it can't be a way to find something.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import NamedTuple
from uuid import UUID

from workbench.domain.criteria import Criterion
from workbench.domain.experiments import Experiment
from workbench.domain.prompts import Variant
from workbench.errors import InputError
from workbench.evidence.counting import Counted
from workbench.evidence.pairing import Evidence, Pairing, Side
from workbench.say import count
from workbench.stats.comparison import holm
from workbench.stats.differences import NO_DIFFERENCE, Difference
from workbench.stats.sequential import share_afresh
from workbench.store.store import Store

SURE = 0.05
"""An adjusted p-value below this is called a difference."""


class Family(NamedTuple):
    """How many comparisons share one correction, and which these are."""

    n: int
    what: str

    @property
    def confidence(self) -> float:
        """That of each interval, so that all of them hold together 19 times in 20."""
        return 1 - SURE / max(1, self.n)


@dataclass(frozen=True)
class Comparison:
    """One criterion, B against A, by the criterion's own measure.

    `difference` is the measure of B minus that of A, with an interval that holds together with
    those of the whole `family`; `adjusted_p` allows for it too, None where they are not compared.
    """

    criterion: Criterion
    side_a: Side
    side_b: Side
    evidence: Evidence
    difference: Difference
    adjusted_p: float | None
    family: Family

    @property
    def a(self) -> Variant:
        """The baseline."""
        return self.side_a.variant

    @property
    def b(self) -> Variant:
        """What is compared to it."""
        return self.side_b.variant

    @property
    def experiment(self) -> Experiment:
        """Where B was asked."""
        return self.side_b.experiment

    @property
    def is_compared(self) -> bool:
        """Whether there is anything to compare them by."""
        return self.adjusted_p is not None and self.difference.estimate is not None

    @property
    def why_not(self) -> str:
        """Why they are not compared; empty where they are."""
        if self.is_compared:
            return ""
        return self.evidence.why_not or "no case has a scored answer of both"

    @property
    def is_sure(self) -> bool:
        """Whether the difference is beyond chance, all comparisons considered."""
        return self.is_compared and self.adjusted_p is not None and self.adjusted_p < SURE

    @property
    def is_better(self) -> bool:
        """Whether B lies on the side of A that its criterion wants, chance or not."""
        is_more = (self.difference.estimate or 0.0) > 0
        return is_more is not self.criterion.draft.measure.is_upper_bar

    def turned(self) -> "Comparison":
        """A against B."""
        gap = self.difference
        estimate = None if gap.estimate is None else -gap.estimate
        return replace(
            self,
            side_a=self.side_b,
            side_b=self.side_a,
            evidence=self.evidence.turned(),
            difference=replace(gap, estimate=estimate, low=-gap.high, high=-gap.low),
        )


def of_experiment(
    store: Store, experiment: Experiment, pairing: Pairing | None = None
) -> list[Comparison]:
    """Every criterion of an experiment for every pair of its variants, in the plan's order."""
    pairing = pairing or Pairing(store)
    criteria = store.criteria.of_experiment(experiment)
    pairing.read(experiment, criteria)
    sides = [Side(experiment, variant) for variant in experiment.variants]
    pairs = list(combinations(sides, 2))
    # What was put away since could have been looked at, and is counted all the same.
    n = len(experiment.criteria) * len(pairs)
    made = _made(pairing, [(c, a, b) for c in criteria for a, b in pairs])
    return adjusted(made, Family(n, _named(experiment.key, len(experiment.criteria), len(pairs))))


def against(
    store: Store,
    experiment: Experiment,
    baseline: Variant,
    others: Sequence[Variant],
    pairing: Pairing | None = None,
) -> list[Comparison]:
    """Those of an experiment that compare other variants to a baseline."""
    wanted = {variant.id for variant in others}
    found = []
    for comparison in of_experiment(store, experiment, pairing):
        one, other = comparison.a.id, comparison.b.id
        if one == baseline.id and other in wanted:
            found.append(comparison)
        elif other == baseline.id and one in wanted:
            found.append(comparison.turned())
    return found


def of_sides(store: Store, a: Side, b: Side, pairing: Pairing | None = None) -> list[Comparison]:
    """Each criterion that both were asked for, in one experiment or in two.

    In two, the pairs that their variants make are as many questions: p-values are adjusted over the
    criteria (Holm), and multiplied by the pairs.
    """
    pairing = pairing or Pairing(store)
    if a.experiment.id == b.experiment.id:
        return against(store, a.experiment, a.variant, [b.variant], pairing)
    there = {criterion.id for criterion in store.criteria.of_experiment(b.experiment)}
    criteria = [c for c in store.criteria.of_experiment(a.experiment) if c.id in there]
    variants = {v.id for side in (a, b) for v in side.experiment.variants}
    pairs = max(1, len(variants) * (len(variants) - 1) // 2)
    key = f"{a.experiment.key} and {b.experiment.key}"
    made = _made(pairing, [(criterion, a, b) for criterion in criteria])
    return adjusted(made, Family(len(criteria) * pairs, _named(key, len(criteria), pairs)), pairs)


def between(
    store: Store, feature_id: UUID, a: str, b: str, pairing: Pairing | None = None
) -> list[Comparison]:
    """Two variants by their labels, in the newest experiment that asked both, else in the newest of
    each. Raises InputError where a variant is unknown or has no results."""
    pairing = pairing or Pairing(store)
    sides = _sides(store, feature_id, pairing.counted, _known(store, feature_id, a, b))
    return of_sides(store, *sides, pairing)


def of_feature(store: Store, feature_id: UUID, pairing: Pairing | None = None) -> list[Comparison]:
    """Every criterion for every pair of variants that have results, under one correction.

    Each pair in its newest experiment, as `between` has it.
    """
    pairing = pairing or Pairing(store)
    tried = {variant_id for _, variant_id in pairing.counted.tried(feature_id)}
    variants = [v for v in store.variants.of(feature_id) if v.id in tried]
    wanted = []
    for pair in combinations(variants, 2):
        a, b = _sides(store, feature_id, pairing.counted, pair)
        there = {criterion.id for criterion in store.criteria.of_experiment(b.experiment)}
        wanted += [(c, a, b) for c in store.criteria.of_experiment(a.experiment) if c.id in there]
    wanted.sort(key=lambda each: each[0].key)
    n = len(wanted)
    said = f"all {n} comparisons of the feature" if n > 1 else "the feature's only comparison"
    return adjusted(_made(pairing, wanted), Family(n, said))


Made = tuple[Criterion, Side, Side, Evidence]


def _made(pairing: Pairing, wanted: Sequence[tuple[Criterion, Side, Side]]) -> list[Made]:
    return [(c, a, b, pairing.evidence(c, a, b)) for c, a, b in wanted]


def adjusted(made: Sequence[Made], family: Family, pairs: int = 1) -> list[Comparison]:
    """All of them with p-values and intervals that allow for the whole family."""
    # Who asks afresh looks once more: what is left of the error for it makes p-values larger.
    shares = [share_afresh(e.asked_before) for *_, e in made]
    raw = [None if e.gaps is None else e.gaps.p_value() for *_, e in made]
    raw = [None if p is None else min(1.0, p / share) for p, share in zip(raw, shares, strict=True)]
    of_all = [1.0 if p is None else p for p in raw]
    together = holm(of_all + [1.0] * (family.n // pairs - len(made)))
    found = []
    for (criterion, a, b, evidence), p, shared, share in zip(
        made, raw, together, shares, strict=False
    ):
        gaps, confidence = evidence.gaps, 1 - (1 - family.confidence) * share
        found.append(
            Comparison(
                criterion,
                a,
                b,
                replace(evidence, gaps=None),
                NO_DIFFERENCE if gaps is None else gaps.difference(confidence),
                None if p is None else min(1.0, pairs * float(shared)),
                family,
            )
        )
    return found


def _known(store: Store, feature_id: UUID, *labels: str) -> list[Variant]:
    known = {variant.label.casefold(): variant for variant in store.variants.of(feature_id)}
    for label in labels:
        if label.casefold() not in known:
            there = ", ".join(sorted(v.label for v in known.values())) or "none"
            raise InputError(f"There is no variant “{label}”.", f"The feature has: {there}.")
    chosen = [known[label.casefold()] for label in labels]
    if len({variant.id for variant in chosen}) < len(chosen):
        raise InputError("A variant can't be compared with itself.", "Name two variants.")
    return chosen


def _sides(
    store: Store, feature_id: UUID, counted: Counted, variants: Sequence[Variant]
) -> tuple[Side, Side]:
    tried = counted.tried(feature_id)
    newest_first = list(reversed(store.experiments.of(feature_id)))
    a, b = variants
    for experiment in newest_first:
        if all((experiment.id, variant.id) in tried for variant in variants):
            return Side(experiment, a), Side(experiment, b)
    sides = []
    for variant in variants:
        runs = [e for e in newest_first if (e.id, variant.id) in tried]
        if not runs:
            raise InputError(
                f"{variant.label} has no results yet.", "Run an experiment with both variants."
            )
        sides.append(Side(runs[0], variant))
    return sides[0], sides[1]


def _named(key: str, n_criteria: int, n_pairs: int) -> str:
    n = n_criteria * n_pairs
    if n == 1:
        return f"the only comparison of {key}"
    criteria = count(n_criteria, "criterion", "criteria")
    pairs = count(n_pairs, "pair")
    return f"all {n} comparisons of {key} ({criteria}, {pairs} of variants)"
