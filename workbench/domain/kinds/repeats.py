"""The scorer that holds the answers to one case against each other: whether they are the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.domain.kinds.entry import By, KindEntry
from workbench.domain.kinds.settings import Choice, Settings, Share


@dataclass(frozen=True)
class _Level(Share):
    """How much of two texts is the same; all of it where nothing is said."""

    def problem(self, settings: Settings) -> str:
        return super().problem(settings) if self.name in settings else ""

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        found = super().read(body)
        return {} if found[self.name] == 1 else found


def _said(settings: Settings, _: str) -> str:
    share = settings.get("similarity", 1)
    order = ", words in any order" if settings.get("compare") == "words" else ""
    near = "" if share == 1 else f" (at least {share * 100:g}% the same{order})"
    if settings.get("others") == "most":
        return f"says what most answers to its case say{near}"
    return f"says the same as all other answers to its case{near}"


ENTRIES = (
    KindEntry(
        "same",
        By.CODE,
        "is the same each time",
        "Passes when the answer says the same as the variant's other answers to its case, but "
        "for capitals, spaces and punctuation around it. It takes two trials per case or more, and "
        "all answers that there are count, whichever experiment asked for them.",
        _said,
        (
            Choice(
                "others", "The same as", ("all", "most"),
                wrong="it is held neither against “all” other answers nor “most”.", beside=True,
            ),
            Choice(
                "compare", "Compare", ("letters", "words"),
                wrong="it compares neither letters nor words.", beside=True,
            ),
            _Level("similarity", "At least the same (%)", "min_sameness", start=100.0),
        ),
        is_second_pass=True,
        fewest_trials=2,
    ),
)  # fmt: skip
