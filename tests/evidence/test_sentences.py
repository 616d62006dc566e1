"""Each sentence about a verdict by its rule: what to expect, what follows, what is missing."""

from dataclasses import replace
from uuid import UUID

import pytest

from tests.evidence.test_words import found
from workbench.domain.criteria import Measure
from workbench.domain.open_trials import Open, Unscored
from workbench.domain.verdicts import CriterionVerdict, Unit, Verdict
from workbench.evidence.words import missing, sentences

NOT_MET = Verdict.NOT_MET


def in_units(unit: Unit, measure: Measure = Measure.PASS_RATE) -> CriterionVerdict:
    verdict = found(18, 2, trials=2, measure=measure)
    return replace(verdict, estimate=replace(verdict.estimate, unit=unit))


@pytest.mark.parametrize(
    ("unit", "measure", "said"),
    [
        (Unit.CASE, Measure.PASS_RATE, "Of 100 answers like these we expect about 90 to pass:"),
        (Unit.CASE, Measure.FAIL_RATE, "Of 100 answers like these we expect about 10 to fail:"),
        (
            Unit.CASE,
            Measure.PASS_HAT_K,
            "Of 100 cases like these we expect about 90 to pass every time:",
        ),
        (
            Unit.CASE,
            Measure.AGREEMENT,
            "Of 100 pairs of answers to one case like these we expect about 100 to get the same "
            "outcome:",
        ),
        (
            Unit.INPUT,
            Measure.PASS_RATE,
            "Each input counts once. Of 100 answers, each with another input, we expect",
        ),
        (
            Unit.INPUT,
            Measure.AGREEMENT,
            "Each input counts once. Of 100 pairs of answers, each to another input, we expect",
        ),
        (
            Unit.GROUP,
            Measure.PASS_RATE,
            "Each group counts once. From 100 groups like these, one answer of each, we expect",
        ),
        (
            Unit.GROUP,
            Measure.PASS_HAT_K,
            "Each group counts once. From 100 groups like these, one case of each, we expect",
        ),
        (
            Unit.GROUP,
            Measure.AGREEMENT,
            "Each group counts once. From 100 groups like these, two answers to one case of each, "
            "we expect",
        ),
    ],
)
def test_of_a_hundred_of_what_counts_once_so_many_are_expected(
    unit: Unit, measure: Measure, said: str
) -> None:
    assert sentences.expectation(in_units(unit, measure)).startswith(said)


@pytest.mark.parametrize(
    ("unit", "said"),
    [(Unit.CASE, ""), (Unit.INPUT, ", each input counting once"), (Unit.GROUP, ", each group")],
)
def test_of_a_mean_score_it_is_said_what_counts_once(unit: Unit, said: str) -> None:
    verdict = in_units(unit, Measure.MEAN_SCORE)
    assert f"a mean of about 4.6{said}" in sentences.expectation(verdict)
    assert ("counting once" in sentences.expectation(verdict)) is bool(said)


@pytest.mark.parametrize("measure", [Measure.PASS_RATE, Measure.MEAN_SCORE])
def test_another_weighting_is_said_after_the_expectation(measure: Measure) -> None:
    verdict = in_units(Unit.GROUP, measure)
    apart = replace(verdict, estimate=replace(verdict.estimate, by_answer=0.5))
    other = "3" if measure is Measure.MEAN_SCORE else "50%"
    assert sentences.expectation(apart) == (
        f"{sentences.expectation(verdict)} With every answer counting once it is {other}."
    )


def test_what_the_next_answers_bring_rests_on_the_bounds_and_their_confidence() -> None:
    verdict = found(18, 2)
    sure = replace(verdict, estimate=replace(verdict.estimate, confidence=0.999))
    assert "70 to 99 of the next 100" in sentences.expectation(verdict)
    assert "70 to 99 of the next 100" not in sentences.expectation(sure)


def test_how_likely_chance_is_follows_from_the_confidence() -> None:
    met = found(90, 0)
    assert sentences.conclusion(met) == (
        "The bar of at least 80% is met. If the true rate were below 80%, results this good would "
        "appear less than 1 time in 20."
    )
    strict = replace(met.criterion, draft=replace(met.criterion.draft, confidence=0.9995))
    assert "less than 1 time in 2,000." in sentences.conclusion(replace(met, criterion=strict))
    limit = found(90, 0, bar=0.2, measure=Measure.FAIL_RATE)
    assert "If the true rate were above 20%, results this good" in sentences.conclusion(limit)


def test_the_best_of_several_is_held_to_what_the_best_shows_by_chance() -> None:
    assert sentences.conclusion(replace(found(90, 0), rivals=6)) == (
        "The bar of at least 80% is met. If the true rate of all 6 variants were below 80%, the "
        "best of them would show results this good less than 1 time in 20."
    )
    assert "the best of them" not in sentences.conclusion(replace(found(90, 0), rivals=1))
    assert "the best of them" in sentences.conclusion(replace(found(90, 0), rivals=2))
    missed = replace(found(10, 90), rivals=6)
    assert sentences.conclusion(missed) == (
        "The bar of at least 80% is not met. If the true rate reached 80%, results this poor would "
        "appear less than 1 time in 20."
    )


def test_what_is_open_says_why() -> None:
    assert sentences.conclusion(found(0, 0, 4)) == (
        "There is no evidence yet on the bar of at least 80%."
    )
    assert sentences.conclusion(found(18, 2)) == (
        "There is not enough evidence on the bar of at least 80%: the true rate may lie on either "
        "side of it."
    )
    clear = replace(found(90, 0), verdict=Verdict.NOT_ENOUGH_EVIDENCE)
    assert sentences.conclusion(clear) == (
        "There is not enough evidence on the bar of at least 80%: these answers clear it, but they "
        "are not fresh."
    )


def keyed(key: str, withstands: int, *, variant: int = 1) -> CriterionVerdict:
    one = found(0, 9)
    assert one.verdict is NOT_MET
    return replace(
        one,
        criterion=replace(one.criterion, key=key),
        withstands=withstands,
        variant_id=UUID(int=variant),
        variant="AB"[variant - 1],
    )


def test_together_it_is_said_who_misses_surely_and_who_only_alone() -> None:
    met = found(90, 0)
    rows = [keyed("C1", 1), keyed("C2", 9), met]
    assert sentences.together(rows) == (
        "C1 misses its bar when judged alone, but of 3 verdicts that are read together one would "
        "do so by chance too often; C2 does so even then."
    )
    rows = [keyed("C1", 1), keyed("C2", 1), keyed("C3", 9), keyed("C4", 9), keyed("C5", 9)]
    assert sentences.together([*rows, met]) == (
        "C1 and C2 miss their bars when judged alone, but of 6 verdicts that are read together one "
        "would do so by chance too often; C3, C4 and C5 do so even then."
    )
    assert sentences.together([keyed("C1", 2), met]) == ""
    assert sentences.together([met]) == sentences.together([]) == ""


def test_of_several_variants_it_is_said_whose_bar_is_missed() -> None:
    rows = [keyed("C1", 1), keyed("C1", 1, variant=2), found(90, 0)]
    assert sentences.together(rows).startswith("C1 A and C1 B miss their bars")
    untried = replace(found(0, 0, tried=False), variant_id=None)
    assert sentences.together([keyed("C1", 1), found(90, 0), untried]).startswith("C1 misses")


def test_what_else_there_is_to_know_follows_the_verdict() -> None:
    verdict = replace(found(18, 2), stale=("R1 was revised", "C1 was changed"), warnings=("a", "b"))
    assert sentences.notes(verdict) == [
        "Stale: since E1, R1 was revised and C1 was changed.",
        "Note: a.",
        "Note: b.",
    ]
    assert sentences.notes(found(18, 2)) == []
    assert sentences.explain(verdict).endswith(" ".join(sentences.notes(verdict)))
    assert sentences.result(verdict).startswith("not enough evidence, stale: 90% (")
    assert sentences.result(found(18, 2)).startswith("not enough evidence: 90% (")


def missed(
    unscored: Unscored, n: int | None = None, *, is_outside: bool = False
) -> CriterionVerdict:
    verdict = found(18, 2, unscored.total if n is None else n)
    return replace(verdict, open=Open(40, unscored=unscored, is_outside=is_outside))


ALL = Unscored(failed=1200, refused=2, cut=3, unrated=4, unclear=5, not_asked=6)


def test_what_is_missing_is_said_by_its_reason_and_so_is_what_to_do() -> None:
    verdict = missed(ALL, 1220)
    assert missing.unscored(verdict) == (
        "1,200 failed, 2 refused, 3 cut off, 4 not rated yet, 5 could not be judged, 6 not asked "
        "yet"
    )
    assert missing.step(verdict) == (
        "Get the missing scores first: ask the failed calls again (1,200), see what was refused "
        "(2), allow longer answers where they were cut off (3), rate the outputs that wait (4), "
        "see why some could not be judged (5) and ask what was not asked yet (6)."
    )
    assert missing.step(missed(Unscored(cut=3))) == (
        "Get the missing scores first: allow longer answers where they were cut off (3)."
    )


def test_of_results_from_elsewhere_it_is_said_in_the_words_of_their_file() -> None:
    verdict = missed(Unscored(failed=1, cut=2, unclear=3, not_asked=4), is_outside=True)
    assert missing.unscored(verdict) == "1 failed, 2 cut off, 3 without a value, 4 not in the file"
    assert missing.step(verdict) == (
        "Get the missing scores first: import a file in which they did not fail (1), allow longer "
        "answers where they were cut off (2), see why some have no value (3) and import a file "
        "that holds what is missing (4)."
    )


def test_while_a_plan_may_end_early_only_what_is_finished_is_missing() -> None:
    verdict = missed(Unscored(unrated=4), 3)
    assert missing.unscored(verdict) == "3 unscored so far; of the whole plan 4 not rated yet"
    assert missing.unscored(missed(Unscored(), 3)) == "3 unscored"


def test_why_nothing_has_a_score_is_that_of_the_widest_criterion_of_each_variant() -> None:
    def row(variant: str, planned: int, unscored: Unscored) -> CriterionVerdict:
        one = missed(unscored)
        return replace(one, variant=variant, open=Open(planned, unscored=unscored))

    narrow, wide = row("A", 5, Unscored(failed=5)), row("A", 9, Unscored(failed=7, unrated=2))
    assert missing.why_nothing([narrow, wide]) == missing.why_nothing([wide, narrow])
    assert missing.why_nothing([narrow, wide]) == (
        "Nothing has been scored yet: 7 failed, 2 not rated yet."
    )
    other = row("B", 9, Unscored(not_asked=9))
    assert missing.why_nothing([wide, other]) == (
        "Nothing has been scored yet. A: 7 failed, 2 not rated yet; B: 9 not asked yet."
    )
    assert missing.why_nothing([other]) == missing.why_nothing([]) == ""
