"""How far a judge can be trusted, as people's labels show it."""

from dataclasses import dataclass
from typing import NamedTuple

FEWEST_LABELS = 30
"""Cases with a label, before a judge may decide anything: fewer do not tell luck from skill."""
FEWEST_OF_EACH = 5
"""Labels of outputs that pass, and of outputs that fail: of a kind that was never seen nobody knows
whether the judge knows it."""
LEAST_YOUDEN = 0.5
"""Of sensitivity + specificity - 1. Below, a judge's word says more about the judge."""


class Share(NamedTuple):
    """A share or an agreement with its bounds; `value` is None where nothing tells."""

    value: float | None
    low: float | None
    high: float | None


UNTOLD = Share(None, None, None)


@dataclass(frozen=True)
class Trust:
    """What a judge's words are worth for one criterion and variant.

    It was held against `n_labels` outputs of `n_cases` cases that people labelled, of which so many
    are good or bad by their word, and it differs from them on `n_apart`. `raw` is the rate by its
    word alone, `corrected` what the labels make of it. With `is_borrowed` the labels are of other
    outputs. `needed` is how many more labels would settle what is open: 0 where none is needed,
    None where labels alone would not. `n_settled` labels were decided by somebody who saw both
    words. `n_flagged` outputs spoke to it and are unscored; `moved` says that it would be asked
    elsewhere now.
    """

    judge: str
    n_labels: int
    n_cases: int
    n_good: int
    n_bad: int
    n_apart: int
    sensitivity: Share
    specificity: Share
    kappa: Share
    raw: float | None
    is_borrowed: bool = False
    needed: int | None = 0
    n_flagged: int = 0
    moved: str = ""
    n_settled: int = 0
    corrected: Share = UNTOLD

    @property
    def model(self) -> str:
        """The model that judges."""
        return self.judge.partition(":")[2]

    @property
    def youden(self) -> float | None:
        """Sensitivity + specificity - 1."""
        if self.sensitivity.value is None or self.specificity.value is None:
            return None
        return self.sensitivity.value + self.specificity.value - 1

    @property
    def has_labels(self) -> bool:
        """Whether there are labels enough to say how often it errs."""
        is_seen = min(self.n_good, self.n_bad) >= FEWEST_OF_EACH
        return is_seen and self.n_cases >= FEWEST_LABELS

    @property
    def is_earned(self) -> bool:
        """Whether verdicts may rest on it."""
        return self.has_labels and self.youden is not None and self.youden >= LEAST_YOUDEN
