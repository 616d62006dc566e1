"""What follows a case that is rated: that it is saved, and whose its outputs were, on demand."""

from collections.abc import Mapping
from uuid import UUID

import streamlit as st

from workbench.actions import preferring, rating, unblinding
from workbench.actions.rating import Task
from workbench.domain.preferences import Preference
from workbench.domain.prompts import Variant
from workbench.domain.scores import Judgement, Outcome
from workbench.errors import WorkbenchError
from workbench.store.reports.rating import CaseToRate
from workbench.ui.parts import look, session, trouble
from workbench.ui.parts.text import short
from workbench.ui.rating import place, reading

LAST = "score_last"
"""Session state: the case that the rater finished last."""


def draw(task: Task, current: CaseToRate) -> None:
    """That the case is saved which the rater has just finished, and whose its outputs were, when
    they ask."""
    last = st.session_state.get(LAST)
    if not last or last == str(current.id):
        return
    near = reading.queue(task, str(current.id)).near
    # Mostly it is near the case at hand, and was read with it.
    rated = next((c for c in near if str(c.id) == last), None) or reading.queue(task, last).here
    if rated is None or not rated.is_done:
        return
    if not reading.is_told(task, UUID(last)):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f":material/check: **{short(rated.key)}** saved.")
            st.button(
                "Show which variant is which",
                key="score_unblind",
                icon=":material/visibility:",
                type="tertiary",
                on_click=_unblind,
                args=(task, last),
                help="You have rated all of its outputs. That you were told is kept on record, "
                "since what you say of them afterwards is not blind.",
            )
            _again(last)
        return
    by_id = {variant.id: variant for variant in task.experiment.variants}
    case_id = UUID(last)
    said = _pairs(task, case_id, by_id) if task.is_paired else _outputs(task, case_id, by_id)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":material/check: **{short(rated.key)}** saved: {', '.join(said)}.")
        _again(last)


def _outputs(task: Task, case_id: UUID, by_id: Mapping[UUID, Variant]) -> list[str]:
    said = []
    for number, shown in enumerate(rating.outputs(session.store(), task, case_id), start=1):
        assert shown.mine is not None
        label = look.variant_text(by_id[shown.variant_id])
        said.append(f"output {number} was {label} ({_word(shown.mine.judgement)})")
    return said


def _pairs(task: Task, case_id: UUID, by_id: Mapping[UUID, Variant]) -> list[str]:
    said = []
    for pair in preferring.pairs(session.store(), task, case_id):
        assert pair.mine is not None
        left, right = (
            look.variant_text(by_id[trial.variant_id]) for trial in (pair.first, pair.second)
        )
        better = {Preference.FIRST: "the left is better", Preference.SECOND: "the right is better"}
        word = better.get(pair.mine.outcome, pair.mine.outcome.label)
        said.append(f"{left} was on the left and {right} on the right ({word})")
    return said


def _again(last: str) -> None:
    st.button(
        "Rate it again",
        key="score_again",
        icon=":material/undo:",
        type="tertiary",
        on_click=place.go_to,
        args=(last,),
    )


def _unblind(task: Task, case_id: str) -> None:
    """Callback: tell the rater, and keep that they were told."""
    try:
        unblinding.unblind(session.store(), session.who(), task, UUID(case_id))
    except WorkbenchError as error:
        trouble.later(place.TROUBLE, error)


def _word(judgement: Judgement) -> str:
    if judgement.value is not None:
        return f"{judgement.value:g}"
    return "no score" if judgement.outcome is Outcome.UNSCORED else judgement.outcome.label
