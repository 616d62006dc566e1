"""A run as it goes: how far, how fast, what it cost, what failed; stop, resume and ask again."""

import streamlit as st

from workbench.actions import outlook as plan_outlook
from workbench.actions import run_progress
from workbench.domain.experiments import Experiment, Run
from workbench.evidence.words import outlook as words
from workbench.runs.forecast_users import Requests, most_of
from workbench.runs.planning import open_calls
from workbench.say import count, money, without_output
from workbench.store.reports.progress import Progress
from workbench.ui.experiments import control, judges, origins, takes
from workbench.ui.parts import runs, session, trouble
from workbench.ui.parts.resources import services
from workbench.ui.parts.text import md, tabular

_NAMED = 5
"""So many wordings of failures are told where a variant has no answer."""


def draw(experiment: Experiment) -> None:
    """The run's part of the page; it looks again every second while calls are being made."""
    is_live = services().jobs.is_live(experiment.id)
    st.fragment(trouble.boundary(_look), run_every="1s" if is_live else None)(experiment, is_live)


def _look(experiment: Experiment, was_live: bool) -> None:
    store, jobs = session.store(), services().jobs
    if was_live and not jobs.is_live(experiment.id):
        # The run ended: the whole page shows what came out.
        st.rerun()
    progress = session.progress(experiment)
    run = store.runs.latest(experiment.id)
    if was_live and run is not None:
        _going_on(experiment, progress, run)
        return
    if run is None and progress.done < progress.planned:
        _not_started(experiment)
        return
    _ended(experiment, progress, run)
    if progress.without_output:
        _failures(experiment, progress)


def _going_on(experiment: Experiment, progress: Progress, run: Run) -> None:
    now = run_progress.going(session.store(), services().jobs, experiment, run, progress)
    with st.container(border=True):
        st.progress(
            min(1.0, max(0.0, now.share)),
            text=f"**{now.done:,} of {now.planned:,}** calls · {md(now.sentence())}",
        )
        _counts(progress)
        if now.status is not None:
            control.draw(experiment, now.status)
        st.caption(
            "You can close this tab: the run goes on. "
            + (
                "It ends by itself when every bar is decided."
                if experiment.is_sequential
                else "Verdicts aren't peeked at: while it runs, one shows only when nothing that "
                "is still missing could change it."
            )
        )


def _not_started(experiment: Experiment) -> None:
    with st.container(border=True, width=560):
        outlook = session.remembered(
            "outlook",
            experiment.id,
            lambda: plan_outlook.of_experiment(session.store(), experiment, session.alikeness()),
        )
        takes.draw(outlook)
        _starter(experiment, outlook.starts, is_primary=True)


def _ended(experiment: Experiment, progress: Progress, run: Run | None) -> None:
    missing = progress.planned - progress.done
    most = most_of(session.store(), experiment, missing) if missing else Requests()
    calls = count(missing, most.noun)
    if missing and all(variant.is_outside for variant in experiment.variants):
        st.warning(
            f"{missing:,} of {progress.planned:,} results are not in the file that was imported: "
            "they count as unscored, for and against. Import a file that holds them.",
            icon=":material/pending:",
        )
    elif run is not None and run.state.can_resume and missing:
        left = f"{calls} of {progress.planned:,} not made yet"
        control.ended(run, f"The run {md(run.state.ended)}: {left}. {md(run.message)}")
        _starter(experiment, f"Resume {calls}", is_primary=True, run=run, most=most)
    elif missing and experiment.is_sequential and run is not None:
        st.success(md(run.message) or "The run is over.", icon=":material/flag:")
        _starter(experiment, f"Ask the other {calls} too", run=run, most=most)
    elif missing:
        st.warning(f"{md(calls)} of {progress.planned:,} not made yet.")
        _starter(experiment, f"Ask for {calls}", is_primary=True, most=most)
    is_told = bool(missing)
    if run is not None and run.is_fresh and run.state.can_resume and not missing:
        is_told = _half_fresh(experiment, run)
    with st.container(horizontal=True, vertical_alignment="center"):
        _counts(progress)
    judges.draw(experiment, None if is_told else run)
    origins.draw(experiment)
    control.lost(experiment)


def _half_fresh(experiment: Experiment, run: Run) -> bool:
    """A run that was to ask all anew and ended early: whether old answers stand beside new ones,
    which is said with why it ended."""
    left = len(open_calls(session.store(), experiment, older_than=run.asks_again))
    if left:
        st.warning(
            f"Asking again {md(run.state.ended)}: {count(left, 'older answer')} of "
            f"{experiment.n_calls:,} still {'counts' if left == 1 else 'count'}. {md(run.message)}",
            icon=":material/pause_circle:",
        )
        most = most_of(session.store(), experiment, left)
        resumes = f"Resume {count(left, most.noun)}"
        _starter(experiment, resumes, is_primary=True, run=run, most=most)
    return bool(left)


def _failures(experiment: Experiment, progress: Progress) -> None:
    numbers = {"failed": progress.failed, "refused": progress.refused}
    ended = " and ".join(f"{count(n, 'call')} {how}" for how, n in numbers.items() if n)
    counts = "it counts" if progress.without_output == 1 else "they count"
    said = md(f"{ended}: {counts} as unscored, for and against")
    found = session.store().reports.calls.failures_of(experiment.id)
    told = list(zip(found["message"], found["calls"], strict=True))[:_NAMED]
    if told and any(progress.answered(variant_id) is None for variant_id in progress.first_at):
        # Nobody looks into a fold for why a variant has no answer at all.
        why = "\n".join(f"- {md(message)} ({count(calls, 'call')})" for message, calls in told)
        only = f"**{said}.** {md(told[0][0])}"
        st.error(only if len(told) == 1 else f"**{said}.**\n\n{why}", icon=":material/error:")
        _starter(experiment, "Ask these again", retry_failed=True)
        return
    with st.expander(said, icon=":material/error:"):
        st.dataframe(
            tabular(
                found.rename(columns={"failure": "Failure", "message": "Reason", "calls": "Calls"})
            ),
            hide_index=True,
            key=f"experiments_failures_{experiment.id}",
            column_config={"Reason": st.column_config.TextColumn(width="large")},
        )
        _starter(experiment, "Ask these again", retry_failed=True)


def _starter(
    experiment: Experiment,
    label: str,
    *,
    is_primary: bool = False,
    retry_failed: bool = False,
    run: Run | None = None,
    most: Requests = Requests(),  # noqa: B008  # a frozen value
) -> None:
    kind = "retry" if retry_failed else "start"
    key = f"experiments_{kind}_{experiment.id}"
    with st.container(horizontal=True, vertical_alignment="center"):
        is_pressed = st.button(
            md(label),
            key=key,
            type="primary" if is_primary else "secondary",
            icon=":material/replay:" if retry_failed else ":material/play_arrow:",
        )
        kept = session.store().runs.limits(run.id) if run is not None else None
        wanted = control.limits(experiment.feature_id, key, kept)
    if several := words.requests(most):
        st.caption(f":material/forum: {md(several)}")
    if is_pressed and runs.start(experiment, retry_failed=retry_failed, limits=wanted):
        st.rerun()


def _counts(progress: Progress) -> None:
    parts = [f":material/check: {count(progress.outputs, 'output')}"]
    errors = without_output(progress.failed, progress.refused)
    if errors:
        parts.append(f":red[:material/error: {errors}]")
    if progress.latency_ms is not None:
        parts.append(f":material/timer: {progress.latency_ms / 1000:.1f} s a call")
    spent = _spent(progress)
    if spent:
        parts.append(f":material/payments: {md(spent)}")
    st.markdown(" · ".join(parts))


def _spent(progress: Progress) -> str:
    """What the answers cost, where that is known: nothing is free for want of a price."""
    if not progress.done:
        return ""
    if progress.outputs == progress.n_unpriced:
        return "cost unknown"
    spent = "free" if progress.cost == 0 else f"{money(progress.cost)} so far"
    if progress.n_unpriced:
        spent += f" and {count(progress.n_unpriced, 'call')} of unknown price"
    # A failed call may have been charged for: what it cost nobody told.
    lost = f", without {count(progress.without_output, 'call')} that brought no answer"
    return f"{spent}{lost if progress.cost and progress.without_output else ''}"
