"""The texts that a scorer looks at, of stored trials; and what is said where there is none."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from workbench.domain.criteria import Criterion, Scorer
from workbench.domain.experiments import Experiment
from workbench.domain.kinds.looking import LooksAt
from workbench.domain.looked_at import Looked, looked_at
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.store.judging import Wanted
from workbench.store.store import Store

_AT_ONCE = 200
"""Trials that are read at once: whole conversations are larger than answers."""


def texts(store: Store, scorer: Scorer, trial_ids: Collection[UUID]) -> Mapping[UUID, Looked]:
    """What there is to look at of some trials."""
    if scorer.looks_at is LooksAt.ANSWER:
        found = store.judging.outputs(trial_ids)
        return {trial_id: Looked(text) for trial_id, text in found.items()}
    trials = store.trials.these(list(trial_ids))
    cases = store.datasets.these({trial.case_id for trial in trials})
    return {trial.id: looked_at(scorer.looks_at, trial, cases[trial.case_id]) for trial in trials}


def unscored(found: Looked) -> Judgement:
    """What is said where there is nothing to look at."""
    return Judgement(Outcome.UNSCORED, found.why)


def settle(store: Store, experiment: Experiment, criteria: Sequence[Criterion]) -> None:
    """Say of outputs that a judge is to look at, and that have nothing of what it looks at, that
    they are unscored and why: nobody is asked, and nothing is paid."""
    for criterion in criteria:
        whole = criterion.draft.scorer
        if whole.looks_at is LooksAt.ANSWER:
            continue
        asked = (*whole.judges, whole) if whole.is_panel else whole.judges
        for judge in asked:
            place = Wanted(experiment.id, criterion.id, judge.fingerprint(), criterion.draft.slices)
            waiting = [output.trial_id for output in store.judging.waiting(place)]
            for start in range(0, len(waiting), _AT_ONCE):
                found = texts(store, judge, waiting[start : start + _AT_ONCE])
                store.scores.add(
                    [
                        Score(
                            trial_id, criterion.id, place.scorer, unscored(looked),
                            judge.judge_name, question=str(judge.settings["question"]),
                        )
                        for trial_id, looked in found.items()
                        if looked.text is None
                    ]
                )  # fmt: skip
