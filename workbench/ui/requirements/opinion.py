"""A model's opinion on requirements and a prompt: asked for, shown as its own, judged by people."""

from collections.abc import Hashable

import streamlit as st

from workbench.actions import opinions
from workbench.actions.opinions import Given, Item
from workbench.domain.drafting import Resolution
from workbench.domain.prompts import PromptVersion
from workbench.domain.suggestions import Doubt, Objection, PromptSays, PromptView
from workbench.errors import WorkbenchError
from workbench.runs.errands import Errand
from workbench.say import count, money_ahead
from workbench.ui.parts import choose_model, errands, pages, session, trouble
from workbench.ui.parts.resources import services
from workbench.ui.parts.text import md
from workbench.ui.requirements import listing, statement

_TROUBLE = "requirements_opinion"
_DOUBTS = {
    Doubt.CONFLICT: ":red[:material/call_split:] Conflict",
    Doubt.AMBIGUOUS: ":orange[:material/help:] Ambiguous",
}
_SAYS = {
    PromptSays.SPECIFIED: "specified",
    PromptSays.LUCK: "met by luck",
    PromptSays.MISSING: "missing",
    PromptSays.CONFLICTS: "conflicts",
}


def draw(version: PromptVersion | None, given: Given | None) -> None:
    """Who may be asked, what that takes, what was said last, and how opinions of each fared."""
    st.subheader(":material/smart_toy: What a model thinks", anchor=False)
    is_live = errands.draw(_key(), "requirements_opinion")
    with st.expander(
        "Ask a model" if given is None else "Ask again", expanded=given is None and not is_live
    ):
        _ask(version, is_live=is_live)
    trouble.show_kept(_TROUBLE)
    if given is None:
        return
    choose_model.came_of(given.call, given.reply, given.wrong)
    if given.wrong:
        return
    if given.revised:
        keys = md(", ".join(given.revised))
        st.caption(f":material/history: {keys} changed since: its opinion is of the former text.")
    doubts = given.doubts()
    if not doubts:
        st.caption("It names no conflict and no ambiguity, which does not mean that there is none.")
    for each in doubts:
        _doubt(each, given.call.model)
    _acceptance()


def beside(item: Item, model: str) -> None:
    """How the model sees one requirement stand to the prompt, below what evidence shows."""
    view = item.opinion
    assert isinstance(view, PromptView)
    against = f" with {md(', '.join(view.against))}" if view.against else ""
    words = f" “{view.words}”" if view.words else ""
    _judged(item, model, f"**{_SAYS[view.says]}**{against}", f"{view.why}{words}")


def _doubt(item: Item, model: str) -> None:
    found = item.opinion
    assert isinstance(found, Objection)
    title = f"{_DOUBTS[found.doubt]} · **{md(', '.join(found.about))}**"
    _judged(item, model, title, f"{found.said} {found.advice}".strip())


def _judged(item: Item, model: str, title: str, said: str) -> None:
    """One opinion, marked as the model's until somebody accepts it."""
    resolution, key = item.resolved.resolution, f"{item.call_id}_{item.place}"
    if resolution is Resolution.REJECTED:
        mark = f":gray[:material/cancel: {md(model)}, rejected by {md(item.resolved.person)}:]"
        title, said = f":gray[{title}]", ""
    elif resolution.is_taken:
        mark = f":green-badge[:material/check_circle: accepted by {md(item.resolved.person)}]"
    else:
        mark = f":violet-badge[:material/smart_toy: {md(model)} thinks]"
    with st.container(horizontal=True, vertical_alignment="top", gap="small"):
        text = f"  \n:gray[{md(said)}]" if said else ""
        st.markdown(f"{mark} {title}{text}", width="stretch")
        if resolution is not Resolution.OPEN:
            if resolution.is_taken:
                _next(item, model)
            st.button(
                "Look again",
                key=f"requirements_opinion_again_{key}",
                icon=":material/undo:",
                type="tertiary",
                on_click=_resolve,
                args=(item, Resolution.OPEN),
            )
            return
        for label, icon, to in (
            ("Accept", ":material/check:", Resolution.ACCEPTED),
            ("Reject", ":material/close:", Resolution.REJECTED),
        ):
            st.button(
                label,
                key=f"requirements_opinion_{to.value}_{key}",
                icon=icon,
                type="tertiary",
                on_click=_resolve,
                args=(item, to),
            )


def _next(item: Item, model: str) -> None:
    """What an accepted opinion leads to: its requirements, opened with it as evidence, or the
    prompt."""
    there = {each.key for each in session.store().requirements.of(session.feature_id())}
    for key in opinions.concerned(item.opinion):
        if key in there:
            st.button(
                md(f"Revise {key}"),
                key=f"requirements_opinion_revise_{item.call_id}_{item.place}_{key}",
                icon=":material/edit:",
                type="tertiary",
                help="Opens it with this opinion as the evidence for its revision.",
                on_click=_revise,
                args=(item, model, key),
            )
    if isinstance(item.opinion, PromptView):
        st.button(
            "Open the Playground",
            key=f"requirements_opinion_prompt_{item.call_id}_{item.place}",
            icon=":material/chat:",
            type="tertiary",
            help="Where the prompt is changed, and tried at once.",
            on_click=pages.want,
            args=("playground",),
        )


def _revise(item: Item, model: str, key: str) -> None:
    """Callback: open a requirement with what the model thinks as evidence."""
    said = opinions.in_words(item.opinion)
    summary = f"{model} thinks, accepted by {item.resolved.person}: {said}"
    piece = dict.fromkeys(("experiment", "criterion", "variant", "case", "output"), "")
    st.session_state[statement.EVIDENCE] = [{"summary": summary, **piece}]
    st.session_state["requirements_view"] = "list"
    listing.show(key)


def _ask(version: PromptVersion | None, *, is_live: bool) -> None:
    chosen = choose_model.draw("requirements_opinion")
    if chosen is None:
        st.caption(":material/info: Choose a connection and a model that reads the requirements.")
        return
    store, feature_id = session.store(), session.feature_id()
    takes = opinions.expected(
        store, feature_id, chosen.connection, chosen.model, version, session.all_verdicts()
    )
    st.button(
        "Ask for its opinion",
        key="requirements_opinion_ask",
        icon=":material/smart_toy:",
        disabled=is_live,
        on_click=_begin,
        args=(chosen.connection, chosen.model, version),
    )
    what = "The requirements" if version is None else f"The requirements and {version.label}"
    st.caption(
        f"{md(what)} are sent to {md(chosen.connection)} in one call: some "
        f"{takes.input_tokens:,} tokens, and {takes.output_tokens:,} likely come back: "
        f"{md(money_ahead(takes.cost))}. It stands beside what rules find and outputs show."
    )
    left_out = opinions.n_left_out(store, feature_id)
    if left_out:
        st.caption(
            f":material/info: {count(left_out, 'requirement')} at the end of the list will not be "
            "shown: more than one call holds."
        )


def _acceptance() -> None:
    """How often the opinions of each model were accepted."""
    fared = [e for e in session.store().suggestions.acceptance(session.feature_id()) if e.judged]
    if not fared:
        return
    said = "; ".join(f"{e.source}: {e.accepted} of {count(e.judged, 'opinion')}" for e in fared)
    st.caption(f":material/thumbs_up_down: Accepted in this feature, of those judged: {md(said)}.")


def _key() -> Hashable:
    return "opinion", session.feature_id()


def _begin(connection: str, model: str, version: PromptVersion | None) -> None:
    store, who, feature_id = session.store(), session.who(), session.feature_id()
    models, verdicts = services().models, session.all_verdicts()

    def work(errand: Errand) -> None:
        opinions.ask(store, models, who, feature_id, connection, model, version, verdicts, errand)

    try:
        services().errands.start(_key(), model, work)
    except WorkbenchError as error:
        trouble.later(_TROUBLE, error)


def _resolve(item: Item, said: Resolution) -> None:
    try:
        opinions.resolve(session.store(), session.who(), session.feature_id(), item, said)
    except WorkbenchError as error:
        trouble.later(_TROUBLE, error)
