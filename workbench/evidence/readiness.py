"""Whether a spec is ready to hand over: what is still missing, and the page that puts it right."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from workbench.domain import clock
from workbench.domain.data_terms import DataTerms
from workbench.domain.failures import FailureMode, Severity
from workbench.domain.verdicts import Verdict
from workbench.evidence.verdicts import RequirementVerdict
from workbench.store.store import Store


class Point(NamedTuple):
    """One thing that a spec should have: what is true of it now, and the page that changes it."""

    is_done: bool
    said: str
    page: str
    where: str


def points(
    rows: Sequence[RequirementVerdict],
    candidate: UUID | None,
    ratings_open: int,
    modes: Sequence[FailureMode] = (),
    data_lacks: Sequence[str] | None = (),
) -> list[Point]:
    """What a spec should have before engineers build on it, in the order in which to do it.

    Nothing counts as done of what there is none of yet: requirements, evidence, or cases
    (`data_lacks` is None).
    """
    found = [
        Point(
            bool(rows),
            "There are requirements" if rows else "There is no requirement yet",
            "requirements",
            "Draft one",
        )
    ]
    if rows:
        bare = _keys([row for row in rows if not row.criteria])
        said = "Every requirement has a criterion", "without a criterion"
        found.append(_point(bare, *said, "requirements", "Add a criterion"))
    found.append(
        Point(
            candidate is not None,
            "A candidate variant is chosen" if candidate else "No candidate variant is chosen",
            "verdicts",
            "Choose one",
        )
    )
    found += [*_evidence(rows, ratings_open), *_fallbacks(modes)]
    if data_lacks is not None:
        lack = f"Data not for a release: {'; '.join(data_lacks)}"
        good = "All cases may be used, and it is said why"
        found.append(Point(not data_lacks, lack if data_lacks else good, "data", "Say the terms"))
    return found


def _evidence(rows: Sequence[RequirementVerdict], ratings_open: int) -> list[Point]:
    """What is known of the requirements, and whether it still holds."""
    found, is_evaluated = [], any(row.is_evaluated for row in rows)
    if ratings_open or is_evaluated:
        outputs = "output waits" if ratings_open == 1 else "outputs wait"
        found.append(
            Point(
                not ratings_open,
                "Every output that asks for a person is rated"
                if not ratings_open
                else f"{ratings_open:,} {outputs} for a person's rating",
                "rating",
                "Rate them",
            )
        )
    if rows:
        undecided = Verdict.NOT_ENOUGH_EVIDENCE
        open_ones = _keys([row for row in rows if row.criteria and row.verdict is undecided])
        said = "Every requirement is decided", "without enough evidence"
        found.append(_point(open_ones, *said, "verdicts", "See what would settle it"))
    if is_evaluated:
        missed = _keys([row for row in rows if row.verdict is Verdict.NOT_MET])
        found.append(_point(missed, "No bar is missed", "not met", "verdicts", "Read the failures"))
        stale = _keys([row for row in rows if row.is_stale])
        said = "All evidence is newer than what it judges", "resting on stale evidence"
        found.append(_point(stale, *said, "experiments", "Run again"))
    return found


def data_lacks(store: Store, feature_id: UUID) -> list[str] | None:
    """By dataset, why its cases are not for a release: no basis for their use, or one that ran
    out. None where there is no dataset."""
    versions = store.datasets.of(feature_id)
    if not versions:
        return None
    terms, today = store.data_terms.of(feature_id), clock.now().date()
    return [
        f"{version.name}: {lack}"
        for version in versions
        if (lack := terms.get(version.dataset_id, DataTerms()).lack(today))
    ]


def _fallbacks(modes: Sequence[FailureMode]) -> list[Point]:
    """Whether each severe failure mode says what happens then; nothing where there is none."""
    if not any(mode.draft.severity is Severity.SEVERE for mode in modes):
        return []
    return [
        _point(
            [mode.key for mode in modes if mode.is_open],
            "Every severe failure mode says what happens then",
            "severe without a design of what happens then",
            "failures",
            "Design it",
        )
    ]


def _point(keys: Sequence[str], good: str, lack: str, page: str, where: str) -> Point:
    if not keys:
        return Point(True, good, page, where)
    verb = "is" if len(keys) == 1 else "are"
    return Point(False, f"{', '.join(keys)} {verb} {lack}", page, where)


def _keys(rows: Sequence[RequirementVerdict]) -> list[str]:
    return [row.requirement.key for row in rows]
