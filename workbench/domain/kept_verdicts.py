"""What a criterion came to when a run ended, as it was kept: the points of a trend."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from workbench.domain.verdicts import Verdict


@dataclass(frozen=True)
class KeptVerdict:
    """A criterion's verdict for a variant at the end of a run; `evidence` is a checksum of what it
    rests on."""

    criterion_id: UUID
    criterion_number: int
    experiment_id: UUID
    variant_id: UUID
    run_id: UUID
    verdict: Verdict
    value: float | None
    low: float
    high: float
    n_cases: int
    n_trials: int
    n_unscored: int
    evidence: str
    created_at: datetime


@dataclass(frozen=True)
class TrendPoint:
    """A kept verdict with the names that people know its parts by, and the bar of then."""

    kept: KeptVerdict
    experiment: str
    variant: str
    prompt: str
    bar: float
