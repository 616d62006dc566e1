"""What has no score, and why, in words: “3 failed, 2 not asked yet”."""

from collections.abc import Sequence
from dataclasses import asdict

from workbench.domain.open_trials import Open
from workbench.domain.verdicts import CriterionVerdict

_REASONS = {
    "failed": "failed",
    "refused": "refused",
    "cut": "cut off",
    "unrated": "not rated yet",
    "unjudged": "not judged yet",
    "unclear": "could not be judged",
    "not_asked": "not asked yet",
    "partly": "not applicable beside others of their case",
}
_STEPS = {
    "failed": "ask the failed calls again",
    "refused": "see what was refused",
    "cut": "allow longer answers where they were cut off",
    "unrated": "rate the outputs that wait",
    "unjudged": "let the judge look at those that wait",
    "unclear": "see why some could not be judged",
    "not_asked": "ask what was not asked yet",
    "partly": "see why it applies to some answers of a case only",
}
_OUTSIDE = {"unclear": "without a value", "not_asked": "not in the file"}
_OUTSIDE_STEPS = {
    "failed": "import a file in which they did not fail",
    "unclear": "see why some have no value",
    "not_asked": "import a file that holds what is missing",
}


def unscored(found: CriterionVerdict) -> str:
    """How many trials have no score, by the reason."""
    number, reasons = found.estimate.n_unscored, _by_reason(found.open, _REASONS, _OUTSIDE)
    said = ", ".join(f"{n:,} {reason}" for reason, n in reasons.items())
    if number == found.open.unscored.total:
        return said
    # While a plan may still end early, only what is finished counts.
    so_far = f"{number:,} unscored"
    return f"{so_far} so far; of the whole plan {said}" if said else so_far


def outside(found: CriterionVerdict) -> str:
    """How many trials the criterion does not apply to: said wherever its verdict is. Empty where
    it applies to all."""
    return f"{found.open.n_outside:,} not applicable" if found.open.n_outside else ""


def why_nothing(rows: Sequence[CriterionVerdict]) -> str:
    """Why nothing has a score, by variant: of each the criterion that looks at most of its trials.
    Empty where no call has failed: then it is a matter of time."""
    widest: dict[str, CriterionVerdict] = {}
    for row in rows:
        if row.variant not in widest or row.open.planned > widest[row.variant].open.planned:
            widest[row.variant] = row
    if not any(row.open.unscored.without_output for row in widest.values()):
        return ""
    if len(widest) == 1:
        return f"Nothing has been scored yet: {unscored(next(iter(widest.values())))}."
    said = "; ".join(f"{name}: {unscored(row)}" for name, row in widest.items())
    return f"Nothing has been scored yet. {said}."


def step(found: CriterionVerdict) -> str:
    """What to do about them, as a sentence."""
    steps = _by_reason(found.open, _STEPS, _OUTSIDE_STEPS)
    if not steps:
        return f"Score what is open first: {unscored(found)}."
    *others, last = [f"{what} ({n:,})" for what, n in steps.items()]
    listed = f"{', '.join(others)} and {last}" if others else last
    return f"Get the missing scores first: {listed}."


def _by_reason(found: Open, words: dict[str, str], outside: dict[str, str]) -> dict[str, int]:
    said = words | outside if found.is_outside else words
    return {said[reason]: n for reason, n in asdict(found.unscored).items() if n}
