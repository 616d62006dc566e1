"""Failure modes in and out of a feature file: with their fallbacks, and a few examples by value.

The child process that reads a file loads this too: a store, with its database, takes it longer to
load than all else together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from workbench.domain.failures import FailureMode, Fallback, ModeDraft, Response, Severity
from workbench.domain.requirements import Evidence
from workbench.exchange.feature.entries import FeatureEntry, Given, at, author_of, created_at
from workbench.exchange.feature.plain import evidence, kept, who
from workbench.exchange.feature.yaml_reader import Path

if TYPE_CHECKING:
    from workbench.store.store import Store

MOST_EXAMPLES = 5
"""So many examples of a failure mode travel in a file, by value: its notes are results."""


class ModeEntry(NamedTuple):
    """One failure mode, and its examples by value. The key of the criterion that shows its fallback
    stands beside it."""

    number: int
    draft: ModeDraft
    criterion: str
    author: str
    created_at: datetime
    examples: tuple[Evidence, ...]


def read(entry: FeatureEntry, given: Given, path: Path) -> ModeEntry:
    """A failure mode as the file says it. Raises ShapeError."""
    fallback = entry.get("fallback", {})
    response = fallback.get("response")
    with at(*path):
        draft = ModeDraft(
            entry["name"],
            entry.get("definition", ""),
            Severity(entry.get("severity", ModeDraft.severity)),
            entry.get("owner", ""),
            Fallback(
                fallback.get("noticed", ""),
                None if response is None else Response(response),
                fallback.get("reads", ""),
            ),
        ).checked()
    examples = tuple(Evidence(**piece) for piece in entry.get("examples", ()))
    said = author_of(entry, given), created_at(entry, given, path)
    return ModeEntry(entry.get("version", 1), draft, fallback.get("criterion", ""), *said, examples)


def keep(
    store: "Store",
    feature_id: UUID,
    modes: Sequence[FeatureEntry],
    given: Given,
    criteria: Mapping[str, UUID],
) -> None:
    """Keep the failure modes of a file. `criteria` are the feature's, by key."""
    for i, entry in enumerate(modes):
        mode = read(entry, given, ("failure_modes", i))
        shown_by = criteria[mode.criterion] if mode.criterion else None
        fallback = replace(mode.draft.fallback, criterion_id=shown_by)
        store.failures.restore(
            feature_id,
            entry["key"],
            mode.number,
            replace(mode.draft, fallback=fallback),
            mode.author,
            mode.created_at,
            mode.examples[:MOST_EXAMPLES],
        )


def written(store: "Store", feature_id: UUID, keys: Mapping[UUID, str]) -> list[dict[str, Any]]:
    """A feature's failure modes as entries of a file. `keys` are those of its criteria."""
    modes = store.failures.of(feature_id)
    notes = store.reports.failures.notes(feature_id) if modes else []
    return [
        _written(mode, [n.evidence() for n in notes if n.mode_id == mode.id], keys)
        for mode in modes
    ]


def _written(
    mode: FailureMode, noted: Sequence[Evidence], keys: Mapping[UUID, str]
) -> dict[str, Any]:
    draft, fallback = mode.draft, mode.draft.fallback
    designed = {
        "noticed": fallback.noticed,
        "response": fallback.response and fallback.response.value,
        "reads": fallback.reads,
        "criterion": fallback.criterion_id and keys.get(fallback.criterion_id),
    }
    examples = [*mode.examples, *noted][:MOST_EXAMPLES]
    return {
        "key": mode.key,
        "version": mode.number,
        "name": draft.name,
        **kept({"definition": draft.definition}),
        "severity": draft.severity.value,
        **kept({"owner": draft.owner, "fallback": kept(designed)}),
        **kept({"examples": [evidence(piece) for piece in examples]}),
        **who(mode),
    }
