"""Changes as bets: what each was to do, and what the next run showed on every requirement."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from workbench.domain.experiments import Experiment
from workbench.domain.prompts import PromptVersion, Variant
from workbench.domain.verdicts import CriterionVerdict, Verdict
from workbench.evidence import comparisons, verdicts
from workbench.evidence.comparisons import Comparison
from workbench.evidence.counting import Counted
from workbench.store.store import Store


class Subject(StrEnum):
    """What was changed."""

    REQUIREMENT = "requirement"
    CRITERION = "criterion"
    PROMPT = "prompt"


class Effect(StrEnum):
    """What became of a criterion. A change within the intervals is none that anybody can claim."""

    LIFTED = "lifted"
    BROKEN = "broken"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Shift:
    """One criterion before and after a change. `difference` is the paired one, after minus before
    in pass rates, where one experiment asked both on the same cases."""

    before: CriterionVerdict
    after: CriterionVerdict
    difference: Comparison | None = None

    @property
    def effect(self) -> Effect:
        """Lifted or broken: the difference is beyond chance, the intervals do not overlap, or the
        bar is met (missed) now and was not."""
        if self.difference is not None and self.difference.is_sure:
            is_up = (self.difference.difference.estimate or 0.0) > 0
            return Effect.LIFTED if is_up else Effect.BROKEN
        (was_low, was_high), (low, high) = _upward(self.before), _upward(self.after)
        turned = self.before.verdict is not self.after.verdict
        if low > was_high or (turned and self.after.verdict is Verdict.MET):
            return Effect.LIFTED
        if high < was_low or (turned and self.after.verdict is Verdict.NOT_MET):
            return Effect.BROKEN
        return Effect.UNCLEAR


def _upward(found: CriterionVerdict) -> tuple[float, float]:
    """The bounds, turned so that more is better."""
    low, high = found.estimate.low, found.estimate.high
    return (1 - high, 1 - low) if found.criterion.draft.measure.is_upper_bar else (low, high)


@dataclass(frozen=True)
class Bet:
    """A change: what triggered it, what it should do, and what it did once that was measured.

    `shifts` is empty as long as no run after it can be compared with one before. `measured_by`
    names the experiment before and the one after, None while the bet is open.
    """

    subject: Subject
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
    counted = counted or Counted(store)
    tried = counted.tried(feature_id)
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
    return [_measured(store, bet, prompt, run, counted) for bet, prompt in bets]


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
                    Subject.REQUIREMENT,
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
                Subject.CRITERION,
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
                Subject.PROMPT,
                version.label,
                version.note,
                version.expects,
                version.author,
                version.created_at,
            )
            yield bet, (version.prompt_id, version.number)


Side = tuple[Experiment, Variant]


def _measured(
    store: Store,
    bet: Bet,
    prompt: tuple[UUID, int] | None,
    run: Sequence[Experiment],
    counted: Counted,
) -> Bet:
    tried = counted.tried(run[0].feature_id) if run else {}
    sides = [
        (experiment, variant)
        for experiment in run
        for variant in experiment.variants
        if (experiment.id, variant.id) in tried
    ]
    if prompt is not None:
        prompt_id, number = prompt
        mine = [side for side in sides if side[1].prompt.prompt_id == prompt_id]
        before = [side for side in mine if side[1].prompt.number < number]
        after = [side for side in mine if side[1].prompt.number == number]
    else:
        # By the first answer: a new experiment may hold answers from before the change.
        dated = [(tried[side[0].id, side[1].id], side) for side in sides]
        before = [side for first, side in dated if first <= bet.created_at]
        after = [side for first, side in dated if first > bet.created_at]
    pair = _paired(before, after)
    if pair is None:
        return bet
    before_it, after_it = pair
    return Bet(
        bet.subject,
        bet.what,
        bet.trigger,
        bet.expects,
        bet.author,
        bet.created_at,
        (before_it[0].key, after_it[0].key),
        tuple(_shifts(store, before_it, after_it, counted)),
    )


def _paired(before: Sequence[Side], after: Sequence[Side]) -> tuple[Side, Side] | None:
    """The two to compare: the newest of each, alike in variant and model where possible."""
    if not before or not after:
        return None

    def alike(side: Side, other: Side) -> tuple[bool, bool, datetime]:
        mine, theirs = side[1], other[1]
        same_model = (mine.connection, mine.model) == (theirs.connection, theirs.model)
        return mine.id == theirs.id, same_model, side[0].created_at

    newest = max(after, key=lambda side: side[0].created_at)
    best = max(before, key=lambda side: alike(side, newest))
    return best, max(after, key=lambda side: (side[0].id == newest[0].id, alike(side, best)))


def _shifts(store: Store, before: Side, after: Side, counted: Counted) -> Iterable[Shift]:
    """Each criterion that both experiments scored."""

    def judged(side: Side) -> dict[UUID, CriterionVerdict]:
        experiment, variant = side
        found = verdicts.of_experiment(store, experiment, counted)
        return {
            row.criterion.id: row
            for row in found
            if row.variant_id == variant.id and row.is_evaluated
        }

    old, new = judged(before), judged(after)
    paired: dict[UUID, Comparison] = {}
    if before[0].id == after[0].id:
        found = comparisons.against(store, before[0], before[1], [after[1]])
        paired = {comparison.criterion.id: comparison for comparison in found}
    for criterion_id, was in old.items():
        if criterion_id in new:
            yield Shift(was, new[criterion_id], paired.get(criterion_id))
