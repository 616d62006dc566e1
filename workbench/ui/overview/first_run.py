"""“Run it now” on the Overview: from no evidence to first verdicts with one click, watched live."""

from uuid import UUID

import streamlit as st

from workbench import say
from workbench.actions import run_progress
from workbench.domain.connections import LOCAL_NAME
from workbench.domain.experiments import Experiment, Run, RunState
from workbench.domain.verdicts import Verdict
from workbench.errors import WorkbenchError
from workbench.evidence import verdicts
from workbench.evidence.words import figures
from workbench.runs.forecast import forecast
from workbench.say import without_output
from workbench.ui.parts import look, pages, runs, session, trouble
from workbench.ui.parts.resources import services
from workbench.ui.parts.text import md, short


def draw(feature_id: UUID) -> None:
    """The run that is going on, or the first one to start or to go on with; else nothing."""
    store = session.store()
    experiments = session.experiments()
    for experiment in experiments:
        if services().jobs.is_live(experiment.id):
            _watch(experiment)
            return
    newest = store.runs.newest(feature_id)
    archived = session.archived_experiments()
    known = [(one, newest.get(one.id)) for one in experiments if one.id not in archived]
    runs_of_all = [newest[each.id] for each in experiments if each.id in newest]
    if any(run.state == RunState.FINISHED for run in runs_of_all):
        return
    started = [(experiment, run) for experiment, run in known if run is not None]
    if started:
        _offer(*started[-1])
        return
    # Of one whose criteria were all archived since, no verdict would come.
    in_force = {criterion.id for criterion in session.criteria()}
    first = next((one for one, _ in known if any(c in in_force for c, _ in one.criteria)), None)
    if first is not None:
        _offer(first, None)


def _offer(experiment: Experiment, run: Run | None) -> None:
    """The invitation to run an experiment, with what it takes and what stands in its way."""
    progress = session.progress(experiment)
    can_start = _can_start(experiment)
    with st.container(border=True, key="overview_run"):
        # The words give way, not the button's.
        row = st.container(horizontal=True, vertical_alignment="center", gap="medium")
        with row.container(width="stretch"):
            if run is None:
                st.markdown("**No verdict rests on real answers yet.** One click changes that.")
            else:
                st.markdown(
                    f"**{experiment.key} {md(run.state.ended)}** after "
                    f"{progress.done:,} of {say.count(progress.planned, 'answer')}. They are kept."
                )
                if run.message:
                    st.caption(md(run.message))
            left = progress.planned - progress.done
            takes = (
                f"{_takes(experiment, left)}. {_lasts(experiment, left)} {_goes_to(experiment)}"
                if left
                else "Every call was made: to go on only brings the run to its end."
            )
            st.markdown(
                f":material/science: {experiment.key}: {short(experiment.question, 150)}  \n"
                f":gray[{takes}]"
            )
        with row:
            is_started = st.button(
                "Run it now" if run is None else "Go on",
                key="overview_run_now",
                type="primary",
                icon=":material/play_arrow:",
                disabled=not can_start,
            )
        if not can_start:
            found = services().models.local.availability()
            st.warning(
                f"**The local model is not available.** {md(found.reason)} {md(found.hint)}",
                icon=":material/power_off:",
            )
            st.page_link(pages.link("settings"), label="See the connections in Settings")
    if is_started and runs.start(experiment):
        st.rerun()


def _watch(experiment: Experiment) -> None:
    """A run as it goes on, looked at every second. The whole page is drawn anew when it ends."""

    def look() -> None:
        if not services().jobs.is_live(experiment.id):
            st.rerun()
        _progress(experiment)

    with st.container(border=True, key="overview_run"):
        st.fragment(trouble.boundary(look), run_every="1s")()
        # Judging takes longer than counting.
        st.fragment(trouble.boundary(_so_far), run_every="3s")(experiment)


def _so_far(experiment: Experiment) -> None:
    """The verdicts that have come: those that nothing which is still missing could change."""
    found = session.remembered(
        "experiment_verdicts",
        (experiment.id, True),
        lambda: verdicts.of_experiment(
            session.store(), experiment, session.counted(), is_running=True
        ),
        feature=experiment.feature_id,
    )
    decided = [row for row in found if row.verdict is not Verdict.NOT_ENOUGH_EVIDENCE]
    if not decided:
        st.caption("Each verdict appears here as soon as no answer that is missing can change it.")
    for row in decided:
        st.markdown(
            f"{look.verdict(row.verdict).badge} **{md(row.criterion.key)}** "
            f"{short(row.criterion.draft.title, 80)}, variant {md(row.variant)}: "
            f"{md(figures.figure(row))}"
        )


def _progress(experiment: Experiment) -> None:
    store = session.store()
    found, run = session.progress(experiment), store.runs.latest(experiment.id)
    if run is None:
        return
    now = run_progress.going(store, services().jobs, experiment, run, found)
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    with row.container(width="stretch"):
        st.markdown(f"**{experiment.key} is running.** {short(experiment.question, 120)}")
        errors = without_output(found.failed, found.refused)
        failed = f", {errors}" if errors else ""
        st.progress(
            now.share,
            text=f"{now.done:,} of {say.count(now.planned, 'answer')}{failed} · "
            f"{md(now.sentence())}",
        )
    with row:
        runs.stop_button(experiment, "overview_stop")
    st.caption("You may leave or reload this page: the run goes on.")


def _can_start(experiment: Experiment) -> bool:
    is_local = any(variant.connection == LOCAL_NAME for variant in experiment.variants)
    return not is_local or services().models.local.availability().is_available


def _expected(experiment: Experiment) -> float | None:
    """Seconds that the whole plan will likely take at the pace that this machine has shown; None
    where it has shown none."""

    def read() -> float | None:
        try:
            cases = session.store().experiments.cases(experiment.id)
            found = forecast(session.store(), experiment.variants, cases, experiment.trials)
        except WorkbenchError:
            return None  # a connection is gone: the run itself will say so
        return found.seconds[0] if found.seconds else None

    return session.remembered("first_run_expected", experiment.id, read)


def _takes(experiment: Experiment, calls: int) -> str:
    labels = " and ".join(variant.label for variant in experiment.variants)
    return (
        f"{say.count(calls, 'call')} (variant{'' if len(experiment.variants) == 1 else 's'} "
        f"{md(labels)} on {say.count(experiment.n_cases, 'case')})"
    )


def _lasts(experiment: Experiment, left: int) -> str:
    whole = _expected(experiment)
    if whole is None:
        return "How long it takes shows after the first answers."
    return f"Done in {say.roughly(whole * left / max(1, experiment.n_calls))}."


def _goes_to(experiment: Experiment) -> str:
    others = sorted({v.connection for v in experiment.variants} - {LOCAL_NAME})
    if not others:
        return "On the local model: nothing leaves this machine, nothing is paid."
    return f"The cases are sent to {md(', '.join(others))}."
