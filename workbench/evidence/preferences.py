"""Which variant is liked better than the others, and whether the order shown swayed it.

A verdict looks at comparisons with the baseline alone, and counts a tie as not preferred; here all
comparisons count, and a tie is half a win for both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.domain.criteria import Criterion
from workbench.domain.experiments import Experiment
from workbench.domain.kinds.entry import By
from workbench.domain.prompts import Variant
from workbench.stats import preferences
from workbench.stats.clusters import group_numbers
from workbench.stats.preferences import Duels, OrderEffect, Strength
from workbench.store.reports.preferences import Asked, Duel
from workbench.store.store import Store

CONFIDENCE = 0.95
"""Of each interval, its two bounds together."""


@dataclass(frozen=True)
class Meeting:
    """Two variants, and how their comparisons went. A judge's contradictions are among the ties."""

    a: Variant
    b: Variant
    a_better: int
    b_better: int
    ties: int
    both_bad: int
    contradicted: int

    @property
    def n(self) -> int:
        """How often they were compared."""
        return self.a_better + self.b_better + self.ties + self.both_bad


@dataclass(frozen=True)
class Ranking:
    """A criterion's comparisons in an experiment: the variants that were compared, with their
    strengths, strongest first (none where the comparisons don't connect them), each two of them,
    and the order. `others` were not compared yet; strengths are `is_split` where somebody won or
    lost all. So many words could not be read."""

    criterion: Criterion
    ranked: tuple[tuple[Variant, Strength], ...]
    compared: tuple[Variant, ...]
    others: tuple[Variant, ...]
    meetings: tuple[Meeting, ...]
    order: OrderEffect
    is_split: bool
    unscored: int

    @property
    def n(self) -> int:
        """How many comparisons were made."""
        return sum(meeting.n for meeting in self.meetings)


def of_experiment(store: Store, experiment: Experiment) -> list[Ranking]:
    """Those of an experiment's criteria that compare outputs and have a word."""
    criteria = store.criteria.of_experiment(experiment)
    found = (
        of_criterion(store, experiment, c) for c in criteria if c.draft.scorer.over is not None
    )
    return [ranking for ranking in found if ranking.n or ranking.unscored]


def of_criterion(store: Store, experiment: Experiment, criterion: Criterion) -> Ranking:
    """One criterion, by its scorer as it is now."""
    asked = asked_of(experiment, criterion)
    duels = store.reports.preferences.duels(asked)
    met = {variant_id for duel in duels for variant_id in (duel.a, duel.b)}
    compared = [variant for variant in experiment.variants if variant.id in met]
    places = {variant.id: place for place, variant in enumerate(compared)}
    ranked: list[tuple[Variant, Strength]] = []
    is_split = False
    if duels:
        strengths = preferences.strengths(_counted(duels, places), len(compared), CONFIDENCE)
        ranked = list(zip(compared, strengths.each, strict=False))
        is_split = strengths.is_split
    return Ranking(
        criterion,
        tuple(sorted(ranked, key=lambda one: -one[1].share)),
        tuple(compared),
        tuple(variant for variant in experiment.variants if variant.id not in met),
        tuple(_meetings(duels, compared)),
        preferences.order_effect(*store.reports.preferences.by_place(asked), CONFIDENCE),
        is_split,
        sum(duel.unscored for duel in duels),
    )


def asked_of_people(store: Store, experiment: Experiment) -> list[Criterion]:
    """The criteria of an experiment that ask people which output is better."""
    return [
        criterion
        for criterion in store.criteria.of_experiment(experiment)
        if criterion.draft.scorer.over is not None and criterion.draft.scorer.kind.by is By.PERSON
    ]


def waiting(store: Store, experiment: Experiment) -> int:
    """How many pairs of an experiment wait for a person's first word."""
    return sum(
        store.reports.preferences.waiting(asked_of(experiment, criterion))
        for criterion in asked_of_people(store, experiment)
    )


def asked_of(experiment: Experiment, criterion: Criterion) -> Asked:
    """Whose words a criterion counts in an experiment."""
    draft = criterion.draft
    is_judged = draft.scorer.kind.by is By.MODEL
    scorer = draft.scorer.fingerprint()
    return Asked(experiment.id, criterion.id, scorer, draft.slices, is_judged)


def _counted(duels: Sequence[Duel], places: dict[Any, int]) -> Duels:
    columns = [
        (
            places[duel.a],
            places[duel.b],
            duel.a_better,
            duel.b_better,
            duel.ties + duel.both_bad,
        )
        for duel in duels
    ]
    a, b, a_better, b_better, ties = np.array(columns, dtype=np.float64).T
    groups = group_numbers([duel.cluster for duel in duels])
    return Duels(a.astype(np.intp), b.astype(np.intp), a_better, b_better, ties, groups)


def _meetings(duels: Sequence[Duel], compared: Sequence[Variant]) -> list[Meeting]:
    """Each two that met, in the order of the plan: the later one is `b`."""
    found = []
    for place, b in enumerate(compared):
        for a in compared[:place]:
            mine = [duel for duel in duels if {duel.a, duel.b} == {a.id, b.id}]
            if not mine:
                continue
            is_turned = mine[0].a == b.id
            wins = sum(duel.a_better for duel in mine), sum(duel.b_better for duel in mine)
            a_better, b_better = wins[::-1] if is_turned else wins
            found.append(
                Meeting(
                    a,
                    b,
                    a_better,
                    b_better,
                    sum(duel.ties for duel in mine),
                    sum(duel.both_bad for duel in mine),
                    sum(duel.contradicted for duel in mine),
                )
            )
    return found


def as_json(rankings: Sequence[Ranking], experiment: Experiment) -> list[dict[str, Any]]:
    """For machines: the strengths, each two variants, and the order."""
    return [
        {
            "experiment": experiment.key,
            "criterion": one.criterion.key,
            "over": one.criterion.draft.scorer.over,
            "comparisons": one.n,
            "unscored": one.unscored,
            "confidence": CONFIDENCE,
            "strengths": [
                {
                    "variant": variant.label,
                    "share_won": strength.share,
                    "low": strength.low,
                    "high": strength.high,
                    "log_strength": strength.log,
                }
                for variant, strength in one.ranked
            ],
            "pairs": [
                {
                    "a": meeting.a.label,
                    "b": meeting.b.label,
                    "n": meeting.n,
                    "a_better": meeting.a_better,
                    "b_better": meeting.b_better,
                    "ties": meeting.ties,
                    "both_bad": meeting.both_bad,
                    "contradicted": meeting.contradicted,
                }
                for meeting in one.meetings
            ],
            "first_shown": {
                "better": one.order.first,
                "decided": one.order.decided,
                "p": one.order.p,
            },
        }
        for one in rankings
    ]
