"""Pieces that several parts of a feature file are written with."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from workbench.domain.requirements import Evidence


def kept(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that say something: no empty text, list or group, and no None."""
    return {name: value for name, value in values.items() if value not in ("", [], {}, None)}


def who(item: Any) -> dict[str, Any]:
    """Author and time. An empty author is written: a missing one would be the importer."""
    return {"author": item.author, "created_at": _time(item.created_at)}


def evidence(piece: Evidence) -> dict[str, Any]:
    """What caused something, by value."""
    return {"summary": piece.summary, **kept(asdict(piece))}


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
