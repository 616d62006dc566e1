"""What is worth most comes first: now before later, impact over effort, then the older key."""

from datetime import UTC, datetime
from uuid import uuid4

from workbench.domain.requirements import (
    Horizon,
    Level,
    Requirement,
    RequirementDraft,
    Revision,
    priority,
)


def requirement(
    key: str, impact: Level, effort: Level, horizon: Horizon = Horizon.NOW
) -> Requirement:
    draft = RequirementDraft(key, impact=impact, effort=effort, horizon=horizon)
    return Requirement(uuid4(), uuid4(), key, Revision(1, draft, "Ada", datetime.now(UTC)))


def ordered(*requirements: Requirement) -> list[str]:
    return [found.key for found in sorted(requirements, key=priority)]


LOW, MEDIUM, HIGH = Level.LOW, Level.MEDIUM, Level.HIGH


def test_more_impact_comes_first_and_more_effort_later() -> None:
    cheap, plain = requirement("R4", HIGH, LOW), requirement("R3", MEDIUM, MEDIUM)
    dear, poor = requirement("R2", HIGH, HIGH), requirement("R1", LOW, HIGH)
    assert ordered(poor, dear, plain, cheap) == ["R4", "R2", "R3", "R1"]


def test_what_is_for_now_comes_before_all_that_is_for_later() -> None:
    now = requirement("R3", LOW, HIGH, Horizon.NOW)
    following = requirement("R2", HIGH, LOW, Horizon.NEXT)
    later = requirement("R1", HIGH, LOW, Horizon.LATER)
    assert ordered(later, following, now) == ["R3", "R2", "R1"]


def test_of_equals_the_older_key_comes_first_and_ten_after_nine() -> None:
    assert ordered(requirement("R10", LOW, LOW), requirement("R9", LOW, LOW)) == ["R9", "R10"]
