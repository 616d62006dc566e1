"""The plan for the cases that a criterion lacks: what stands, and the way to change it."""

from datetime import date
from uuid import UUID

import streamlit as st

from workbench.actions import data_plans
from workbench.domain import clock
from workbench.domain.criteria import Criterion
from workbench.domain.data_plans import MOST_HOW, DataPlan
from workbench.errors import WorkbenchError
from workbench.ui.parts import session, trouble
from workbench.ui.parts.text import md, short


def plans() -> dict[UUID, DataPlan]:
    """The open feature's plans, by criterion."""
    opened = session.feature_id()
    return session.remembered(
        "data_plans", opened, lambda: session.store().data_plans.of(opened), feature=opened
    )


def line(plan: DataPlan) -> None:
    """What is planned, in a line; what is overdue says so."""
    due = ""
    if plan.due is not None:
        late = plan.due < clock.now().date()
        due = f", :red[was due {md(_day(plan.due))}]" if late else f", by {md(_day(plan.due))}"
    owner = f" · {md(plan.owner)}" if plan.owner else ""
    st.markdown(f":small[:material/event: {short(plan.how, 160)}{due}{owner}]")


def change(criterion: Criterion, plan: DataPlan | None) -> None:
    """The fields, behind a button."""
    held, stem = plan or DataPlan(""), f"data_plan_{criterion.id}"
    with st.popover("Change the plan" if plan else "Plan them", type="tertiary", key=stem):
        how = st.text_area(
            "Where do they come from?",
            held.how,
            key=f"{stem}_how",
            height=80,
            max_chars=MOST_HOW,
            placeholder="Thirty refund messages from last month's inbox, names taken out",
            persist_state="page",
        )
        due = st.date_input("By when?", held.due, key=f"{stem}_due", persist_state="page")
        owner = st.text_input(
            "Who sees to it?", held.owner, key=f"{stem}_owner", max_chars=80, persist_state="page"
        )
        trouble.show_kept(stem)
        st.button(
            "Save",
            key=f"{stem}_save",
            type="primary",
            on_click=_save,
            args=(criterion, how or "", due, owner or ""),
        )


def _save(criterion: Criterion, how: str, due: date | None, owner: str) -> None:
    try:
        plan = DataPlan(how, due, owner)
        data_plans.keep(session.store(), session.who(), session.feature_id(), criterion, plan)
    except WorkbenchError as error:
        trouble.later(f"data_plan_{criterion.id}", error)


def _day(due: date) -> str:
    return f"{due.day} {due:%b %Y}"
