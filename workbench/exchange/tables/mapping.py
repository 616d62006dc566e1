"""From a table's columns to cases: which column is the key, the reference, the tags."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.domain import names
from workbench.domain.conversations import Conversation
from workbench.domain.datasets import CaseDraft
from workbench.domain.values import Value
from workbench.errors import InputError
from workbench.exchange.safe.spreadsheet import Absent
from workbench.exchange.tables import cells, chats, files
from workbench.exchange.tables.case_files import plain_name
from workbench.exchange.tables.shape import Table

# In order of preference; the first name that a column has wins.
_KEYS = (
    "case_key", "case_id", "key", "id", "case", "case_no", "uid", "uuid", "example_id", "item_id",
    "sample_id", "row_id", "question_id", "prompt_id", "no", "nr", "number", "index",
)  # fmt: skip
_REFERENCES = (
    "reference", "reference_answer", "expected", "expected_output", "expected_answer", "__expected",
    "ideal", "ideal_answer", "target", "gold", "gold_answer", "golden", "ground_truth",
    "correct_answer", "answer", "solution", "label",
)  # fmt: skip
_TAGS = ("tags", "tag", "slices", "slice", "category", "categories", "topic", "topics", "type")
_SOURCES = ("source", "origin", "provenance", "url")
_HELD_OUT = ("held_out", "heldout", "holdout", "hold_out", "is_held_out")

_SINGLE = (
    *("key", "reference", "source", "held_out", "group", "messages", "attachments"),
    *("tool_replies", "simulated_user"),
)
"""The parts of a case that one column gives."""

_REPLIES = ("tool_replies", "tool_responses", "tool_results", "tool_outputs")

_USERS = ("simulated_user",)

_GROUPS = ("group", "document_id", "doc_id", "conversation_id", "thread_id", "session_id")

PARTS = (*names.PARTS, "messages", "attachments", "tool_replies", "simulated_user")
"""What a column can become beside a variable."""


@dataclass(frozen=True)
class ColumnMapping:
    """Which columns of a table become which part of a case; None where no column does.

    Each of the columns in `tags` gives tags: a category and a difficulty may both be slices.
    `names` says what the variable of a column is called, where it is not called as the column.
    """

    key: str | None = None
    reference: str | None = None
    tags: tuple[str, ...] = ()
    source: str | None = None
    held_out: str | None = None
    variables: tuple[str, ...] = ()
    group: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    messages: str | None = None
    attachments: str | None = None
    tool_replies: str | None = None
    simulated_user: str | None = None

    def variable(self, column: str) -> str:
        """What the variable of a column is called in prompts."""
        return self.names.get(column, plain_name(column))

    def part(self, column: str) -> str:
        """Which part of a case a column gives; empty where it gives none."""
        singles = {getattr(self, part): part for part in _SINGLE}
        return "tags" if column in self.tags else singles.get(column, "")

    def columns(self) -> tuple[str, ...]:
        """All columns that are used."""
        singles = (getattr(self, part) for part in _SINGLE)
        return (*filter(None, singles), *self.tags, *self.variables)


def guess_mapping(table: Table, known_variables: Sequence[str] = ()) -> ColumnMapping:
    """A first guess from the columns' names, for a person to correct; a conversation is known by
    its cells, too.

    A column with the name of a known variable (of a prompt) is a variable, whatever it sounds like.
    """
    columns = table.columns
    own = {plain_name(column): column for column in columns}
    known = {_plain(name) for name in known_variables}
    names_of = [_plain(plain_name(column)) for column in columns]
    place = chats.column_of(table, ["" if name in known else name for name in names_of])
    messages = None if place is None else columns[place]
    if set(names.PARTS) <= set(own):
        # A file of the workbench's own says which column is what, whatever the others are called.
        special = messages, own.get(files.NAMES[0]), own.get(_REPLIES[0])
        return _of_own_file(columns, own, (*special, own.get(_USERS[0])))
    free = {_plain(column): column for column in reversed(columns) if _plain(column) not in known}

    def take(names: Iterable[str]) -> str | None:
        return next((free.pop(name) for name in names if name in free), None)

    key = take(_KEYS)
    reference = take(_REFERENCES)
    tags = take(_TAGS)
    source = take(_SOURCES)
    held_out = take(_HELD_OUT)
    group = take(_GROUPS)
    attached = take(files.NAMES)
    replies, user = take(_REPLIES), take(_USERS)
    used = {key, reference, tags, source, held_out, group, messages, attached, replies, user}
    return ColumnMapping(
        key=key,
        reference=reference,
        tags=(tags,) if tags else (),
        source=source,
        held_out=held_out,
        variables=tuple(column for column in columns if column not in used),
        group=group,
        messages=messages,
        attachments=attached,
        tool_replies=replies,
        simulated_user=user,
    )


def suggested_names(
    columns: Sequence[str], known_variables: Sequence[str] = (), taken: Iterable[str] = ()
) -> dict[str, str]:
    """The variable that each column becomes: one of the prompts' own where its name reads like that
    (Message, message), else its own name where prompts can use it, else the nearest that they can.
    No two are the same, and none is `taken`.
    """
    found: dict[str, str] = {}
    used = set(taken)
    known = {_plain(name): name for name in reversed(known_variables)}
    for column in columns:
        own = plain_name(column)
        found[column] = names.suggested(known.get(_plain(own), own), used)
        used.add(found[column])
    return found


def stated(table: Table, known_variables: Sequence[str], said: Mapping[str, str]) -> ColumnMapping:
    """The guess, with what somebody said of some columns: the variable or the part of a case
    (`PARTS`) that each becomes, or nothing for a column to leave out.

    Raises InputError for a column that is not there, and for a part that two columns claim.
    """
    columns = table.columns
    at = {plain_name(column): column for column in columns} | {column: column for column in columns}
    wanted: dict[str, str] = {}
    for name, becomes in said.items():
        if name not in at:
            raise InputError(f"The table has no column “{name}”.", f"It has: {', '.join(columns)}.")
        if becomes in _SINGLE and becomes in wanted.values():
            raise InputError(
                f"Two columns can't both be the {becomes} of a case.", "Say it of one of them."
            )
        wanted[at[name]] = becomes
    guess = guess_mapping(table, known_variables)
    guessed = {column: part for part in _SINGLE if (column := getattr(guess, part)) is not None}
    # A part that was only guessed gives way to one that was said: its column is a variable again.
    part_of = {column: part for column, part in guessed.items() if part not in wanted.values()}
    part_of |= dict.fromkeys(guess.tags, "tags") | wanted
    others = ("", *PARTS)
    variables = tuple(column for column in columns if part_of.get(column) not in others)
    called = {column: wanted[column] for column in variables if column in wanted}
    unnamed = [column for column in variables if column not in called]
    return ColumnMapping(
        **{part: next((c for c, of in part_of.items() if of == part), None) for part in _SINGLE},
        tags=tuple(column for column in columns if part_of.get(column) == "tags"),
        variables=variables,
        names=called | suggested_names(unnamed, known_variables, called.values()),
    )


def _of_own_file(
    columns: Sequence[str], own: Mapping[str, str], special: tuple[str | None, ...]
) -> ColumnMapping:
    messages, attached, replies, user = special
    return ColumnMapping(
        key=own["key"],
        reference=own["reference"],
        tags=(own["tags"],),
        source=own["source"],
        held_out=own["held_out"],
        variables=tuple(
            column
            for column in columns
            if plain_name(column) not in names.PARTS and column not in special
        ),
        group=own["group"],
        messages=messages,
        attachments=attached,
        tool_replies=replies,
        simulated_user=user,
    )


def to_cases(
    table: Table, mapping: ColumnMapping, *, numbers: bool = True
) -> tuple[CaseDraft, ...]:
    """The table's rows as cases. Rows are counted from 1 below the header.

    A missing key becomes the row's number (case-001), or stays empty without `numbers`. Raises
    InputError for a column that is not in the table or has two parts to play, a variable whose name
    no prompt could use, a key used twice (naming both rows), and a held-out value that says neither
    yes nor no.
    """
    at = _positions(table, mapping)
    given = _given_keys(table, at, mapping.key)
    key_at, reference_at, source_at, held_out_at, group_at, messages_at, *more = (
        None if (column := getattr(mapping, part)) is None else at[column] for part in _SINGLE
    )
    files_at, replies_at, user_at = more
    tags_at = [at[column] for column in mapping.tags]
    variables_at = [(mapping.variable(column), at[column]) for column in mapping.variables]
    # Of many rows few have tags that no row before them had.
    tags: dict[str, tuple[str, ...]] = {}
    cases = []
    for number, row in enumerate(table.rows, start=1):
        tag_cells = [row[index] for index in tags_at]
        tagged = repr(tag_cells)
        if tagged not in tags:
            tags[tagged] = cells.tags(tag_cells)
        key = "" if key_at is None else cells.text(row[key_at]).strip()
        variables = _variables(row, variables_at, number)
        reference = _reference(row, reference_at, number)
        messages: Conversation = ()
        if messages_at is not None and row[messages_at]:
            said = chats.read(row[messages_at], number)
            messages = said.messages
            if reference_at is None:
                messages, reference = said.apart()
            if said.system:
                variables[names.suggested(chats.SYSTEM_MESSAGE, variables)] = said.system
        cases.append(
            CaseDraft(
                key=key or (_number_key(number, given) if numbers else ""),
                variables=variables,
                reference=reference,
                tags=tags[tagged],
                source="" if source_at is None else cells.text(row[source_at]).strip(),
                held_out=held_out_at is not None and cells.is_held_out(row[held_out_at], number),
                group="" if group_at is None else cells.text(row[group_at]).strip(),
                messages=messages,
                attachments=files.named(row[files_at], number)
                if files_at is not None and row[files_at]
                else (),
                tool_replies=() if replies_at is None else chats.replies(row[replies_at], number),
                user=None if user_at is None else chats.user(row[user_at], number),
            )
        )
    return tuple(cases)


def _variables(
    row: Sequence[Any], places: Sequence[tuple[str, int]], number: int
) -> dict[str, Value]:
    """The values of a row's variables; those that the case does not have are left out."""
    return {
        name: cell if type(cell) is str else cells.value(cell, number)
        for name, index in places
        if not isinstance(cell := row[index], Absent)
    }


def _reference(row: Sequence[Any], place: int | None, number: int) -> Value | None:
    if place is None or row[place] is None:
        return None
    return cells.value(row[place], number)


def _positions(table: Table, mapping: ColumnMapping) -> dict[str, int]:
    at = {column: index for index, column in enumerate(table.columns)}
    for column in mapping.columns():
        if column not in at:
            raise InputError(
                f"The table has no column “{column}”.", f"It has: {', '.join(table.columns)}."
            )
    if not mapping.variables and mapping.messages is None and mapping.attachments is None:
        raise InputError(
            "No column is left as the input of a case.", "Choose at least one variable."
        )
    used = mapping.columns()
    for column in used:
        if used.count(column) > 1:
            raise InputError(
                f"The column “{column}” is chosen twice.", "Choose it for one of them."
            )
    called = [mapping.variable(column) for column in mapping.variables]
    for column, name in zip(mapping.variables, called, strict=True):
        try:
            names.refuse_unfit(name)
        except InputError as error:
            raise InputError(f"Column “{column}”: {error.message}", error.hint) from error
        if called.count(name) > 1:
            raise InputError(f"Two columns are called “{name}” in prompts.", "Rename one of them.")
    return at


def _given_keys(table: Table, at: dict[str, int], column: str | None) -> dict[str, int]:
    """The keys the table gives, each with its row."""
    seen: dict[str, int] = {}
    if column is None:
        return seen
    for number, row in enumerate(table.rows, start=1):
        key = cells.text(row[at[column]]).strip()
        if not key:
            continue
        if key in seen:
            raise InputError(
                f"Rows {seen[key]:,} and {number:,} have the same key, “{key[:80]}”.",
                f"Make the values in “{column}” unique, or leave it out as the key.",
            )
        seen[key] = number
    return seen


def _number_key(number: int, given: dict[str, int]) -> str:
    key = f"case-{number:03}"
    while key in given:
        key += "-new"
    return key


def _plain(name: str) -> str:
    words = re.sub(r"[^\w]+", "_", name.strip().lower())
    return words if words == "__expected" else words.strip("_")
