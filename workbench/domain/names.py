"""Names of variables: such that prompts can use them, wherever the cases come from."""

import re
import unicodedata
from collections.abc import Iterable

from workbench.errors import InputError

PATTERN = "^[A-Za-z_][A-Za-z0-9_]*$"
_FIT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# What the template language means by these.
_LANGUAGE = frozenset(
    (
        *("and", "break", "call", "continue", "do", "elif", "else", "endfor", "endif", "false"),
        *("for", "from", "if", "import", "in", "include", "is", "loop", "macro", "none", "not"),
        *("or", "range", "recursive", "self", "set", "true", "with", "False", "None", "True"),
    )
)
# What a case's other parts are called, in templates, files and tables.
PARTS = ("key", "reference", "tags", "source", "held_out", "group")
TAKEN = frozenset({*_LANGUAGE, *PARTS})


def fits(name: str) -> bool:
    """Whether a prompt can refer to a variable of this name."""
    return _FIT.fullmatch(name) is not None and name not in TAKEN


def refuse_unfit(name: str) -> None:
    """Raise InputError where a prompt could not refer to a variable of this name."""
    if fits(name):
        return
    if name in PARTS:
        why = "it is what another part of a case is called"
    elif name in _LANGUAGE:
        why = "it means something else in prompts"
    else:
        why = "names have letters, digits and underscores only, and begin with no digit"
    raise InputError(
        f"“{name[:80]}” cannot be the name of a variable: {why}.", f"“{suggested(name)}” can."
    )


def suggested(name: str, taken: Iterable[str] = ()) -> str:
    """The name itself if it fits and is free, else the nearest snake_case name that does."""
    name, used = name.strip(), set(taken)
    if fits(name) and name not in used:
        return name
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", plain)
    stem = re.sub(r"[^a-z0-9]+", "_", split.lower()).strip("_") or "text"
    if stem[0].isdigit():
        stem = f"v_{stem}"
    if not fits(stem):
        stem = f"{stem}_text"
    found, number = stem, 2
    while found in used:
        found = f"{stem}_{number}"
        number += 1
    return found
