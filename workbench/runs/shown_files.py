"""Outputs that a judge can't be asked about because their case's files can't be shown: said to be
unscored, and why. No judge judges by the names of files alone."""

from collections.abc import Collection, Sequence
from uuid import UUID

from workbench.domain.criteria import Criterion
from workbench.domain.experiments import Experiment
from workbench.domain.judging import unshown
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.errors import TemplateError
from workbench.runs import attached_files
from workbench.store.judging import Wanted
from workbench.store.store import Store


def lost(store: Store, case_ids: Collection[UUID]) -> dict[UUID, str]:
    """Those of some cases whose files can't be shown, because one is missing, was changed since it
    was kept, or they are too large together; and why, as a sentence."""
    found = {}
    for case in store.datasets.these(case_ids).values():
        try:
            attached_files.of_case(case, store.attachments)
        except TemplateError as error:
            found[case.id] = unshown(error.message)
    return found


def settle(store: Store, experiment: Experiment, criteria: Sequence[Criterion]) -> None:
    """Say it in the names of judges of one output: nobody is asked, and nothing is paid. Of two
    outputs `pair_looking` says it."""
    for criterion in criteria:
        whole = criterion.draft.scorer
        if not whole.kind.entry.sees_files or whole.over is not None:
            continue
        asked = (*whole.judges, whole) if whole.is_panel else whole.judges
        for judge in asked:
            place = Wanted(experiment.id, criterion.id, judge.fingerprint(), criterion.draft.slices)
            waiting = store.judging.waiting(place)
            why = lost(store, {output.case_id for output in waiting})
            store.scores.add(
                Score(
                    output.trial_id, criterion.id, place.scorer,
                    Judgement(Outcome.UNSCORED, why[output.case_id]),
                    judge.judge_name, question=str(judge.settings["question"]),
                )
                for output in waiting
                if output.case_id in why
            )  # fmt: skip
