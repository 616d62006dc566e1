"""The published shape of a feature file: one JSON Schema, built from the domain's sets."""

import json
from enum import StrEnum
from functools import cache
from typing import Any

from workbench.domain import names, packs
from workbench.domain.criteria import Lane, Measure, ScorerKind
from workbench.domain.experiments import StopRule
from workbench.domain.failures import Response, Severity
from workbench.domain.features import FIELDS
from workbench.domain.kinds import combined
from workbench.domain.kinds.entry import By
from workbench.domain.requirements import Horizon, Kind, Level

VERSION = 1

Shape = dict[str, Any]

# Keys are shown in links, charts and references such as C1@2, so they are short and plain.
_TEXT: Shape = {"type": "string"}
_LINE: Shape = {"type": "string", "minLength": 1}
_TEXTS: Shape = {"type": "array", "items": _TEXT}
_NUMBER: Shape = {"type": "integer", "minimum": 1, "maximum": 1_000_000}
_YES_NO: Shape = {"type": "boolean"}
_SHARE: Shape = {"type": "number", "minimum": 0, "maximum": 1}
_JSON_OBJECT: Shape = {"type": "object"}
VALUE: Shape = {"type": ["string", "array", "object"]}


def _closed(values: type[StrEnum]) -> Shape:
    return {"enum": [value.value for value in values]}


def _key(letter: str) -> Shape:
    return {"type": "string", "pattern": f"^{letter}[1-9][0-9]{{0,5}}$"}


def _record(properties: dict[str, Shape], *required: str) -> Shape:
    shape: Shape = {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
    return {**shape, "required": list(required)} if required else shape


def _some(shape: Shape) -> Shape:
    return {"type": "array", "items": shape}


def _at_least_one(shape: Shape) -> Shape:
    return {"type": "array", "items": shape, "minItems": 1}


@cache
def _scorer(kinds: tuple[ScorerKind, ...]) -> Shape:
    everything = {name: shape for kind in kinds for name, shape in kind.entry.shapes().items()}
    by_kind = [
        {
            "if": {"properties": {"kind": {"const": kind.value}}},
            "then": {"properties": {"settings": {"propertyNames": {"enum": _names(kind)}}}},
        }
        for kind in kinds
    ]
    named: Shape = {"enum": [kind.value for kind in kinds]}
    shape = _record({"kind": named, "settings": _record(everything)}, "kind")
    return {**shape, "allOf": by_kind}


def _names(kind: ScorerKind) -> list[str]:
    return sorted(kind.entry.shapes())


_WHO = {"author": _TEXT, "created_at": {"type": "string", "format": "date-time"}}
_EVIDENCE = _record(
    {
        "summary": _TEXT,
        "experiment": _TEXT,
        "criterion": _TEXT,
        "variant": _TEXT,
        "case": _TEXT,
        "output": _TEXT,
    },
    "summary",
)
_REVISION: dict[str, Shape] = {
    "statement": _TEXT,
    "rationale": _TEXT,
    "kind": _closed(Kind),
    "impact": _closed(Level),
    "effort": _closed(Level),
    "horizon": _closed(Horizon),
    "author": _WHO["author"],
    "created_at": _WHO["created_at"],
    "why": _TEXT,
    "expects": _TEXT,
    "evidence": _some({"$ref": "#/$defs/evidence"}),
}
_CRITERION: dict[str, Shape] = {
    "title": _LINE,
    "scorer": {"$ref": "#/$defs/scorer"},
    "measure": _closed(Measure),
    "bar": _SHARE,
    "target": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
    "confidence": {"type": "number", "exclusiveMinimum": 0.5, "exclusiveMaximum": 1},
    "slices": _TEXTS,
    "lane": _closed(Lane),
    "origin": _TEXT,
    "author": _WHO["author"],
    "created_at": _WHO["created_at"],
    "why": _TEXT,
    "expects": _TEXT,
}
_ASKED: dict[str, Shape] = {
    "temperature": {"type": "number", "minimum": 0},
    "top_p": _SHARE,
    "max_tokens": _NUMBER,
    "seed": {"type": "integer"},
    "stop": _TEXTS,
}
_DEFINITIONS: dict[str, Shape] = {
    "pack": {
        "description": (
            "The file is a capability pack: one dataset, one prompt and criteria that code scores, "
            "to be tried on several models."
        ),
        **_record(
            {
                "key": {"type": "string", "pattern": packs.KEY, "maxLength": packs.MOST_KEY},
                "version": _NUMBER,
                "licence": _LINE,
                "attribution": _TEXT,
                "trials": {"type": "integer", "minimum": 1, "maximum": 100},
                "parameters": _record(_ASKED),
            },
            "key",
            "version",
            "licence",
        ),
    },
    "evidence": _EVIDENCE,
    # The kinds that are known when it is asked for; a part is any check but a combination.
    "scorer": {},
    "part": {},
    "requirement": _record(
        {
            "key": _key("R"),
            "revision": _NUMBER,
            **_REVISION,
            "history": _some(_record({"number": _NUMBER, **_REVISION}, "number", "statement")),
            "criteria": _some({"$ref": "#/$defs/criterion"}),
        },
        "key",
        "statement",
    ),
    "criterion": _record(
        {
            "key": _key("C"),
            "version": _NUMBER,
            **_CRITERION,
            "history": _some(
                _record({"number": _NUMBER, **_CRITERION}, "number", "title", "scorer")
            ),
        },
        "key",
        "title",
        "scorer",
    ),
    "dataset": _record(
        {
            "name": _LINE,
            "versions": _at_least_one(_record({"number": _NUMBER, "note": _TEXT, **_WHO})),
            "cases": _at_least_one({"$ref": "#/$defs/case"}),
        },
        "name",
        "cases",
    ),
    "value": {**VALUE, "description": "Text, or a list or a group of keys that prompts look into."},
    "reference": {
        "type": ["string", "null", "array", "object"],
        "description": "A good answer. Of a list, any one item is right.",
    },
    "case": _record(
        {
            "key": _LINE,
            "variables": {
                "type": "object",
                "additionalProperties": {"$ref": "#/$defs/value"},
                "propertyNames": {"pattern": names.PATTERN, "not": {"enum": sorted(names.TAKEN)}},
                "minProperties": 1,
            },
            "reference": {"$ref": "#/$defs/reference"},
            "tags": _TEXTS,
            "source": _TEXT,
            "held_out": _YES_NO,
            "group": _LINE,
            "since": _NUMBER,
            "until": _NUMBER,
        },
        "key",
        "variables",
    ),
    "prompt": _record(
        {
            "name": _LINE,
            "versions": _at_least_one(
                _record(
                    {
                        **{"number": _NUMBER, "note": _TEXT, "expects": _TEXT, **_WHO},
                        **{"system": _TEXT, "user": _TEXT},
                    }
                )
            ),
        },
        "name",
        "versions",
    ),
    "variant": _record(
        {
            "label": _LINE,
            "prompt": _LINE,
            "version": _NUMBER,
            "connection": _LINE,
            "model": _LINE,
            "parameters": {"$ref": "#/$defs/parameters"},
        },
        "label",
        "prompt",
        "connection",
        "model",
    ),
    "parameters": _record(
        {
            **_ASKED,
            "json_schema": _JSON_OBJECT,
            "extra_body": _JSON_OBJECT,
            "headers": {"type": "object", "additionalProperties": _LINE},
        }
    ),
    "experiment": _record(
        {
            "key": _key("E"),
            "question": _LINE,
            "dataset": _LINE,
            "dataset_version": _NUMBER,
            "slices": _TEXTS,
            "held_out": {"type": ["boolean", "null"]},
            "cases": _at_least_one(_LINE),
            "variants": _at_least_one(_LINE),
            "criteria": _at_least_one(
                {"type": "string", "pattern": "^C[1-9][0-9]{0,5}(@[0-9]+)?$"}
            ),
            "trials": {"type": "integer", "minimum": 1, "maximum": 100},
            "stop_rule": {"enum": [rule.value for rule in StopRule]},
            **_WHO,
        },
        "key",
        "question",
        "dataset",
        "variants",
        "criteria",
    ),
    "failure_mode": _record(
        {
            "key": _key("F"),
            "version": _NUMBER,
            "name": _LINE,
            "definition": _TEXT,
            "severity": _closed(Severity),
            "owner": _TEXT,
            "fallback": _record(
                {
                    "noticed": _TEXT,
                    "response": _closed(Response),
                    "reads": _TEXT,
                    "criterion": _key("C"),
                }
            ),
            "examples": _some({"$ref": "#/$defs/evidence"}),
            **_WHO,
        },
        "key",
        "name",
    ),
}

_SCHEMA: Shape = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Feature file of the AI Requirements Workbench",
    "description": (
        "One AI feature: its requirements and criteria with their history, cases, prompts, "
        "variants, experiments and failure modes. Connections are named only: addresses and keys "
        "are never here."
    ),
    **_record(
        {
            "workbench": {"const": VERSION},
            "pack": {"$ref": "#/$defs/pack"},
            "feature": _record({"name": _LINE, **{name: _TEXT for name, _, _ in FIELDS}}, "name"),
            "candidate": _LINE,
            "requirements": _some({"$ref": "#/$defs/requirement"}),
            "datasets": _some({"$ref": "#/$defs/dataset"}),
            "prompts": _some({"$ref": "#/$defs/prompt"}),
            "variants": _some({"$ref": "#/$defs/variant"}),
            "experiments": _some({"$ref": "#/$defs/experiment"}),
            "failure_modes": _some({"$ref": "#/$defs/failure_mode"}),
        },
        "workbench",
        "feature",
    ),
}


def schema() -> Shape:
    """The whole shape, with the kinds of scorers that are known."""
    return _whole(tuple(ScorerKind))


@cache
def _whole(kinds: tuple[ScorerKind, ...]) -> Shape:
    parts = tuple(
        k
        for k in kinds
        if k.by is By.CODE and k not in combined.NAMES and not k.entry.is_second_pass
    )
    scorers = {"scorer": _scorer(kinds), "part": _scorer(parts)}
    return {**_SCHEMA, "$defs": {**_DEFINITIONS, **scorers}}


def resolved(shape: Shape) -> Shape:
    """The shape itself, where it only points to a definition."""
    reference = shape.get("$ref")
    if reference is None:
        return shape
    definition: Shape = schema()["$defs"][reference.rsplit("/", 1)[1]]
    return definition


def published() -> str:
    """The schema as `docs/feature-file.schema.json` holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
