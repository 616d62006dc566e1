"""A model that drafts: who is asked, what that takes, how far it is, and what came of each part."""

from collections.abc import Callable, Hashable

import streamlit as st

from workbench.actions import drafting_by_model
from workbench.actions.drafting_by_model import Took
from workbench.domain.drafting import Part, Round
from workbench.errors import WorkbenchError
from workbench.runs.errands import Errand
from workbench.say import count, duration, money, money_ahead
from workbench.ui.parts import choose_model, errands, session, trouble
from workbench.ui.parts.form import Form
from workbench.ui.parts.resources import services
from workbench.ui.parts.text import md, output

_TROUBLE = "requirements_draft_asked"


def ask(form: Form) -> None:
    """Who may be asked instead of the rules, what that takes, and the button."""
    store, feature_id = session.store(), session.feature_id()
    chosen = choose_model.draw("requirements_draft")
    text = str(form.value("text"))
    trouble.show_kept(_TROUBLE)
    if chosen is None or not text.strip():
        st.caption(":material/info: Write or paste a text, and choose who reads it.")
        return
    name, model, is_local = chosen
    takes = drafting_by_model.expected(store, feature_id, name, model, text)
    st.button(
        "Draft with this model",
        key="requirements_draft_ask",
        icon=":material/smart_toy:",
        on_click=_begin,
        args=(form, name, model),
    )
    n, cost = count(len(Part), "small call"), money_ahead(takes.cost)
    st.caption(
        f"The text is sent to {md(name)} in {n}, one after the other (requirements, criteria, "
        f"cases, failure modes): some {takes.input_tokens:,} tokens, and {takes.output_tokens:,} "
        f"likely come back: {md(cost)}. What it suggests is yours to judge."
    )
    if is_local:
        st.caption(
            ":material/memory: The local model is very small: it takes a minute or two, "
            "and hardly anything that it suggests is of use. A larger model drafts better, and so "
            "do the rules."
        )


def draw(found: Round) -> None:
    """How far a round's model is, what came of each part, and what can be asked for again."""
    if not found.connection:
        return
    store, took = session.store(), drafting_by_model.took(session.store(), found)
    missing = drafting_by_model.missing(store, found)
    n = len(Part)
    is_live = errands.draw(_key(found), "requirements_draft", done=n - len(missing), of=n)
    if took:
        _cost(found, took)
    for each in took:
        if each.ended.problem:
            _problem(each)
    trouble.show_kept(f"{_TROUBLE}_{found.id}")
    if missing and not is_live:
        nouns = ", ".join(part.noun for part in missing)
        st.button(
            f"Ask for what is missing: {md(nouns)}",
            key="requirements_draft_go_on",
            icon=":material/replay:",
            on_click=_go_on,
            args=(found,),
        )


def _cost(found: Round, took: list[Took]) -> None:
    """What the calls took, in one line."""
    replies = [each.reply for each in took if each.reply is not None]
    parts = [f"{found.model} at {found.connection} took {count(len(replies), 'call')}"]
    answered = [r for r in replies if r.input_tokens is not None and r.output_tokens is not None]
    if answered:
        sent = sum(each.input_tokens or 0 for each in answered)
        back = sum(each.output_tokens or 0 for each in answered)
        parts.append(f"{sent:,} tokens in and {back:,} out")
    took_ms = [each.latency_ms for each in replies if each.latency_ms is not None]
    if took_ms:
        parts.append(duration(sum(took_ms) / 1000))
    costs = [each.cost for each in replies if each.reply is not None]
    if None in costs:
        parts.append("its cost is not known")
    elif costs:
        parts.append(money(sum(cost for cost in costs if cost is not None)))
    most = [each.call.most_cost for each in took if each.call is not None]
    if any(most):
        parts.append(f"at most {money(sum(one or 0.0 for one in most))} was allowed")
    st.caption(":material/receipt_long: " + md(", ".join(parts)) + ".")


def _problem(took: Took) -> None:
    """Why a part suggests nothing, with what the model replied."""
    name = took.ended.part.noun.capitalize()
    st.warning(f"**{md(name)}**: {md(took.ended.problem)}", icon=":material/help:")
    if took.reply is not None and took.reply.reply:
        with st.expander(f"What it replied on {md(took.ended.part.noun)}"):
            output(took.reply.reply)


def _key(found: Round) -> Hashable:
    return "draft", found.id


def _begin(form: Form, connection: str, model: str) -> None:
    form.load()
    store, who, feature_id = session.store(), session.who(), session.feature_id()
    try:
        found = drafting_by_model.begin(
            store, who, feature_id, connection, model, str(form.value("text"))
        )
        services().errands.start(_key(found), found.model, _work(found))
    except WorkbenchError as error:
        trouble.later(_TROUBLE, error)
        return
    form.discard()


def _go_on(found: Round) -> None:
    try:
        services().errands.start(_key(found), found.model, _work(found))
    except WorkbenchError as error:
        trouble.later(f"{_TROUBLE}_{found.id}", error)


def _work(found: Round) -> Callable[[Errand], None]:
    """What goes on without the session, which is the tab's."""
    store, models, who = session.store(), services().models, session.who()
    return lambda errand: drafting_by_model.go_on(store, models, who, found, errand)
