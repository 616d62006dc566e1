"""A model that drafts: what it replies to each part that it is asked for."""

import json
from collections.abc import Callable, Mapping
from typing import Any

REQUIREMENT = {
    "statement": "The bot promises no refund.",
    "kind": "safety",
    "words": "never promise a refund",
}
WITTY = {"statement": "The bot is witty.", "kind": "quality", "words": "be witty at all times"}
CRITERION = {
    "requirement": 1,
    "title": "Says no refund",
    "check": "contains_none",
    "texts": ["we will refund"],
    "number": None,
    "bar": 0.95,
    "slice": "refund",
}
CASE = {"input": "Refund me now!", "tag": "adversarial", "slice": "refund", "words": ""}
MODE = {"name": "Promises money", "definition": "It says we pay back.", "severity": "severe"}
REPLIES: Mapping[str, Any] = {
    "requirements": [REQUIREMENT, WITTY],
    "criteria": [CRITERION],
    "cases": [CASE],
    "failure_modes": [MODE],
}


def part_of(body: Mapping[str, Any]) -> str:
    """Which part a request asks for."""
    (part,) = body["response_format"]["json_schema"]["schema"]["properties"]
    return str(part)


def replying(**others: Any) -> Callable[[dict[str, Any]], str]:
    """What a server replies: a list for each part, or a text as it is."""
    replies = {**REPLIES, **others}

    def reply(body: dict[str, Any]) -> str:
        part = part_of(body)
        said = replies[part]
        return said if isinstance(said, str) else json.dumps({part: said})

    return reply
