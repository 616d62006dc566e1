"""Names of variables: such that prompts can use them."""

import re
import unicodedata
from collections.abc import Iterable
from uuid import UUID

from workbench.domain.prompts import PromptVersion
from workbench.errors import TemplateError
from workbench.models.templates import variables_of
from workbench.ui import session

_FIT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# What the template language means by these, and what a case's other parts are called.
_RESERVED = frozenset(
    (
        *("and", "break", "call", "continue", "do", "elif", "else", "endfor", "endif", "false"),
        *("for", "from", "if", "import", "in", "include", "is", "loop", "macro", "none", "not"),
        *("or", "range", "recursive", "self", "set", "true", "with", "False", "None", "True"),
        *("key", "reference", "tags", "source", "held_out", "group"),
    )
)


def fits(name: str) -> bool:
    """Whether a prompt can refer to a variable of this name."""
    return _FIT.fullmatch(name) is not None and name not in _RESERVED


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
    if stem in _RESERVED:
        stem = f"{stem}_text"
    found, number = stem, 2
    while found in used:
        found = f"{stem}_{number}"
        number += 1
    return found


def of_prompts() -> list[str]:
    """The variables that the feature's prompts ask for, at their newest versions."""
    newest: dict[UUID, PromptVersion] = {}
    for version in session.store().prompts.versions(session.feature_id()):
        known = newest.get(version.prompt_id)
        if known is None or version.number > known.number:
            newest[version.prompt_id] = version
    names: dict[str, None] = {}
    for version in newest.values():
        for template in (version.text.system, version.text.user):
            try:
                names.update(dict.fromkeys(variables_of(template)))
            except TemplateError:
                # A prompt that is being written may not be readable yet; its page says so.
                continue
    names.pop("reference", None)
    return list(names)
