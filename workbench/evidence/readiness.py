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
    data_lacks: Sequence[str] = (),
) -> list[Point]:
    """What a spec should have before engineers build on it, in the order in which to do it."""
    bare = _keys([row for row in rows if not row.criteria])
    open_ones = _keys([r for r in rows if r.criteria and r.verdict is Verdict.NOT_ENOUGH_EVIDENCE])
    missed = _keys([row for row in rows if row.verdict is Verdict.NOT_MET])
    stale = _keys([row for row in rows if row.is_stale])
    outputs = "output waits" if ratings_open == 1 else "outputs wait"
    return [
        Point(
            bool(rows),
            _said("There are requirements", "There is no requirement yet", rows),
            "requirements",
            "Draft one",
        ),
        _point(
            bare,
            "Every requirement has a criterion",
            "without a criterion",
            "requirements",
            "Add a criterion",
        ),
        Point(
            candidate is not None,
            "A candidate variant is chosen" if candidate else "No candidate variant is chosen",
            "verdicts",
            "Choose one",
        ),
        Point(
            not ratings_open,
            "Every output that asks for a person is rated"
            if not ratings_open
            else f"{ratings_open:,} {outputs} for a person's rating",
            "rating",
            "Rate them",
        ),
        _point(
            open_ones,
            "Every requirement is decided",
            "without enough evidence",
            "verdicts",
            "See what would settle it",
        ),
        _point(missed, "No bar is missed", "not met", "verdicts", "Read the failures"),
        _point(
            stale,
            "All evidence is newer than what it judges",
            "resting on stale evidence",
            "experiments",
            "Run again",
        ),
        *_fallbacks(modes),
        Point(
            not data_lacks,
            "All cases may be used, and it is said why"
            if not data_lacks
            else f"Data not for a release: {'; '.join(data_lacks)}",
            "data",
            "Say the terms",
        ),
    ]


def data_lacks(store: Store, feature_id: UUID) -> list[str]:
    """By dataset, why its cases are not for a release: no basis for their use, or one that ran
    out."""
    terms, today = store.data_terms.of(feature_id), clock.now().date()
    return [
        f"{version.name}: {lack}"
        for version in store.datasets.of(feature_id)
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


def _said(good: str, bad: str, found: Sequence[object]) -> str:
    return good if found else bad
