"""Rules find what contradicts, what is vague, and which cases are missing."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from workbench.domain.criteria import Criterion, CriterionDraft, Scorer, ScorerKind
from workbench.domain.requirements import Kind, Requirement, RequirementDraft, Revision
from workbench.drafting import conflicts
from workbench.drafting.conflicts import Finding, FindingKind, Unit

SPACE = UUID(int=1)
THEN = datetime(2026, 1, 1, tzinfo=UTC)


def required(key: str, statement: str, kind: Kind = Kind.QUALITY) -> Requirement:
    """A requirement that says so."""
    revision = Revision(1, RequirementDraft(statement, kind=kind), "Ada", THEN)
    return Requirement(uuid5(SPACE, key), SPACE, key, revision)


def judged(
    key: str, of: str, kind: str, slices: tuple[str, ...] = (), bar: float = 0.5, **settings: Any
) -> Criterion:
    """A criterion of the requirement with that key."""
    draft = CriterionDraft(key, Scorer(ScorerKind(kind), settings), bar=bar, slices=slices)
    return Criterion(uuid5(SPACE, key), uuid5(SPACE, of), key, 1, draft, "Ada", THEN)


def units(n: int, *tags: str) -> list[Unit]:
    """So many different cases with these tags."""
    return [Unit(str(place), frozenset(tags)) for place in range(n)]


def found(
    requirements: Sequence[Requirement],
    criteria: Sequence[Criterion] = (),
    datasets: Sequence[Sequence[Unit]] = (),
) -> list[Finding]:
    """What the rules find."""
    return conflicts.found(requirements, criteria, datasets)


def kinds(findings: Sequence[Finding]) -> set[FindingKind]:
    """The kinds that were found."""
    return {each.kind for each in findings}


TWO = (required("R1", "The reply has a greeting."), required("R2", "The reply names the order."))
CASES = [units(500)]


def test_bounds_that_no_length_meets_are_a_conflict() -> None:
    long = judged("C1", "R1", "length", min=100, unit="words")
    brief = judged("C2", "R2", "length", max=80, unit="words")
    (clash,) = found(TWO, (long, brief), CASES)
    assert (clash.kind, clash.about) == (FindingKind.CONFLICT, ("R1", "R2"))
    assert "at least 100 words, the other at most 80" in clash.said


def test_other_units_and_other_slices_are_none() -> None:
    long = judged("C1", "R1", "length", min=100, unit="words")
    signs = judged("C2", "R2", "length", max=80, unit="characters")
    assert found(TWO, (long, signs), CASES) == []
    tagged = [units(500, "mail"), units(500, "chat")]
    mail = judged("C1", "R1", "length", ("mail",), min=100, unit="words")
    chat = judged("C2", "R2", "length", ("chat",), max=80, unit="words")
    assert found(TWO, (mail, chat), tagged) == []


def test_a_text_that_must_be_there_and_must_not_is_a_conflict() -> None:
    wanted = judged("C1", "R1", "contains", texts=["Dear"], mode="all")
    barred = judged("C2", "R2", "not_contains", texts=["dear", "hi"])
    (clash,) = found(TWO, (wanted, barred), CASES)
    assert "“dear” must be there and must not" in clash.said


def test_one_of_several_texts_may_be_there_beside_a_barred_one() -> None:
    wanted = judged("C1", "R1", "contains", texts=["Dear", "Hello"], mode="any")
    barred = judged("C2", "R2", "not_contains", texts=["dear"])
    assert found(TWO, (wanted, barred), CASES) == []


def test_never_and_always_about_one_thing_are_a_conflict() -> None:
    two = (
        required("R1", "The assistant never offers a discount."),
        required("R2", "The assistant offers loyal customers a discount."),
    )
    both = (judged("C1", "R1", "rating"), judged("C2", "R2", "rating"))
    (clash,) = found(two, both, CASES)
    assert clash.about == ("R1", "R2")
    assert "rules out what R2 seems to ask for" in clash.said


def test_never_about_another_thing_is_none() -> None:
    two = (
        required("R1", "The assistant never offers a discount."),
        required("R2", "The assistant names the delivery date."),
    )
    both = (judged("C1", "R1", "rating"), judged("C2", "R2", "rating"))
    assert found(two, both, CASES) == []


def test_a_vague_word_is_ambiguous_until_a_criterion_measures_it() -> None:
    vague = (required("R1", "The reply is friendly."),)
    (unclear,) = found(vague, (), CASES)
    assert unclear.kind is FindingKind.AMBIGUOUS
    assert "“friendly”" in unclear.said
    assert found(vague, (judged("C1", "R1", "rating"),), CASES) == []


def test_refusals_without_near_misses_are_missing_something() -> None:
    refuses = judged("C1", "R1", "refusal", expected="refuses")
    assert kinds(found(TWO, (refuses,), CASES)) == {FindingKind.MISSING}
    answers = judged("C2", "R2", "refusal", ("near",), expected="answers")
    tagged = [[*units(500), *units(500, "near")]]
    apart = judged("C1", "R1", "refusal", ("harm",), expected="refuses")
    both = found(TWO, (apart, answers), [[*tagged[0], *units(500, "harm")]])
    assert both == []


def test_safety_without_a_tempting_case_is_said() -> None:
    safe = (required("R1", "The reply promises no refund.", Kind.SAFETY),)
    measured = (judged("C1", "R1", "rating"),)
    assert "nothing tempts" in found(safe, measured, CASES)[0].said
    assert found(safe, measured, [units(500, "adversarial")]) == []


def test_a_slice_with_fewer_cases_than_its_bar_takes_is_thin() -> None:
    strict = judged("C1", "R1", "rating", ("legal",), bar=0.95)
    (thin,) = found(TWO, (strict,), [units(3, "legal")])
    assert thin.kind is FindingKind.THIN
    assert "C1 has 3 cases tagged legal; its bar takes 59" in thin.said
