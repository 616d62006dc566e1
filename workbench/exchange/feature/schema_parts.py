"""Pieces that the shape of a feature file is put together from."""

from enum import StrEnum
from typing import Any

from workbench.domain import attachments

Shape = dict[str, Any]

# Keys are shown in links, charts and references such as C1@2, so they are short and plain.
TEXT: Shape = {"type": "string"}
LINE: Shape = {"type": "string", "minLength": 1}
TEXTS: Shape = {"type": "array", "items": TEXT}
NUMBER: Shape = {"type": "integer", "minimum": 1, "maximum": 1_000_000}
YES_NO: Shape = {"type": "boolean"}
SHARE: Shape = {"type": "number", "minimum": 0, "maximum": 1}
JSON_OBJECT: Shape = {"type": "object"}
VALUE: Shape = {"type": ["string", "array", "object"]}


def closed(values: type[StrEnum]) -> Shape:
    """One of a set's values."""
    return {"enum": [value.value for value in values]}


def key(letter: str) -> Shape:
    """A short key, such as R1 or C12."""
    return {"type": "string", "pattern": f"^{letter}[1-9][0-9]{{0,5}}$"}


def record(properties: dict[str, Shape], *required: str) -> Shape:
    """An object with these fields and no other."""
    shape: Shape = {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
    return {**shape, "required": list(required)} if required else shape


def some(shape: Shape) -> Shape:
    """A list, which may be empty."""
    return {"type": "array", "items": shape}


def at_least_one(shape: Shape) -> Shape:
    """A list that is not empty."""
    return {"type": "array", "items": shape, "minItems": 1}


TERMS: Shape = {
    **record(
        {
            "licence": LINE,
            "basis": LINE,
            "collected_from": LINE,
            "expires": {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
        }
    ),
    "description": "Under which terms the cases may be used: without a basis, and "
    "after the day on which they expire, nothing that rests on them is ready.",
}
"""Of a dataset."""
ATTACHMENTS: Shape = {
    "type": "array",
    "items": record(
        {
            "name": LINE,
            "media_type": {"enum": list(attachments.ENDINGS)},
            "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        },
        "name",
        "media_type",
        "sha256",
    ),
    "maxItems": attachments.MOST_FILES,
    "description": (
        "Files that go with what the user says last. Their bytes are in the folder "
        "“attachments” beside this file, each called by its sha256."
    ),
}
