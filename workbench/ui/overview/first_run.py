"""“Run it now” on the Overview: from no evidence to first verdicts with one click, watched live."""

from uuid import UUID

import streamlit as st

from workbench import say
from workbench.domain import clock
from workbench.domain.connections import LOCAL_NAME
from workbench.domain.experiments import Experiment, Run, RunState
from workbench.errors import WorkbenchError
from workbench.runs.forecast import forecast
from workbench.say import without_output
from workbench.ui.parts import pages, session, trouble
from workbench.ui.parts.resources import services
from workbench.ui.parts.text import md, short


def draw(feature_id: UUID) -> None:
    """The run that is going on, or the first one to start or to go on with; else nothing."""
    store = session.store()
    experiments = session.remembered(
        "experiments", feature_id, lambda: store.experiments.of(feature_id), feature=feature_id
    )
    for experiment in experiments:
        if services().jobs.is_live(experiment.id):
            _watch(experiment)
            return
    newest = store.runs.newest(feature_id)
    runs = [(experiment, newest.get(experiment.id)) for experiment in experiments]
    if not runs or any(run and run.state == RunState.FINISHED for _, run in runs):
        return
    started = [(experiment, run) for experiment, run in runs if run is not None]
    _offer(*(started[-1] if started else (experiments[0], None)))


def _offer(experiment: Experiment, run: Run | None) -> None:
    """The invitation to run an experiment, with what it takes and what stands in its way."""
    progress = session.store().reports.progress.of(experiment.id)
    seconds = _expected(experiment) * (1 - progress.done / max(1, progress.planned))
    can_start = _can_start(experiment)
    with st.container(border=True, key="overview_run"):
        # The words give way, not the button's.
        row = st.container(horizontal=True, vertical_alignment="center", gap="medium")
        with row.container(width="stretch"):
            if run is None:
                st.markdown("**No verdict rests on real answers yet.** One click changes that.")
            else:
                st.markdown(
                    f"**{experiment.key} {_ENDED.get(run.state, 'ended early')}** after "
                    f"{progress.done:,} of {progress.planned:,} answers. They are kept."
                )
                if run.message:
                    st.caption(md(run.message))
            left = progress.planned - progress.done
            takes = (
                f"{_takes(experiment, left)}: first verdict in {say.roughly(seconds)}. "
                f"{_goes_to(experiment)}"
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
    if is_started:
        try:
            services().jobs.start(experiment.id, session.person())
        except WorkbenchError as error:
            trouble.show(error)
        else:
            st.rerun()


def _watch(experiment: Experiment) -> None:
    """A run as it goes on, looked at every second. The whole page is drawn anew when it ends."""
    expected = _expected(experiment)

    def look() -> None:
        if not services().jobs.is_live(experiment.id):
            st.rerun()
        _progress(experiment, expected)

    with st.container(border=True, key="overview_run"):
        st.fragment(trouble.guarded(look), run_every="1s")()


def _progress(experiment: Experiment, expected: float) -> None:
    store, jobs = session.store(), services().jobs
    found, run = store.reports.progress.of(experiment.id), store.runs.latest(experiment.id)
    since = None if run is None else store.reports.home.running_since(run.id)
    elapsed = 0.0 if since is None else clock.since(since)
    is_stopping = jobs.is_stopping(experiment.id)
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    with row.container(width="stretch"):
        st.markdown(f"**{experiment.key} is running.** {short(experiment.question, 120)}")
        errors = without_output(found.failed, found.refused)
        failed = f", {errors}" if errors else ""
        st.progress(
            min(1.0, found.done / max(1, found.planned)),
            text=f"{found.done:,} of {found.planned:,} answers{failed} · "
            f"{say.clock(elapsed)} of about {say.clock(max(expected, elapsed))}",
        )
    with row:
        st.button(
            "Stopping" if is_stopping else "Stop",
            key="overview_stop",
            icon=":material/stop_circle:",
            disabled=is_stopping,
            help="Answers on their way are kept; you can go on later.",
            on_click=jobs.stop,
            args=(experiment.id,),
        )
    if found.done >= found.planned:
        st.caption("Scoring the answers.")
    else:
        st.caption(
            "The verdicts appear below when it is done. You may leave or reload this page: "
            "the run goes on."
        )


def _can_start(experiment: Experiment) -> bool:
    is_local = any(variant.connection == LOCAL_NAME for variant in experiment.variants)
    return not is_local or services().models.local.availability().is_available


def _expected(experiment: Experiment) -> float:
    """Seconds that the whole plan will likely take."""
    store = session.store()

    def read() -> float:
        cases = store.experiments.cases(experiment.id)
        try:
            found = forecast(store, experiment.variants, cases, experiment.trials)
        except WorkbenchError:
            return 60.0  # a connection is gone: the run itself will say so
        return found.seconds[0]

    # As it was before the run: an expectation that moves with every answer is none.
    held = f"overview_expected_{experiment.id}"
    if held not in st.session_state:
        st.session_state[held] = read()
    return float(st.session_state[held])


def _takes(experiment: Experiment, calls: int) -> str:
    labels = " and ".join(variant.label for variant in experiment.variants)
    return (
        f"{calls:,} calls (variant{'' if len(experiment.variants) == 1 else 's'} {md(labels)} on "
        f"{experiment.n_cases:,} cases)"
    )


def _goes_to(experiment: Experiment) -> str:
    others = sorted({v.connection for v in experiment.variants} - {LOCAL_NAME})
    if not others:
        return "On the local model: nothing leaves this machine, nothing is paid."
    return f"The cases are sent to {md(', '.join(others))}."


_ENDED = {
    RunState.STOPPED: "was stopped",
    RunState.FAILED: "failed",
    RunState.INTERRUPTED: "was interrupted",
}
