"""Which column of an imported table becomes which part of a case: a guess, to be corrected."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import pandas as pd
import streamlit as st

from workbench.domain import values
from workbench.domain.datasets import CaseDraft
from workbench.domain.fingerprint import fingerprint
from workbench.exchange.tables.case_files import plain_name
from workbench.exchange.tables.mapping import (
    ColumnMapping,
    guess_mapping,
    suggested_names,
    to_cases,
)
from workbench.exchange.tables.reading import Table
from workbench.say import count
from workbench.ui.data.edit import ATTACHED, CONVERSATION, GROUP, HELD_OUT, REPLIES, SIMULATED
from workbench.ui.parts.text import md, plain, short, tabular

ROWS = 5
_CELL = 300
_RENAMED_AT_ONCE = 12
_Part = Literal[
    "key",
    "reference",
    "source",
    "held_out",
    "group",
    "messages",
    "attachments",
    "tool_replies",
    "simulated_user",
]


def preview(table: Table) -> None:
    """The first rows as they were read, and what the reader did."""
    st.subheader("What was read", anchor=False)
    n_rows, n_columns = len(table.rows), len(table.columns)
    some = f" The first {ROWS}:" if n_rows > ROWS else ""
    st.caption(f"{count(n_rows, 'row')}, {count(n_columns, 'column')}.{some}")
    cut = [[cell and values.text(cell)[:_CELL] for cell in row] for row in table.rows[:ROWS]]
    st.dataframe(
        tabular(pd.DataFrame(cut, columns=list(table.columns), dtype="str")),
        hide_index=True,
        placeholder="",
        key="data_preview",
        alt="The first rows of the imported table",
    )
    for note in table.notes:
        st.caption(f":material/info: {md(note)}")


def cases(table: Table, known: Sequence[str]) -> tuple[CaseDraft, ...]:
    """The table's rows as cases, by the mapping that the person chose.

    Rows without a key have an empty one. Raises InputError naming the row.
    """
    st.subheader("What the columns are", anchor=False)
    chosen = _mapping(table, known)
    called = _names(chosen.variables, known, _stem(table))
    return to_cases(table, replace(chosen, names=called), numbers=False)


def _mapping(table: Table, known: Sequence[str]) -> ColumnMapping:
    guess, stem = guess_mapping(table, known), _stem(table)
    columns = list(table.columns)
    chosen_variables = st.multiselect(
        "Variables",
        columns,
        default=list(guess.variables),
        format_func=plain,
        key=f"data_map_variables_{stem}",
        persist_state="page",
        help="What the prompt is filled with: the customer's message, an order number.",
        placeholder="Choose columns",
    )
    left = [column for column in columns if column not in chosen_variables]

    def one(part: _Part, label: str, help_text: str) -> str | None:
        offered = [None, *(column for column in columns if column in left)]
        wished = getattr(guess, part)
        return st.selectbox(
            label,
            offered,
            index=offered.index(wished) if wished in offered else 0,
            format_func=lambda option: "No column" if option is None else plain(option),
            key=f"data_map_{part}_{stem}_{fingerprint(left)[:8]}",
            persist_state="page",
            help=help_text,
        )

    first, second, third = st.columns(3)
    with first:
        key = one("key", "Key", "A short, unique name of each case. No column: keys are given.")
        source = one("source", "Source", "Where a case comes from, such as an inbox or a person.")
    with second:
        reference = one("reference", "Reference", "A good answer, to compare with.")
        held_out = one("held_out", "Held out", f"True or false, yes or no. {HELD_OUT}")
    with third:
        tags = st.multiselect(
            "Tags",
            left,
            default=[column for column in guess.tags if column in left],
            format_func=plain,
            key=f"data_map_tags_{stem}_{fingerprint(left)[:8]}",
            persist_state="page",
            placeholder="No column",
            help="Slices, such as a category. Several tags in a cell: separate them with commas.",
        )
        group = one("group", "Group", GROUP)
    with second:
        messages = one("messages", "Conversation so far", CONVERSATION)
    with first:
        attached = one("attachments", "Attachments", ATTACHED)
    replies = guess.tool_replies and one("tool_replies", "What tools reply", REPLIES)
    user = guess.simulated_user and one("simulated_user", "Simulated user", SIMULATED)
    parts = (key, reference, source, held_out, group, messages, attached, replies, user)
    singles = [c for c in parts if c]
    unused = [column for column in left if column not in (*singles, *tags)]
    if unused:
        listed = ", ".join(short(column, 40) for column in unused[:20])
        more = f" and {len(unused) - 20} more" if len(unused) > 20 else ""
        st.caption(f":material/visibility_off: Left out: {listed}{more}.")
    variables = tuple(chosen_variables)
    return ColumnMapping(
        *(key, reference, tuple(tags), source, held_out, variables, group),
        messages=messages,
        attachments=attached,
        tool_replies=replies,
        simulated_user=user,
    )


def _names(columns: Sequence[str], known: Sequence[str], stem: str) -> dict[str, str]:
    """The variable that each column becomes; asked for where a prompt could not use its name."""
    wished = suggested_names(columns, known)
    odd = [column for column in columns if wished[column] != plain_name(column)]
    asked = [*odd, *(column for column in columns if column not in odd)][:_RENAMED_AT_ONCE]
    if not asked:
        return wished
    with st.expander("Names in prompts", expanded=bool(odd), icon=":material/data_object:"):
        if odd:
            st.caption(
                "Prompts refer to a variable as {{name}}: letters, digits and underscores. "
                "These names are suggestions."
            )
        slots = st.columns(4)
        for position, column in enumerate(asked):
            with slots[position % 4]:
                wished[column] = st.text_input(
                    short(column, 40),
                    value=wished[column],
                    key=f"data_map_name_{stem}_{fingerprint(column)[:10]}",
                    persist_state="page",
                    max_chars=60,
                ).strip()
    return wished


def _stem(table: Table) -> str:
    return fingerprint(table.columns)[:10]
