"""The order of a run's calls: verdicts come one after the other, not all at the end."""

from uuid import UUID, uuid4

from workbench.domain.criteria import Criterion, CriterionDraft, Scorer, ScorerKind
from workbench.domain.datasets import Case
from workbench.domain.trials import PlannedCall
from workbench.runs.planning import by_verdict

VARIANTS = (uuid4(), uuid4())


def criterion(*slices: str) -> Criterion:
    scorer = Scorer(ScorerKind.CONTAINS, {"texts": ["x"]})
    draft = CriterionDraft("Says x", scorer, slices=slices)
    return Criterion(uuid4(), uuid4(), "C1", 1, draft, "Ada", None)  # type: ignore[arg-type]  # no time here


def cases(*tags: str, group: str = "") -> dict[UUID, Case]:
    """One case of each tag."""
    made = [
        Case(uuid4(), uuid4(), f"case-{n}", n, {}, None, (tag,), "", False, group)
        for n, tag in enumerate(tags)
    ]
    return {case.id: case for case in made}


def calls(known: dict[UUID, Case]) -> list[PlannedCall]:
    return [PlannedCall(variant, case, 1, None) for case in known for variant in VARIANTS]


def tags(ordered: list[PlannedCall], known: dict[UUID, Case]) -> str:
    return "".join(known[call.case_id].tags[0] for call in ordered)


def test_the_criterion_with_the_fewest_cases_comes_first_and_its_variants_take_turns() -> None:
    known = cases("a", "b", "a", "b", "a", "c")
    ordered = by_verdict(calls(known), known, [criterion("a"), criterion("b"), criterion()])
    assert tags(ordered, known) == "bbbbaaaaaacc"
    assert [call.variant_id for call in ordered[:2]] == list(VARIANTS)


def test_nothing_is_lost_and_the_order_within_a_criterion_stays() -> None:
    known = cases("a", "b", "a", "b")
    planned = calls(known)
    ordered = by_verdict(planned, known, [criterion("b")])
    assert sorted(map(planned.index, ordered)) == list(range(len(planned)))
    assert [c for c in ordered if known[c.case_id].tags == ("b",)] == [
        c for c in planned if known[c.case_id].tags == ("b",)
    ]


def test_a_group_is_asked_whole_with_the_first_of_its_cases() -> None:
    known = cases("a", "b", "a") | cases("a", "b", group="document")
    ordered = by_verdict(calls(known), known, [criterion("b")])
    assert tags(ordered, known) == "bbaabbaaaa"


def test_criteria_about_all_cases_leave_the_order_as_it_is() -> None:
    known = cases("a", "b", "a")
    planned = calls(known)
    assert by_verdict(planned, known, [criterion(), criterion()]) == planned
    assert by_verdict(planned, known, []) == planned
