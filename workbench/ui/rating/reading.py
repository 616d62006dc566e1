"""What a rater gets to see, case by case, and in which order: read from the store."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from workbench.domain.criteria import Criterion
from workbench.domain.experiments import Experiment
from workbench.domain.fingerprint import fingerprint
from workbench.domain.kinds.entry import By
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.domain.trials import Trial
from workbench.store.reports.rating import Queue
from workbench.ui.parts import session

_MOST_STEPS = 10  # between the scores that are offered on a scale
_MOST = 1_000  # outputs of one case; a plan holds at most 100 trials of a few variants


class Task(NamedTuple):
    """Who rates what: the outputs of an experiment, by the question of a criterion."""

    experiment: Experiment
    criterion: Criterion
    rater: str

    @property
    def scorer(self) -> str:
        """The identity of the judgement: ratings of another question do not count."""
        return self.criterion.draft.scorer.fingerprint()

    @property
    def question(self) -> str:
        """What the rater is asked."""
        asked = self.criterion.draft.scorer.settings.get("question")
        return str(asked or f"{self.criterion.draft.title}?")


@dataclass(frozen=True)
class Shown:
    """One output on the rater's table.

    `token` names it towards the browser and orders the outputs: a hash of rater, case, experiment,
    criterion and trial, so that neither a name nor a place says which variant it is. `said_before`
    counts what this rater has said of it so far, taken back or not.
    """

    token: str
    trial_id: UUID
    variant_id: UUID
    number: int
    text: str
    trial: Trial
    mine: Score | None
    said_before: int
    others: tuple[Score, ...]


def experiments() -> list[Experiment]:
    """The open feature's experiments that have outputs, newest first."""
    opened = session.feature_id()
    store = session.store()

    def read() -> list[Experiment]:
        tried = {experiment_id for experiment_id, _ in session.counted().tried(opened)}
        return [e for e in reversed(store.experiments.of(opened)) if e.id in tried]

    return session.remembered("score_experiments", opened, read, feature=opened)


def rating_criteria() -> list[Criterion]:
    """The criteria of the open feature that ask a person."""
    opened = session.feature_id()
    found = session.store().criteria.of(opened)
    return [c for c in found if c.draft.scorer.kind.by is By.PERSON]


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
        ),
        feature=task.experiment.feature_id,
    )


def outputs(task: Task, case_id: UUID) -> list[Shown]:
    """The outputs of one case, in an order that is random but stays the same for this rater."""
    store = session.store()
    frame = store.reports.outputs.page(task.experiment.id, case_id=case_id, limit=_MOST)
    found = []
    for trial_id in (UUID(str(each)) for each in frame["trial_id"]):
        trial = store.trials.get(trial_id)
        if trial.output is None:
            continue
        said = store.scores.of_trial(trial_id)
        mine = _ratings(said, task)
        found.append(
            Shown(
                token(task, case_id, trial_id),
                trial_id,
                trial.variant_id,
                trial.number,
                trial.output,
                trial,
                _holds(mine),
                len(mine),
                tuple(s for s in said if not _is_rating(s, task)),
            )
        )
    return sorted(found, key=lambda shown: shown.token)


def token(task: Task, case_id: UUID, trial_id: UUID) -> str:
    """The name under which a browser may know an output, before it is known whose it is."""
    who = (task.rater, str(case_id), str(task.experiment.id), str(task.criterion.id))
    return fingerprint(*who, str(trial_id))[:16]


class Choice(NamedTuple):
    """What a rater may say of an output: a word, or a score on the criterion's scale."""

    outcome: Outcome
    label: str
    score: float | None = None


def choices(task: Task) -> list[Choice]:
    """The scores of the criterion's scale, or pass and fail; and that one can't tell."""
    scorer = task.criterion.draft.scorer
    if scorer.scale is None:
        found = [Choice(Outcome.PASS, "Pass"), Choice(Outcome.FAIL, "Fail")]
    else:
        low, high = scorer.scale
        steps = max(1, min(_MOST_STEPS, round(high - low)))
        scores = [low + (high - low) * step / steps for step in range(steps + 1)]
        passes_from = high if scorer.passes_from is None else scorer.passes_from
        found = [
            Choice(Outcome.PASS if score >= passes_from else Outcome.FAIL, f"{score:g}", score)
            for score in scores
        ]
    return [*found, Choice(Outcome.UNSCORED, "Can't tell")]


def rate(task: Task, shown: Shown, said: Choice, note: str) -> bool:
    """Keep a rating at once. False, and nothing is kept, where the page that it was given on was
    out of date: the rater had said something of this output since it was drawn."""
    reason = note.strip()
    if said.outcome is Outcome.UNSCORED:
        reason = f"Can't tell: {reason}" if reason else "Can't tell"
    judgement = Judgement(said.outcome, reason, said.score)
    before = _ratings(session.store().scores.of_trial(shown.trial_id), task)
    if len(before) != shown.said_before:
        return False
    held = _holds(before)
    if held is not None and held.judgement == judgement:
        return True
    score = Score(
        shown.trial_id,
        task.criterion.id,
        task.scorer,
        judgement,
        task.rater,
        question=task.question,
    )
    session.store().scores.add([score])
    return True


def take_back(task: Task) -> UUID | None:
    """Withdraw the rater's newest rating that holds; the case it was given on, None without one."""
    store = session.store()
    found = store.reports.rating.last(
        task.experiment.id, task.criterion.id, task.scorer, task.rater
    )
    if found is None:
        return None
    trial_id, case_id = found
    withdrawn = Judgement(Outcome.UNSCORED, "Taken back")
    store.scores.add(
        [
            Score(
                trial_id,
                task.criterion.id,
                task.scorer,
                withdrawn,
                task.rater,
                is_withdrawn=True,
            )
        ]
    )
    return case_id


def note_of(score: Score | None) -> str:
    """The note that a rating carries, as its rater typed it."""
    reason = score.judgement.reason if score else ""
    return reason.removeprefix("Can't tell").removeprefix(": ")


def batches(found: Sequence[Shown]) -> list[list[Shown]]:
    """The outputs of a case in rows that fit side by side and on the keyboard."""
    size = 2 if len(found) == 4 else 3
    return [list(found[start : start + size]) for start in range(0, len(found), size)]


def _ratings(said: Sequence[Score], task: Task) -> list[Score]:
    return [s for s in said if _is_rating(s, task) and s.rater == task.rater]


def _holds(ratings: Sequence[Score]) -> Score | None:
    """A rater's newest word, unless it was taken back."""
    return ratings[-1] if ratings and not ratings[-1].is_withdrawn else None


def _is_rating(score: Score, task: Task) -> bool:
    return score.criterion_id == task.criterion.id and score.scorer == task.scorer
