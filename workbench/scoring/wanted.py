"""What a check looks for in an output: a text, or any of several where the reference is a list."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from workbench.domain import values
from workbench.domain.values import Value
from workbench.errors import InputError
from workbench.models.templates import render_text, uses_of
from workbench.scoring.wording import quoted

_REFERENCE = "reference"


class Wanted(NamedTuple):
    """The texts of which any one is meant, in the order of the reference."""

    texts: tuple[str, ...]

    def said(self, text: str | None) -> str:
        """One of them that was found, for the reason of a score."""
        found = quoted(text or "")
        n = len(self.texts)
        return found if n == 1 else f"{found} (one of {n} right answers)"

    def described(self) -> str:
        """All of them, for the reason of a score."""
        listed = ", ".join(map(quoted, self.texts))
        return listed if len(self.texts) == 1 else f"any of {listed}"


def wanted(template: str, names: Mapping[str, Value]) -> Wanted:
    """The text with the case's values in it; one for each answer where the reference has several.

    Raises InputError where the case gives no value (an empty text would pass for every output) or a
    list or group where a text is wanted, and TemplateError.
    """
    if "{" not in template:
        return _as_it_is(template)
    whole, parts, _ = uses_of(template)
    for name in sorted(whole & set(names)):
        if not values.is_text(names[name]) and name != _REFERENCE:
            raise _no_text(name, names[name])
    reference = names.get(_REFERENCE, "")
    if _REFERENCE not in whole or isinstance(reference, str):
        return _some((render_text(template, names),), template)
    if isinstance(reference, dict):
        raise _no_text(_REFERENCE, reference)
    if _REFERENCE in parts:
        raise InputError(
            f"{quoted(template)} uses the reference as a whole and in parts.",
            "Write {{ reference }} for any of its answers, or {{ reference[0] }} for one.",
        )
    each = values.alternatives(reference)
    return _some(
        tuple(render_text(template, {**names, _REFERENCE: answer}) for answer in each), template
    )


def refuse_unreadable(template: str) -> None:
    """Raise TemplateError for a text that can be filled in for no case."""
    if "{" in template:
        uses_of(template)


@lru_cache(maxsize=256)
def _as_it_is(text: str) -> Wanted:
    """What is wanted of every case alike."""
    return _some((text,), text)


def _some(texts: tuple[str, ...], template: str) -> Wanted:
    found = tuple(dict.fromkeys(text for text in texts if text.strip()))
    if not found:
        raise InputError(f"The case gives no value for {quoted(template)}.")
    return Wanted(found)


def _no_text(name: str, value: Value) -> InputError:
    if isinstance(value, dict):
        key = next(iter(value), "key")
        return InputError(
            f"“{name}” is a group of keys, not a text: say which, such as {{{{ {name}.{key} }}}}."
        )
    return InputError(
        f"“{name}” is a list, not a text: say which item, such as {{{{ {name}[0] }}}}."
    )
