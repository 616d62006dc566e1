"""Met, not met, not enough evidence: what a criterion's evidence says."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from workbench.domain.criteria import Criterion
from workbench.domain.requirements import Requirement


class Verdict(StrEnum):
    """The three answers."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_ENOUGH_EVIDENCE = "not_enough_evidence"

    @property
    def label(self) -> str:
        """The answer in words."""
        return self.value.replace("_", " ")


@dataclass(frozen=True)
class Estimate:
    """A measure with its interval and design. `value` is None when nothing was scored.

    `low` and `high` are one-sided bounds at `confidence`; unscored trials count against both.
    `n_clusters` counts cases with one input, or of one group, once.
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

    `extends` names the experiments whose judged answers it goes on from. An undecided one keeps
    what was `seen`: the values from 0 to 1 of what counts once, and how often each came; cases that
    were added would be judged at the confidence that is `left`.
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
    extends: tuple[str, ...] = ()
    seen: tuple[tuple[float, int], ...] = ()
    left: float = 0.95

    @property
    def is_evaluated(self) -> bool:
        """Whether anything was scored at all."""
        return self.estimate.value is not None


def combine(verdicts: list[Verdict]) -> Verdict:
    """Several criteria or variants as one: met when all are, not met when any is not.

    An intersection-union test (Berger 1982): each at its own level, no correction needed.
    """
    if not verdicts or (
        Verdict.NOT_ENOUGH_EVIDENCE in verdicts and Verdict.NOT_MET not in verdicts
    ):
        return Verdict.NOT_ENOUGH_EVIDENCE
    return Verdict.NOT_MET if Verdict.NOT_MET in verdicts else Verdict.MET
