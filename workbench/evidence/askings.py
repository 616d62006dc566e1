"""Whether the same was asked anew after it had been judged: to ask until it pleases is to look
until it pleases, so each asking has a share of the error.

A changed prompt, model, address or parameter is another variant, and other cases are another
question: neither is asked anew here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from uuid import UUID

from workbench.domain.criteria import Criterion, CriterionDraft
from workbench.domain.experiments import Experiment
from workbench.domain.verdicts import Verdict
from workbench.evidence import estimates, interim
from workbench.evidence.words import figures
from workbench.say import count
from workbench.stats.sequential import share_afresh
from workbench.store.askings import Asking
from workbench.store.store import Store
from workbench.store.tallies import Tally


@dataclass(frozen=True)
class Afresh:
    """The newest asking after so many `looks` at earlier ones that did not say met. Of its `cases`
    so many are `kept`: they have answers of an earlier asking still. `before` counts every earlier
    asking, met or not: a comparison of two variants does not ask whether a bar was met."""

    looks: int
    cases: int
    kept: int = 0
    before: int = 0

    def stricter(self, draft: CriterionDraft) -> CriterionDraft:
        """The criterion at the confidence that is left for this asking."""
        share = share_afresh(self.looks)
        return (
            replace(draft, confidence=1 - (1 - draft.confidence) * share) if self.looks else draft
        )

    def sentences(self, draft: CriterionDraft) -> list[str]:
        """What it means for the verdict, for whoever reads it."""
        said = []
        if self.looks:
            level = figures.near_one(self.stricter(draft).confidence)
            said.append(
                f"asked afresh after a look: the same was answered and judged {_times(self.looks)} "
                "before, and was not met. To ask until the bar is met would meet too many, so this "
                f"asking is held to {level} confidence, which takes more cases; new cases stand "
                "alone"
            )
        if self.kept:
            said.append(
                f"only a part was asked afresh: {count(self.kept, 'case')} of {self.cases:,} still "
                "count with an answer of an earlier asking. Which part is new may have been chosen "
                "by what came in, so nothing is said before all are asked again"
            )
        return said


def of_experiment(store: Store, experiment: Experiment, criterion: Criterion) -> dict[UUID, Afresh]:
    """By variant, what was asked anew of an experiment's cases."""
    found = store.askings.of(experiment, criterion)
    return {
        variant_id: _afresh(experiment, criterion.draft, askings)
        for variant_id, askings in found.items()
    }


def _afresh(experiment: Experiment, draft: CriterionDraft, askings: Sequence[Asking]) -> Afresh:
    """Counts the looks since it was last met, or last another model's.

    Whoever asks again after *met* does not ask until it pleases: it did. So a plan that is asked
    every week keeps all its confidence as long as it is met. A model whose name for itself changed
    was changed by its maker, and is a new question.
    """
    looks = before = 0
    for earlier, later in pairwise(askings):
        held = Afresh(looks, earlier.cases).stricter(draft)
        was_met = not earlier.kept and _verdict(experiment, held, earlier) is Verdict.MET
        is_another = bool(
            earlier.models and later.models and earlier.models.isdisjoint(later.models)
        )
        looks = 0 if was_met or is_another else looks + 1
        before = 0 if is_another else before + 1
    return Afresh(looks, askings[-1].cases, askings[-1].kept, before)


def _verdict(experiment: Experiment, draft: CriterionDraft, asking: Asking) -> Verdict:
    if experiment.is_sequential:
        return interim.verdict(draft, asking.course)
    tallies = [
        Tally(experiment.id, str(n), 1, one.planned, one.passes, one.fails, 0, 0, 1, one.group)
        for n, one in enumerate(asking.course)
    ]
    return estimates.verdict(draft, estimates.estimate(draft, tallies, experiment.trials))


def _times(n: int) -> str:
    return {1: "once", 2: "twice"}.get(n, f"{n:,} times")
