"""Met, not met, not enough evidence: what a criterion's evidence says."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from workbench.domain.criteria import Criterion
from workbench.domain.open_trials import NOTHING, Open
from workbench.domain.requirements import Requirement
from workbench.domain.trust import Trust


class Verdict(StrEnum):
    """The three answers."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_ENOUGH_EVIDENCE = "not_enough_evidence"

    @property
    def label(self) -> str:
        """The answer in words."""
        return self.value.replace("_", " ")


class Unit(StrEnum):
    """What counts once in an estimate: each case, or all cases with one input, or of one group."""

    CASE = "case"
    INPUT = "input"
    GROUP = "group"


@dataclass(frozen=True)
class Estimate:
    """A measure with its interval and design. `value` is None when nothing was scored.

    `low` and `high` are one-sided bounds at `confidence`; unscored trials count against both.
    `n_clusters` counts cases with one input, or of one group, once. Where those differ in size,
    `by_answer` is the same measure with every answer (or case) counting once; None where none do.
    """

    value: float | None
    low: float
    high: float
    confidence: float
    n_cases: int
    n_trials: int
    n_unscored: int
    n_effective: float
    method: str
    n_clusters: int = 0
    unit: Unit = Unit.CASE
    by_answer: float | None = None


@dataclass(frozen=True)
class Spread:
    """How steady answers are: `by_passes[k]` cases passed k of their `trials` scored trials.

    Cases with the same input are one; those with a trial missing or unscored are left out.
    """

    trials: int
    by_passes: tuple[int, ...]

    @property
    def cases(self) -> int:
        """All cases that count here."""
        return sum(self.by_passes)

    @property
    def never(self) -> int:
        """Those that failed every time."""
        return self.by_passes[0]

    @property
    def always(self) -> int:
        """Those that passed every time."""
        return self.by_passes[-1]

    @property
    def sometimes(self) -> int:
        """Those that did both."""
        return self.cases - self.always - self.never


class Repeated(NamedTuple):
    """What asking the same case k times comes to, as a share, with bounds at the criterion's
    confidence."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class CriterionVerdict:
    """One criterion for one variant, with everything needed to explain it.

    A verdict of not met `withstands` that so many are judged together: it would be given at a
    share of the error as small as one of them. The variant was chosen among `rivals` by their
    answers to these cases; a verdict of met allows for that.
    `extends` names the experiments whose judged answers it goes on from. The same was asked and
    judged at so many `looks_before`, not met at any; so many cases have answers `kept_from_before`,
    while others were asked afresh. An undecided one keeps
    what was `seen`: the values from 0 to 1 of what counts once, and how often each came; cases that
    were added would be judged at the confidence that is `left`. A judge by a model has its `trust`.
    """

    requirement: Requirement
    criterion: Criterion
    variant_id: UUID | None
    variant: str
    estimate: Estimate
    verdict: Verdict
    experiment: str = ""
    experiment_id: UUID | None = None
    stale: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    pass_hat_k: tuple[Repeated | None, ...] = ()
    pass_at_k: tuple[Repeated | None, ...] = ()
    spread: Spread | None = None
    icc: float | None = None
    withstands: int = 1
    rivals: int = 1
    extends: tuple[str, ...] = ()
    looks_before: int = 0
    kept_from_before: int = 0
    seen: tuple[tuple[float, int], ...] = ()
    left: float = 0.95
    open: Open = NOTHING
    is_altered: bool = False
    trust: Trust | None = None

    @property
    def is_evaluated(self) -> bool:
        """Whether anything was scored at all."""
        return self.estimate.value is not None


def combine(rows: Sequence[CriterionVerdict]) -> Verdict:
    """Several criteria or variants as one: met when all are, not met when one surely is not.

    *Met* is an intersection-union test (Berger 1982): each at its own level, no correction needed.
    *Not met* is claimed as soon as one is missed, so it takes one that is `missed`.
    """
    if missed(rows):
        return Verdict.NOT_MET
    if rows and all(row.verdict is Verdict.MET for row in rows):
        return Verdict.MET
    return Verdict.NOT_ENOUGH_EVIDENCE


def missed(rows: Sequence[CriterionVerdict]) -> tuple[CriterionVerdict, ...]:
    """Those that are not met even though all are judged together, the clearest first.

    Holm 1979, Scandinavian J Statistics 6:65-70: where every rate lies at its bar, any of them is
    among these at most as often as one bound is wrong.
    """
    tested = sum(row.is_evaluated for row in rows)
    below = [row for row in rows if row.verdict is Verdict.NOT_MET]
    below.sort(key=lambda row: -row.withstands)
    for place, row in enumerate(below):
        if row.withstands < tested - place:
            return tuple(below[:place])
    return tuple(below)
