"""A revised prompt against a failure mode: a bet, tried at once on what failed and what passed."""

from dataclasses import replace

import streamlit as st

from workbench.actions import revising
from workbench.actions.revising import Proposal
from workbench.domain.experiments import Experiment
from workbench.domain.failures import FailureMode
from workbench.errors import WorkbenchError
from workbench.say import count
from workbench.ui.parts import drafts, pages, session, trouble
from workbench.ui.parts.form import Form
from workbench.ui.parts.resources import services
from workbench.ui.parts.text import md, output


def draw(mode: FailureMode, experiment: Experiment) -> None:
    """What may be changed, the bet, and what trying it takes."""
    with st.expander(
        "Revise the prompt against it",
        icon=":material/auto_fix_high:",
        key=f"failures_revise_{mode.id}",
        on_change="rerun",
    ) as opened:
        if opened.open:
            _proposal(mode, experiment)


def _proposal(mode: FailureMode, experiment: Experiment) -> None:
    found = revising.proposal(session.store(), mode, experiment)
    if found is None:
        st.caption(
            f"Nobody has noted it in an output of {md(experiment.key)} yet: choose an experiment "
            "in which it was seen."
        )
        return
    names = [way.name for way in found.ways]
    chosen = st.segmented_control(
        "What to change",
        names,
        default=names[0],
        required=True,
        key=f"failures_revise_way_{mode.id}",
        format_func=md,
        persist_state="session",
    )
    way = next((each for each in found.ways if each.name == chosen), found.ways[0])
    st.caption(f"{md(way.why)} It changes {md(found.variant.prompt.label)}.")
    token = f"{mode.id}_{names.index(way.name)}"
    form = Form(
        f"failures_revise_form_{token}",
        drafts.scope("revision", token),
        {"system": way.text.system, "expects": found.expects()},
        found.variant.prompt.number,
    )
    form.load()
    st.text_area("System message", **form.bind("system"), height=180)
    for message in way.text.messages[: len(way.text.messages) - len(_before(found))]:
        st.caption("Example, user" if message.role == "user" else "Example, answer")
        output(message.content)
    st.text_input("What should the change do?", **form.bind_line("expects"))
    form.show_problem()
    trouble.show_kept(f"failures_revise_{mode.id}")
    n = len(found.failing) + len(found.passing)
    st.button(
        f"Try it on {count(n, 'case')}",
        key=f"failures_revise_try_{mode.id}",
        icon=":material/play_arrow:",
        type="primary",
        on_click=_try,
        args=(found, form, names.index(way.name)),
    )
    st.caption(
        f"{len(found.failing)} that had it and {len(found.passing)} that were free of failures. "
        f"Keeps the next version of {md(found.variant.prompt.name)} with the bet, and asks it "
        f"on {md(found.variant.connection)} ({md(found.variant.model)}) beside the old one, whose "
        "answers are there already. The change was written for these cases: others have to "
        "confirm it."
    )


def _before(found: Proposal) -> tuple[object, ...]:
    return found.variant.prompt.text.messages


def _try(found: Proposal, form: Form, place: int) -> None:
    form.load()
    text = replace(found.ways[place].text, system=str(form.value("system")))
    try:
        made = revising.try_it(
            session.store(), services().jobs, session.who(), found, text, form.value("expects")
        )
    except WorkbenchError as error:
        trouble.later(f"failures_revise_{found.mode.id}", error)
        return
    form.discard()
    st.session_state["experiments_open"] = made.key
    pages.want("experiments")
