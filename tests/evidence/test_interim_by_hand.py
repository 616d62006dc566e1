"""What a course of finished cases says at any time, and what is left of an error after a look."""

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean
from uuid import UUID

import pytest

from tests.building import POLITE
from workbench.domain.criteria import CriterionDraft, Measure
from workbench.domain.verdicts import Unit, Verdict
from workbench.evidence import interim
from workbench.evidence.extensions import Extension, joined
from workbench.stats.sequential import bounds_at_any_time
from workbench.store.courses import Finished
from workbench.store.looks import Look

DRAFT = CriterionDraft("Polite", POLITE, bar=0.7, confidence=0.9)
COURSE = [
    Finished(2, 2, 0),
    Finished(2, 1, 0),
    Finished(2, 0, 2, "a"),
    Finished(2, 2, 0, "a"),
    Finished(2, 1, 1),
    Finished(2, 0, 0),
    *[Finished(2, 2, 0)] * 20,
    Finished(2, 1, 0, "b"),
]

Streams = tuple[list[float], list[float], list[float]]


def by_unit(values: Sequence[float | None]) -> list[float]:
    """The mean of each group, and of each that stands alone, where there is a value."""
    units: dict[str, list[float]] = {}
    for number, (entry, value) in enumerate(zip(COURSE, values, strict=True)):
        if value is not None:
            units.setdefault(entry.group or f"#{number}", []).append(value)
    return [fmean(unit) for unit in units.values()]


def streams(measure: Measure) -> Streams:
    """Each unit's value where what is unscored fails, where it passes, and where it is known."""
    lowest, highest, known = [], [], list[float | None]()
    for planned, passes, fails, _ in COURSE:
        scored, best = passes + fails, planned - fails
        is_whole = scored == planned
        if measure is Measure.PASS_HAT_K:
            lowest.append(float(passes == 2))
            highest.append(float(best == 2))
            known.append(float(passes == 2) if is_whole else None)
        elif measure is Measure.AGREEMENT:
            agree = float(passes != fails)
            lowest.append(agree if is_whole else 0.0)
            highest.append(agree if is_whole else 1.0)
            known.append(agree if is_whole else None)
        else:
            lowest.append(passes / planned)
            highest.append(best / planned)
            known.append(passes / scored if scored else None)
    return by_unit(lowest), by_unit(highest), by_unit(known)


@pytest.mark.parametrize("measure", Measure)
def test_the_estimate_so_far_counts_each_unit_once_and_what_is_unscored_both_ways(
    measure: Measure,
) -> None:
    lowest, highest, known = streams(measure)
    low, high = bounds_at_any_time(lowest, highest, 0.9)
    value = fmean(known)
    found = interim.estimate(replace(DRAFT, measure=measure), COURSE, 40)
    if measure is Measure.FAIL_RATE:
        value, low, high = 1 - value, 1 - high, 1 - low
    assert (found.value, found.low, found.high) == pytest.approx((value, low, high))
    assert interim.unit_values(measure, COURSE).tolist() == pytest.approx(lowest)


def test_the_estimate_so_far_says_what_it_rests_on() -> None:
    found = interim.estimate(DRAFT, COURSE, 40)
    assert (found.n_cases, found.n_trials, found.n_unscored) == (26, 50, 4)
    assert (found.n_clusters, found.n_effective, found.unit) == (26, 26.0, Unit.GROUP)
    assert found.method == f"{interim.METHOD}; 27 of 40 cases"
    assert found.confidence == 0.9


def test_before_the_first_case_nothing_is_known() -> None:
    for measure in Measure:
        found = interim.estimate(replace(DRAFT, measure=measure), [], 40)
        assert (found.value, found.low, found.high) == (None, 0, 1)
        assert interim.verdict(replace(DRAFT, measure=measure), []) == "not_enough_evidence"


def test_agreement_says_nothing_of_cases_that_were_asked_once() -> None:
    once = [Finished(1, 1, 0)] * 50
    some = interim.estimate(
        replace(DRAFT, measure=Measure.AGREEMENT), [*once, Finished(2, 2, 0)], 51
    )
    assert (some.low, some.high) == (0, 1)
    found = interim.estimate(replace(DRAFT, measure=Measure.AGREEMENT), once, 50)
    assert (found.low, found.high) == (0, 1)
    assert interim.verdict(replace(DRAFT, measure=Measure.AGREEMENT), once) == (
        "not_enough_evidence"
    )


@pytest.mark.parametrize(
    ("measure", "bar", "passes", "fails", "expected"),
    [
        (Measure.PASS_RATE, 0.7, 40, 0, Verdict.MET),
        (Measure.PASS_RATE, 0.7, 0, 40, Verdict.NOT_MET),
        (Measure.FAIL_RATE, 0.3, 40, 0, Verdict.MET),
        (Measure.FAIL_RATE, 0.3, 0, 40, Verdict.NOT_MET),
        (Measure.FAIL_RATE, 0.3, 7, 3, Verdict.NOT_ENOUGH_EVIDENCE),
    ],
)
def test_a_share_that_fails_is_followed_as_one_that_passes(
    measure: Measure, bar: float, passes: int, fails: int, expected: Verdict
) -> None:
    course = [Finished(1, 1, 0)] * passes + [Finished(1, 0, 1)] * fails
    assert interim.verdict(replace(DRAFT, measure=measure, bar=bar), course) is expected


def look(number: int, *, is_sequential: bool = False, cases: int = 10) -> Look:
    return Look(UUID(int=number), f"E{number}", is_sequential, 1, cases)


@pytest.mark.parametrize(
    ("looks", "restarts", "share"),
    [
        ((look(1),), 0, 0.2),
        ((look(1, is_sequential=True),), 0, 1.0),
        ((look(1, is_sequential=True), look(2)), 0, 0.2),
        ((look(1),), 2, 0.2 / 6),
    ],
)
def test_after_a_look_a_share_of_the_error_is_left(
    looks: tuple[Look, ...], restarts: int, share: float
) -> None:
    found = Extension(looks, restarts)
    assert found.share == pytest.approx(share)
    assert found.stricter(DRAFT).confidence == pytest.approx(1 - 0.1 * share)
    assert found.stricter(DRAFT) == replace(DRAFT, confidence=found.stricter(DRAFT).confidence)


@pytest.mark.parametrize(
    ("numbers", "named"), [((1,), "E1"), ((1, 2), "E1 and E2"), ((3, 1, 2), "E3, E1 and E2")]
)
def test_what_a_plan_goes_on_from_is_named_in_its_order(
    numbers: tuple[int, ...], named: str
) -> None:
    found = Extension(tuple(look(n) for n in numbers))
    assert found.named() == named
    assert found.experiments == tuple(UUID(int=n) for n in numbers)
    assert f"were made for {named} and judged there" in found.sentence()


@pytest.mark.parametrize(
    ("looks", "said"),
    [
        ((look(1, cases=1),), "the answers to 1 case were made"),
        ((look(1, cases=900), look(2, cases=300)), "the answers to 1,200 cases were made"),
    ],
)
def test_it_is_said_how_many_cases_were_judged_before(looks: tuple[Look, ...], said: str) -> None:
    assert f"extended after a look: {said}" in Extension(looks).sentence()


def test_two_variants_go_on_from_all_that_either_does() -> None:
    found = joined(Extension((look(1), look(2)), 1), Extension((look(2), look(3)), 3))
    assert found == Extension((look(1), look(2), look(3)), 3)
    assert joined(Extension((look(1),), 2), Extension((look(1),))).restarts == 2
