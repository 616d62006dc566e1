"""Every requirement against its evidence: which results count, what they say, what is stale."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from workbench.domain.criteria import Criterion, CriterionDraft, Lane
from workbench.domain.experiments import Experiment
from workbench.domain.prompts import Variant
from workbench.domain.requirements import Requirement
from workbench.domain.trials import Ending
from workbench.domain.verdicts import CriterionVerdict, Estimate, Verdict, combine, missed
from workbench.evidence import (
    calibration,
    estimates,
    inapplicable,
    interim,
    more_cases,
    open_trials,
    origins,
    sources,
    staleness,
)
from workbench.evidence.askings import Afresh
from workbench.evidence.counting import Counted
from workbench.evidence.decision import Judge, decide
from workbench.evidence.extensions import Extension
from workbench.evidence.words import trust as trust_words
from workbench.say import count
from workbench.stats.sequential import left_after
from workbench.store.courses import Finished
from workbench.store.store import Store

_NOT_WHOLE = {
    Ending.CUT: "cut off at the token limit",
    Ending.BROKEN: "broken off by the server, and count as whole ones",
}
_ALTERED = (
    "rows that this rests on were changed since they were written, or are gone, so nothing is "
    "decided: `python -m workbench doctor` names them, and a backup from before has them as they "
    "were"
)
_ITSELF = (
    "{} is what others are compared with, so it can't be preferred over itself: choose another "
    "candidate, or compare with another variant"
)
_NOTHING = Estimate(None, 0.0, 1.0, 0.95, 0, 0, 0, 0.0, "none")


@dataclass(frozen=True)
class RequirementVerdict:
    """A requirement, its verdict, and the criteria's verdicts that it was put together from."""

    requirement: Requirement
    verdict: Verdict
    criteria: tuple[CriterionVerdict, ...]

    @property
    def is_evaluated(self) -> bool:
        """Whether anything was scored at all."""
        return any(found.is_evaluated for found in self.criteria)

    @property
    def is_stale(self) -> bool:
        """Whether any of its evidence is older than what it judges."""
        return any(found.stale for found in self.criteria)


def of_feature(
    store: Store,
    feature_id: UUID,
    counted: Counted | None = None,
    known: tuple[Sequence[Experiment], Sequence[Criterion]] | None = None,
) -> list[CriterionVerdict]:
    """Each criterion for each variant that was tried (or for none), in the order of the keys.

    The evidence for a criterion and a variant is their newest experiment that was run; where the
    criterion was in none, the variant's newest one, with a warning. Who has read the feature's
    experiments and its criteria in force says them with `known`.
    """
    requirements = {r.id: r for r in store.requirements.of(feature_id)}
    experiments = known[0] if known else store.experiments.of(feature_id)
    criteria = known[1] if known else store.criteria.of(feature_id)
    counted = counted or Counted(store)
    tried = counted.tried(feature_id)
    changes = staleness.Changes.of(store, feature_id, experiments, criteria)
    asked_about = {e.dataset_version_id for e in experiments}
    versions = {version: store.datasets.version(version).dataset_id for version in asked_about}
    numbers = {e.id: versions[e.dataset_version_id] for e in experiments}
    judged = [(c, sources.of(c, experiments, tried)) for c in criteria]
    for experiment in experiments:
        here = [c for c, chosen in judged if any(e.id == experiment.id for _, e in chosen)]
        counted.count_all(experiment, here)
    found: list[CriterionVerdict] = []
    together = sum(len(chosen) for _, chosen in judged)
    for criterion, chosen in judged:
        requirement = requirements[criterion.requirement_id]
        if not chosen:
            found.append(
                CriterionVerdict(
                    requirement, criterion, None, "", _NOTHING, Verdict.NOT_ENOUGH_EVIDENCE
                )
            )
        for variant, experiment in chosen:
            place = (requirement, criterion, variant, experiment)
            stale = staleness.reasons(
                changes, *place, numbers[experiment.id], counted.answered(experiment, variant)
            )
            found.append(_judge(*place, counted, stale, together))
    return found


def of_experiment(
    store: Store,
    experiment: Experiment,
    counted: Counted | None = None,
    *,
    is_running: bool = False,
) -> list[CriterionVerdict]:
    """The criteria of one experiment for each of its variants, from this experiment alone.

    While it `is_running` the estimates are those that hold however often they are read. The
    verdict stays the plan's own: every answer that is missing counts against both ends.
    """
    counted = counted or Counted(store)
    requirements = {r.id: r for r in store.requirements.of(experiment.feature_id)}
    criteria = store.criteria.of_experiment(experiment)
    counted.count_all(experiment, criteria)
    return [
        _judge(
            requirements[criterion.requirement_id],
            criterion,
            variant,
            experiment,
            counted,
            [],
            len(criteria) * len(experiment.variants),
            is_running=is_running,
        )
        for criterion in criteria
        for variant in experiment.variants
        if criterion.is_about(variant.label)
    ]


def deciding(
    verdicts: Iterable[CriterionVerdict], candidate: UUID | None
) -> list[CriterionVerdict]:
    """The verdicts that decide: the candidate's, or every variant's where none was chosen."""
    kept = []
    for found in verdicts:
        if candidate is None or found.variant_id in (candidate, None):
            kept.append(found)
    return kept


def by_requirement(
    store: Store,
    feature_id: UUID,
    verdicts: Sequence[CriterionVerdict],
    in_force: Sequence[Criterion] | None = None,
) -> list[RequirementVerdict]:
    """The feature's requirements with the verdicts put together; none without a criterion is met.

    A criterion that the verdicts do not cover (the candidate was never tried on it) counts as not
    enough evidence. The criteria `in_force` are read where nobody says them."""
    covered = {found.criterion.id for found in verdicts}
    chosen = store.features.candidate(feature_id)
    candidate = "" if chosen is None else store.variants.get(chosen).label
    criteria: dict[UUID, list[Criterion]] = {}
    for criterion in store.criteria.of(feature_id) if in_force is None else in_force:
        criteria.setdefault(criterion.requirement_id, []).append(criterion)
    rows = []
    for requirement in store.requirements.of(feature_id):
        mine = [found for found in verdicts if found.requirement.id == requirement.id]
        mine += [
            CriterionVerdict(
                requirement,
                criterion,
                None,
                candidate,
                _NOTHING,
                Verdict.NOT_ENOUGH_EVIDENCE,
                warnings=() if criterion.is_about(candidate) else (_ITSELF.format(candidate),),
            )
            for criterion in criteria.get(requirement.id, [])
            if criterion.id not in covered
        ]
        rows.append(RequirementVerdict(requirement, combine(mine), tuple(mine)))
    return rows


def whole(rows: Sequence[RequirementVerdict]) -> Verdict:
    """A feature's requirements as one: met when all are, not met when a criterion is missed that
    is missed even among all criteria of all of them."""
    if missed([found for row in rows for found in row.criteria]):
        return Verdict.NOT_MET
    if rows and all(row.verdict is Verdict.MET for row in rows):
        return Verdict.MET
    return Verdict.NOT_ENOUGH_EVIDENCE


def _judge(
    requirement: Requirement,
    criterion: Criterion,
    variant: Variant,
    experiment: Experiment,
    counted: Counted,
    stale: list[str],
    together: int,
    *,
    is_running: bool = False,
) -> CriterionVerdict:
    draft = criterion.draft
    is_altered = counted.is_altered(criterion, experiment, variant)
    tallies = [t for t in counted.of(criterion, experiment) if t.variant_id == variant.id]
    if is_altered and any(tally.waiting < 0 for tally in tallies):
        # More answers than were planned: no run can have brought them, so nothing is read.
        tallies = []
    afresh = counted.afresh(criterion, experiment, variant)
    plan = afresh.stricter(draft) if afresh else draft
    at_the_end = estimates.estimate(plan, tallies, experiment.trials)
    found = replace(at_the_end, confidence=draft.confidence)

    def judge(held_to: CriterionDraft) -> Verdict:
        stricter = afresh.stricter(held_to) if afresh else held_to
        again = stricter.confidence != plan.confidence
        then = estimates.estimate(stricter, tallies, experiment.trials) if again else at_the_end
        return estimates.verdict(stricter, then)

    extension = counted.extension(criterion, experiment, variant)
    at_any_time = None
    if experiment.is_sequential or is_running or extension:
        found, at_any_time = _at_any_time(
            criterion, experiment, variant, counted, is_running=is_running
        )
    if held := calibration.of(counted, criterion, experiment, variant, tallies, at_the_end):
        found, at_any_time = held.estimate(plan.confidence), held.judge
    rivals = counted.rivals(experiment, variant)
    decided, withstands, chosen = decide(draft, at_any_time or judge, together, rivals)
    warnings = [said for said in (extension and extension.sentence(), chosen) if said]
    if afresh:
        warnings += afresh.sentences(draft)
        if afresh.kept:
            decided, withstands = Verdict.NOT_ENOUGH_EVIDENCE, 1
    after = staleness.set_after(criterion, variant, experiment, counted)
    if after:
        warnings.append(after)
        if draft.lane is Lane.DISCOVERED and decided is Verdict.MET:
            # It was found by reading answers to these cases: they can't confirm it.
            decided = Verdict.NOT_ENOUGH_EVIDENCE
    warnings += origins.rejudged(experiment, variant, counted.answered(experiment, variant))
    warnings += trust_words.sentences(held.trust) if held else ()
    found_open = open_trials.of(counted, criterion, experiment, variant, tallies)
    if found_open.n_outside:
        is_plain = at_any_time is None and rivals < 2
        told = (criterion, experiment, variant, decided, found_open.n_outside)
        warnings.append(inapplicable.warning(counted, plan, *told, is_plain=is_plain))
    if is_altered:
        warnings.append(_ALTERED)
        # Neither good nor bad news can rest on them.
        decided = Verdict.NOT_ENOUGH_EVIDENCE
    if not tallies and not found_open.n_outside:
        warnings.append(f"no case of {experiment.key} carries its tags")
    endings = counted.endings(criterion, experiment, variant)
    for ending, said in _NOT_WHOLE.items():
        if endings.get(ending):
            answers = sum((t.planned - t.errors - t.waiting) * t.alike for t in tallies)
            answers += found_open.n_outside
            whose = f" of {variant.label}" if len(experiment.variants) > 1 else ""
            be = "was" if endings[ending] == 1 else "were"
            warnings.append(f"{endings[ending]} of {count(answers, 'answer')}{whose} {be} {said}")
    is_open = decided is Verdict.NOT_ENOUGH_EVIDENCE
    repeated = (tallies, experiment.trials, draft.confidence)
    return CriterionVerdict(
        requirement=requirement,
        criterion=criterion,
        variant_id=variant.id,
        variant=variant.label,
        estimate=found,
        verdict=decided,
        experiment=experiment.key,
        experiment_id=experiment.id,
        stale=tuple(stale),
        warnings=tuple(warnings),
        # Of a mean score no answer passes or fails, so none does so every time.
        pass_hat_k=() if draft.scale else estimates.pass_hat_k(*repeated),
        pass_at_k=() if draft.scale else estimates.pass_at_k(*repeated),
        spread=None if draft.scale else estimates.spread(tallies, experiment.trials),
        icc=None if draft.scale else estimates.icc(tallies),
        extends=extension.keys if extension else (),
        seen=more_cases.seen(draft, tallies) if is_open else (),
        left=_left(draft, experiment, extension, afresh),
        looks_before=afresh.looks if afresh else 0,
        kept_from_before=afresh.kept if afresh else 0,
        withstands=withstands,
        rivals=rivals,
        open=found_open,
        is_altered=is_altered,
        trust=held.trust if held else None,
    )


def _at_any_time(
    criterion: Criterion,
    experiment: Experiment,
    variant: Variant,
    counted: Counted,
    *,
    is_running: bool,
) -> tuple[Estimate, Judge | None]:
    """The estimate that holds at any time, and how the plan is judged where that is by it.

    While answers come in, what is missing waits. To a plan that is read as a whole and goes on
    from another it is unscored: the verdict falls when nothing missing could change it.
    """
    extension = counted.extension(criterion, experiment, variant)
    draft = counted.held_to(criterion, experiment, variant)

    def course(*, waits: bool) -> list[Finished]:
        return counted.course(
            criterion, experiment, variant, extension=extension, is_whole=not waits
        )

    planned = sum(t.alike for t in counted.of(criterion, experiment) if t.variant_id == variant.id)
    seen = course(waits=experiment.is_sequential or is_running)
    found = interim.estimate(draft, seen, planned)
    found = replace(found, confidence=criterion.draft.confidence)
    if not (experiment.is_sequential or extension):
        return found, None
    whole = course(waits=experiment.is_sequential)

    def judge(held_to: CriterionDraft) -> Verdict:
        stricter = counted.held_to(criterion, experiment, variant, held_to)
        return interim.verdict(stricter, whole)

    return found, judge


def _left(
    draft: CriterionDraft,
    experiment: Experiment,
    extension: Extension | None,
    afresh: Afresh | None,
) -> float:
    """The confidence at which cases that are added would be judged."""
    draft = afresh.stricter(draft) if afresh else draft
    if extension:
        return extension.stricter(draft).confidence
    return left_after(draft.confidence, was_spent=not experiment.is_sequential)
