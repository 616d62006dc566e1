"""What makes a verdict stale: what was changed after the answers that it counts.

A verdict is as old as its oldest answer, not as the experiment: a plan that takes over old answers
does not make them newer, and one that asks anew does, whatever it asks about. The rules are a table
in docs/verdicts.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from workbench.domain.criteria import Criterion, Lane
from workbench.domain.datasets import DatasetVersion
from workbench.domain.experiments import Experiment
from workbench.domain.kinds.entry import By
from workbench.domain.prompts import PromptVersion, Variant
from workbench.domain.requirements import Requirement
from workbench.domain.verdicts import CriterionVerdict
from workbench.evidence.counting import Counted
from workbench.runs import judging, pointing
from workbench.say import count
from workbench.store.reports.progress import Answered
from workbench.store.store import Store

_REVISED, _CHANGED = "{} was revised", "{} was changed"


@dataclass(frozen=True)
class Changes:
    """What a feature's evidence is held against, as it stands now.

    `prompts` and `datasets` are the newest versions, by prompt and dataset; `criteria` are all
    versions of each criterion, oldest first; `moved` says of variants where their connection is
    now, if it is not where they were answered, and `judges` the same of the judges of criteria;
    `unseen` of how many cases a judge gave its word without seeing their files, by experiment,
    criterion and variant.
    """

    prompts: Mapping[UUID, PromptVersion]
    datasets: Mapping[UUID, DatasetVersion]
    criteria: Mapping[UUID, Sequence[Criterion]]
    moved: Mapping[UUID, pointing.Moved]
    judges: Mapping[UUID, str]
    unseen: Mapping[tuple[UUID, UUID, UUID], int]

    @staticmethod
    def of(
        store: Store,
        feature_id: UUID,
        experiments: Iterable[Experiment],
        in_force: Sequence[Criterion],
    ) -> "Changes":
        """Read them, of the feature's experiments and its criteria as they are in force."""
        variants = {v.id: v for experiment in experiments for v in experiment.variants}
        judged = judging.judged(in_force)
        newest: dict[UUID, PromptVersion] = {}
        for version in store.prompts.versions(feature_id):
            known = newest.get(version.prompt_id)
            if known is None or version.number > known.number:
                newest[version.prompt_id] = version
        return Changes(
            newest,
            {version.dataset_id: version for version in store.datasets.of(feature_id)},
            store.criteria.versions_of(feature_id),
            {one.variant.id: one for one in reversed(pointing.moved(store, variants.values()))},
            {c.id: judging.moved(store, c) for c in judged},
            store.shown_files.unseen(
                feature_id,
                [(c.id, c.draft.scorer.fingerprint(), c.draft.slices) for c in judged],
            ),
        )


def reasons(
    changes: Changes,
    requirement: Requirement,
    criterion: Criterion,
    variant: Variant,
    experiment: Experiment,
    dataset_id: UUID,
    answered: Answered | None,
) -> list[str]:
    """Why a verdict is older than what it judges, each as half a sentence; empty where it is not,
    and where nothing was answered."""
    if answered is None:
        return []
    oldest = answered.oldest
    found = []
    if _is_revised(requirement, oldest):
        found.append(_REVISED.format(requirement.key))
    if _is_judged_otherwise(criterion, experiment, changes.criteria.get(criterion.id, ()), oldest):
        found.append(_CHANGED.format(criterion.key))
    if said := changes.judges.get(criterion.id):
        found.append(said)
    if n := changes.unseen.get((experiment.id, criterion.id, variant.id)):
        found.append(f"its judge did not see the files of {count(n, 'case')} then")
    if _is_reworded(changes.prompts.get(variant.prompt.prompt_id), variant, experiment, oldest):
        found.append(f"the prompt “{variant.prompt.name}” has a newer version")
    if _has_other_cases(changes.datasets.get(dataset_id), experiment, oldest):
        found.append(f"the dataset “{experiment.dataset}” has a newer version")
    moved = changes.moved.get(variant.id)
    if moved is not None and _is_news(moved, experiment, changes):
        found.append(f"“{moved.connection}” moved from {moved.from_host} to {moved.to_host}")
    return found


def is_by_revision(found: CriterionVerdict) -> bool:
    """Whether a verdict is older than what it is asked to show, not only than prompt or cases."""
    said = _REVISED.format(found.requirement.key), _CHANGED.format(found.criterion.key)
    return not set(said).isdisjoint(found.stale)


def _is_revised(requirement: Requirement, oldest: datetime) -> bool:
    return requirement.revision.number > 1 and requirement.revision.created_at > oldest


def _is_judged_otherwise(
    criterion: Criterion, experiment: Experiment, versions: Sequence[Criterion], oldest: datetime
) -> bool:
    """Whether the rule that was in force when the first answer came is not the present one.

    A rule that is younger than every answer is late, which is said elsewhere; it is stale as well
    where the plan had been frozen with another one.
    """
    in_force = [version for version in versions if version.created_at <= oldest]
    if not in_force:
        frozen = dict(experiment.criteria).get(criterion.id)
        in_force = [version for version in versions if version.number == frozen]
    return bool(in_force) and _rule(in_force[-1]) != _rule(criterion)


def _rule(criterion: Criterion) -> tuple[object, ...]:
    """What of a criterion decides a verdict: not its title (but where people are asked by it), its
    target or where it came from."""
    draft = criterion.draft
    asked_by_title = draft.scorer.kind.by is By.PERSON and not draft.scorer.settings.get("question")
    return (
        draft.scorer.fingerprint(),
        draft.measure,
        draft.bar,
        draft.confidence,
        tuple(sorted(draft.slices)),
        draft.lane,
        draft.title if asked_by_title else "",
    )


def _is_reworded(
    newest: PromptVersion | None, variant: Variant, experiment: Experiment, oldest: datetime
) -> bool:
    """An older wording that was tried beside the newest one is no news: it is the comparison. Nor
    is one that was asked when the newer one was there already."""
    prompt = variant.prompt.prompt_id
    tried = max(v.prompt.number for v in experiment.variants if v.prompt.prompt_id == prompt)
    return newest is not None and newest.number > tried and newest.created_at > oldest


def _has_other_cases(
    newest: DatasetVersion | None, experiment: Experiment, oldest: datetime
) -> bool:
    return (
        newest is not None
        and newest.number > experiment.dataset_number
        and newest.created_at > oldest
    )


def _is_news(moved: pointing.Moved, experiment: Experiment, changes: Changes) -> bool:
    """Whether a connection's new address is one that the experiment did not ask, and whether the
    answers are known to come from another one."""
    beside = any(
        moved.connection in _asked(v) and v.id not in changes.moved for v in experiment.variants
    )
    return moved.was is not None and not beside


def _asked(variant: Variant) -> set[str]:
    """The connections that a variant's answers and its users' come from."""
    return {way.connection for way in (variant, variant.parameters.user) if way is not None}


def set_after(
    criterion: Criterion, variant: Variant, experiment: Experiment, counted: Counted
) -> str:
    """What is to be said where a criterion is younger than what it judges; empty where it is not.

    A committed one is held to the first answer of this variant. A discovered one is held to its
    cases, whoever answered them: it was found by reading.
    """
    if criterion.draft.lane is not Lane.DISCOVERED:
        first = counted.tried(experiment.feature_id).get((experiment.id, variant.id))
        is_late = first is not None and criterion.created_at > first
        return "set after seeing the results: confirm it on fresh cases" if is_late else ""
    seen = counted.seen_before(criterion, experiment)
    if not seen:
        return ""
    return (
        f"found by reading results: {seen} of these cases had been answered by then, so only other "
        "cases can confirm it"
    )
