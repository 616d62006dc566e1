"""One failure mode: what it is, how often it happens and where, its notes, and its text."""

from collections.abc import Sequence

import streamlit as st

from workbench.actions import failures
from workbench.domain.experiments import Experiment
from workbench.domain.failures import FailureMode, SortedNote
from workbench.evidence.failures import Seen
from workbench.evidence.words import failures as words
from workbench.ui.failures import edit, fallback, lesson, reading, revision, sorting
from workbench.ui.parts import look, pictures, session
from workbench.ui.parts.text import md, prose


def draw(found: Seen, experiment: Experiment) -> None:
    """A failure mode with all that is known of it."""
    mode = found.mode
    with st.container(border=True, key=f"failures_card_{mode.id}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{md(mode.key)}** {md(mode.draft.name)}", width="content")
            look.draw(look.severity(mode.draft.severity))
            st.space("stretch")
            st.button(
                "Archive",
                key=f"failures_archive_{mode.id}",
                icon=":material/archive:",
                type="tertiary",
                help="Its notes wait to be sorted again. It is listed below the notes, and can be "
                "restored with them.",
                on_click=failures.archive_mode,
                args=(session.store(), session.who(), mode.id),
            )
        if mode.draft.definition:
            prose(mode.draft.definition)
        share = found.likelihood
        pictures.share(
            share.estimate,
            share.low,
            share.high,
            f"failures_share_{mode.id}",
            f"{mode.key}: {words.likelihood(found)}",
            width=pictures.WIDE,
        )
        st.caption(f"{md(experiment.key)}: {md(words.likelihood(found))}.")
        hit = words.slices(found)
        if hit:
            st.caption(f":material/sell: Slices it hits: {md(hit)}.")
        if mode.draft.owner:
            st.caption(f":material/person: Owner: {md(mode.draft.owner)}")
        fallback.draw(mode, experiment)
        notes = sorting.of_mode(reading.notes(), mode)
        lesson.draw(mode, has_example=bool(notes or mode.examples))
        revision.draw(mode, experiment)
        with st.expander(
            "Edit, and design what happens then",
            icon=":material/edit:",
            key=f"failures_edit_{mode.id}",
        ):
            edit.draw(mode)
        _examples(mode, notes)


def _examples(mode: FailureMode, notes: Sequence[SortedNote]) -> None:
    st.markdown("**Examples**")
    if notes:
        sorting.draw(mode.key, notes, mode.id)
    for piece in mode.examples:
        prose(piece.summary)
        where = " · ".join(w for w in (piece.case, piece.experiment, "from the feature file") if w)
        st.caption(md(where))
    if not notes and not mode.examples:
        st.caption("No note is sorted into it yet.")
