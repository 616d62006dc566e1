"""Changes as bets: what each was to do, and what the next run showed on every requirement."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from workbench.domain.experiments import Experiment
from workbench.domain.prompts import PromptVersion
from workbench.domain.verdicts import CriterionVerdict
from workbench.evidence import besides, comparisons, verdicts
from workbench.evidence.comparisons import Comparison
from workbench.evidence.counting import Counted
from workbench.evidence.pairing import Pairing, Side
from workbench.store.store import Store


class BetOn(StrEnum):
    """What was changed."""

    REQUIREMENT = "requirement"
    CRITERION = "criterion"
    PROMPT = "prompt"


class Effect(StrEnum):
    """What a change is shown to have done to a criterion. Anything within chance is nothing that
    anybody can claim, whatever became of the verdict."""

    LIFTED = "lifted"
    BROKEN = "broken"
    UNCLEAR = "unclear"
    MIXED = "mixed with another change"
    NOT_COMPARED = "not compared"


@dataclass(frozen=True)
class Shift:
    """One criterion before and after a change, and the difference between the two.

    `besides` is what else changed from one to the other (the model, say): then the difference is
    not the change's own, and nothing is claimed.
    """

    before: CriterionVerdict
    after: CriterionVerdict
    difference: Comparison
    besides: str = ""

    @property
    def effect(self) -> Effect:
        """Lifted or broken where the difference is beyond chance, all criteria considered."""
        if not self.difference.is_compared:
            return Effect.NOT_COMPARED
        if self.besides:
            return Effect.MIXED
        if not self.difference.is_sure:
            return Effect.UNCLEAR
        return Effect.LIFTED if self.difference.is_better else Effect.BROKEN

    @property
    def has_turned(self) -> bool:
        """Whether the verdict is another one now. By itself that shows no difference."""
        return self.before.verdict is not self.after.verdict


@dataclass(frozen=True)
class Bet:
    """A change: what triggered it, what it should do, and what it did once that was measured.

    `shifts` is empty as long as no run after it can be compared with one before. `measured_by`
    names the experiment before and the one after, None while the bet is open.
    """

    subject: BetOn
    what: str
    trigger: str
    expects: str
    author: str
    created_at: datetime
    measured_by: tuple[str, str] | None = None
    shifts: tuple[Shift, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it waits to be measured."""
        return self.measured_by is None

    def of(self, effect: Effect) -> list[Shift]:
        """The criteria with this effect."""
        return [shift for shift in self.shifts if shift.effect is effect]


def of_feature(store: Store, feature_id: UUID, counted: Counted | None = None) -> list[Bet]:
    """Every change after the first draft, newest first, with what it did on all criteria.

    A prompt is measured by its new version against the one before it, a requirement or criterion
    by the newest run before the change and the newest after it, for the same variant where there
    is one. Both sides are judged by the criteria as they are now, so that they can be compared.
    """
    pairing = Pairing(store, counted)
    tried = pairing.counted.tried(feature_id)
    run = [
        experiment
        for experiment in store.experiments.of(feature_id)
        if any((experiment.id, variant.id) in tried for variant in experiment.variants)
    ]
    bets = [
        *_requirements(store, feature_id),
        *_criteria(store, feature_id),
        *_prompts(store.prompts.versions(feature_id)),
    ]
    bets.sort(key=lambda found: found[0].created_at, reverse=True)
    return [_measured(store, bet, prompt, run, pairing) for bet, prompt in bets]


Unmeasured = tuple[Bet, tuple[UUID, int] | None]
"""A bet, and for a prompt its id and the number of the version."""


def _requirements(store: Store, feature_id: UUID) -> Iterable[Unmeasured]:
    revisions = store.requirements.revisions_of(feature_id)
    for requirement in store.requirements.of(feature_id):
        for revision in revisions[requirement.id][1:]:
            what = f"{requirement.key} revision {revision.number}"
            seen = [piece.summary for piece in revision.evidence]
            yield (
                Bet(
                    BetOn.REQUIREMENT,
                    what,
                    "; ".join(filter(None, [revision.why, *seen])),
                    revision.expects,
                    revision.author,
                    revision.created_at,
                ),
                None,
            )


def _criteria(store: Store, feature_id: UUID) -> Iterable[Unmeasured]:
    versions = store.criteria.versions_of(feature_id)
    for criterion in store.criteria.of(feature_id):
        for version in versions[criterion.id][1:]:
            what = f"{criterion.key} version {version.number}"
            bet = Bet(
                BetOn.CRITERION,
                what,
                version.why,
                version.expects,
                version.author,
                version.created_at,
            )
            yield bet, None


def _prompts(versions: Sequence[PromptVersion]) -> Iterable[Unmeasured]:
    for version in versions:
        if version.number > 1:
            bet = Bet(
                BetOn.PROMPT,
                version.label,
                version.note,
                version.expects,
                version.author,
                version.created_at,
            )
            yield bet, (version.prompt_id, version.number)


def _measured(
    store: Store,
    bet: Bet,
    prompt: tuple[UUID, int] | None,
    run: Sequence[Experiment],
    pairing: Pairing,
) -> Bet:
    tried = pairing.counted.tried(run[0].feature_id) if run else {}
    sides = [
        Side(experiment, variant)
        for experiment in run
        for variant in experiment.variants
        if (experiment.id, variant.id) in tried
    ]
    if prompt is not None:
        prompt_id, number = prompt
        mine = [side for side in sides if side.variant.prompt.prompt_id == prompt_id]
        before = [side for side in mine if side.variant.prompt.number < number]
        after = [side for side in mine if side.variant.prompt.number == number]
    else:
        # By the first answer: a new experiment may hold answers from before the change.
        dated = [(tried[side.experiment.id, side.variant.id], side) for side in sides]
        before = [side for first, side in dated if first <= bet.created_at]
        after = [side for first, side in dated if first > bet.created_at]
    pair = _paired(before, after, pairing)
    if pair is None:
        return bet
    was, now = pair
    return replace(
        bet,
        measured_by=(was.experiment.key, now.experiment.key),
        shifts=tuple(_shifts(store, was, now, pairing)),
    )


def _paired(
    before: Sequence[Side], after: Sequence[Side], pairing: Pairing
) -> tuple[Side, Side] | None:
    """The two to compare: alike in all but the change where there are such, then in one experiment,
    then the newest."""

    def fit(pair: tuple[Side, Side]) -> tuple[bool, bool, bool, datetime, int, datetime]:
        was, now = pair
        return (
            not besides.prompt(pairing, was, now),
            was.experiment.id == now.experiment.id,
            was.variant.id == now.variant.id,
            now.experiment.created_at,
            was.variant.prompt.number,
            was.experiment.created_at,
        )

    return max(((was, now) for was in before for now in after), key=fit, default=None)


def _shifts(store: Store, before: Side, after: Side, pairing: Pairing) -> Iterable[Shift]:
    """Each criterion that both experiments scored."""

    def judged(side: Side) -> dict[UUID, CriterionVerdict]:
        found = verdicts.of_experiment(store, side.experiment, pairing.counted)
        return {
            row.criterion.id: row
            for row in found
            if row.variant_id == side.variant.id and row.is_evaluated
        }

    old, new = judged(before), judged(after)
    other = besides.prompt(pairing, before, after)
    for comparison in comparisons.of_sides(store, before, after, pairing):
        criterion_id = comparison.criterion.id
        if criterion_id in old and criterion_id in new:
            yield Shift(old[criterion_id], new[criterion_id], comparison, other)
