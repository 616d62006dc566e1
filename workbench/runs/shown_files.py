"""Outputs that a judge can't be asked about because their case's files can't be shown: said to be
unscored, and why; and back, where they can be shown. No judge judges by the names of files alone.
"""

from collections.abc import Collection, Sequence
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


def lost(store: Store, case_ids: Collection[UUID]) -> dict[UUID, str]:
    """Those of some cases whose files can't be shown, because one is missing, was changed since it
    was kept, or they are too large together; and why, as a sentence."""
    found = {}
    for case in store.datasets.these(store.shown_files.filed(case_ids)).values():
        try:
            attached_files.of_case(case, store.attachments)
        except TemplateError as error:
            found[case.id] = unshown(str(error))
    return found


def settle(store: Store, experiment: Experiment, criteria: Sequence[Criterion]) -> None:
    """Say it in the names of judges of one output: nobody is asked, and nothing is paid. Of two
    outputs `pair_looking` says it."""
    why: dict[UUID, str] = {}
    looked: set[UUID] = set()
    for criterion in _shown(criteria):
        whole = criterion.draft.scorer
        if whole.over is not None:
            continue
        asked = (*whole.judges, whole) if whole.is_panel else whole.judges
        for judge in asked:
            place = Wanted(experiment.id, criterion.id, judge.fingerprint(), criterion.draft.slices)
            waiting = store.judging.waiting(place)
            # All of a file is read to look at it: once, however many judges wait for it.
            here = {output.case_id for output in waiting}
            why |= lost(store, here - looked)
            looked |= here
            words = [
                Score(
                    output.trial_id, criterion.id, place.scorer,
                    Judgement(Outcome.UNSCORED, why[output.case_id]),
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
    for criterion in _shown(criteria):
        for phrase in (UNSHOWN, UNPICTURED) if pictures else (UNSHOWN,):
            where = _where(experiment, criterion, phrase)
            by_case = store.shown_files.unshown(where)
            away = lost(store, by_case)
            trials = {one for case, some in by_case.items() if case not in away for one in some}
            if not trials:
                continue
            scores, pairs = store.shown_files.withdrawals(where, trials, ASKED_AGAIN)
            with store.transaction(feature=experiment.feature_id):
                store.scores.add(scores)
                if pairs:
                    store.preferences.add(pairs)


def n_unshown(store: Store, experiment: Experiment, criteria: Sequence[Criterion]) -> int:
    """Of how many outputs judges have no word since they could not be shown the files."""
    return len(
        {
            (criterion.id, trial)
            for criterion in _shown(criteria)
            for phrase in (UNSHOWN, UNPICTURED)
            for some in store.shown_files.unshown(_where(experiment, criterion, phrase)).values()
            for trial in some
        }
    )


def _shown(criteria: Sequence[Criterion]) -> list[Criterion]:
    return [one for one in criteria if one.draft.scorer.kind.entry.sees_files]


def _where(experiment: Experiment, criterion: Criterion, phrase: str) -> Unshown:
    whole = criterion.draft.scorer
    scorers = [judge.fingerprint() for judge in whole.judges]
    return Unshown(experiment.id, criterion.id, scorers, whole.fingerprint(), phrase)
