"""The way to what a verdict still lacks: where it is asked, judged or rated, one click away."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import streamlit as st

from workbench.domain.criteria import Criterion
from workbench.domain.experiments import Experiment
from workbench.domain.verdicts import CriterionVerdict, Verdict
from workbench.say import count
from workbench.ui.parts import pages, session
from workbench.ui.parts.resources import services
from workbench.ui.parts.text import md


class _Step(NamedTuple):
    """What a button says, and what it does."""

    label: str
    icon: str
    take: Callable[[CriterionVerdict], None]


def draw(found: CriterionVerdict, key: str) -> None:
    """A button where a click leads to what is missing; nothing where that takes thought."""
    step = _step(found)
    if step is None:
        return
    if found.experiment_id is not None and services().jobs.is_live(found.experiment_id):
        st.caption(f":material/sync: {found.experiment} is being asked now.")
        return
    st.button(
        md(step.label),
        key=key,
        icon=step.icon,
        on_click=step.take,
        args=(found,),
        help="Leads to where it is done: this click sends nothing.",
    )


def _step(found: CriterionVerdict) -> _Step | None:
    """What most of the missing answers wait for, if a click leads there."""
    if found.verdict is not Verdict.NOT_ENOUGH_EVIDENCE or found.is_altered:
        return None
    if found.experiment_id is None:
        # A warning says that no experiment can settle it.
        return None if found.warnings else _set_up(found) or _PLAN
    if found.open.is_outside:
        return None
    if not (found.open.planned or found.open.n_outside):
        # The newest experiment asked no case that this is about.
        return _PLAN
    lacks, where = found.open.unscored, found.experiment
    asked = f"Ask for {count(lacks.not_asked, 'missing answer')} in {where}"
    ways = {
        _Step(asked, ":material/play_arrow:", _open): lacks.not_asked,
        _Step(
            f"Ask {count(lacks.failed, 'failed call')} again in {where}", ":material/replay:", _open
        ): lacks.failed,
        _Step(
            f"Let the judge look at {count(lacks.unjudged, 'output')}",
            ":material/smart_toy:",
            _open,
        ): lacks.unjudged,
        _Step(f"Rate {count(lacks.unrated, 'output')}", ":material/rate_review:", _rate): (
            lacks.unrated
        ),
        _Step(
            f"See the {count(lacks.unclear, 'output')} in {where}", ":material/table_rows:", _open
        ): lacks.unclear,
    }
    step = max(ways, key=ways.__getitem__)
    return step if ways[step] else None


def _set_up(found: CriterionVerdict) -> _Step | None:
    """The way to an experiment that is set up for the criterion and waits to be started; with the
    candidate in it, where one is chosen."""
    for one in reversed(_waiting()):
        if found.criterion.id in one.criterion_ids and _has_cases(one, found.criterion):
            label = f"Go to {one.key}, which is set up for this"
            return _Step(label, ":material/science:", partial(_go_to, one.key))
    return None


def _waiting() -> list[Experiment]:
    """The experiments that ask the candidate, where one is chosen, and were not started yet."""
    candidate, states = session.candidate(), session.experiment_states()
    archived = session.archived_experiments()
    return [
        one
        for one in session.experiments()
        if (candidate is None or candidate in {variant.id for variant in one.variants})
        and one.id not in archived
        and not services().jobs.is_live(one.id)
        and not (one.id in states and states[one.id].progress.first_at)
    ]


def _has_cases(experiment: Experiment, criterion: Criterion) -> bool:
    """Whether a plan asks a case that the criterion is about, as it is worded now."""
    tags = session.remembered(
        "planned_tags",
        experiment.id,
        lambda: [{*case.tags} for case in session.store().experiments.cases(experiment.id)],
        feature=experiment.feature_id,
    )
    slices = criterion.draft.slices
    return any(not slices or each & {*slices} for each in tags)


def _go_to(key: str, _: CriterionVerdict) -> None:
    """Callback: an experiment."""
    st.session_state["experiments_open"] = key
    st.session_state["experiments_new"] = False
    pages.want("experiments")


def _open(found: CriterionVerdict) -> None:
    """Callback: the experiment, with what is missing and the button that asks for it."""
    _go_to(found.experiment, found)


def _rate(found: CriterionVerdict) -> None:
    """Callback: the outputs that wait for a person."""
    st.session_state["score_experiment"] = found.experiment
    st.session_state["score_criterion"] = found.criterion.key
    pages.want("rating")


def _plan(found: CriterionVerdict) -> None:
    """Callback: a new experiment, with the candidate where one is chosen."""
    store = session.store()
    candidate = store.features.candidate(found.requirement.feature_id)
    st.session_state["experiments_new"] = True
    if candidate is not None and not store.variants.get(candidate).is_outside:
        st.session_state["experiments_variants"] = [str(candidate)]
    pages.want("experiments")


_PLAN = _Step("Plan an experiment", ":material/science:", _plan)
