"""More variables for a dataset: what the prompts ask for and no case has, or any other."""

import streamlit as st

from workbench.domain import names
from workbench.domain.datasets import DatasetVersion
from workbench.ui.data import drafts, reading
from workbench.ui.parts.text import md


def wanted(known: list[str], scope: str, based_on: int) -> None:
    """Offer a column for what the prompts ask for and no case has; and for any other name."""
    asked_for = reading.wanted_variables()
    lacking = [name for name in asked_for if name not in known]
    if lacking:
        asked = ", ".join(f"**{{{{{md(name)}}}}}**" for name in lacking)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":orange[:material/warning:] The prompts ask for {asked}; no case has it.")
            st.button(
                "Add as columns",
                key="data_add_wanted",
                on_click=drafts.settle_now,
                args=(scope, based_on, tuple(lacking)),
            )


def add(scope: str, newest: DatasetVersion) -> None:
    """A small form for one more variable."""
    name = st.text_input(
        "Name of the variable",
        key="data_variable",
        placeholder="customer_name",
        help="Prompts refer to it as {{customer_name}}: letters, digits and underscores.",
        max_chars=60,
    )
    taken = reading.variables(newest.id)
    fit = names.suggested(name, taken) if name.strip() else ""
    if fit and fit != name.strip():
        st.caption(f"It will be called **{md(fit)}**.")
    st.button(
        "Add the column",
        key="data_variable_add",
        disabled=not fit,
        on_click=drafts.settle_now,
        args=(scope, newest.number, (fit,)),
    )
