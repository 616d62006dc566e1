"""Scorers that look at the form of an output: JSON by a schema."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.domain import json_text
from workbench.domain.fingerprint import canonical
from workbench.domain.kinds.entry import By, Entry
from workbench.domain.kinds.fields import Field, Widget
from workbench.domain.kinds.settings import Setting, Settings, Shape
from workbench.errors import InputError

MOST_SCHEMA_LEVELS = 100
MOST_SCHEMA_PARTS = 20_000


@dataclass(frozen=True)
class _JsonSchema(Setting):
    """A JSON schema, typed as JSON. Empty: any JSON fits."""

    def shapes(self) -> dict[str, Shape]:
        return {self.name: {"type": "object"}}

    def fields(self) -> tuple[Field, ...]:
        return (
            Field(
                self.name, self.label, Widget.AREA, height=160,
                placeholder='{"type": "object", "required": ["reply"]}',
                help=(
                    "Empty: any valid JSON passes. References to other addresses are not followed."
                ),
            ),
        )  # fmt: skip

    def problem(self, settings: Settings) -> str:
        schema = settings.get(self.name, {})
        if not isinstance(schema, Mapping):
            return "its schema is not a JSON object."
        levels, parts = json_text.size(schema)
        if levels > MOST_SCHEMA_LEVELS:
            return (
                f"its schema is nested {levels:,} levels deep; at most {MOST_SCHEMA_LEVELS} can be "
                "used (“$defs” keep it flat)."
            )
        if parts > MOST_SCHEMA_PARTS:
            return f"its schema has {parts:,} parts; at most {MOST_SCHEMA_PARTS:,} can be used."
        return ""

    def typed(self, settings: Settings) -> dict[str, Any]:
        return {self.name: _written(settings.get(self.name))}

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        text = str(body[self.name])
        if not text.strip():
            return {}
        try:
            return {self.name: json_text.read(text)}
        except json_text.Unreadable as error:
            raise InputError(
                f"The JSON schema cannot be used. {error.message}", "Make it simpler."
            ) from error
        except ValueError as error:
            raise InputError(
                f"The JSON schema is not valid JSON: {error}.", "Check quotes, commas and brackets."
            ) from error


def _written(schema: Any) -> str:
    if not schema:
        return ""
    # Older workbenches kept schemas that are too deep to be written with indentation.
    is_deep = json_text.size(schema).levels > json_text.MOST_LEVELS
    return canonical(schema) if is_deep else json.dumps(schema, indent=2, ensure_ascii=False)


def _said(settings: Settings, _: str) -> str:
    return "is JSON that fits a schema" if settings.get("schema") else "is valid JSON"


ENTRIES = (
    Entry(
        "json_schema",
        By.CODE,
        "is JSON that fits a schema",
        "Passes when the answer is valid JSON of the shape you describe.",
        _said,
        (_JsonSchema("schema", "JSON schema"),),
        rules=2,
    ),
)
