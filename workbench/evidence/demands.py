"""How what is asked for changed: each criterion's versions, and what was seen by then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from workbench.domain.criteria import Criterion
from workbench.domain.criterion_changes import differences
from workbench.store.store import Store


@dataclass(frozen=True)
class Demand:
    """One change of what a criterion asks for. `is_late`: answers that it judges had come by then.

    `what` is empty for a change of words alone; `number` is the version that the change made, and
    None where the criterion was put away.
    """

    criterion_id: UUID
    requirement_id: UUID
    key: str
    title: str
    number: int | None
    what: tuple[str, ...]
    author: str
    why: str
    created_at: datetime
    is_late: bool

    def sentence(self) -> str:
        """The change in words: “C1: bar at least 90% → at least 50%, after results were seen”."""
        if self.number is None:
            said = f"{self.key} ({self.title}) was put away"
        else:
            said = f"{self.key}: {', '.join(self.what) or 'other words'}"
        return f"{said}, after results were seen" if self.is_late and self.is_demand else said

    @property
    def is_demand(self) -> bool:
        """Whether it changed what is asked for, not only the words."""
        return bool(self.what) or self.number is None


def of_feature(store: Store, feature_id: UUID) -> list[Demand]:
    """Every change of every criterion of a feature since its first version, oldest first."""
    first = store.criteria.first_answers(feature_id)
    found = []
    for versions in store.criteria.versions_of(feature_id).values():
        for before, after in pairwise(versions):
            found.append(_changed(before, after, first))
        newest = versions[-1]
        if newest.archived_at is not None:
            found.append(_put_away(store, newest, first))
    return sorted(found, key=lambda demand: demand.created_at)


def since(demands: list[Demand], criterion_id: UUID, number: int) -> list[Demand]:
    """What was changed of a criterion since its version `number`, oldest first."""
    return [
        demand
        for demand in demands
        if demand.criterion_id == criterion_id
        and demand.number is not None
        and demand.number > number
        and demand.is_demand
    ]


def _changed(before: Criterion, after: Criterion, first: Mapping[UUID, datetime]) -> Demand:
    return Demand(
        after.id,
        after.requirement_id,
        after.key,
        after.draft.title,
        after.number,
        differences(before.draft, after.draft),
        after.author,
        after.why,
        after.created_at,
        _is_late(after.id, after.created_at, first),
    )


def _put_away(store: Store, newest: Criterion, first: Mapping[UUID, datetime]) -> Demand:
    assert newest.archived_at is not None
    author, why = store.criteria.put_away_by(newest.id)
    return Demand(
        newest.id,
        newest.requirement_id,
        newest.key,
        newest.draft.title,
        None,
        (),
        author,
        why,
        newest.archived_at,
        _is_late(newest.id, newest.archived_at, first),
    )


def _is_late(criterion_id: UUID, at: datetime, first: Mapping[UUID, datetime]) -> bool:
    return criterion_id in first and first[criterion_id] < at
