"""What each measure makes of groups, repeats and missing scores, worked out input by input."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import comb
from statistics import fmean
from uuid import UUID

import pytest

from tests.building import POLITE
from workbench.domain.criteria import CriterionDraft, Measure, Scorer, ScorerKind
from workbench.domain.verdicts import Unit
from workbench.evidence import estimates
from workbench.stats import intervals, repeats
from workbench.stats.mean_scores import betting_mean
from workbench.store.tallies import Tally

ONE = UUID(int=1)
FIVE = Scorer(ScorerKind.RATING, {"scale": [1, 5], "passes_from": 4})
TRIALS = 3

Input = tuple[str, float, float, int]
"""Of one input: its group, passes, fails, and trials without a score."""


def tally(one: Input, *, alike: int = 1, cases: int = 1, number: int = 0) -> Tally:
    group, passes, fails, missing = one
    planned = round(passes + fails) + missing
    return Tally(
        *(ONE, f"{number}", cases, planned, passes, fails, missing, 0), alike=alike, group=group
    )


MIXED = [
    tally(("", 3, 0, 0), alike=6, number=0),
    tally(("", 2, 1, 0), alike=2, number=1),
    tally(("", 1, 1, 1), number=2),
    tally(("long", 3, 0, 0), alike=4, number=3),
    tally(("long", 0, 3, 0), number=4),
    tally(("open", 0, 0, 3), number=5),
    tally(("open", 0, 2, 1), number=6),
    tally(("gone", 0, 0, 3), alike=2, number=7),
]
WHOLE = [one for one in MIXED if not one.unscored]


def apart(tallies: Sequence[Tally]) -> list[Tally]:
    """One entry for each input."""
    return [one for one in tallies for _ in range(one.alike)]


def units(tallies: Sequence[Tally]) -> list[list[Tally]]:
    """What counts once: the inputs of a group, or one alone."""
    found: dict[str, list[Tally]] = {}
    for number, one in enumerate(apart(tallies)):
        found.setdefault(one.group or f"#{number}", []).append(one)
    return list(found.values())


def draft(measure: Measure) -> CriterionDraft:
    scorer = FIVE if measure is Measure.MEAN_SCORE else POLITE
    return CriterionDraft("Polite", scorer, measure, 0.8, confidence=0.9)


def rate(tallies: Sequence[Tally]) -> intervals.Interval:
    of = units(tallies)
    return intervals.with_unscored(
        [sum(t.passes for t in unit) for unit in of],
        [sum(t.scored for t in unit) for unit in of],
        [sum(t.unscored for t in unit) for unit in of],
        0.9,
    )


@pytest.mark.parametrize("tallies", [MIXED, WHOLE], ids=["with some missing", "whole"])
def test_a_rate_counts_each_unit_once_and_what_is_missing_both_ways(
    tallies: Sequence[Tally],
) -> None:
    found, byhand = estimates.estimate(draft(Measure.PASS_RATE), tallies, TRIALS), rate(tallies)
    assert (found.value, found.low, found.high) == pytest.approx(
        (byhand.estimate, byhand.low, byhand.high)
    )
    assert (found.n_effective, found.method) == (pytest.approx(byhand.n_effective), byhand.method)
    passes, scored = sum(t.passes for t in apart(tallies)), sum(t.scored for t in apart(tallies))
    assert found.by_answer == pytest.approx(passes / scored)
    failing = estimates.estimate(draft(Measure.FAIL_RATE), tallies, TRIALS)
    assert (failing.value, failing.low, failing.high) == pytest.approx(
        (1 - (byhand.estimate or 0), 1 - byhand.high, 1 - byhand.low)
    )
    assert failing.by_answer == pytest.approx(1 - passes / scored)


@pytest.mark.parametrize("tallies", [MIXED, WHOLE], ids=["with some missing", "whole"])
def test_a_mean_score_counts_each_unit_once_and_what_is_missing_both_ways(
    tallies: Sequence[Tally],
) -> None:
    of = units(tallies)
    known = betting_mean(
        [
            sum(t.passes for t in unit) / sum(t.scored for t in unit)
            for unit in of
            if any(t.scored for t in unit)
        ],
        0.9,
    )
    planned = [sum(t.planned for t in unit) for unit in of]
    lowest = [sum(t.passes for t in unit) / n for unit, n in zip(of, planned, strict=True)]
    highest = [
        sum(t.passes + t.unscored for t in unit) / n for unit, n in zip(of, planned, strict=True)
    ]
    found = estimates.estimate(draft(Measure.MEAN_SCORE), tallies, TRIALS)
    assert found.value == pytest.approx(known.estimate)
    assert found.low == pytest.approx(min(known.low, betting_mean(lowest, 0.9).low))
    assert found.high == pytest.approx(max(known.high, betting_mean(highest, 0.9).high))
    is_open = tallies is MIXED
    assert found.method == known.method + (", unscored both ways" if is_open else "")


def per_case(measure: Measure, one: Tally) -> float:
    if measure is Measure.PASS_HAT_K:
        return comb(round(one.passes), TRIALS) / comb(one.planned, TRIALS)
    same = comb(round(one.passes), 2) + comb(round(one.fails), 2)
    return same / comb(one.planned, 2)


@pytest.mark.parametrize("measure", [Measure.PASS_HAT_K, Measure.AGREEMENT])
@pytest.mark.parametrize("tallies", [MIXED, WHOLE], ids=["with some missing", "whole"])
def test_what_repeats_within_a_case_is_a_mean_of_cases_and_then_of_units(
    measure: Measure, tallies: Sequence[Tally]
) -> None:
    of = units(tallies)

    def mean(missing: float | None) -> intervals.Interval:
        values = []
        for unit in of:
            here = [
                missing if one.unscored else per_case(measure, one)
                for one in unit
                if missing is not None or not one.unscored
            ]
            values += [fmean(v for v in here if v is not None)] if here else []
        return intervals.bounded_mean(values, 0.9)

    found = estimates.estimate(draft(measure), tallies, TRIALS)
    assert found.value == pytest.approx(mean(None).estimate)
    assert found.low == pytest.approx(min(mean(None).low, mean(0.0).low))
    assert found.high == pytest.approx(max(mean(None).high, mean(1.0).high))
    whole = [one for one in apart(tallies) if not one.unscored]
    assert found.by_answer == pytest.approx(fmean(per_case(measure, one) for one in whole))


@pytest.mark.parametrize("k", [1, 2, 3])
@pytest.mark.parametrize(
    ("of_store", "of_stats"),
    [
        (estimates.pass_hat_k, repeats.pass_hat_k),
        (estimates.pass_at_k, repeats.pass_at_k),
    ],
)
def test_asking_k_times_is_a_mean_of_cases_and_then_of_units(
    of_store: Callable[..., Sequence[tuple[float, float, float] | None]],
    of_stats: Callable[..., Sequence[float]],
    k: int,
) -> None:
    def mean(won: Callable[[Tally], float], of: Callable[[Tally], int]) -> intervals.Interval:
        values = []
        for unit in units(MIXED):
            here = [float(of_stats([won(t)], [of(t)], k)[0]) for t in unit if of(t) >= k]
            values += [fmean(here)] if here else []
        return intervals.bounded_mean(values, 0.9)

    known = mean(lambda t: t.passes, lambda t: t.scored)
    worst = mean(lambda t: t.passes, lambda t: t.planned)
    best = mean(lambda t: t.passes + t.unscored, lambda t: t.planned)
    found = of_store(MIXED, TRIALS, 0.9)[k - 1]
    assert found is not None
    assert found == pytest.approx(
        (known.estimate, min(known.low, worst.low), max(known.high, best.high))
    )


def test_an_estimate_says_what_it_rests_on() -> None:
    found = estimates.estimate(draft(Measure.PASS_RATE), MIXED, TRIALS)
    scored = [one for one in apart(MIXED) if one.scored]
    assert found.confidence == 0.9
    assert found.n_cases == len(scored) == 15
    assert found.n_trials == sum(one.scored for one in scored)
    assert found.n_unscored == sum(one.unscored for one in apart(MIXED))
    # Nine inputs that stand alone, the long document, and the open one: of the third has nothing.
    assert found.n_clusters == 11
    assert found.unit is Unit.GROUP
    twice = [one._replace(cases=2) for one in MIXED]
    assert estimates.estimate(draft(Measure.PASS_RATE), twice, TRIALS).n_cases == 30


def test_units_of_one_size_have_no_other_weighting() -> None:
    even = [tally(("a", 1, 1, 0)), tally(("b", 2, 0, 0)), tally(("", 1, 0, 1))]
    for measure in (Measure.PASS_RATE, Measure.PASS_HAT_K, Measure.AGREEMENT):
        assert estimates.estimate(draft(measure), even, 2).by_answer is None
    nothing = [tally(("a", 0, 0, 2)), tally(("b", 0, 0, 1))]
    assert estimates.estimate(draft(Measure.PASS_RATE), nothing, 2).by_answer is None


def test_answer_by_answer_an_input_that_was_asked_more_weighs_more() -> None:
    """Cases with one input have their trials put together."""
    uneven = [tally(("", 6, 0, 0), cases=2), tally(("", 1, 2, 0)), tally(("", 0, 3, 0))]
    found = estimates.estimate(draft(Measure.PASS_RATE), uneven, TRIALS)
    assert (found.value, found.by_answer) == pytest.approx(((1 + 1 / 3) / 3, 7 / 12))
    found = estimates.estimate(draft(Measure.AGREEMENT), uneven, TRIALS)
    assert (found.value, found.by_answer) == pytest.approx(((1 + 1 / 3 + 1) / 3, (6 + 1 + 3) / 12))


@pytest.mark.parametrize("measure", [Measure.MEAN_SCORE, Measure.PASS_RATE])
def test_of_answers_that_were_asked_once_each_that_is_missing_counts(measure: Measure) -> None:
    known = [tally(("", 1, 0, 0), alike=30), tally(("", 0, 1, 0), alike=2)]
    missing = [*known, tally(("", 0, 0, 1), alike=4)]
    as_failed = [*known, tally(("", 0, 1, 0), alike=4)]
    as_passed = [*known, tally(("", 1, 0, 0), alike=4)]
    found, worst, best = (
        estimates.estimate(draft(measure), of, 1) for of in (missing, as_failed, as_passed)
    )
    assert (found.low, found.high) == pytest.approx((worst.low, best.high))
    assert found.value == pytest.approx(30 / 32)


@pytest.mark.parametrize(
    ("groups", "has_copies", "unit"),
    [
        ([("", 5), ("", 3)], False, Unit.CASE),
        ([("", 5)], True, Unit.INPUT),
        ([("a", 1), ("b", 1)], False, Unit.CASE),
        ([("a", 1), ("b", 1)], True, Unit.INPUT),
        ([("a", 2)], True, Unit.GROUP),
        ([("a", 1), ("", 4), ("a", 1)], False, Unit.GROUP),
    ],
)
def test_a_group_is_one_where_it_has_several_inputs(
    groups: list[tuple[str, int]], has_copies: bool, unit: Unit
) -> None:
    assert estimates.unit_of(groups, has_copies) is unit


def test_a_spread_counts_whole_inputs_by_how_often_they_pass() -> None:
    found = estimates.spread(MIXED, TRIALS)
    assert (found.trials, found.by_passes) == (3, (1, 0, 2, 10))


@pytest.mark.parametrize(
    ("passes", "planned", "place"),
    [(1, 6, 0), (3, 8, 1), (2, 6, 1), (3, 6, 2), (4, 6, 2), (5, 6, 3), (6, 6, 3)],
)
def test_inputs_that_repeat_are_put_where_their_share_lies(
    passes: int, planned: int, place: int
) -> None:
    """Between two counts: below half of the trials at the lower one, from half on at the higher."""
    found = estimates.spread([tally(("", passes, planned - passes, 0), cases=2)], TRIALS)
    assert [k for k, n in enumerate(found.by_passes) if n] == [place]


def test_the_correlation_is_that_of_what_is_scored() -> None:
    scored = [one for one in apart(MIXED) if one.scored]
    split = repeats.noise_split([t.passes for t in scored], [t.scored for t in scored])
    assert split is not None
    assert estimates.icc(MIXED) == pytest.approx(split.icc)
    assert estimates.icc([tally(("", 0, 0, 3))]) is None
    assert estimates.icc([]) is None


def test_parts_that_add_up_to_a_hair_more_than_all_are_all() -> None:
    parts = [tally(("", 3, 0, 0))._replace(passes=3 + 1e-12)] * 2
    found = estimates.estimate(draft(Measure.PASS_RATE), parts, TRIALS)
    assert found.value == 1.0


def test_the_verdict_is_that_of_the_bounds_at_the_bar() -> None:
    wanted = draft(Measure.PASS_RATE)
    found = estimates.estimate(wanted, [tally(("", 3, 0, 0), alike=30)], TRIALS)
    assert estimates.verdict(replace(wanted, bar=found.low), found) == "met"
    assert estimates.verdict(replace(wanted, bar=found.low + 1e-9), found) != "met"
    limit = replace(wanted, measure=Measure.FAIL_RATE)
    turned = estimates.estimate(limit, [tally(("", 3, 0, 0), alike=30)], TRIALS)
    assert estimates.verdict(replace(limit, bar=turned.high), turned) == "met"
