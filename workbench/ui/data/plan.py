"""The plan for the cases that a criterion lacks: what stands, and the way to change it."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import streamlit as st

from workbench.actions import data_plans
from workbench.domain import clock
from workbench.domain.criteria import Criterion
from workbench.domain.data_plans import MOST_HOW, DataPlan
from workbench.ui.data import behind
from workbench.ui.parts import drafts, session
from workbench.ui.parts.form import Form, day
from workbench.ui.parts.text import md, short

_NOTHING = "nothing is planned"
_LABELS = {"how": "Where do they come from?", "owner": "Who sees to it?"}


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
    form = _form(criterion, held)
    with st.popover("Change the plan" if plan else "Plan them", type="tertiary", key=stem):
        behind.head(
            form,
            stem,
            data_plans.CHANGED,
            mine=_plan(form.values()).said() or _NOTHING,
            theirs=held.said() or _NOTHING,
            save=_save,
            args=(criterion,),
        )
        st.text_area(
            _LABELS["how"],
            **form.bind("how"),
            height=80,
            max_chars=MOST_HOW,
            placeholder="Thirty refund messages from last month's inbox, names taken out",
        )
        st.date_input("By when?", **form.bind_date("due"))
        st.text_input(_LABELS["owner"], **form.bind_line("owner"), max_chars=80)
        behind.foot(form, stem, "Save the plan", _LABELS, save=_save, args=(criterion,))


def _form(criterion: Criterion, held: DataPlan) -> Form:
    saved = {
        "how": held.how,
        "due": held.due.isoformat() if held.due else "",
        "owner": held.owner,
    }
    found = Form(
        f"data_plan_form_{criterion.id}",
        drafts.scope("data_plan", criterion.id),
        saved,
        behind.number_of(saved) if held.how else 0,
        dates=frozenset({"due"}),
    )
    found.load()
    return found


def _plan(said: Mapping[str, str]) -> DataPlan:
    return DataPlan(said["how"], day(said["due"]), said["owner"])


def _save(form: Form, criterion: Criterion) -> None:
    """Callback: keep the plan."""
    form.load()
    deed = session.store(), session.who(), session.feature_id(), criterion
    form.save(lambda: data_plans.keep(*deed, _plan(form.values()), based_on=_plan(form.saved)))


def _day(due: date) -> str:
    return f"{due.day} {due:%b %Y}"
