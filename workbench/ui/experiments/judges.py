"""Outputs that wait for a judge: how many, what it takes, and the button that lets it look."""

from collections.abc import Sequence

import streamlit as st

from workbench.domain.criteria import Criterion
from workbench.domain.experiments import Experiment, Run, RunState
from workbench.domain.kinds import judges
from workbench.errors import WorkbenchError
from workbench.evidence import controls
from workbench.runs import judging, shown_files
from workbench.runs.forecast import Forecast, of_judges
from workbench.say import count, duration, money
from workbench.ui.experiments import control
from workbench.ui.parts import runs, session, trouble
from workbench.ui.parts.text import md

_PLANTED = "Outputs that must fail, or lose: they are put in to see whether a judge notices."
_NAMED = 5
"""So many cases whose files can't be shown are named, and so many wordings of failures."""


def draw(experiment: Experiment, run: Run | None) -> None:
    """What waits for the judges of the feature, where something does; and what ended the last
    `run` while nothing but them was left to ask. None where that was said."""
    store = session.store()
    criteria = session.remembered(
        "judges_to_ask",
        experiment.id,
        lambda: judging.to_ask(store, experiment, all_of_feature=True),
        feature=experiment.feature_id,
    )
    waiting = [
        (criterion, judging.n_unjudged(store, experiment, criterion))
        for criterion in criteria
        if not judging.is_done(store, experiment, [criterion])
    ]
    for criterion in criteria:
        broken = controls.broken(store, experiment, criterion)
        if broken:
            st.warning(
                f"**{criterion.key}**: {md('; '.join(broken))}. No verdict rests on it.",
                icon=":material/gpp_bad:",
            )
    _unshown(experiment, criteria)
    if run is not None and run.message:
        _ended_early(run, is_waiting=bool(waiting))
    if not waiting:
        return
    with st.container(border=True):
        for criterion, n in waiting:
            asked = judges.models(criterion.draft.scorer.settings)
            noun = "output" if criterion.draft.scorer.over is None else "comparison"
            waits = count(n, noun) if n else "planted controls"
            st.markdown(
                f":material/smart_toy: **{criterion.key}** {md(criterion.draft.title)}: "
                f"{waits} for {md(' + '.join(asked))} to judge",
                help=None if n else _PLANTED,
            )
            _unheard(experiment, criterion, noun)
        try:
            # It renders a hundred prompts to be measured: once, not with each drawing of the page.
            found = session.remembered(
                "judges_forecast",
                (experiment.id, tuple((c.id, c.number) for c, _ in waiting)),
                lambda: of_judges(store, experiment, [criterion for criterion, _ in waiting]),
            )
        except WorkbenchError as error:
            trouble.show(error)
            return
        st.caption(md(in_words(found)))
        key = f"experiments_judge_{experiment.id}"
        with st.container(horizontal=True, vertical_alignment="center"):
            is_one = len(waiting) == 1 and not waiting[0][0].draft.scorer.is_panel
            who = "the judge" if is_one else "the judges"
            is_pressed = st.button(
                f"Let {who} {_what([(c, n) for c, n in waiting if n])}",
                key=key,
                icon=":material/smart_toy:",
            )
            wanted = control.limits(experiment.feature_id, key)
        if is_pressed and runs.start(experiment, only_judges=True, limits=wanted):
            st.rerun()


def _what(waiting: Sequence[tuple[Criterion, int]]) -> str:
    """What judges would do. Of two criteria that look at the same outputs each asks for a score."""
    if not waiting:
        return "score the controls"
    (criterion, n), *others = waiting
    if others:
        return f"give {count(n + sum(more for _, more in others), 'score')}"
    return f"score {count(n, 'comparison' if criterion.draft.scorer.over else 'output')}"


def _ended_early(run: Run, *, is_waiting: bool) -> None:
    """Why a run ended before its judges had been asked, or failed with nothing left to ask."""
    if run.state is RunState.FAILED or (run.state.can_resume and is_waiting):
        while_judged = " while judges were asked" if is_waiting else ""
        control.ended(run, f"The run {md(run.state.ended)}{while_judged}. {md(run.message)}")


def _unheard(experiment: Experiment, criterion: Criterion, noun: str) -> None:
    """What the servers of a criterion's judges said the last time, instead of an answer."""
    scorers = [judge.fingerprint() for judge in criterion.draft.scorer.judges]
    lost = session.store().reports.calls.unheard(experiment.id, criterion.id, scorers)
    for message, n in lost[:_NAMED]:
        st.caption(
            f":material/error: Asked last, it gave no answer about {count(n, noun)}: {md(message)}"
        )


def _unshown(experiment: Experiment, criteria: Sequence[Criterion]) -> None:
    """The outputs whose files a judge could not be shown, what is missing now, and the button that
    lets it try again."""
    found = session.remembered(
        "judges_unshown",
        (experiment.id, tuple((c.id, c.number) for c in criteria)),
        lambda: shown_files.unseen(session.store(), experiment, criteria),
        feature=experiment.feature_id,
    )
    if not found.outputs:
        return
    with st.container(border=True):
        st.markdown(
            f":material/hide_image: {count(found.outputs, 'output')} unscored: a judge could not "
            "be shown the files of the case, or its server took no pictures. Attach what is "
            "missing, or choose a model that reads pictures; then let the judge try again."
        )
        known = session.store().datasets.these(list(found.why)[:_NAMED])
        for case_id, case in known.items():
            st.caption(f":material/link_off: **{md(case.key)}**: {md(found.why[case_id])}")
        if len(found.why) > _NAMED:
            st.caption(f"… and the files of {count(len(found.why) - _NAMED, 'more case')}.")
        is_vain = found.still == found.outputs
        key = f"experiments_unshown_{experiment.id}"
        with st.container(horizontal=True, vertical_alignment="center"):
            is_pressed = st.button(
                "Try again",
                key=key,
                icon=":material/replay:",
                disabled=is_vain,
                help="None of these files can be shown yet." if is_vain else None,
            )
            wanted = control.limits(experiment.feature_id, key)
        if is_pressed and runs.start(
            experiment, only_judges=True, retry_failed=True, limits=wanted
        ):
            st.rerun()


def in_words(found: Forecast) -> str:
    """What it takes: “about $0.12, at most $0.40; about 2 min; from 40 earlier answers …”."""
    cost = "the price is not known"
    if found.cost is not None:
        likely, most = found.cost
        cost = "free" if not most else f"about {money(likely)}, at most {money(most)}"
    parts = [f"{count(found.calls, 'call')}: {cost}"]
    if found.seconds is not None:
        parts.append(f"about {duration(found.seconds[0])}")
    return f"{', '.join(parts)} ({found.basis})."
