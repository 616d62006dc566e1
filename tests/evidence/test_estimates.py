"""From counts to estimates: what each measure makes of cases, trials and what is missing."""

from uuid import UUID

import pytest

from tests.building import POLITE
from tests.stats.oracles import clopper_pearson
from workbench.domain.criteria import CriterionDraft, Measure
from workbench.domain.verdicts import Verdict
from workbench.evidence import estimates
from workbench.store.tallies import Tally

VARIANT = UUID(int=1)


def tally(
    passes: int, fails: int, *, errors: int = 0, waiting: int = 0, cases: int = 1, input: str = ""
) -> Tally:
    planned = passes + fails + errors + waiting
    return Tally(VARIANT, input, cases, planned, passes, fails, errors, waiting)


def draft(measure: Measure = Measure.PASS_RATE, bar: float = 0.8) -> CriterionDraft:
    return CriterionDraft("Polite", POLITE, measure, bar)


def test_one_trial_per_case_gives_the_exact_bounds() -> None:
    found = estimates.estimate(draft(), [tally(1, 0)] * 18 + [tally(0, 1)] * 2, 1)
    exact = clopper_pearson(18, 20)
    assert found.value == pytest.approx(0.9)
    assert (found.low, found.high) == pytest.approx(exact)
    assert (found.n_cases, found.n_trials, found.n_unscored) == (20, 20, 0)


def test_the_failure_rate_is_the_pass_rate_seen_from_the_other_side() -> None:
    tallies = [tally(1, 0)] * 18 + [tally(0, 1)] * 2
    passing = estimates.estimate(draft(), tallies, 1)
    failing = estimates.estimate(draft(Measure.FAIL_RATE), tallies, 1)
    assert failing.value == pytest.approx(0.1)
    assert (failing.low, failing.high) == pytest.approx((1 - passing.high, 1 - passing.low))


def test_repeated_trials_of_a_case_that_never_varies_add_nothing() -> None:
    once = estimates.estimate(draft(), [tally(1, 0)] * 9 + [tally(0, 1)], 1)
    often = estimates.estimate(draft(), [tally(10, 0)] * 9 + [tally(0, 10)], 10)
    assert often.low <= once.low + 1e-9
    assert often.high >= once.high - 1e-9
    assert often.n_trials == 100


def test_unscored_trials_count_against_both_bounds() -> None:
    whole = estimates.estimate(draft(), [tally(1, 0)] * 18 + [tally(0, 1)] * 2, 1)
    for open_one in (tally(0, 0, errors=1), tally(0, 0, waiting=1)):
        found = estimates.estimate(draft(), [tally(1, 0)] * 18 + [tally(0, 1)] * 2 + [open_one], 1)
        assert found.value == whole.value
        assert found.low < whole.low
        assert found.high >= whole.high
        assert found.n_unscored == 1


def test_nothing_scored_is_no_estimate_and_no_verdict() -> None:
    for tallies in ([], [tally(0, 0, errors=3)], [tally(0, 0, waiting=3)]):
        for measure in Measure:
            found = estimates.estimate(draft(measure), tallies, 3)
            assert found.value is None
            assert (found.low, found.high) == (0.0, 1.0)
            assert estimates.verdict(draft(measure), found) is Verdict.NOT_ENOUGH_EVIDENCE


def test_pass_hat_k_asks_that_a_case_passes_every_time() -> None:
    tallies = [tally(3, 0)] * 8 + [tally(2, 1)] * 2
    assert estimates.estimate(draft(Measure.PASS_HAT_K), tallies, 3).value == pytest.approx(0.8)
    found = estimates.pass_hat_k(tallies, 3)
    assert [each and each.value for each in found] == pytest.approx([14 / 15, 13 / 15, 0.8])
    assert all(each and each.low < each.value < each.high for each in found)


def test_pass_hat_k_has_no_value_where_no_case_has_that_many_trials() -> None:
    once, twice = estimates.pass_hat_k([tally(1, 0, waiting=1)], 2)
    # The trial that was not made could fail: half of a case that may pass or not.
    assert once == (1.0, pytest.approx(0.00154, abs=1e-5), 1.0)
    assert twice is None


@pytest.mark.parametrize("open_ones", [{"errors": 1}, {"waiting": 1}, {}])
def test_passing_every_time_counts_what_is_unscored_both_ways(open_ones: dict[str, int]) -> None:
    tallies = [tally(3, 0)] * 20 + [tally(2, 0, **open_ones)] * 10
    tallies = [t._replace(planned=3) for t in tallies]
    measured = estimates.estimate(draft(Measure.PASS_HAT_K), tallies, 3)
    found = estimates.pass_hat_k(tallies, 3)
    last = found[-1]
    assert last is not None
    assert (last.value, last.low, last.high) == pytest.approx(
        (measured.value, measured.low, measured.high)
    )
    assert measured.low < 0.6
    at_least_once = estimates.pass_at_k(tallies, 3)[-1]
    assert at_least_once is not None
    assert at_least_once.low > 0.85


def test_agreement_is_the_chance_that_asking_twice_gives_the_same() -> None:
    tallies = [tally(2, 0), tally(0, 2), tally(1, 1), tally(2, 0)]
    found = estimates.estimate(draft(Measure.AGREEMENT), tallies, 2)
    assert found.value == pytest.approx(0.75)


def test_agreement_says_nothing_after_one_trial_per_case() -> None:
    found = estimates.estimate(draft(Measure.AGREEMENT), [tally(1, 0)] * 50, 1)
    assert found.value is None


@pytest.mark.parametrize("measure", [Measure.PASS_HAT_K, Measure.AGREEMENT])
def test_a_case_with_an_open_trial_could_have_any_value(measure: Measure) -> None:
    whole = estimates.estimate(draft(measure), [tally(3, 0)] * 20, 3)
    found = estimates.estimate(draft(measure), [tally(3, 0)] * 20 + [tally(2, 0, errors=1)] * 5, 3)
    assert found.value == whole.value == 1.0
    assert found.low < whole.low


@pytest.mark.parametrize(
    ("measure", "bar", "passes", "fails", "expected"),
    [
        (Measure.PASS_RATE, 0.8, 90, 10, Verdict.MET),
        (Measure.PASS_RATE, 0.8, 18, 2, Verdict.NOT_ENOUGH_EVIDENCE),
        (Measure.PASS_RATE, 0.8, 50, 50, Verdict.NOT_MET),
        (Measure.FAIL_RATE, 0.2, 90, 10, Verdict.MET),
        (Measure.FAIL_RATE, 0.2, 18, 2, Verdict.NOT_ENOUGH_EVIDENCE),
        (Measure.FAIL_RATE, 0.2, 50, 50, Verdict.NOT_MET),
    ],
)
def test_the_bar_is_the_least_or_the_most_as_the_measure_says(
    measure: Measure, bar: float, passes: int, fails: int, expected: Verdict
) -> None:
    wanted = draft(measure, bar)
    found = estimates.estimate(wanted, [tally(1, 0)] * passes + [tally(0, 1)] * fails, 1)
    assert estimates.verdict(wanted, found) is expected


@pytest.mark.parametrize("measure", Measure)
def test_clusters_counted_together_estimate_as_they_do_one_by_one(measure: Measure) -> None:
    kinds = [tally(3, 0), tally(2, 1), tally(1, 1, errors=1), tally(0, 0, waiting=3)]
    alike = [kind._replace(alike=n) for kind, n in zip(kinds, (9, 4, 2, 1), strict=True)]
    apart = [kind for kind, n in zip(kinds, (9, 4, 2, 1), strict=True) for _ in range(n)]
    together, one_by_one = (estimates.estimate(draft(measure), t, 3) for t in (alike, apart))
    assert together == one_by_one
    for one, other in zip(
        estimates.pass_hat_k(alike, 3), estimates.pass_hat_k(apart, 3), strict=True
    ):
        assert one == pytest.approx(other)
