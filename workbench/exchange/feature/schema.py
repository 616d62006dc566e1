"""The published shape of a feature file: one JSON Schema, built from the domain's sets."""

import json
from functools import cache

from workbench.domain import conversations, names, packs
from workbench.domain.criteria import Lane, Measure, ScorerKind
from workbench.domain.experiments import StopRule
from workbench.domain.failures import Response, Severity
from workbench.domain.features import FIELDS
from workbench.domain.kinds import combined
from workbench.domain.kinds.entry import By
from workbench.domain.prompts import CONVERSATION
from workbench.domain.requirements import Horizon, Kind, Level
from workbench.exchange.feature.schema_parts import (
    ATTACHMENTS,
    JSON_OBJECT,
    LINE,
    NUMBER,
    SHARE,
    TERMS,
    TEXT,
    TEXTS,
    VALUE,
    YES_NO,
    Shape,
    at_least_one,
    closed,
    key,
    record,
    some,
)
from workbench.exchange.feature.schema_tools import CASE_PARTS, DEFINITIONS, PLAYER, TOOLS

VERSION = 1


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
    shape = record({"kind": named, "settings": record(everything)}, "kind")
    return {**shape, "allOf": by_kind}


def _names(kind: ScorerKind) -> list[str]:
    return sorted(kind.entry.shapes())


_WHO = {"author": TEXT, "created_at": {"type": "string", "format": "date-time"}}
_EVIDENCE = record(
    {
        "summary": TEXT,
        "experiment": TEXT,
        "criterion": TEXT,
        "variant": TEXT,
        "case": TEXT,
        "output": TEXT,
    },
    "summary",
)
_REVISION: dict[str, Shape] = {
    "statement": TEXT,
    "rationale": TEXT,
    "kind": closed(Kind),
    "impact": closed(Level),
    "effort": closed(Level),
    "horizon": closed(Horizon),
    "author": _WHO["author"],
    "created_at": _WHO["created_at"],
    "why": TEXT,
    "expects": TEXT,
    "evidence": some({"$ref": "#/$defs/evidence"}),
}
_CRITERION: dict[str, Shape] = {
    "title": LINE,
    "scorer": {"$ref": "#/$defs/scorer"},
    "measure": closed(Measure),
    "bar": SHARE,
    "target": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
    "confidence": {"type": "number", "exclusiveMinimum": 0.5, "exclusiveMaximum": 1},
    "slices": TEXTS,
    "lane": closed(Lane),
    "origin": TEXT,
    "author": _WHO["author"],
    "created_at": _WHO["created_at"],
    "why": TEXT,
    "expects": TEXT,
}
_ASKED: dict[str, Shape] = {
    "temperature": {"type": "number", "minimum": 0},
    "top_p": SHARE,
    "max_tokens": NUMBER,
    "seed": {"type": "integer"},
    "stop": TEXTS,
}
_MESSAGE: Shape = {
    **record({"role": {"enum": [*conversations.SPEAKERS, CONVERSATION]}, "content": TEXT}, "role"),
    "description": "An example, or the place where the case's own conversation goes.",
}
_DEFINITIONS: dict[str, Shape] = {
    "pack": {
        "description": (
            "The file is a capability pack: one dataset, one prompt and criteria that code scores, "
            "to be tried on several models."
        ),
        **record(
            {
                "key": {"type": "string", "pattern": packs.KEY, "maxLength": packs.MOST_KEY},
                "version": NUMBER,
                "licence": LINE,
                "attribution": TEXT,
                "trials": {"type": "integer", "minimum": 1, "maximum": 100},
                "parameters": record(_ASKED),
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
    "requirement": record(
        {
            "key": key("R"),
            "revision": NUMBER,
            **_REVISION,
            "history": some(record({"number": NUMBER, **_REVISION}, "number", "statement")),
            "criteria": some({"$ref": "#/$defs/criterion"}),
        },
        "key",
        "statement",
    ),
    "criterion": record(
        {
            "key": key("C"),
            "version": NUMBER,
            **_CRITERION,
            "history": some(record({"number": NUMBER, **_CRITERION}, "number", "title", "scorer")),
        },
        "key",
        "title",
        "scorer",
    ),
    "dataset": record(
        {
            "name": LINE,
            "terms": TERMS,
            "versions": at_least_one(record({"number": NUMBER, "note": TEXT, **_WHO})),
            "cases": at_least_one({"$ref": "#/$defs/case"}),
        },
        "name",
        "cases",
    ),
    "value": {
        **VALUE,
        "description": "Text, or a list or a group of keys that prompts look into.",
    },
    "reference": {
        "type": ["string", "null", "array", "object"],
        "description": "A good answer. Of a list, any one item is right.",
    },
    "case": record(
        {
            "key": LINE,
            "variables": {
                "type": "object",
                "additionalProperties": {"$ref": "#/$defs/value"},
                "propertyNames": {"pattern": names.PATTERN, "not": {"enum": sorted(names.TAKEN)}},
            },
            "messages": {
                "type": "array",
                "items": record(
                    {"role": {"enum": list(conversations.SPEAKERS)}, "content": LINE},
                    "role",
                    "content",
                ),
                "maxItems": conversations.MOST_MESSAGES,
                "description": "The conversation so far, which the model goes on with.",
            },
            "attachments": ATTACHMENTS,
            **CASE_PARTS,
            "reference": {"$ref": "#/$defs/reference"},
            "tags": TEXTS,
            "source": TEXT,
            "held_out": YES_NO,
            "group": LINE,
            "since": NUMBER,
            "until": NUMBER,
        },
        "key",
    ),
    **DEFINITIONS,
    "prompt": record(
        {
            "name": LINE,
            "versions": at_least_one(
                record(
                    {
                        **{
                            "number": NUMBER,
                            "note": TEXT,
                            "expects": TEXT,
                            **_WHO,
                        },
                        **{
                            "system": TEXT,
                            "messages": some(_MESSAGE),
                            "user": TEXT,
                        },
                        **TOOLS,
                    }
                )
            ),
        },
        "name",
        "versions",
    ),
    "variant": record(
        {
            "label": LINE,
            "prompt": LINE,
            "version": NUMBER,
            "connection": LINE,
            "model": LINE,
            "parameters": {"$ref": "#/$defs/parameters"},
        },
        "label",
        "prompt",
        "connection",
        "model",
    ),
    "parameters": record(
        {
            **_ASKED,
            "json_schema": JSON_OBJECT,
            "extra_body": JSON_OBJECT,
            "headers": {"type": "object", "additionalProperties": LINE},
            "user": PLAYER,
        }
    ),
    "experiment": record(
        {
            "key": key("E"),
            "question": LINE,
            "dataset": LINE,
            "dataset_version": NUMBER,
            "slices": TEXTS,
            "held_out": {"type": ["boolean", "null"]},
            "cases": at_least_one(LINE),
            "variants": at_least_one(LINE),
            "criteria": at_least_one({"type": "string", "pattern": "^C[1-9][0-9]{0,5}(@[0-9]+)?$"}),
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
    "failure_mode": record(
        {
            "key": key("F"),
            "version": NUMBER,
            "name": LINE,
            "definition": TEXT,
            "severity": closed(Severity),
            "owner": TEXT,
            "fallback": record(
                {
                    "noticed": TEXT,
                    "response": closed(Response),
                    "reads": TEXT,
                    "criterion": key("C"),
                }
            ),
            "examples": some({"$ref": "#/$defs/evidence"}),
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
    **record(
        {
            "workbench": {"const": VERSION},
            "pack": {"$ref": "#/$defs/pack"},
            "feature": record({"name": LINE, **{name: TEXT for name, _, _ in FIELDS}}, "name"),
            "candidate": LINE,
            "requirements": some({"$ref": "#/$defs/requirement"}),
            "datasets": some({"$ref": "#/$defs/dataset"}),
            "prompts": some({"$ref": "#/$defs/prompt"}),
            "variants": some({"$ref": "#/$defs/variant"}),
            "experiments": some({"$ref": "#/$defs/experiment"}),
            "failure_modes": some({"$ref": "#/$defs/failure_mode"}),
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
