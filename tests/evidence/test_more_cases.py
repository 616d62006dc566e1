"""What would settle an undecided verdict, and what it was told from."""

from dataclasses import replace

import pytest

from tests.evidence.test_words import ONE, found
from workbench.domain.criteria import Measure
from workbench.domain.verdicts import CriterionVerdict, Unit, Verdict
from workbench.evidence import more_cases
from workbench.evidence.interim import METHOD
from workbench.evidence.words import settling
from workbench.stats.mean_scores import fewest_best
from workbench.stats.sequential import fewest_flawless
from workbench.stats.settling import settling as settles
from workbench.store.tallies import Tally

BAR = "at least 90%"
DRAFT = found(1, 0).criterion.draft


def told(verdict: CriterionVerdict) -> str:
    return more_cases.advice(verdict, BAR)


def test_with_one_case_too_few_it_can_never_be_shown_and_with_enough_it_might() -> None:
    assert told(found(28, 0, bar=0.9)) == (
        "28 cases can never show at least 90%: even without a failure it takes 29 cases."
    )
    assert "can never show" not in told(found(28, 1, bar=0.9))


def test_cases_that_are_added_after_a_look_are_dearer_and_it_says_so() -> None:
    verdict = replace(found(20, 0, bar=0.9), left=0.99)
    assert told(verdict) == (
        "20 cases can never show at least 90%: even without a failure it takes 29 cases. Added to "
        f"these, it takes {fewest_flawless(0.9, 0.99)} in all."
    )


def test_a_plan_that_goes_on_is_told_what_its_own_bounds_take() -> None:
    needed = fewest_flawless(0.9, 0.99)
    extended = replace(found(40, 0, bar=0.9), left=0.99, extends=("E1",))
    assert told(extended) == (
        f"40 cases can never show at least 90%: even without a failure it takes {needed} cases."
    )
    estimate = replace(extended.estimate, method=f"{METHOD}; 40 of 40 cases")
    watched = replace(extended, extends=(), estimate=estimate)
    assert told(watched) == told(extended)


def test_a_mean_score_is_told_what_the_highest_scores_take() -> None:
    verdict = found(5, 0, bar=0.9, measure=Measure.MEAN_SCORE)
    assert told(verdict) == (
        "5 cases can never show at least 90%: even if every score were the highest it takes "
        f"{fewest_best(0.9)} cases."
    )


@pytest.mark.parametrize(
    ("unit", "case"), [(Unit.GROUP, "groups"), (Unit.INPUT, "different cases")]
)
def test_what_counts_once_is_what_more_is_needed_of(unit: Unit, case: str) -> None:
    verdict = found(20, 0, bar=0.9)
    estimate = replace(verdict.estimate, n_clusters=12, unit=unit)
    assert told(replace(verdict, estimate=estimate)) == (
        f"12 {case} can never show at least 90%: even without a failure it takes 29 {case}."
    )


def test_a_number_of_more_cases_is_that_for_what_was_seen() -> None:
    seen = ((0.0, 3), (1.0, 37))
    verdict = replace(found(37, 3, bar=0.8), seen=seen, left=0.99)
    said = settles(seen, 0.8, 0.99)
    assert said.more is not None
    assert told(verdict) == f"About {said.more} more cases would probably settle it."


def test_one_more_case_is_one() -> None:
    seen = ((0.0, 2), (1.0, 48))
    assert settles(seen, 0.8, 0.99).more == 1
    assert told(replace(found(48, 2, bar=0.8), seen=seen, left=0.99)) == (
        "About 1 more case would probably settle it."
    )


def test_what_lies_on_the_bar_is_told_what_it_takes_at_least() -> None:
    seen = ((0.0, 10), (1.0, 90))
    said = settles(seen, 0.9, 0.99)
    assert said.more is None
    assert told(replace(found(90, 10, bar=0.9), seen=seen, left=0.99)) == (
        "The result lies so near the bar that it will probably take more than "
        f"{said.least:,} more cases to settle it: improve the feature, or move the bar."
    )


@pytest.mark.parametrize("measure", [Measure.PASS_RATE, Measure.FAIL_RATE])
def test_where_only_the_estimate_is_known_it_is_taken_for_passes_and_fails(
    measure: Measure,
) -> None:
    passes, fails, bar = (58, 2, 0.9) if measure is Measure.PASS_RATE else (58, 2, 0.1)
    verdict = found(passes, fails, bar=bar, measure=measure)
    said = settles(((0.0, 2), (1.0, 58)), 0.9 if bar > 0.5 else 1 - 0.1, 0.95)
    assert verdict.seen == ()
    assert told(verdict) == f"About {said.more} more cases would probably settle it."


def tally(
    passes: float, scored: int, *, group: str = "", alike: int = 1, planned: int = 2
) -> Tally:
    return Tally(
        *(ONE, f"{passes}", 1, planned, passes, scored - passes, planned - scored, 0),
        group=group,
        alike=alike,
    )


def test_each_value_is_counted_as_often_as_it_came() -> None:
    tallies = [tally(2, 2, alike=3), tally(1, 2), tally(0, 2, alike=2), tally(1, 2, alike=4)]
    assert more_cases.seen(DRAFT, tallies) == ((0.0, 2), (0.5, 5), (1.0, 3))


def test_what_is_not_scored_whole_was_not_seen() -> None:
    assert more_cases.seen(DRAFT, [tally(1, 1), tally(2, 2), tally(0, 1, group="a")]) == ((1.0, 1),)
    assert more_cases.seen(DRAFT, []) == ()


def test_a_group_is_seen_once_beside_what_stands_alone() -> None:
    tallies = [
        tally(2, 2, group="a", alike=2),
        tally(0, 2, group="a"),
        tally(2, 2, group="b"),
        tally(2, 2),
    ]
    assert more_cases.seen(DRAFT, tallies) == ((0.666667, 1), (1.0, 2))


def test_cases_that_must_pass_every_time_are_seen_to_pass_or_fail() -> None:
    draft = replace(DRAFT, measure=Measure.PASS_HAT_K)
    assert more_cases.seen(draft, [tally(2, 2, alike=3), tally(1, 2), tally(0, 2)]) == (
        (0.0, 2),
        (1.0, 3),
    )
    draft = replace(DRAFT, measure=Measure.AGREEMENT)
    assert more_cases.seen(draft, [tally(2, 2, alike=3), tally(1, 2), tally(0, 2)]) == (
        (0.0, 1),
        (1.0, 4),
    )


def test_what_to_do_next_follows_from_the_verdict() -> None:
    met = found(90, 0)
    assert settling.next_step(met) == ""
    assert settling.next_step(replace(met, stale=("R1 was revised",))) == (
        "Run it again when the prompt, model or data changes."
    )
    assert settling.next_step(found(0, 90)) == (
        "Read the failures, then change the prompt, the requirement or the bar."
    )
    assert settling.next_step(found(0, 0)) == (
        "Run it on cases that carry its tags; add some where the data has none."
    )


@pytest.mark.parametrize(("measure", "bar"), [(Measure.PASS_RATE, 0.8), (Measure.FAIL_RATE, 0.2)])
def test_what_its_own_bounds_say_is_met_lacks_fresh_cases(measure: Measure, bar: float) -> None:
    clear = replace(found(90, 0, bar=bar, measure=measure), verdict=Verdict.NOT_ENOUGH_EVIDENCE)
    assert settling.is_clear(clear)
    assert settling.next_step(clear).startswith("Ask it on fresh cases")
    assert not settling.is_clear(found(18, 2, bar=bar, measure=measure))
    assert not settling.is_clear(found(0, 90, bar=bar, measure=measure))
    assert not settling.is_clear(found(0, 0, bar=bar, measure=measure))
    end = clear.estimate.high if measure is Measure.FAIL_RATE else clear.estimate.low
    touching = replace(clear.criterion, draft=replace(clear.criterion.draft, bar=end))
    assert settling.is_clear(replace(clear, criterion=touching))
