"""What does not fit a feature file's schema, as people say it: what is wrong, what to write."""

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from workbench.domain import names
from workbench.domain.criteria import ScorerKind
from workbench.errors import InputError
from workbench.exchange.feature.yaml_reader import Path, Plain

_TRIM = 160
MOST_LISTED = 20
"""Mistakes that are told at once."""
_DECIMAL = re.compile(r"\s*([-+]?\d*[.,]?\d+)\s*(%?)\s*")
_CURLY = "“”„‟‘’‚«»"
_YES = frozenset({"yes", "y", "on", "true", "ja", "oui", "si", "1"})
_NO = frozenset({"no", "n", "off", "false", "nein", "non", "0"})
_WANTED = {
    "number": "a number such as 0.9",
    "integer": "a whole number",
    "boolean": "true or false",
    "string": "text",
    "array": "a list",
    "object": "a group of keys",
}


class ShapeError(InputError):
    """A value that does not fit; `path` says which one, `key` the key in it that is to blame."""

    def __init__(self, path: Path, message: str, hint: str = "", key: str | None = None) -> None:
        super().__init__(f"{shown(path)}: {message}" if path else message, hint)
        self.path = path
        self.place: Path = path if key is None else (*path, key)
        # A key that was meant by another one, and one that is missing: often the same mistake.
        self.meant = self.missing = ""


class ShapeErrors(ShapeError):
    """Several of them, in the order of the file."""

    def __init__(self, found: Iterable[ShapeError]) -> None:
        self.each = tuple(found)
        super().__init__((), f"{len(self.each):,} things are wrong.", "Correct the file.")


def raise_all(found: list[ShapeError]) -> None:
    """Raise what was found, where anything was; what follows from another mistake is left out."""
    meant = {(e.path, e.meant) for e in found if e.meant}
    said = [e for e in found if not (e.missing and (e.path, e.missing) in meant)]
    once = list({(error.path, error.message): error for error in said}.values())
    if len(once) == 1:
        raise once[0]
    if once:
        raise ShapeErrors(once[:MOST_LISTED])


def shown(path: Path) -> str:
    """A path as people write it: `requirements[2].criteria[0].bar`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")


def unknown_key(path: Path, key: str, known: Mapping[str, Any]) -> ShapeError:
    """A key that the format does not have."""
    name, colon, rest = key.partition(":")
    meant = name if colon and name in known else nearest(key, known)
    if colon and name in known:
        hint = f"A space is missing after “{name}:”. Write “{name}: {rest.strip()[:40]}”."
    else:
        hint = suggestion(key, known)
    error = ShapeError(path, f"“{key[:80]}” is not a key here.", hint, key)
    error.meant = meant
    return error


def explained(error: Any, data: Any) -> ShapeError:
    """The validator's error in our words where people meet it often, else in its own.

    `data` is what was read: unlike what was validated, it knows what stood in quotes.
    """
    path: Path = tuple(error.instance_path)
    kind, held = str(error.kind.name), error.instance
    held = _at(data, path) if isinstance(held, str) else held
    if "propertyNames" in [str(step) for step in error.schema_path]:
        return _wrong_name(path, _at(data, path), data)
    if kind == "required":
        missing = error.kind.property
        found = ShapeError(path, f"the key “{missing}” is missing.", f"Add “{missing}: …”.")
        found.missing = str(missing)
        return found
    if kind == "enum":
        options = [str(option) for option in error.kind.options]
        return ShapeError(path, f"{said(held)} is not a choice.", suggestion(_bare(held), options))
    if kind == "type":
        types = [t for t in error.kind.types if t != "null"]
        return _wrong_type(path, held, types)
    if kind == "pattern":
        return ShapeError(path, f"{said(held)} is not a key.", "Keys look like R1, C2 and E3.")
    hint = ""
    if kind.lower().endswith("imum") and isinstance(held, int | float):
        hint = _within(kind, held, error.kind.limit)
    if kind == "minItems":
        return ShapeError(path, "the list is empty.", "Write at least one entry, with a dash.")
    return ShapeError(path, f"{str(error.message)[:_TRIM]}.", hint or "Correct it in the file.")


def _within(kind: str, held: float, limit: float) -> str:
    """What may stand there instead of a number that is beyond a limit."""
    side = "less" if "ax" in kind else "more"
    if side == "less" and limit == 1:  # Nothing but a share ends at 1.
        if 1 < held <= 100:
            return f"A share lies from 0 to 1: write {held / 100:g} for {held:g}%."
        return "Shares are written as 0.9, not 90."
    if kind.startswith("exclusive"):
        return f"Write {side} than {limit:g}."
    return f"Write {limit:g} or {side}."


def _wrong_name(path: Path, held: Any, data: Any) -> ShapeError:
    """A key of a group whose keys are free (variables), or belong to a kind of scorer."""
    if path[-1:] == ("variables",):
        for name in held:
            try:
                names.refuse_unfit(name)
            except InputError as refused:
                return ShapeError((*path, name), refused.message, refused.hint)
    kind = str(_at(data, path[:-1]).get("kind", ""))
    known = ScorerKind(kind).entry.shapes() if kind in list(ScorerKind) else {}
    name = next((key for key in held if key not in known), "")
    return ShapeError(
        path, f"“{name[:80]}” is not a setting of {kind or 'this scorer'}.",
        suggestion(name, known) if known else "Name the scorer's kind first.", name or None,
    )  # fmt: skip


def _wrong_type(path: Path, held: Any, types: list[str]) -> ShapeError:
    wanted = " or ".join(_WANTED[t] for t in types)
    wrong = f"{said(held)} is not {wanted}."
    name = next((str(step) for step in reversed(path) if isinstance(step, str)), "key")
    if isinstance(held, str):
        return ShapeError(path, *_wrong_text(held, name, types, wrong))
    if isinstance(held, list):
        if "object" in types:
            hint = "Write its keys below it, further in and without a dash."
        else:
            hint = f"Write one value: “{name}: …”, without a dash or brackets."
        return ShapeError(path, wrong, hint)
    if isinstance(held, Mapping) and "array" in types:
        return ShapeError(path, wrong, "Begin each entry with a dash: “- key: …”.")
    if isinstance(held, float | int) and "integer" in types:
        return ShapeError(path, wrong, f"Write a whole number, such as {max(1, round(held))}.")
    return ShapeError(path, wrong, f"Write {wanted}.")


def _wrong_text(held: str, name: str, types: list[str], wrong: str) -> tuple[str, str]:
    """What to say of a text that stands where something else is due."""
    bare = _bare(held)
    curly = any(sign in held for sign in _CURLY)
    number = _DECIMAL.fullmatch(bare)
    if ("number" in types or "integer" in types) and number:
        found = float(number[1].replace(",", "."))
        plain = f"{found / 100 if number[2] and 'number' in types else found:g}"
        if number[2]:
            return wrong, f"Write {plain} for {bare.strip()}."
        if curly:
            return wrong, f"Take the curly quotes off: “{name}: {plain}”."
        if not isinstance(held, Plain) and "," not in bare:
            return (
                f"{said(held)} is in quotes, which makes it text.",
                f"Take the quotes off: “{name}: {plain}”.",
            )
        if "," in bare:
            return wrong, f"Write it with a point: {plain}."
        return wrong, f"Write {plain}."
    if "boolean" in types and bare.strip().lower() in _YES | _NO:
        word = "true" if bare.strip().lower() in _YES else "false"
        if not isinstance(held, Plain) and bare == word:
            return (
                f"{said(held)} is in quotes, which makes it text.",
                f"Take the quotes off: “{name}: {word}”.",
            )
        return wrong, f"Write {word}."
    if "array" in types:
        return wrong, f'Write it as a list: {name}: ["{held.strip()[:40]}"]'
    if "object" in types:
        return wrong, f"Write keys below “{name}:”, further in: “key: value”."
    return wrong, f"Write {' or '.join(_WANTED[t] for t in types)}."


def said(value: Any) -> str:
    """A value, shortened, for a message."""
    if isinstance(value, list):
        return "a list"
    if isinstance(value, Mapping):
        return "a group of keys"
    if isinstance(value, bool):
        return f"“{str(value).lower()}”"
    if value is None:
        return "nothing"
    text = str(value)[:40]
    # Quotes that are part of the text are quotes enough.
    return text if text[:1] in _CURLY and text[:1] else f"“{text}”"


def suggestion(word: str, known: Iterable[str]) -> str:
    """The nearest of the words that are known, and all of them."""
    listed = list(known)
    close, allowed = nearest(word, listed), f"Known here: {', '.join(listed)}."
    return f"Did you mean “{close}”? {allowed}" if close else allowed


def nearest(word: str, known: Iterable[str]) -> str:
    """The one of the words that was probably meant; empty where none is near."""
    close = difflib.get_close_matches(word.strip().lower(), list(known), n=1, cutoff=0.6)
    return close[0] if close else ""


def _bare(held: Any) -> str:
    return str(held).strip(_CURLY + " ")


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value
