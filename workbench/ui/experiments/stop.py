"""When a run ends by itself: chosen with the plan, because the verdict depends on it."""

from collections.abc import Sequence

import streamlit as st

from workbench.domain.criteria import Criterion
from workbench.domain.experiments import StopRule
from workbench.evidence.words import outlook
from workbench.ui.parts.form import Form
from workbench.ui.parts.text import md

_LABELS = {
    StopRule.WHOLE_PLAN: "After the whole plan",
    StopRule.WHEN_DECIDED: "As soon as it is decided",
}


def draw(form: Form, criteria: Sequence[Criterion]) -> None:
    """The choice, and what it means for these criteria."""
    st.segmented_control(
        "When the run ends",
        [str(rule) for rule in _LABELS],
        **form.bind_pills("stop_rule"),
        format_func=lambda rule: _LABELS[StopRule(rule)],
        required=True,
        help="A verdict that is read again and again until it pleases is wrong up to one time in "
        "three. So it is either read once, when the whole plan was asked, or made to be read at "
        "any time.",
    )
    if form.value("stop_rule") == StopRule.WHEN_DECIDED:
        for line in outlook.watching(criteria):
            st.caption(md(line))
