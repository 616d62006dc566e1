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

LEAST_ALIKE = 0.8
"""Of the outputs that a panel judged: where its members say the same of fewer, that is said."""


class Share(NamedTuple):
    """A share or an agreement with its bounds; `value` is None where nothing tells."""

    value: float | None
    low: float | None
    high: float | None


UNKNOWN = Share(None, None, None)


class Member(NamedTuple):
    """One judge of a panel, held against the same labels by itself."""

    model: str
    n_labels: int
    sensitivity: Share
    specificity: Share
    kappa: Share


class Accord(NamedTuple):
    """How far the members of a panel agree: of `n` outputs that all of them judged they say the
    same of `n_alike`, and of `n_split` no word has a majority."""

    n: int
    n_alike: int
    n_split: int


@dataclass(frozen=True)
class Trust:
    """What a judge's words are worth for one criterion and variant.

    It was held against `n_labels` outputs of `n_cases` cases that people labelled, of which so many
    are good or bad by their word, and it differs from them on `n_apart`. `raw` is the rate by its
    word alone, `corrected` what the labels make of it. With `is_borrowed` the labels are of other
    outputs. `needed` is how many more labels would settle what is open: 0 where none is needed,
    None where labels alone would not. `n_settled` labels were decided by somebody who saw both
    words. `n_flagged` outputs spoke to it and are unscored, and of `n_unread` others it gave no
    word that can be used. `weighted_kappa` is how far the two agree on the scores of a scale:
    kappa, weighted by how far they lie apart. A panel is held to its labels as one judge; its
    `members` and their `accord` stand beside. Of `n_with_files` outputs it was shown the files of
    their cases. `broken` says which planted controls were not stood:
    then nothing else counts.
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
    n_unread: int = 0
    n_settled: int = 0
    corrected: Share = UNKNOWN
    weighted_kappa: Share = UNKNOWN
    members: tuple[Member, ...] = ()
    accord: Accord | None = None
    n_with_files: int = 0
    broken: tuple[str, ...] = ()

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
        return self.has_labels and self.is_able and not self.broken

    @property
    def is_able(self) -> bool:
        """Whether it tells good from bad well enough, by what labels there are."""
        return self.youden is not None and self.youden >= LEAST_YOUDEN
