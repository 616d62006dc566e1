"""Lists and groups of a case as templates see them: items and keys, and nothing of Python's own."""

import json
from collections.abc import Mapping
from typing import Any

from workbench.models.heard import clean


class Items(list[Any]):
    """A list: items by number, its length, a loop. Its methods are no parts of it."""

    __slots__ = ("_json",)

    def __getattribute__(self, name: str) -> Any:
        return _only_own(super().__getattribute__, name)

    def __str__(self) -> str:
        return as_json(self)


class Fields(dict[str, Any]):
    """A group: values by key. Its methods are no parts of it."""

    __slots__ = ("_json",)

    def __getattribute__(self, name: str) -> Any:
        return _only_own(super().__getattribute__, name)

    def __str__(self) -> str:
        return as_json(self)


def wrapped(value: Any) -> Any:
    """The value for a template, its texts cleaned."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return Fields({clean(str(key)): wrapped(item) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return Items([wrapped(item) for item in value])
    return value


def as_json(value: Any) -> str:
    """The filter `tojson`. A list's text is made once: a loop may ask for it thousands of times."""
    if not isinstance(value, Items | Fields):
        return json.dumps(_plain(value), ensure_ascii=False)
    try:
        known: str = object.__getattribute__(value, "_json")
    except AttributeError:
        known = json.dumps(_plain(value), ensure_ascii=False)
        object.__setattr__(value, "_json", known)
    return known


def _plain(value: Any) -> Any:
    """The value as JSON's encoder takes it: it asks groups for methods that ours hide."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in dict.items(value)}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def written(value: Any) -> Any:
    """How a template writes a value that is no text: lists and groups as JSON, yes/no as in JSON,
    null as nothing. For the engine's `finalizer`; NotImplemented leaves the value to it."""
    if value is None:
        return ""
    if isinstance(value, bool | list | tuple | dict):
        return as_json(value)
    return NotImplemented


def _only_own(get: Any, name: str) -> Any:
    if name.startswith("__"):
        return get(name)
    raise AttributeError(name)
