"""Whether scorers agree: two by two, and all together, by criterion.

Low agreement is seldom somebody's fault: the sentence can be read in two ways.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any
from uuid import UUID

from workbench.domain.criteria import Criterion
from workbench.domain.scores import CHECK, scorer_kind
from workbench.stats import agreement
from workbench.stats.agreement import UNTOLD, Chance
from workbench.stats.clusters import group_numbers
from workbench.stats.intervals import Interval
from workbench.store.reports.agreement import Word
from workbench.store.store import Store

CONFIDENCE = 0.95
"""Of each interval, its two bounds together."""


@dataclass(frozen=True)
class Pair:
    """Two scorers on the `n` outputs that both scored; they differ on the cases `apart`."""

    a: str
    b: str
    n: int
    observed: Interval
    kappa: Chance
    apart: tuple[str, ...]


@dataclass(frozen=True)
class Agreement:
    """All scorers of a criterion: how many outputs each scored, each pair, and alpha over all."""

    criterion: Criterion
    scored: dict[str, int]
    pairs: tuple[Pair, ...]
    alpha: Chance


def of_feature(store: Store, feature_id: UUID) -> list[Agreement]:
    """Every criterion of a feature that more than one scorer has scored."""
    found = (of_criterion(store, criterion) for criterion in store.criteria.of(feature_id))
    return [one for one in found if len(one.scored) > 1]


def of_criterion(store: Store, criterion: Criterion) -> Agreement:
    """One criterion, by its scorer as it is now: another question asks for other words."""
    draft = criterion.draft
    words = store.reports.agreement.words(
        criterion.id, (draft.scorer.fingerprint(), draft.scorer.labels(), draft.scorer.aside())
    )
    is_scale = draft.scale is not None
    said: dict[str, dict[UUID, float]] = {}
    for word in words:
        value = word.value if is_scale and word.value is not None else float(word.passes)
        said.setdefault(word.rater or CHECK, {})[word.trial_id] = value
    trials = {word.trial_id: word for word in words}
    pairs = tuple(
        pair
        for a, b in combinations(sorted(said), 2)
        if (pair := _pair(a, b, said[a], said[b], trials)) is not None
    )
    rows = [[each.get(trial) for trial in trials] for each in said.values()]
    alpha = agreement.krippendorff(rows, CONFIDENCE, is_scale=is_scale) if len(rows) > 1 else UNTOLD
    return Agreement(criterion, {name: len(each) for name, each in said.items()}, pairs, alpha)


def _pair(
    a: str,
    b: str,
    said_a: dict[UUID, float],
    said_b: dict[UUID, float],
    trials: dict[UUID, Word],
) -> Pair | None:
    both = [trial for trial in trials if trial in said_a and trial in said_b]
    if not both:
        return None
    first, second = [said_a[t] for t in both], [said_b[t] for t in both]
    groups = group_numbers([trials[t].cluster for t in both])
    apart = dict.fromkeys(trials[t].case for t in both if said_a[t] != said_b[t])
    return Pair(
        a,
        b,
        len(both),
        agreement.observed(first, second, groups, CONFIDENCE),
        agreement.cohen(first, second, groups, CONFIDENCE),
        tuple(apart),
    )


def as_json(found: Sequence[Agreement], feature: str) -> dict[str, Any]:
    """For machines: per criterion each pair of scorers, and alpha over all."""
    return {
        "feature": feature,
        "criteria": [
            {
                "criterion": one.criterion.key,
                "title": one.criterion.draft.title,
                "confidence": CONFIDENCE,
                "scorers": [
                    {"scorer": name, "kind": scorer_kind(name), "n_scored": n}
                    for name, n in one.scored.items()
                ],
                "pairs": [_pair_as_json(pair) for pair in one.pairs],
                "alpha": _chance_as_json(one.alpha),
            }
            for one in found
        ],
    }


def _pair_as_json(pair: Pair) -> dict[str, Any]:
    return {
        "a": pair.a,
        "b": pair.b,
        "n": pair.n,
        "observed_agreement": pair.observed.estimate,
        "observed_low": pair.observed.low,
        "observed_high": pair.observed.high,
        "kappa": pair.kappa.estimate,
        "kappa_low": pair.kappa.low,
        "kappa_high": pair.kappa.high,
        "disagreements": list(pair.apart),
    }


def _chance_as_json(found: Chance) -> dict[str, Any]:
    return {"estimate": found.estimate, "low": found.low, "high": found.high}
