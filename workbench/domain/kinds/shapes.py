"""Scorers that look at the form of an output: JSON, XML and SQL."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.domain import json_path, json_text
from workbench.domain.fingerprint import canonical
from workbench.domain.kinds.entry import By, KindEntry
from workbench.domain.kinds.fields import Field, Widget
from workbench.domain.kinds.settings import (
    Choice,
    Line,
    Setting,
    Settings,
    Shape,
    Switch,
    Texts,
)
from workbench.domain.kinds.words import REFERENCE, is_reference, several
from workbench.domain.schema_limits import problem_with
from workbench.errors import InputError


@dataclass(frozen=True)
class JsonSchema(Setting):
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
        return problem_with(schema)

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


def _json_path(settings: Settings, _: str) -> str:
    text = settings.get("text") or REFERENCE
    meant = "the reference" if is_reference(text) else f"“{text}”"
    return f"is JSON with {meant} at {settings.get('path', '')}{several([text])}"


def _path_problem(settings: Settings) -> str:
    path = str(settings.get("path", ""))
    return json_path.problem_with(path)


def _xml(settings: Settings, _: str) -> str:
    root = f" with the root element {settings['root']}" if settings.get("root") else ""
    inner = settings.get("elements")
    return f"is well-formed XML{root}" + (f" that has {', '.join(inner)}" if inner else "")


def _sql(settings: Settings, _: str) -> str:
    dialect = settings.get("dialect", DIALECTS[0])
    kind = "SQL" if dialect == DIALECTS[0] else f"SQL ({dialect})"
    reads = " that only reads" if settings.get("reads_only") else ""
    return f"is {kind}{reads}"


DIALECTS = (
    "standard", "bigquery", "clickhouse", "databricks", "duckdb", "mysql", "oracle", "postgres",
    "redshift", "snowflake", "spark", "sqlite", "trino", "tsql",
)  # fmt: skip

ENTRIES = (
    KindEntry(
        "json_schema",
        By.CODE,
        "is JSON that fits a schema",
        "Passes when the answer is valid JSON of the shape you describe.",
        _said,
        (JsonSchema("schema", "JSON schema"),),
        rules=2,
    ),
    KindEntry(
        "json_path",
        By.CODE,
        "is JSON with a value in a place",
        "Passes when the answer is JSON and the value at a path is the expected one.",
        _json_path,
        (
            Line(
                "path", "Path", missing="it has no path.", placeholder="$.order.items[0].id",
                help=(
                    "Names and places from the top, such as $.order.id or $.items[0]; [-1] is the "
                    "last, [*] is any one, ['a b'] a name with other signs."
                ),
            ),
            Line(
                "text", "Expected value", help="Empty: the case's reference.",
                names_values=True, if_empty=REFERENCE,
            ),
        ),
        _path_problem,
    ),
    KindEntry(
        "xml",
        By.CODE,
        "is well-formed XML",
        "Passes when the answer is one XML document. Nothing that it refers to is fetched, and "
        "documents that declare entities are not read.",
        _xml,
        (
            Line("root", "Root element", placeholder="any"),
            Texts("elements", "Elements that must be there, one per line", height=80),
        ),
    ),
    KindEntry(
        "sql",
        By.CODE,
        "is SQL",
        "Passes when the answer can be read as SQL statements. It is never run, and tables and "
        "columns are not looked up.",
        _sql,
        (
            Choice(
                "dialect", "Dialect", DIALECTS, is_folded=True,
                wrong=f"its dialect is none of {', '.join(DIALECTS)}.",
            ),
            Switch(
                "reads_only", "Reads only",
                help="On: fails when a statement writes, deletes or changes a table.",
            ),
        ),
    ),
)  # fmt: skip
