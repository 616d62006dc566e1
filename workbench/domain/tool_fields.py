"""Parameters of a tool as people fill them in: a name, a kind, a meaning each; and as a schema."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.domain.tools import is_same
from workbench.errors import InputError

KINDS: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "number": {"type": "number"},
    "whole number": {"type": "integer"},
    "yes or no": {"type": "boolean"},
    "list of texts": {"type": "array", "items": {"type": "string"}},
}
"""What a parameter can be, in people's words, and its JSON schema."""


@dataclass(frozen=True)
class ToolField:
    """A parameter; `form` is one of `KINDS`, `options` are the only texts that it may be, where it
    is a text."""

    name: str
    form: str = "text"
    is_required: bool = True
    meaning: str = ""
    options: tuple[str, ...] = ()


def schema_of(fields: Sequence[ToolField]) -> dict[str, Any]:
    """The JSON schema of some parameters; empty where there is none. Raises InputError."""
    properties: dict[str, Any] = {}
    for field in fields:
        name = field.name.strip()
        if not name:
            raise InputError("A parameter has no name.", "Name it, or take its row out.")
        if name in properties:
            raise InputError(f"Two parameters are called “{name[:80]}”.", "Rename one of them.")
        if field.options and field.form != "text":
            raise InputError(
                f"“{name[:80]}” is a {field.form}, and only texts can be one of a few.",
                "Make it a text, or leave out what it may be.",
            )
        shape = {**KINDS[field.form]}
        if field.meaning.strip():
            shape["description"] = field.meaning.strip()
        if field.options:
            shape["enum"] = list(field.options)
        properties[name] = shape
    if not properties:
        return {}
    required = [field.name.strip() for field in fields if field.is_required]
    found = {"type": "object", "properties": properties}
    return {**found, "required": required} if required else found


def fields_of(schema: Mapping[str, Any]) -> tuple[ToolField, ...] | None:
    """The parameters of a schema; None for one that says more than a row each can."""
    properties, required = schema.get("properties", {}), schema.get("required", [])
    if not isinstance(properties, Mapping) or not isinstance(required, list):
        return None
    fields = []
    for name, shape in properties.items():
        found = _field(name, shape, is_required=name in required)
        if found is None:
            return None
        fields.append(found)
    said = schema_of(fields)
    if required and sorted(said.get("required", ())) == sorted(map(str, required)):
        said["required"] = required
    return tuple(fields) if is_same(said, schema) else None


def _field(name: str, shape: Any, *, is_required: bool) -> ToolField | None:
    if not isinstance(shape, Mapping):
        return None
    bare = {key: value for key, value in shape.items() if key not in ("description", "enum")}
    kind = next((word for word, known in KINDS.items() if known == bare), None)
    options, meaning = shape.get("enum", []), shape.get("description", "")
    is_plain = isinstance(meaning, str) and isinstance(options, list)
    if kind is None or not is_plain or not all(isinstance(one, str) for one in options):
        return None
    return ToolField(name, kind, is_required, meaning, tuple(options))
