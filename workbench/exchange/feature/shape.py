"""Fit plain YAML data to the feature file's schema: types, unknown keys, errors with their path."""

import math
import re
from collections.abc import Mapping
from functools import cache
from itertools import islice
from typing import Any

from workbench.domain.criteria import ScorerKind
from workbench.exchange.feature.mistakes import (
    MOST_LISTED,
    ShapeError,
    explained,
    raise_all,
    shown,
    unknown_key,
)
from workbench.exchange.feature.schema import resolved, schema
from workbench.exchange.feature.schema_parts import Shape
from workbench.exchange.feature.yaml_reader import Path, Plain

__all__ = ["ShapeError", "fitted", "shown"]

_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,299})")
_NUMBER = re.compile(r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,3})?")
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_YES_NO = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


def fitted(data: Any) -> dict[str, Any]:
    """The data with numbers, yes/no and text as the schema has them.

    `007`, `yes` and dates stay text where text is due, and are refused where a number is. Raises
    ShapeError for values that do not fit and keys that the format does not have: all of them.
    """
    if isinstance(data, list):
        raise ShapeError(
            (), "This is a list, not a feature file.",
            "A feature file begins with “workbench: 1”. Cases are imported on the Data page.",
        )  # fmt: skip
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
    found: list[ShapeError] = []
    value: dict[str, Any] = _fit(data, schema(), (), found)
    known = {error.path for error in found if error.place == error.path}
    errors = islice(_validator().iter_errors(value), MOST_LISTED)
    raise_all(found + [explained(e, data) for e in errors if tuple(e.instance_path) not in known])
    return value


def _fit(value: Any, shape: Shape, path: Path, found: list[ShapeError]) -> Any:
    shape = resolved(shape)
    if isinstance(value, Plain):
        try:
            return _fit_plain(value, shape, path)
        except ShapeError as error:
            if len(found) < MOST_LISTED:
                found.append(error)
            return ""
    types = shape.get("type", ())
    if "array" in types and "object" in types:
        return _exact(value, path)
    if isinstance(value, dict):
        if types == "object" and shape != {"type": "object"}:
            return _fit_record(value, shape, path, found)
        return {key: _fit(item, {}, (*path, key), found) for key, item in value.items()}
    if isinstance(value, list):
        inner = shape.get("items", {})
        return [_fit(item, inner, (*path, i), found) for i, item in enumerate(value)]
    return value


def _fit_record(
    value: dict[str, Any], shape: Shape, path: Path, found: list[ShapeError]
) -> dict[str, Any]:
    properties: dict[str, Shape] = shape.get("properties", {})
    others: Shape = shape.get("additionalProperties") or {}
    unknown = {} if others else dict.fromkeys(key for key in value if key not in properties)
    room = max(0, MOST_LISTED - len(found))
    found += [unknown_key(path, key, properties) for key in islice(unknown, room)]
    return {
        key: _fit(item, properties.get(key, others), (*path, key), found)
        for key, item in value.items()
        if key not in unknown
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


def _exact(value: Any, path: Path) -> Any:
    """A case's list or group: numbers that would be written otherwise stay text (1.50, 1e3)."""
    if isinstance(value, dict):
        return {str(key): _exact(item, (*path, key)) for key, item in value.items()}
    if isinstance(value, list):
        return [_exact(item, (*path, i)) for i, item in enumerate(value)]
    if not isinstance(value, Plain):
        return value
    found = _guessed(value, path)
    return str(value) if isinstance(found, int | float) and _written(found) != value else found


def _written(number: int | float | bool) -> str:
    return str(number).lower() if isinstance(number, bool) else repr(number)


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


def _validator() -> Any:
    return _validator_of(tuple(ScorerKind))


@cache
def _validator_of(_: tuple[ScorerKind, ...]) -> Any:
    import jsonschema_rs

    return jsonschema_rs.validator_for(schema(), offline=True)
