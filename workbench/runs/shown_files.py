"""Outputs that a judge can't be asked about because their case's files can't be shown: said to be
unscored, and why; and back, where they can be shown. No judge judges by the names of files alone.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from workbench.domain.criteria import Criterion
from workbench.domain.experiments import Experiment
from workbench.domain.judging import ASKED_AGAIN, UNPICTURED, UNSHOWN, unshown
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.errors import TemplateError
from workbench.runs import attached_files
from workbench.store.judging import Wanted
from workbench.store.shown_files import Unshown
from workbench.store.store import Store


class Lost:
    """Why files can't be shown: one is missing, was changed since it was kept, or they are too
    large together. All of a file is read to look at it: once for all who ask."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._looked: set[UUID] = set()
        self._why: dict[UUID, str] = {}

    def among(self, case_ids: Collection[UUID]) -> dict[UUID, str]:
        """Those of some cases whose files can't be shown, and why, as a sentence."""
        new = set(case_ids) - self._looked
        for case in self._store.datasets.these(self._store.shown_files.filed(new)).values():
            try:
                attached_files.of_case(case, self._store.attachments)
            except TemplateError as error:
                self._why[case.id] = str(error)
        self._looked |= new
        return {case_id: self._why[case_id] for case_id in case_ids if case_id in self._why}


def settle(store: Store, experiment: Experiment, criteria: Sequence[Criterion], lost: Lost) -> None:
    """Say it in the names of judges of one output: nobody is asked, and nothing is paid. Of two
    outputs `pair_looking` says it."""
    for criterion in _shown(criteria):
        whole = criterion.draft.scorer
        if whole.over is not None:
            continue
        asked = (*whole.judges, whole) if whole.is_panel else whole.judges
        for judge in asked:
            place = Wanted(experiment.id, criterion.id, judge.fingerprint(), criterion.draft.slices)
            waiting = store.judging.waiting(place)
            why = lost.among({output.case_id for output in waiting})
            words = [
                Score(
                    output.trial_id, criterion.id, place.scorer,
                    Judgement(Outcome.UNSCORED, unshown(why[output.case_id])),
                    judge.judge_name, question=str(judge.settings["question"]),
                )
                for output in waiting
                if output.case_id in why
            ]  # fmt: skip
            if words:
                store.scores.add(words)


def ask_again(
    store: Store, experiment: Experiment, criteria: Sequence[Criterion], *, pictures: bool
) -> None:
    """Withdraw that files could not be shown, of cases whose files are here now; with `pictures`
    also that a server took none, which only another request can tell. What was said stays on
    record, and the outputs wait for their judges again."""
    lost = Lost(store)
    for where in _places(experiment, criteria):
        if where.phrase == UNPICTURED and not pictures:
            continue
        by_case = store.shown_files.unshown(where)
        away = lost.among(by_case)
        trials = {one for case, some in by_case.items() if case not in away for one in some}
        if not trials:
            continue
        scores, pairs = store.shown_files.withdrawals(where, trials, ASKED_AGAIN)
        with store.transaction(feature=experiment.feature_id):
            store.scores.add(scores)
            if pairs:
                store.preferences.add(pairs)


class Unseen(NamedTuple):
    """How many outputs have no word of a judge since it could not be shown the files of their
    cases, and the cases whose files can't be shown now either: of how many such outputs, and why
    for each case."""

    outputs: int
    still: int
    why: Mapping[UUID, str]


def unseen(store: Store, experiment: Experiment, criteria: Sequence[Criterion]) -> Unseen:
    """What judges could not be shown, and what of it is still away."""
    outputs: dict[tuple[UUID, UUID], UUID] = {}
    lost: set[UUID] = set()
    for where in _places(experiment, criteria):
        by_case = store.shown_files.unshown(where)
        for case, trials in by_case.items():
            outputs |= {(where.criterion_id, trial): case for trial in trials}
        # Where a server took no pictures, the files are there.
        lost |= set(by_case) if where.phrase == UNSHOWN else set()
    why = Lost(store).among(lost)
    return Unseen(len(outputs), sum(case in why for case in outputs.values()), why)


def _shown(criteria: Sequence[Criterion]) -> list[Criterion]:
    return [one for one in criteria if one.draft.scorer.kind.entry.sees_files]


def _places(experiment: Experiment, criteria: Sequence[Criterion]) -> Iterator[Unshown]:
    """Where words say that files could not be shown, or that a server took no pictures."""
    for criterion in _shown(criteria):
        whole = criterion.draft.scorer
        scorers = [judge.fingerprint() for judge in whole.judges]
        for phrase in (UNSHOWN, UNPICTURED):
            yield Unshown(experiment.id, criterion.id, scorers, whole.fingerprint(), phrase)
