"""Read an output as SQL, in a child process with a deadline: nothing is run or looked up."""

import json
from functools import lru_cache
from typing import NamedTuple

from workbench.confined import Broken, Overtime, Warm
from workbench.errors import InputError

SECONDS = 2.0
MEMORY_BYTES = 512 * 1024 * 1024
MOST_LETTERS = 50_000


class Statements(NamedTuple):
    """How many statements there are, what in them writes, and why they can't be read (empty: they
    can)."""

    statements: int
    writes: tuple[str, ...]
    wrong: str


@lru_cache(maxsize=256)
def read(text: str, dialect: str) -> Statements:
    """The statements in a text. Raises InputError where that can't be said."""
    if len(text) > MOST_LETTERS:
        raise InputError(
            f"The answer has {len(text):,} characters; SQL of at most {MOST_LETTERS:,} is read."
        )
    question = json.dumps({"text": text, "dialect": dialect}).encode()
    try:
        said = json.loads(CHILD.ask(question, SECONDS))
    except Overtime as error:
        raise InputError(
            f"Reading the SQL took longer than {SECONDS:g} seconds and was stopped."
        ) from error
    except Broken as error:
        raise InputError(
            "Reading the SQL takes too much memory, or it is nested too deeply."
        ) from error
    if said["unsure"]:
        raise InputError(said["unsure"])
    return Statements(said["statements"], tuple(said["writes"]), said["wrong"])


CHILD = Warm("workbench.scoring.sql_child", MEMORY_BYTES)
"""Started by the first output that needs it."""
