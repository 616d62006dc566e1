"""The texts that a scorer looks at, of stored trials; and what is said where there is none."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from workbench.domain import values
from workbench.domain.criteria import Criterion, Scorer
from workbench.domain.datasets import Case
from workbench.domain.experiments import Experiment
from workbench.domain.kinds.entry import By
from workbench.domain.kinds.looking import LooksAt
from workbench.domain.looked_at import Looked, looked_at
from workbench.domain.prompts import Variant
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.domain.trials import Trial
from workbench.errors import TemplateError
from workbench.runs.planning import request
from workbench.store.judging import Wanted
from workbench.store.store import Store

_AT_ONCE = 200
"""Trials that are read at once: whole conversations are larger than answers."""


def opened(variant: Variant, case: Case) -> Case:
    """The case with how the conversation began that a variant had about it: what its user said
    first stands in a variable where the prompt is that variable, and nothing around it.

    Words of the prompt are not the user's, and would tell raters whose output they read.
    """
    if variant.is_outside:
        return case
    try:
        first = request(variant, case).messages[-1]
    except TemplateError:
        return case  # it was never asked
    own = {values.said(value).strip() for value in case.variables.values()}
    is_there = bool(case.messages) and case.messages[-1].content == first.content
    if first.role != "user" or first.content.strip() not in own or is_there:
        return case
    return replace(case, messages=(*case.messages, first))


def of_case(what: LooksAt, trial: Trial, case: Case, variant: Variant) -> Looked:
    """What there is to look at of one trial."""
    is_whole = what is LooksAt.TRANSCRIPT
    return looked_at(what, trial, opened(variant, case) if is_whole else case)


def texts(store: Store, scorer: Scorer, trial_ids: Collection[UUID]) -> Mapping[UUID, Looked]:
    """What there is to look at of some trials."""
    if scorer.looks_at is LooksAt.ANSWER:
        found = store.judging.outputs(trial_ids)
        return {trial_id: Looked(text) for trial_id, text in found.items()}
    trials = store.trials.these(list(trial_ids))
    cases = store.datasets.these({trial.case_id for trial in trials})
    variants = store.variants.by_id({trial.variant_id for trial in trials})
    return {
        trial.id: of_case(
            *(scorer.looks_at, trial, cases[trial.case_id], variants[trial.variant_id])
        )
        for trial in trials
    }


def waits_for_nothing(
    trial: Trial, case: Case, variant: Variant, criteria: Iterable[Criterion]
) -> list[Score]:
    """Of a trial that has nothing of what people are to look at: that it is unscored, and why, so
    that it does not wait for a rating. Nobody's name stands on it, as on what checks say."""
    return [
        Score(trial.id, criterion.id, criterion.draft.scorer.fingerprint(), unscored(found))
        for criterion in criteria
        if is_asked_for_more(criterion) and criterion.applies_to(case.tags)
        for found in (of_case(criterion.draft.scorer.looks_at, trial, case, variant),)
        if found.text is None
    ]


def is_asked_for_more(criterion: Criterion) -> bool:
    """Whether people are asked about more than the last answer, which not every trial may have."""
    scorer = criterion.draft.scorer
    is_rated = scorer.kind.by is By.PERSON and scorer.over is None
    return is_rated and scorer.looks_at is not LooksAt.ANSWER


def unscored(found: Looked) -> Judgement:
    """What is said where there is nothing to look at."""
    return Judgement(Outcome.UNSCORED, found.why)


def settle(store: Store, experiment: Experiment, criteria: Sequence[Criterion]) -> None:
    """Say of outputs that a judge is to look at, and that have nothing of what it looks at, that
    they are unscored and why: nobody is asked, and nothing is paid."""
    for criterion in criteria:
        whole = criterion.draft.scorer
        if whole.looks_at is LooksAt.ANSWER or whole.over is not None:
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
