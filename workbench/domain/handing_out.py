"""Which case a rater is given next, and why: what teaches most first, and a sample of the rest."""

from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

HELD = timedelta(minutes=15)
"""How long a case stays with a rater who says nothing more of it."""
SECOND_SHARE = 0.2
"""The share of cases that two people rate, where nobody chose another."""
SHARES = (0.0, 0.1, 0.2, 0.5, 1.0)
"""Those that can be chosen."""
SAMPLE_EVERY = 5
"""Each fifth case of a rater is drawn from those that nobody doubts, so that how far people agree
stays known of those too: what is disputed alone would tell of disputes."""


class Why(StrEnum):
    """Why a case comes next."""

    BEGUN = "begun"
    DISPUTED = "disputed"
    UNSURE = "unsure"
    FLICKERS = "flickers"
    SECOND = "second"
    THIN = "thin"
    SAMPLE = "sample"
    TEACHES = "teaches"
    DRAWN = "drawn"
    CHOSEN = "chosen"

    @property
    def sentence(self) -> str:
        """The same for whoever rates it. It says nobody's word, so that it sways nobody."""
        return _SENTENCES[self]


_SENTENCES = {
    Why.BEGUN: "you had begun it",
    Why.DISPUTED: "it was scored both ways, and one more opinion settles it",
    Why.UNSURE: "somebody who looked at it could not tell",
    Why.FLICKERS: "its answers come out differently when it is asked again",
    Why.SECOND: "it is one of those that two people rate, to see how far they agree",
    Why.THIN: "fewest of its slice are rated so far",
    Why.SAMPLE: "it is drawn from those that nobody doubts, so that agreement there is known too",
    Why.TEACHES: "a label of it says most about how often the judge errs",
    Why.DRAWN: "it is next in an order that was drawn at random",
    Why.CHOSEN: "you chose it",
}


class Handed(NamedTuple):
    """A case that is with a rater now."""

    case_id: UUID
    why: Why
