"""Cases as rows of a grid and back: what the editor shows, and what was changed in it.

Cells are text: a list or a group of keys is shown as JSON, and stays one while it reads as one.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.domain import conversations, simulated_users, tool_replies, values
from workbench.domain.conversations import Conversation, Message
from workbench.domain.dataset_changes import Edits, new_row, saved_row
from workbench.domain.datasets import CaseDraft
from workbench.domain.simulated_users import SimulatedUser
from workbench.domain.tool_replies import Replies
from workbench.domain.values import Value
from workbench.errors import InputError
from workbench.exchange.tables.shape import clean

if TYPE_CHECKING:
    import pandas as pd

_VARIABLE = "variable: "


@dataclass(frozen=True)
class SlotRow:
    """One line of the grid: its name among the edits, and the case it shows."""

    name: str
    case: CaseDraft


def column(variable: str) -> str:
    """The grid's column of a variable; apart from the fixed columns, whatever it is called."""
    return _VARIABLE + variable


def rows(saved: Iterable[CaseDraft], edits: Edits, *, with_new: bool) -> list[SlotRow]:
    """The rows to show: saved cases as edited, and what is new after them."""
    found = [
        SlotRow(saved_row(case.key), seen)
        for case in saved
        if (seen := edits.seen(case)) is not None
    ]
    if with_new:
        found += [SlotRow(name, case) for name, case in edits.added().items()]
    return found


def blank(variables: Sequence[str], count: int, stem: str) -> list[SlotRow]:
    """Empty rows to write into, where there is nothing yet."""
    case = CaseDraft("", dict.fromkeys(variables, ""))
    return [SlotRow(new_row(f"{stem}-blank-{number}"), case) for number in range(count)]


def frame(
    shown: Sequence[SlotRow], variables: Sequence[str], *, with_conversations: bool
) -> "pd.DataFrame":
    """The rows as the editor takes them. A variable that a case does not have is an empty cell;
    files are named where some case has one.

    Cases `with_conversations` show them before what else a case has.
    """
    import pandas as pd

    cases = [row.case for row in shown]
    texts = {
        "key": [case.key for case in cases],
        **{
            column(name): [_shown(case.variables.get(name)) for case in cases] for name in variables
        },
        "messages": [conversations.written(case.messages) for case in cases],
        "tool_replies": [tool_replies.written(case.tool_replies) for case in cases],
        "simulated_user": [case.user.written() if case.user else "" for case in cases],
        "reference": [_shown(case.reference) for case in cases],
        "source": [case.source for case in cases],
        "group": [case.group for case in cases],
    }
    table = pd.DataFrame({name: pd.Series(cells, dtype="str") for name, cells in texts.items()})
    table["tags"] = pd.Series([list(case.tags) for case in cases], dtype="object")
    table["held_out"] = pd.Series([case.held_out for case in cases], dtype="bool")
    parts = ["reference", "tags", "source", "held_out", "group"]
    # Most datasets have none: then it stands last, to be found by who wants to write one.
    order = ["messages", *parts] if with_conversations else [*parts, "messages"]
    if any(case.attachments for case in cases):
        named = [", ".join(one.name for one in case.attachments) for case in cases]
        table["attachments"] = pd.Series(named, dtype="str")
        order = ["attachments", *order]
    return table[["key", *map(column, variables), *order, "tool_replies", "simulated_user"]]


def edits(
    shown: Sequence[SlotRow], state: Mapping[str, Any], variables: Sequence[str], stem: str
) -> Edits:
    """What the editor's state changes in the rows it was given.

    New rows are named after `stem`, which must differ from one editor to the next.
    """
    changed: dict[str, CaseDraft] = {}
    for position, cells in state.get("edited_rows", {}).items():
        row = shown[int(position)]
        case = _with_cells(row.case, cells, variables)
        if case != row.case:
            changed[row.name] = case
    for number, cells in enumerate(state.get("added_rows", ())):
        blank = CaseDraft("", dict.fromkeys(variables, ""))
        changed[new_row(f"{stem}-{number}")] = _with_cells(blank, cells, variables)
    gone = frozenset(shown[int(position)].name for position in state.get("deleted_rows", ()))
    return Edits({name: case for name, case in changed.items() if name not in gone}, gone)


def flaws(shown: Sequence[SlotRow], state: Mapping[str, Any]) -> list[str]:
    """What is wrong with cells that say what tools reply, or who the user is: these cases keep what
    they had."""
    typed = [
        (shown[int(position)].case.key, cells)
        for position, cells in state.get("edited_rows", {}).items()
        if int(position) < len(shown)
    ]
    typed += [(str(cells.get("key") or ""), cells) for cells in state.get("added_rows", ())]
    found = []
    readers: dict[str, Callable[[str], object]] = {
        "tool_replies": tool_replies.read,
        "simulated_user": simulated_users.read,
    }
    for key, cells in typed:
        for name, read in readers.items():
            try:
                read(_text(cells.get(name)))
            except InputError as error:
                found.append(f"{key or 'A new case'}: {error.message} It is not kept. {error.hint}")
    return found


def _with_cells(case: CaseDraft, cells: Mapping[str, Any], variables: Sequence[str]) -> CaseDraft:
    held = dict(case.variables)
    for name in variables:
        if column(name) in cells:
            held[name] = _typed(cells[column(name)], held.get(name))
    tags = cells.get("tags", case.tags) or ()
    reference = case.reference
    if "reference" in cells:
        reference = _typed(cells["reference"], reference) or None
    return CaseDraft(
        key=_text(cells.get("key", case.key)),
        variables=held,
        reference=reference,
        tags=tuple(dict.fromkeys(_text(tag).strip() for tag in tags if tag)),
        source=_text(cells.get("source", case.source)),
        held_out=bool(cells.get("held_out", case.held_out)),
        group=_text(cells.get("group", case.group)),
        messages=_said(cells["messages"]) if "messages" in cells else case.messages,
        attachments=case.attachments,
        tool_replies=_replies(cells["tool_replies"], case.tool_replies)
        if "tool_replies" in cells
        else case.tool_replies,
        user=_user(cells["simulated_user"], case.user) if "simulated_user" in cells else case.user,
    )


def _said(cell: object) -> Conversation:
    """The conversation that was typed; what only begins like one is the user's words."""
    text = _text(cell)
    try:
        return conversations.read(text)
    except InputError:
        return (Message("user", text),)


def _replies(cell: object, before: Replies) -> Replies:
    """What tools reply, as it was typed; a line that can't be read leaves all as it was."""
    try:
        return tool_replies.read(_text(cell))
    except InputError:
        return before


def _user(cell: object, before: SimulatedUser | None) -> SimulatedUser | None:
    """Who the user is, as it was typed; what can't be read leaves them as they were."""
    try:
        return simulated_users.read(_text(cell))
    except InputError:
        return before


def _shown(value: Value | None) -> str | None:
    return None if value is None else values.text(value)


def _typed(cell: object, before: Value | None) -> Value:
    """What was typed: a list again, where one was there and the text is JSON of one."""
    text = _text(cell)
    if before is None or values.is_text(before) or text[:1] not in ("[", "{"):
        return text
    try:
        return values.of(json.loads(text))
    except (ValueError, RecursionError, InputError):
        # Half a list, as somebody is writing it: text, which the grid shows as it is.
        return text


def _text(cell: object) -> str:
    return "" if cell is None else clean(str(cell))
