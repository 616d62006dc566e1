"""One output at a time: read to the end, with what went wrong in it first."""

from uuid import UUID

import streamlit as st

from workbench.actions import failures
from workbench.domain.experiments import Experiment
from workbench.errors import WorkbenchError
from workbench.evidence.failures import ToRead
from workbench.evidence.words import failures as words
from workbench.say import count
from workbench.ui.failures import reading
from workbench.ui.parts import answer, drafts, kept_text, links, look, pages, session, trouble
from workbench.ui.parts.text import md, plain, prose, reference

AT = "failures_at"
"""Session state: the id of the trial that is read."""
_LATER = ""
_ORDERS = {False: "Failing first", True: "In a drawn order"}


def draw(experiment: Experiment) -> None:
    """The output to read now, the note, and the way on."""
    at_random = bool(
        st.segmented_control(
            "Order",
            list(_ORDERS),
            default=False,
            required=True,
            key="failures_order",
            format_func=_ORDERS.__getitem__,
            persist_state="session",
            help="Failing first: outputs that a criterion failed, then those nobody judged. That "
            "finds most soon, but failures are seen more often than they come. In a drawn order, "
            "the shares hold for all outputs.",
        )
    )
    found = reading.to_read(experiment, at_random=at_random)
    st.progress(
        found.read / found.outputs if found.outputs else 0.0,
        text=f"{found.read:,} of {count(found.outputs, 'output')} read, "
        f"{md(words.failing(found.failing, found.failing_read))}",
    )
    links.take_open("output", AT)
    at = _at(found)
    links.give_open("output", AT, None if at is None else str(at))
    if at is None:
        _done(experiment, found)
        return
    trial = session.store().trials.get(at)
    variant = session.store().variants.get(trial.variant_id)
    case = session.store().datasets.case(trial.case_id)
    # Side by side where both have room; on a narrow page the note follows the output.
    desk = st.grid(2, min_column_width=380, gap="medium")
    with desk.cell(), st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{md(case.key)}**", width="content")
            look.variant(variant)
            for tag in case.tags:
                st.markdown(f":gray-badge[{md(tag)}]", width="content")
        answer.asked(variant, case)
        answer.draw(trial)
        if case.reference:
            reference(case.reference)
    with desk.cell():
        answer.scores(experiment, trial)
        for note in session.store().scores.notes([at]).get(at, []):
            st.caption(f":material/sticky_note_2: {md(note.author)}")
            prose(note.text)
        _note(experiment, at, found)


def _at(found: ToRead) -> UUID | None:
    """The output at hand: the chosen one while it is unread, else the first that waits."""
    wanted = str(st.session_state.get(AT) or "")
    waiting = {str(trial_id): trial_id for trial_id in found.upcoming}
    return waiting.get(wanted) or (found.upcoming[0] if found.upcoming else None)


def _done(experiment: Experiment, found: ToRead) -> None:
    if found.outputs:
        st.success(
            f"Every output of {md(experiment.key)} was read. Sort the notes into failure modes, "
            "or choose another experiment.",
            icon=":material/check_circle:",
        )
        _undo_button(experiment)
        return
    st.info(
        "This experiment has no output to read: its calls failed, or none was made yet.",
        icon=":material/lightbulb:",
    )
    st.page_link(pages.link("experiments"), label="Go to Experiments", icon=":material/science:")


def _note(experiment: Experiment, at: UUID, found: ToRead) -> None:
    key, scope = f"failures_note_{at}", drafts.scope("note", at)
    kept_text.field(
        st.text_input,
        "What went wrong first?",
        key=key,
        scope=scope,
        placeholder="In your own words: asks for the order number although it was given",
        help="Note the first thing only: what comes after it is often its consequence. The notes "
        "are sorted into failure modes afterwards.",
    )
    known = {str(mode.id): mode.label for mode in session.failure_modes()}
    chosen = _LATER
    if known:
        chosen = st.selectbox(
            "Failure mode",
            [_LATER, *known],
            key=f"failures_mode_{at}",
            format_func=lambda mode_id: plain(known.get(mode_id, "Sort it later")),
        )
    place = found.upcoming.index(at)
    after = found.upcoming[place + 1] if place + 1 < len(found.upcoming) else None
    before = found.upcoming[place - 1] if place else None
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Keep the note",
            key=f"failures_keep_{at}",
            icon=":material/add_comment:",
            type="primary",
            shortcut="Ctrl+Enter",
            on_click=_read,
            args=(at, key, scope, after, chosen),
        )
        st.button(
            "Nothing went wrong",
            key=f"failures_good_{at}",
            icon=":material/thumb_up:",
            shortcut="G",
            on_click=_read_good,
            args=(at, after),
        )
    with st.container(horizontal=True, gap="small"):
        _step("Back", ":material/arrow_back:", "Left", before)
        _step("Skip", ":material/arrow_forward:", "Right", after)
        _undo_button(experiment)
    st.caption("While you are not typing, the keys on the buttons work; Ctrl+Enter always does.")
    trouble.show_kept("failures_note")


def _step(label: str, icon: str, shortcut: str, to: UUID | None) -> None:
    st.button(
        label,
        key=f"failures_{label.lower()}",
        icon=icon,
        type="tertiary",
        shortcut=shortcut,
        disabled=to is None,
        on_click=_go,
        args=(to,),
    )


def _undo_button(experiment: Experiment) -> None:
    st.button(
        "Take the last back",
        key="failures_undo",
        icon=":material/undo:",
        type="tertiary",
        shortcut="U",
        help="Its output waits again, with your note in the field. Both words stay on record.",
        on_click=_undo,
        args=(experiment,),
    )


def _go(to: UUID | None) -> None:
    st.session_state[AT] = str(to or "")


def _read(at: UUID, key: str, scope: str, after: UUID | None, mode_id: str) -> None:
    """Callback: keep the note and go on."""
    text = str(st.session_state.get(key, "")).strip()
    if not text:
        hint = "Say what went wrong first, or that nothing did."
        trouble.later("failures_note", WorkbenchError("There is no note yet.", hint))
        return
    mode = UUID(mode_id) if mode_id else None
    failures.read(session.store(), session.who(), session.feature_id(), at, text, mode)
    drafts.drop(scope, start={"text": ""})
    st.session_state.pop(key, None)
    _go(after)


def _read_good(at: UUID, after: UUID | None) -> None:
    failures.read(session.store(), session.who(), session.feature_id(), at)
    _go(after)


def _undo(experiment: Experiment) -> None:
    found = failures.take_back(session.store(), session.who(), session.feature_id(), experiment.id)
    if found is None:
        st.toast("There is nothing of yours to take back here.", icon=":material/info:")
        return
    _go(found.trial_id)
    if found.text:
        key, scope = f"failures_note_{found.trial_id}", drafts.scope("note", found.trial_id)
        drafts.get(scope, start={"text": ""})
        st.session_state[key] = found.text
        kept_text.keep(scope, key)


def shares_hold(found: ToRead) -> str:
    """What the shares of what was read hold for; empty where they hold for all."""
    return words.chosen(found.outputs, found.read, found.failing, found.failing_read)
