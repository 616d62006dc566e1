"""Fit plain YAML data to the feature file's schema: types, unknown keys, errors with their path."""

import difflib
import math
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from workbench.errors import InputError
from workbench.exchange.feature_schema import SCHEMA, Shape, resolved
from workbench.exchange.yaml_reader import Path, Plain

_TRIM = 160
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,299})")
_NUMBER = re.compile(r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,3})?")
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_YES_NO = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


class ShapeError(InputError):
    """A value that does not fit; `path` says which one."""

    def __init__(self, path: Path, message: str, hint: str = "") -> None:
        super().__init__(f"{shown(path)}: {message}" if path else message, hint)
        self.path = path


def shown(path: Path) -> str:
    """A path as people write it: `requirements[2].criteria[0].bar`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")


def fitted(data: Any) -> dict[str, Any]:
    """The data with numbers, yes/no and text as the schema has them.

    `007`, `yes` and dates stay text where text is due, and are refused where a number is. Raises
    ShapeError for the first value that does not fit and for keys that the format does not have.
    """
    if not isinstance(data, Mapping):
        raise ShapeError((), "This is not a feature file.", "It begins with “workbench: 1”.")
    version = data.get("workbench")
    if version is None:
        raise ShapeError((), "The key “workbench” is missing.", "Begin with “workbench: 1”.")
    if version != "1":
        raise ShapeError(
            ("workbench",),
            f"format {str(version)[:20]} is not known here.",
            "Update the workbench, or write “workbench: 1”.",
        )
    value: dict[str, Any] = _fit(data, SCHEMA, ())
    for error in _validator().iter_errors(value):
        raise _explained(error)
    return value


def _fit(value: Any, shape: Shape, path: Path) -> Any:
    shape = resolved(shape)
    if isinstance(value, dict):
        if shape.get("type") == "object" and shape != {"type": "object"}:
            return _fit_record(value, shape, path)
        return {key: _fit(item, {}, (*path, key)) for key, item in value.items()}
    if isinstance(value, list):
        inner = shape.get("items", {})
        return [_fit(item, inner, (*path, i)) for i, item in enumerate(value)]
    return _fit_plain(value, shape, path) if isinstance(value, Plain) else value


def _fit_record(value: dict[str, Any], shape: Shape, path: Path) -> dict[str, Any]:
    properties: dict[str, Shape] = shape.get("properties", {})
    others: Shape = shape.get("additionalProperties") or {}
    if not others:
        for key in value:
            if key not in properties:
                raise ShapeError(
                    path, f"“{key[:80]}” is not a key here.", _suggestion(key, properties)
                )
    return {
        key: _fit(item, properties.get(key, others), (*path, key)) for key, item in value.items()
    }


def _fit_plain(value: Plain, shape: Shape, path: Path) -> Any:
    types = shape.get("type", [])
    types = [types] if isinstance(types, str) else types
    text = str(value)
    if "null" in types and text in _NULL:
        return None
    if "string" in types or "enum" in shape:
        if text in _NULL and text:
            raise ShapeError(
                path, f"“{text}” means nothing at all, not text.", "Quote it, or leave the key out."
            )
        return text
    if types and types[0] in ("object", "array") and text == "":
        # A key with nothing after it: an empty list, or a group that says nothing.
        return {} if types[0] == "object" else []
    if "boolean" in types:
        return _YES_NO.get(text, text)
    if types or "const" in shape:
        found = _number(text, path)
        return text if found is None else found
    return _guessed(text, path)


def _guessed(text: str, path: Path) -> Any:
    """A value in free JSON (a schema, extra parameters), where only JSON's own types exist."""
    if text in _NULL:
        return None
    if text in _YES_NO:
        return _YES_NO[text]
    found = _number(text, path)
    return text if found is None else found


def _number(text: str, path: Path) -> int | float | None:
    if _WHOLE.fullmatch(text):
        return int(text)
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    if not math.isfinite(number):
        raise ShapeError(path, f"{text[:40]} is too large a number.", "Write a smaller one.")
    return number


@cache
def _validator() -> Any:
    import jsonschema_rs

    return jsonschema_rs.validator_for(SCHEMA, offline=True)


def _explained(error: Any) -> ShapeError:
    """The validator's error in our words where people meet it often, else in its own."""
    path: Path = tuple(error.instance_path)
    kind, value = str(error.kind.name), error.instance
    if kind == "required":
        return ShapeError(path, f"the key “{error.kind.property}” is missing.", "Add it.")
    if kind == "enum":
        options = [str(option) for option in error.kind.options]
        return ShapeError(
            path, f"{_said(value)} is not a choice.", _suggestion(str(value), options)
        )
    if kind == "type":
        wanted = {
            "number": "a number such as 0.9",
            "integer": "a whole number",
            "boolean": "true or false",
            "string": "text",
            "array": "a list",
            "object": "a group of keys",
        }
        types = [t for t in error.kind.types if t != "null"]
        said = " or ".join(wanted[t] for t in types)
        return ShapeError(path, f"{_said(value)} is not {said}.", f"Write {said}.")
    if kind == "pattern":
        return ShapeError(path, f"{_said(value)} is not a key.", "Keys look like R1, C2 and E3.")
    hint = "Shares are written as 0.9, not 90." if kind.lower().endswith("imum") else ""
    return ShapeError(path, f"{str(error.message)[:_TRIM]}.", hint or "Correct it in the file.")


def _said(value: Any) -> str:
    if isinstance(value, list):
        return "a list"
    if isinstance(value, Mapping):
        return "a group of keys"
    return "nothing" if value is None else f"“{str(value)[:40]}”"


def _suggestion(word: str, known: Any) -> str:
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"Did you mean “{close[0]}”?" if close else f"Known here: {', '.join(known)}."
