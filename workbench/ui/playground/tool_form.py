"""The form of one tool: its name, what it does, what it takes; or JSON that says so."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from workbench.domain.tool_fields import KINDS, ToolField, fields_of, schema_of
from workbench.domain.tools import Tool, Tools, pasted, refuse_unfit
from workbench.errors import InputError
from workbench.scoring import schemas
from workbench.ui.parts import dialogs, trouble
from workbench.ui.parts.text import md

_FILL, _PASTE = "Fill in", "Paste JSON"
_NAME, _KIND, _MUST, _MEANING, _OPTIONS = "Name", "Kind", "Needed", "Meaning", "Only one of"


def draw(start: Tool, taken: Sequence[str], save: Callable[[tuple[Tool, ...]], None]) -> None:
    """The fields of a tool, as it is now. `save` gets what was made of it, one tool or, pasted,
    several; `taken` are the names of the others."""
    fields = fields_of(start.parameters)
    modes = [_FILL, _PASTE] if fields is not None else [_PASTE]
    mode = st.segmented_control(
        "How",
        modes,
        default=modes[0],
        key="playground_tool_how",
        required=True,
        label_visibility="collapsed",
        persist_state="page",
    )
    if fields is None:
        st.caption(f"What **{md(start.name)}** takes says more than the form can: change its JSON.")
    try:
        made = _filled(start, fields or ()) if mode == _FILL else _from_json(start)
        if made is not None:
            _refuse(made, taken)
            save(made)
            dialogs.close()
            st.rerun()
    except InputError as error:
        trouble.show(error)


def _filled(start: Tool, fields: Sequence[ToolField]) -> tuple[Tool, ...] | None:
    name = st.text_input(
        "Name",
        start.name,
        key="playground_tool_name",
        placeholder="get_weather",
        help="Letters, digits, _ and -. The model calls the tool by it.",
        persist_state="page",
    )
    description = st.text_area(
        "What it does",
        start.description,
        key="playground_tool_description",
        height=80,
        placeholder="Gives the weather of a city, today or tomorrow.",
        help="The model decides by this when to call it.",
        persist_state="page",
    )
    st.caption("What it takes, one row each")
    rows = [_row(field) for field in fields] or [_row(ToolField(""))]
    edited = st.data_editor(
        rows,
        key="playground_tool_fields",
        num_rows="dynamic",
        hide_index=True,
        column_config={
            _NAME: st.column_config.TextColumn(width="small", help="Such as city"),
            _KIND: st.column_config.SelectboxColumn(options=list(KINDS), default="text"),
            _MUST: st.column_config.CheckboxColumn(default=True, width="small"),
            _MEANING: st.column_config.TextColumn(help="What the model should put there"),
            _OPTIONS: st.column_config.TextColumn(help="Texts with commas between; empty: any"),
        },
    )
    if not st.button("Save the tool", key="playground_tool_save", type="primary"):
        return None
    taken = [field for field in map(_field, edited) if field is not None]
    return (Tool(name.strip(), description.strip(), schema_of(taken)),)


def _from_json(start: Tool) -> tuple[Tool, ...] | None:
    text = st.text_area(
        "JSON of one tool, or of a list",
        json.dumps(start.described(), indent=2, ensure_ascii=False) if start.name else "",
        key="playground_tool_json",
        height=300,
        placeholder='{"type": "function", "function": {"name": "get_weather", "parameters": {…}}}',
        help="As OpenAI writes tools, with or without the outer “function”.",
        persist_state="page",
    )
    if not st.button("Save the tool", key="playground_tool_save_json", type="primary"):
        return None
    if not text.strip():
        raise InputError("There is no JSON yet.", "Paste a tool, or fill in the form.")
    return pasted(text)


def _refuse(made: tuple[Tool, ...], taken: Sequence[str]) -> None:
    refuse_unfit(Tools((*map(Tool, taken), *made)))
    for tool in made:
        if tool.parameters:
            schemas.refuse_unusable(dict(tool.parameters))


def _row(field: ToolField) -> dict[str, Any]:
    said = field.name, field.form, field.is_required, field.meaning, ", ".join(field.options)
    return dict(zip((_NAME, _KIND, _MUST, _MEANING, _OPTIONS), said, strict=True))


def _field(row: dict[str, Any]) -> ToolField | None:
    """A row of the grid; None where nothing was written in it."""
    name, meaning = str(row.get(_NAME) or "").strip(), str(row.get(_MEANING) or "").strip()
    options = tuple(
        part.strip() for part in str(row.get(_OPTIONS) or "").split(",") if part.strip()
    )
    if not (name or meaning or options):
        return None
    return ToolField(name, row.get(_KIND) or "text", row.get(_MUST) is not False, meaning, options)
