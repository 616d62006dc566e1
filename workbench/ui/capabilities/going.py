"""The packs that are being tried: how far, and how to stop them; and those that ended early."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from workbench.actions import run_progress
from workbench.actions.packs import Offered
from workbench.domain.experiments import Experiment, Run, RunState
from workbench.say import count, duration, without_output
from workbench.ui.capabilities import choosing
from workbench.ui.parts import runs, session, trouble
from workbench.ui.parts.resources import services
from workbench.ui.parts.text import md

Tried = tuple[str, Experiment, Run]
"""A pack's title, with its newest experiment and that one's newest run."""


def draw(offered: Sequence[Offered]) -> None:
    """What is going on, looked at every second, and what can be gone on with."""
    tried = _newest(offered)
    live = [one for one in tried if services().jobs.is_live(one[1].id)]
    if live:
        with st.container(border=True, key="capabilities_going"):
            st.fragment(trouble.boundary(_look), run_every="1s")(live)
    waiting = [one for one in tried if one not in live and one[2].state.can_resume]
    if waiting:
        _ended_early(waiting)


def _newest(offered: Sequence[Offered]) -> list[Tried]:
    store = session.store()
    found = []
    for one in offered:
        if one.pack.feature_id is None:
            continue
        newest = store.runs.newest(one.pack.feature_id)
        every = [e for e in store.experiments.of(one.pack.feature_id) if e.id in newest]
        if every:
            last = max(every, key=lambda each: newest[each.id].created_at)
            found.append((one.pack.title, last, newest[last.id]))
    return found


def _look(live: Sequence[Tried]) -> None:
    """All of them as one, then those that are at work. The page is drawn anew when one has ended,
    so that its results appear."""
    store, jobs = session.store(), services().jobs
    if any(not jobs.is_live(experiment.id) for _, experiment, _ in live):
        st.rerun()
    each = [(title, one, run_progress.going(store, jobs, one, run)) for title, one, run in live]
    done, planned = sum(now.done for *_, now in each), sum(now.planned for *_, now in each)
    # They share their connections, so the pace is that of all of them.
    ended = sum(now.ended for *_, now in each)
    since = max((now.elapsed_s or 0.0 for *_, now in each), default=0.0)
    to_go = f" · about {duration((planned - done) * since / ended)} to go" if ended else ""
    failed = sum(store.reports.progress.of(one.id).failed for _, one, _ in live)
    errors = without_output(failed, 0)
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    with row.container(width="stretch"):
        st.progress(
            min(1.0, done / planned) if planned else 0.0,
            text=f"**{done:,} of {planned:,}** calls of {count(len(live), 'pack')}"
            f"{f', {errors}' if errors else ''}{to_go}",
        )
    row.button(
        "Stop",
        key="capabilities_stop",
        icon=":material/stop_circle:",
        help="Answers on their way are kept; you can go on later.",
        on_click=_stop,
        args=([one for _, one, _ in live],),
        disabled=all(jobs.is_stopping(one.id) for _, one, _ in live),
    )
    troubles = {now.status.trouble for *_, now in each if now.status and now.status.trouble}
    for said in sorted(troubles):
        st.caption(f":material/warning: {md(said)}")


def _stop(experiments: Sequence[Experiment]) -> None:
    for experiment in experiments:
        runs.stop(experiment)


def _ended_early(waiting: Sequence[Tried]) -> None:
    with st.container(border=True, key="capabilities_waiting"):
        for title, _, run in waiting:
            why = f": {md(run.message)}" if run.message else ""
            show = st.error if run.state is RunState.FAILED else st.warning
            show(f"**{md(title)}** {md(run.state.ended)}{why}", icon=":material/pause_circle:")
        is_pressed = st.button(
            f"Go on with {count(len(waiting), 'pack')}",
            key="capabilities_go_on",
            icon=":material/play_arrow:",
            help="Within the budget that is set above; where none is, within the one they had.",
        )
    if is_pressed:
        usd, kept = st.session_state.get(choosing.BUDGET), session.store().runs.limits
        limits = [
            None if usd is None else replace(kept(run.id), usd=usd / len(waiting))
            for *_, run in waiting
        ]
        # Each of them, also where one can't go on.
        started = [
            runs.start(experiment, retry_failed=True, limits=each)
            for (_, experiment, _), each in zip(waiting, limits, strict=True)
        ]
        if all(started):
            st.rerun()
