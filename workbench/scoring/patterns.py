"""Regular expressions from people, run in linear time (RE2): no pattern can hang the workbench."""

from functools import lru_cache
from typing import Any

from workbench.errors import InputError


def search(pattern: str, text: str, ignore_case: bool) -> str | None:
    """The first piece of the text that matches, or None. Raises InputError for a bad pattern."""
    found = compiled(pattern, ignore_case).search(text)
    return None if found is None else str(found.group())


@lru_cache(maxsize=256)
def compiled(pattern: str, ignore_case: bool) -> Any:
    """The pattern, ready to use. Raises InputError saying what RE2 does not know."""
    import re2

    options = re2.Options()
    options.case_sensitive = not ignore_case
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else "it is not a pattern"
        text = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
        raise InputError(
            f"The pattern “{pattern}” cannot be used: {text}.",
            "Look-around (?=…) and back-references \\1 are not supported, so that every check "
            "ends in time.",
        ) from error
