"""Which fix to try next: what fails most, hurts most, and takes the least."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil, floor
from uuid import UUID

from workbench.domain.experiments import Experiment
from workbench.domain.requirements import Level
from workbench.domain.verdicts import CriterionVerdict
from workbench.evidence.words import figures, measures

_WEIGHT = {Level.LOW: 1, Level.MEDIUM: 2, Level.HIGH: 3}


@dataclass(frozen=True)
class Fix:
    """A criterion that fails now and then. `share` of the answers it looks at fail, between `low`
    and `high` at its confidence; `reach` is the share of cases that it looks at."""

    found: CriterionVerdict
    share: float
    low: float
    high: float
    reach: float

    @property
    def worth(self) -> float:
        """Share of failures × severity × reach ÷ effort: what ranks them. Severity and effort are
        the requirement's impact and effort, from 1 to 3."""
        draft = self.found.requirement.draft
        return self.share * _WEIGHT[draft.impact] * self.reach / _WEIGHT[draft.effort]


def ranked(
    deciding: Iterable[CriterionVerdict], experiments: Mapping[UUID, Experiment]
) -> list[Fix]:
    """The fixes by what they are worth; of several variants each criterion's worst is taken."""
    worst: dict[UUID, Fix] = {}
    for found in deciding:
        fix = _fix(found, experiments)
        if fix is None:
            continue
        known = worst.get(found.criterion.id)
        if known is None or fix.worth > known.worth:
            worst[found.criterion.id] = fix
    return sorted(worst.values(), key=lambda fix: (-fix.worth, fix.found.criterion.key))


def sentence(fix: Fix) -> str:
    """How often it fails and where, in natural frequencies."""
    draft = fix.found.requirement.draft
    asked = fix.found.criterion.draft
    things = measures.things(asked.measure)
    missed = "are lost" if asked.scale else "miss it"
    where = "" if fix.reach >= 1 else f", on {figures.of_hundred(fix.reach)} of 100 cases"
    allowed = asked.bar if asked.measure.is_upper_bar else 1 - asked.bar
    about, least, most = (
        figures.of_hundred(share, to, bar=allowed)
        for share, to in ((fix.share, round), (fix.low, floor), (fix.high, ceil))
    )
    return (
        f"About {about} of 100 {things} {missed} ({least} to {most}){where}; "
        f"{draft.impact.value} impact, {draft.effort.value} effort."
    )


def _fix(found: CriterionVerdict, experiments: Mapping[UUID, Experiment]) -> Fix | None:
    estimate = found.estimate
    if estimate.value is None or found.experiment_id is None:
        return None
    share, low, high = estimate.value, estimate.low, estimate.high
    if not found.criterion.draft.measure.is_upper_bar:
        share, low, high = 1 - share, 1 - high, 1 - low
    if share <= 0:
        return None
    n_cases = experiments[found.experiment_id].n_cases
    return Fix(found, share, low, high, min(1.0, estimate.n_cases / max(1, n_cases)))
