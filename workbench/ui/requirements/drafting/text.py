"""The text that a draft is made of, and who reads it: the rules, or a model."""

from functools import partial

import streamlit as st

from workbench.actions import drafting, drafting_by_model
from workbench.domain.drafting import MOST_TEXT, Round
from workbench.errors import WorkbenchError
from workbench.say import count, duration, money, money_ahead
from workbench.ui.parts import drafts, session, trouble
from workbench.ui.parts.form import Form
from workbench.ui.parts.resources import services
from workbench.ui.parts.text import md, output, plain
from workbench.ui.parts.waiting import waited

_PLACEHOLDER = (
    "The assistant should draft a reply in the customer's language, max 120 words, never promise "
    "a refund, and hand over when the customer threatens legal action. Answer within 3 s. "
    "Example: “Where is my parcel? It was due on Monday.”"
)


def draw(*, made: int) -> None:
    """Where a text is pasted, and what reads it, once `made` drafts are there."""
    if not made:
        _fields()
        return
    # Another one with each draft: it is closed again, and what was drafted moves up into sight.
    with st.expander(
        "Draft from another text",
        icon=":material/note_add:",
        key=f"requirements_draft_another_{made}",
    ):
        _fields()


def _fields() -> None:
    form = _form()
    st.text_area(
        "A rough idea, a brief, an e-mail or a support thread",
        **form.bind("text"),
        height=180,
        max_chars=MOST_TEXT,
        placeholder=_PLACEHOLDER,
        help="Numbers with units become bars, “never” and “when” become criteria with cases that "
        "try them, quotes and customers' lines become cases. The rules read English.",
    )
    form.show_problem()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Draft by rules",
            key="requirements_draft_rules",
            type="primary",
            icon=":material/auto_fix_high:",
            on_click=_by_rules,
            args=(form,),
        )
        st.caption("Nothing is sent anywhere, and nothing is paid.")
    with st.expander("Or ask a model", icon=":material/smart_toy:"):
        _model(form)


def reply(found: Round) -> None:
    """What a model's call took, and its words where they could not be read."""
    took = drafting_by_model.took(session.store(), found)
    if took is None:
        return
    sent = took.reply
    parts = [f"{md(took.call.model)} at {md(took.call.connection)} took one call"]
    if sent.input_tokens is not None and sent.output_tokens is not None:
        parts.append(f"{count(sent.input_tokens, 'token')} in and {sent.output_tokens:,} out")
    if sent.latency_ms is not None:
        parts.append(duration(sent.latency_ms / 1000))
    parts.append("its cost is not known" if sent.cost is None else money(sent.cost))
    if took.call.most_cost:
        parts.append(f"at most {money(took.call.most_cost)} was allowed")
    st.caption(":material/receipt_long: " + md(", ".join(parts)) + ".")
    if took.wrong:
        st.warning(md(took.wrong), icon=":material/help:")
        with st.expander("What it replied", expanded=True):
            output(sent.reply or "")


def _model(form: Form) -> None:
    """Who may be asked instead, what that takes, and the button."""
    store, feature_id = session.store(), session.feature_id()
    known = {each.name: each for each in store.connections.all() if not each.is_outside}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        name = st.selectbox(
            "Connection", list(known), key="requirements_draft_connection", format_func=plain,
            persist_state="session",
        )  # fmt: skip
        model = st.selectbox(
            "Model",
            list(known[name].models) if name in known else [],
            key="requirements_draft_model",
            format_func=plain,
            accept_new_options=True,
            persist_state="session",
        )
    text = str(form.value("text"))
    if name is None or not model or not text.strip():
        st.caption(":material/info: Write or paste a text, and choose who reads it.")
        return
    takes = drafting_by_model.expected(store, feature_id, name, model, text)
    cost = money_ahead(takes.cost)
    is_pressed = st.button(
        "Draft with this model", key="requirements_draft_ask", icon=":material/smart_toy:"
    )
    st.caption(
        f"The text is sent to {md(name)} in one call: some {takes.input_tokens:,} tokens, and "
        f"{takes.output_tokens:,} likely come back: {md(cost)}. What it suggests is yours to judge."
    )
    if not is_pressed:
        return
    try:
        ask = partial(
            drafting_by_model.by_model,
            store,
            services().models,
            session.who(),
            feature_id,
            name,
            model,
            text,
        )
        waited(f"Asking {md(model)}…", ask)
    except WorkbenchError as error:
        trouble.show(error)
        return
    form.discard()
    st.rerun()


def _form() -> Form:
    found = Form(
        "requirements_draft", drafts.scope("draft_text", session.feature_id()), {"text": ""}, 0
    )
    found.load()
    return found


def _by_rules(form: Form) -> None:
    form.load()
    try:
        drafting.by_rules(session.store(), session.who(), session.feature_id(), form.value("text"))
    except WorkbenchError as error:
        form.complain(error)
        return
    form.discard()
