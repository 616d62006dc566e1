"""What there is to rate for whoever is here, read from the store once for each change."""

from collections.abc import Sequence
from uuid import UUID

from workbench.actions import unblinding
from workbench.actions.rating import Shown, Task
from workbench.domain.criteria import Criterion
from workbench.domain.datasets import Case
from workbench.domain.experiments import Experiment
from workbench.domain.kinds.entry import By
from workbench.domain.kinds.looking import LooksAt
from workbench.domain.trials import Trial
from workbench.evidence import inapplicable
from workbench.say import count
from workbench.store.reports.rating import Looked, Queue
from workbench.ui.parts import session


def rating_criteria() -> list[Criterion]:
    """The criteria of the open feature that ask a person, and those whose judge needs labels."""
    return [c for c in session.criteria() if c.draft.scorer.kind.by is not By.CODE]


def is_out_of_date(task: Task) -> bool:
    """Whether somebody has changed since what this page was laid out for: the feature is put away,
    or named otherwise, or the criterion is worded otherwise."""
    return (
        not session.is_open(task.experiment.feature_id)
        or task.experiment not in session.experiments()
        or task.criterion not in session.criteria()
    )


def planned_first(experiment: Experiment, criteria: Sequence[Criterion]) -> list[Criterion]:
    """The criteria with those in front that the experiment planned."""
    planned = experiment.criterion_ids
    return sorted(criteria, key=lambda criterion: criterion.id not in planned)


def to_open_first(found: Sequence[Experiment], criteria: Sequence[Criterion]) -> Experiment:
    """The newest experiment in which a planned rating is open for this rater, or the newest."""
    rater = session.person()
    for experiment in found:
        for criterion in criteria:
            task = Task(experiment, criterion, rater)
            if criterion.id in experiment.criterion_ids and queue(task).next_open is not None:
                return experiment
    return found[0]


def queue(task: Task, around: str = "") -> Queue:
    """The cases that the criterion applies to and that have an output, in the dataset's order.

    `around` names the case at hand by its id or key. Read from the store once for each change.
    """
    return session.remembered(
        "score_queue",
        (task.experiment.id, task.criterion.id, task.criterion.number, task.rater, around),
        lambda: session.store().reports.rating.queue(
            task.experiment.id,
            task.criterion.id,
            task.scorer,
            task.rater,
            task.criterion.draft.slices,
            around=around,
            is_paired=task.is_paired,
        ),
        feature=task.experiment.feature_id,
    )


def second_share(criterion: Criterion, feature_id: UUID) -> float:
    """Which share of a criterion's cases two people rate."""
    return session.remembered(
        "score_share",
        criterion.id,
        lambda: session.store().claims.second_share(criterion.id),
        feature=feature_id,
    )


def case(task: Task, case_id: UUID) -> Case:
    """One case."""
    return session.remembered(
        "score_case",
        case_id,
        lambda: session.store().datasets.case(case_id),
        feature=task.experiment.feature_id,
    )


def trials(task: Task, case_id: UUID) -> list[Trial]:
    """The trials of one case."""
    return session.remembered(
        "score_trials",
        (task.experiment.id, case_id),
        lambda: session.store().trials.of_case(task.experiment.id, case_id),
        feature=task.experiment.feature_id,
    )


def is_told(task: Task, case_id: UUID) -> bool:
    """Whether the rater knows which variant is which on a case."""
    return session.remembered(
        "score_told",
        (task.experiment.id, task.rater, case_id),
        lambda: unblinding.is_told(session.store(), task, case_id),
        feature=task.experiment.feature_id,
    )


def nothing_here(task: Task) -> str:
    """Why an experiment has nothing to rate by a criterion, and what to do."""
    key, slices = task.experiment.key, task.criterion.draft.slices
    what = task.criterion.draft.scorer.looks_at
    if what is not LooksAt.ANSWER:
        waits = "two outputs of one case that have" if task.is_paired else "output that has"
        return (
            f"{key} has no {waits} what {task.criterion.key} looks at: {what.label}. Those without "
            "it are unscored and wait for nobody. Choose another experiment or criterion."
        )
    if task.is_paired:
        return (
            f"{key} has no two outputs of one case for {task.criterion.key}, which compares "
            "variants. Choose an experiment with two variants or more that have answered, or run "
            "one."
        )
    return (
        f"{key} has no output for this criterion: none of its cases carries the tags "
        f"{', '.join(slices)}. Choose another experiment, or run one with such cases."
    )


def slices_in_doubt(task: Task) -> str:
    """What to ask of the criterion's slices where it does not apply to many outputs here; empty
    where it does."""
    found = _looked(task)
    if not inapplicable.is_common(found.outside, found.others):
        return ""
    said = f"{found.outside} of {found.outside + found.others} outputs here are not applicable. "
    return said + inapplicable.question(task.criterion.key, task.criterion.draft.slices)


def by_earlier_rubric(task: Task) -> str:
    """That people scored outputs here by an earlier rubric of the criterion; empty otherwise."""
    n = _looked(task).by_earlier
    if not n:
        return ""
    return (
        f"{count(n, 'output')} here {'was' if n == 1 else 'were'} scored by an earlier wording of "
        f"{task.criterion.key}. Those scores are kept and marked, and never counted with these."
    )


def _looked(task: Task) -> Looked:
    return session.remembered(
        "score_looked",
        (task.experiment.id, task.criterion.id, task.criterion.number),
        lambda: session.store().reports.rating.looked(
            task.experiment.id, task.criterion.id, task.scorer
        ),
        feature=task.experiment.feature_id,
    )


def batches(found: Sequence[Shown]) -> list[list[Shown]]:
    """The outputs of a case in rows that fit side by side and on the keyboard."""
    size = 2 if len(found) == 4 else 3
    return [list(found[start : start + size]) for start in range(0, len(found), size)]
