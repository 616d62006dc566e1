"""Conversations in tables: which column holds them, and what a logged one says to a case."""

from collections.abc import Collection
from typing import NamedTuple

from workbench.domain import conversations, simulated_users, tool_replies
from workbench.domain.conversations import Conversation
from workbench.domain.simulated_users import SimulatedUser
from workbench.domain.tool_replies import Replies
from workbench.errors import InputError
from workbench.exchange.safe.spreadsheet import Absent
from workbench.exchange.tables.shape import Table

SYSTEM_MESSAGE = "system_message"
"""The variable that the system message of a logged conversation becomes: prompts decide over it."""
_NAMES = ("messages", "conversation", "chat", "dialog", "dialogue", "transcript", "history")
_LOOKED_AT = 50
_SYSTEM = ("system", "developer")


class Logged(NamedTuple):
    """A conversation out of somebody's log, and what the system was told in it."""

    messages: Conversation
    system: str = ""

    def apart(self) -> tuple[Conversation, str | None]:
        """What the model would be asked, and what was answered to it, where the log goes on so
        far."""
        if len(self.messages) > 1 and self.messages[-1].role == "assistant":
            return self.messages[:-1], self.messages[-1].content
        return self.messages, None


def column_of(table: Table, plain: Collection[str]) -> int | None:
    """The place of the first column whose cells are conversations, as far as a look at some of them
    tells. `plain` are the columns' names, in small letters."""
    for place, name in enumerate(plain):
        cells = [row[place] for row in table.rows[:_LOOKED_AT] if row[place]]
        if cells and all(_is_one(cell, is_named=name in _NAMES) for cell in cells):
            return place
    return None


def read(cell: object, row: int) -> Logged:
    """What a cell says: a list of messages, such a list as JSON, or text as people write it.

    Raises InputError naming the row.
    """
    try:
        return _read(cell)
    except InputError as error:
        raise InputError(f"Row {row:,}: {error.message}", error.hint) from error


def replies(cell: object, row: int) -> Replies:
    """What tools reply by a cell: a list, JSON of one, or lines as people write them. Raises
    InputError naming the row."""
    if not cell or isinstance(cell, Absent):
        return ()
    try:
        return tool_replies.read(cell) if isinstance(cell, str) else tool_replies.of(cell)
    except InputError as error:
        raise InputError(f"Row {row:,}: {error.message}", error.hint) from error


def user(cell: object, row: int) -> SimulatedUser | None:
    """Whom a cell lets a model play: a group of keys, JSON of one, or lines as people write them.
    Raises InputError naming the row."""
    if not cell or isinstance(cell, Absent):
        return None
    try:
        return simulated_users.read(cell) if isinstance(cell, str) else simulated_users.of(cell)
    except InputError as error:
        raise InputError(f"Row {row:,}: {error.message}", error.hint) from error


def _read(cell: object) -> Logged:
    given = conversations.parsed(cell) if isinstance(cell, str) else cell
    if given is None:
        return Logged(conversations.read(str(cell)))
    first = given[0] if isinstance(given, list) and given else None
    if isinstance(first, dict) and first.get("role") in _SYSTEM:
        assert isinstance(given, list)
        return Logged(conversations.of(given[1:]), conversations.content_of(first) or "")
    return Logged(conversations.of(given))


def _is_one(cell: object, *, is_named: bool) -> bool:
    """A list of messages with their roles, or JSON of one. Where its column is named so, text in
    which somebody speaks is one, too."""
    given = conversations.parsed(cell) if isinstance(cell, str) else cell
    if isinstance(given, list):
        return bool(given) and all(isinstance(one, dict) and "role" in one for one in given)
    return is_named and isinstance(cell, str) and bool(conversations.SPEAKS.match(cell.lstrip()))
