"""The tools that a prompt offers: listed, filled in without code, or pasted as JSON."""

import json
from collections.abc import Callable

import streamlit as st

from workbench.domain.tools import AUTO, CHOICES, MOST_REQUESTS, NONE, REQUIRED, Tool, Tools
from workbench.ui.parts import dialogs
from workbench.ui.parts.text import md, plain, short
from workbench.ui.playground import tool_form

TOOLS = "playground_tools"
"""The tools as JSON, as a feature file has them: one field of the draft."""
_ROUND = "playground_tools_round"
_DIALOG = "playground_tool_"
_CHOICES = {
    AUTO: "As it likes",
    REQUIRED: "At least one, in any case",
    NONE: "None: they are only described",
}


def current() -> Tools:
    """The tools on the desk."""
    return Tools.parse(json.loads(st.session_state.get(TOOLS) or "{}"))


def as_text(tools: Tools) -> str:
    """Tools as the field holds them: nothing where there are none."""
    return json.dumps(tools.plain(), ensure_ascii=False) if tools else ""


def put(held: str) -> None:
    """Put these tools on the desk, in fresh fields."""
    st.session_state[TOOLS] = held
    st.session_state[_ROUND] = int(st.session_state.get(_ROUND, 0)) + 1


def draw(keep: Callable[[], None]) -> None:
    """The tools, each with ways to change it, and how they are to be called. `keep` keeps the
    draft."""
    tools = current()
    count = f" ({len(tools.offered)})" if tools else ""
    with st.expander(f"Tools{count}", icon=":material/build:", expanded=bool(tools)):
        for place, tool in enumerate(tools.offered):
            _tool(tools, place, tool, keep)
        if not tools:
            st.caption(
                "A tool is something that the model may ask for, such as the weather of a city. It "
                "is never run here: a case says what it replies."
            )
        st.button(
            "Add a tool",
            key="playground_tool_add",
            icon=":material/add:",
            type="tertiary",
            on_click=dialogs.choose,
            args=(f"{_DIALOG}new",),
        )
        if tools:
            _how(tools, keep)
    opened = dialogs.opened()
    if opened.startswith(_DIALOG):
        which = opened.removeprefix(_DIALOG)
        at = int(which) if which.isdigit() else len(tools.offered)
        is_new = at >= len(tools.offered)
        start = Tool("") if is_new else tools.offered[at]

        def save(made: tuple[Tool, ...]) -> None:
            offered = (*tools.offered[:at], *made, *tools.offered[at + 1 :])
            put(as_text(Tools(offered, tools.choice, tools.most_requests)))
            keep()

        dialogs.show(
            "Add a tool" if is_new else "Change a tool",
            lambda: tool_form.draw(start, [t.name for t in tools.offered if t != start], save),
            icon=":material/build:",
            width="medium",
        )


def _tool(tools: Tools, place: int, tool: Tool, keep: Callable[[], None]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        takes = ", ".join(tool.parameters.get("properties", {})) or "nothing"
        st.markdown(
            f"**{md(tool.name)}** :gray[takes {short(takes)}]  \n{short(tool.description, 160)}",
            width="stretch",
        )
        st.button(
            "Change",
            key=f"playground_tool_{_round()}_{place}_change",
            icon=":material/edit:",
            type="tertiary",
            on_click=dialogs.choose,
            args=(f"{_DIALOG}{place}",),
        )
        st.button(
            "Take it out",
            key=f"playground_tool_{_round()}_{place}_out",
            icon=":material/close:",
            type="tertiary",
            on_click=_take_out,
            args=(tools, place, keep),
        )


def _how(tools: Tools, keep: Callable[[], None]) -> None:
    left, right = st.columns([3, 2])
    options = [*CHOICES, *tools.names()]
    left.selectbox(
        "The model calls",
        options,
        index=options.index(tools.choice) if tools.choice in options else 0,
        format_func=lambda choice: _CHOICES.get(choice) or plain(f"{choice}, in any case"),
        key=f"playground_tool_choice_{_round()}",
        on_change=_change_how,
        args=(tools, keep),
        persist_state="page",
    )
    right.number_input(
        "Requests at most",
        1,
        MOST_REQUESTS,
        tools.most_requests,
        key=f"playground_tool_most_{_round()}",
        on_change=_change_how,
        args=(tools, keep),
        help="How often the model is asked for one answer: again after each call to which the case "
        "has a reply. Each time is paid for.",
        persist_state="page",
    )


def _round() -> int:
    return int(st.session_state.get(_ROUND, 0))


def _change_how(tools: Tools, keep: Callable[[], None]) -> None:
    choice = st.session_state.get(f"playground_tool_choice_{_round()}") or tools.choice
    most = st.session_state.get(f"playground_tool_most_{_round()}") or tools.most_requests
    st.session_state[TOOLS] = as_text(Tools(tools.offered, choice, int(most)))
    keep()


def _take_out(tools: Tools, place: int, keep: Callable[[], None]) -> None:
    offered = (*tools.offered[:place], *tools.offered[place + 1 :])
    names = [tool.name for tool in offered]
    choice = tools.choice if tools.choice in (*CHOICES, *names) else AUTO
    put(as_text(Tools(offered, choice, tools.most_requests)))
    keep()
