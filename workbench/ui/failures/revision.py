"""A revised prompt against failure modes: a bet, tried at once on what failed and what passed."""

from dataclasses import replace

import streamlit as st

from workbench.actions import revising, revising_by_model
from workbench.actions.revising import Proposal
from workbench.actions.revising_by_model import Suggested
from workbench.domain.experiments import Experiment
from workbench.domain.failures import FailureMode
from workbench.domain.prompts import PromptText
from workbench.drafting.revision import Way
from workbench.errors import WorkbenchError
from workbench.say import count
from workbench.ui.failures import revision_by_model
from workbench.ui.parts import drafts, pages, redline, session, trouble
from workbench.ui.parts.form import Form
from workbench.ui.parts.resources import services
from workbench.ui.parts.text import md, output, plain


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
    store = session.store()
    found = revising.proposal(store, mode, experiment)
    if found is None:
        st.caption(
            f"Nobody has noted it in an output of {md(experiment.key)} yet: choose an experiment "
            "in which it was seen."
        )
        return
    found = revising.proposal(store, mode, experiment, _also(found)) or found
    suggested = revising_by_model.newest(store, found)
    revision_by_model.draw(found, suggested)
    by_model = suggested.way() if suggested is not None else None
    ways = (*((by_model,) if by_model else ()), *found.ways)
    # What a model suggested is chosen when it has come; what was chosen before holds otherwise.
    newest = str(suggested.call.id) if by_model is not None and suggested is not None else ""
    way = _choose(f"{mode.id}_{newest}", ways)
    is_models = way is by_model
    badge = f" :violet-badge[:material/smart_toy: {md(way.name)}]" if is_models else ""
    st.caption(f"{md(way.why)} It changes {md(found.variant.prompt.label)}.{badge}")
    call = f"_{suggested.call.id}" if is_models and suggested is not None else ""
    against = "_".join(str(each.id) for each in found.also)
    token = f"{mode.id}_{found.ways.index(way) if not is_models else 'model'}{call}{against}"
    form = Form(
        f"failures_revise_form_{token}",
        drafts.scope("revision", token),
        {
            "system": way.text.system,
            "user": way.text.user,
            "expects": way.expects or found.expects(),
        },
        found.variant.prompt.number,
    )
    form.load()
    _texts(found, way, form)
    st.text_input("What should the change do?", **form.bind_line("expects"))
    form.show_problem()
    trouble.show_kept(f"failures_revise_{mode.id}")
    n = len(found.failing) + len(found.passing)
    with st.container(horizontal=True, gap="small"):
        st.button(
            f"Try it on {count(n, 'case')}",
            key=f"failures_revise_try_{mode.id}",
            icon=":material/play_arrow:",
            type="primary",
            on_click=_try,
            args=(found, form, way, suggested if is_models else None),
        )
        if is_models and suggested is not None:
            revision_by_model.reject(found, suggested)
    st.caption(
        f"{len(found.failing)} that had it and {len(found.passing)} that were free of failures. "
        f"Keeps the next version of {md(found.variant.prompt.name)} with the bet, and asks it "
        f"on {md(found.variant.connection)} ({md(found.variant.model)}) beside the old one, whose "
        "answers are there already. The change was written for these cases: others have to "
        "confirm it."
    )


def _also(found: Proposal) -> list[FailureMode]:
    """Other failure modes that people chose to revise the prompt against at once."""
    others = {str(mode.id): mode for mode in revising.beside(session.store(), found)}
    if not others:
        return []
    chosen = st.multiselect(
        "Also against",
        list(others),
        key=f"failures_revise_also_{found.mode.id}",
        format_func=lambda each: plain(others[each].label),
        persist_state="session",
    )
    return [others[each] for each in chosen]


def _choose(token: str, ways: tuple[Way, ...]) -> Way:
    names = [way.name for way in ways]
    chosen = st.segmented_control(
        "What to change",
        names,
        default=names[0],
        required=True,
        key=f"failures_revise_way_{token}",
        format_func=md,
        persist_state="session",
    )
    return next((each for each in ways if each.name == chosen), ways[0])


def _texts(found: Proposal, way: Way, form: Form) -> None:
    """The texts of the prompt, to be edited, and what of the present ones goes and comes."""
    before = found.variant.prompt.text
    st.text_area("System message", **form.bind("system"), height=180)
    if way.text.user != before.user:
        st.text_area("User message", **form.bind("user"), height=100)
    for message in way.text.messages[: len(way.text.messages) - len(before.messages)]:
        st.caption("Example, user" if message.role == "user" else "Example, answer")
        output(message.content)
    now = _typed(way, form)
    if (now.system, now.user) == (before.system, before.user):
        return
    with st.container(border=True, gap="small"):
        st.caption(f"Word by word against {md(found.variant.prompt.label)}:")
        if now.system != before.system:
            st.markdown(redline.of(before.system, now.system))
        if now.user != before.user:
            st.caption("User message")
            st.markdown(redline.of(before.user, now.user))


def _typed(way: Way, form: Form) -> PromptText:
    return replace(way.text, system=str(form.value("system")), user=str(form.value("user")))


def _try(found: Proposal, form: Form, way: Way, suggested: Suggested | None) -> None:
    form.load()
    store, jobs, who = session.store(), services().jobs, session.who()
    text, expects = _typed(way, form), str(form.value("expects"))
    try:
        if suggested is None:
            made = revising.try_it(store, jobs, who, found, text, expects)
        else:
            made = revising_by_model.try_it(store, jobs, who, found, suggested, text, expects)
    except WorkbenchError as error:
        trouble.later(f"failures_revise_{found.mode.id}", error)
        return
    form.discard()
    st.session_state["experiments_open"] = made.key
    pages.want("experiments")
