"""Whether scorers agree: two by two, and all together, by criterion.

Low agreement is seldom somebody's fault: the sentence can be read in two ways.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Any
from uuid import UUID

from workbench.domain.criteria import Criterion
from workbench.domain.scores import CHECK, PERSON, scorer_kind
from workbench.stats import agreement
from workbench.stats.agreement import UNTOLD, Chance, Fleiss
from workbench.stats.clusters import group_numbers
from workbench.stats.intervals import Interval
from workbench.store.reports.agreement import Word
from workbench.store.store import Store

CONFIDENCE = 0.95
"""Of each interval, its two bounds together."""


LEAST_ALPHA = 0.67
"""Below this, Krippendorff (2018) advises against drawing even tentative conclusions."""


class Shown(StrEnum):
    """What the interval of alpha over people shows: that they read a criterion in two ways (all of
    it lies below `LEAST_ALPHA`), alike (none of it does), or neither yet."""

    TWO_WAYS = "two_ways"
    ALIKE = "alike"
    OPEN = "open"


@dataclass(frozen=True)
class Pair:
    """Two scorers on the `n` outputs that both scored, of which they said the `same` of so many;
    they differ on the cases `apart`."""

    a: str
    b: str
    n: int
    same: int
    observed: Interval
    kappa: Chance
    apart: tuple[str, ...]

    @property
    def has_model(self) -> bool:
        """Whether one of the two is no person."""
        return {scorer_kind(self.a), scorer_kind(self.b)} != {PERSON}


@dataclass(frozen=True)
class Agreement:
    """All scorers of a criterion: how many outputs each scored, each pair, and over all of them
    alpha and Fleiss' kappa; `people` is alpha over people alone."""

    criterion: Criterion
    scored: dict[str, int]
    pairs: tuple[Pair, ...]
    alpha: Chance
    fleiss: Fleiss
    people: Chance

    @property
    def is_shared(self) -> bool:
        """Whether two people said a word of one output, without which nothing can be told."""
        return any(not pair.has_model for pair in self.pairs)

    @property
    def shown(self) -> Shown:
        """Whether people read the criterion alike."""
        low, high = self.people.low, self.people.high
        if low is None or high is None:
            return Shown.OPEN
        if high < LEAST_ALPHA:
            return Shown.TWO_WAYS
        return Shown.ALIKE if low >= LEAST_ALPHA else Shown.OPEN


def of_feature(store: Store, feature_id: UUID) -> list[Agreement]:
    """Every criterion of a feature that more than one scorer has scored."""
    found = (of_criterion(store, criterion) for criterion in store.criteria.of(feature_id))
    return [one for one in found if len(one.scored) > 1]


def of_criterion(store: Store, criterion: Criterion, without: Collection[UUID] = ()) -> Agreement:
    """One criterion, by its scorer as it is now: another question asks for other words. Without
    the outputs of experiments that are left out."""
    draft = criterion.draft
    words = store.reports.agreement.words(
        criterion.id,
        (
            *(judge.fingerprint() for judge in draft.scorer.judges),
            draft.scorer.labels(),
            draft.scorer.aside(),
        ),
        without,
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
    clusters = group_numbers([word.cluster for word in trials.values()])

    def table(names: Iterable[str]) -> list[list[float | None]]:
        return [[said[name].get(trial) for trial in trials] for name in names]

    def alpha(names: Collection[str]) -> Chance:
        if len(names) < 2:
            return UNTOLD
        return agreement.krippendorff(table(names), clusters, CONFIDENCE, is_scale=is_scale)

    people = [name for name in said if scorer_kind(name) == PERSON]
    over_all = alpha(said)
    return Agreement(
        criterion,
        {name: len(each) for name, each in said.items()},
        pairs,
        over_all,
        agreement.fleiss(table(said), clusters, CONFIDENCE),
        over_all if len(people) == len(said) else alpha(people),
    )


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
    apart = [trials[t].case for t in both if said_a[t] != said_b[t]]
    return Pair(
        a,
        b,
        len(both),
        len(both) - len(apart),
        agreement.observed(first, second, groups, CONFIDENCE),
        agreement.cohen(first, second, groups, CONFIDENCE),
        tuple(dict.fromkeys(apart)),
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
                "fleiss": {
                    **_chance_as_json(one.fleiss.kappa),
                    "n": one.fleiss.n,
                    "scorers": one.fleiss.scorers,
                },
                "alpha_of_people": _chance_as_json(one.people),
                "shown": one.shown,
            }
            for one in found
        ],
    }


def _pair_as_json(pair: Pair) -> dict[str, Any]:
    return {
        "a": pair.a,
        "b": pair.b,
        "n": pair.n,
        "same": pair.same,
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
