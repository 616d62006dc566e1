"""Plain words for every verdict: short, true, and never a bare percentage."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from uuid import UUID

import pytest

from tests.building import POLITE
from workbench.domain.criteria import Criterion, CriterionDraft, Measure, Scorer, ScorerKind
from workbench.domain.requirements import Requirement, RequirementDraft, Revision
from workbench.domain.verdicts import CriterionVerdict, Estimate, Verdict
from workbench.evidence import estimates, words
from workbench.store.tallies import Tally

ONE = UUID(int=1)
NOW = datetime(2026, 11, 25, tzinfo=UTC)
REQUIREMENT = Requirement(ONE, ONE, "R1", Revision(1, RequirementDraft("Polite"), "Ada", NOW))
FIVE_POINTS = Scorer(ScorerKind.RATING, {"scale": [1, 5], "passes_from": 4})
NUMBER = r"\d+(?:\.\d+)?%"
# An interval with its estimate, a bar, a confidence, or the rate that a bar names.
DRESSED = re.compile(
    rf"{NUMBER} \({NUMBER} to {NUMBER}, \d[^)]*\)"
    rf"|at (?:least|most) {NUMBER}"
    rf"|with {NUMBER} confidence"
    rf"|true rate were (?:below|above) {NUMBER}"
    rf"|true rate (?:reached|kept to) {NUMBER}"
)


def found(
    passes: int,
    fails: int,
    unscored: int = 0,
    *,
    trials: int = 1,
    bar: float = 0.8,
    measure: Measure = Measure.PASS_RATE,
    tried: bool = True,
) -> CriterionVerdict:
    """A verdict on so many cases, judged as the store would."""
    scorer = FIVE_POINTS if measure is Measure.MEAN_SCORE else POLITE
    draft = CriterionDraft("Polite", scorer, measure, bar)
    criterion = Criterion(ONE, ONE, "C1", 1, draft, "Ada", NOW)
    tallies = [Tally(ONE, str(i), 1, trials, trials, 0, 0, 0) for i in range(passes)]
    tallies += [Tally(ONE, f"f{i}", 1, trials, 0, trials, 0, 0) for i in range(fails)]
    tallies += [Tally(ONE, f"u{i}", 1, trials, 0, 0, trials, 0) for i in range(unscored)]
    estimate = estimates.estimate(draft, tallies, trials)
    return CriterionVerdict(
        REQUIREMENT,
        criterion,
        ONE if tried else None,
        "A" if tried else "",
        estimate,
        estimates.verdict(draft, estimate),
        "E1" if tried else "",
    )


ALL = [
    found(passes, fails, unscored, trials=trials, bar=bar, measure=measure)
    for (passes, fails, unscored), trials, bar, measure in product(
        [(0, 0, 0), (0, 0, 5), (18, 2, 0), (90, 10, 0), (299, 0, 0), (0, 20, 0), (9, 9, 9)],
        [1, 3],
        [0.01, 0.8, 0.975, 0.999],
        Measure,
    )
]


def sentences(verdict: CriterionVerdict) -> str:
    """Everything that is ever said of a verdict."""
    stale = replace(verdict, stale=("R1 was revised",), warnings=("set after seeing the results",))
    parts = [
        words.figure(verdict),
        words.explain(verdict),
        words.explain(stale),
        words.promise(verdict.criterion),
        words.bar(verdict.criterion),
    ]
    return "\n".join(parts)


def test_no_sentence_holds_a_bare_percentage() -> None:
    assert {verdict.verdict for verdict in ALL} == set(Verdict)
    for verdict in ALL:
        said = sentences(verdict)
        assert "%" not in DRESSED.sub("", said), said


def test_every_verdict_is_explained_and_every_open_one_says_what_to_do() -> None:
    for verdict in ALL:
        assert words.explain(verdict).endswith(".")
        assert "None" not in sentences(verdict)
        if verdict.verdict is not Verdict.MET:
            assert words.next_step(verdict)


def test_a_mean_score_is_said_on_its_scale() -> None:
    verdict = found(18, 2, bar=0.75, measure=Measure.MEAN_SCORE)
    assert words.figure(verdict) == "4.6 (3.86 to 4.93 on 1 to 5, 20 cases)"
    assert words.bar(verdict.criterion) == "at least 4 on a scale of 1 to 5"
    assert words.expectation(verdict) == (
        "On a scale of 1 to 5 we expect a mean of about 4.6; it could be as low as 3.86 or as high "
        "as 4.93."
    )
    assert "the true mean may lie on either side" in words.conclusion(verdict)
    met = found(60, 0, bar=0.75, measure=Measure.MEAN_SCORE)
    assert "If the true mean were below 4, results this good" in words.conclusion(met)


def test_nothing_tried_is_not_evaluated() -> None:
    nothing = found(0, 0, tried=False)
    assert words.expectation(nothing).startswith("Not evaluated")
    assert words.figure(nothing) == "no result"
    assert words.next_step(nothing) == "Run an experiment with this criterion."


def test_the_figure_has_the_interval_and_the_design() -> None:
    assert words.figure(found(18, 2)) == "90% (71% to 99%, 20 cases)"
    assert words.figure(found(18, 2, 1)).endswith("20 cases, 1 unscored)")
    assert "20 cases, 60 trials)" in words.figure(found(18, 2, trials=3))


@pytest.mark.parametrize("bar", [0.01, 0.07, 0.29, 0.55, 0.57, 0.63, 0.77, 0.83, 0.94, 0.97, 0.99])
def test_a_printed_interval_never_contradicts_its_verdict(bar: float) -> None:
    for passes, measure in product((0, 7, 70, 90, 99, 100), (Measure.PASS_RATE, Measure.FAIL_RATE)):
        verdict = found(passes, 100 - passes, bar=bar, measure=measure)
        said = re.search(r"\(([\d.]+)% to ([\d.]+)%", words.figure(verdict))
        assert said is not None
        low, high, level = float(said[1]), float(said[2]), round(100 * bar)
        is_upper = measure.is_upper_bar
        seen = {
            Verdict.MET: high <= level if is_upper else low >= level,
            Verdict.NOT_MET: low >= level if is_upper else high <= level,
            Verdict.NOT_ENOUGH_EVIDENCE: low <= level <= high,
        }
        assert seen[verdict.verdict]


@pytest.mark.parametrize(
    ("bar", "said"),
    [(0.8, "80%"), (0.975, "97.5%"), (0.9995, "99.95%"), (0.07, "7%"), (0.001, "0.1%")],
)
def test_a_bar_is_said_exactly(bar: float, said: str) -> None:
    assert words.bar(found(1, 0, bar=bar).criterion) == f"at least {said}"
    assert words.bar(found(1, 0, bar=bar, measure=Measure.FAIL_RATE).criterion) == f"at most {said}"
    assert said in words.conclusion(found(90, 10, bar=bar))


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.0, "0%"), (1.0, "100%"), (0.5, "50%"), (0.004, "0.4%"), (0.996, "99.6%"), (0.29, "29%")],
)
def test_a_share_is_said_in_whole_numbers_unless_they_hide_something(
    share: float, said: str
) -> None:
    assert words.percent(share) == said


@pytest.mark.parametrize("share", [0.9999, 0.99999, 0.0001, 0.000001])
def test_a_share_that_is_not_all_or_nothing_is_never_said_to_be(share: float) -> None:
    assert words.percent(share) not in ("0%", "0.0%", "100%", "100.0%")


def test_too_few_cases_are_told_how_many_it_takes() -> None:
    step = words.next_step(found(60, 0, bar=0.01, measure=Measure.FAIL_RATE))
    assert step == (
        "60 cases can never show at most 1%: even without a failure it takes 299 cases."
    )
    assert "more cases would probably settle it" in words.next_step(found(18, 2))


def test_what_is_unscored_comes_first() -> None:
    assert words.next_step(found(18, 2, 3)) == "Score what is open first: 3 unscored."


def test_natural_frequencies_round_outwards() -> None:
    said = words.expectation(found(18, 2))
    assert "about 90 to pass" in said
    assert "as few as 71 or as many as 99" in said


def test_a_missed_limit_is_said_the_right_way_round() -> None:
    over = found(50, 50, bar=0.01, measure=Measure.FAIL_RATE)
    assert over.verdict is Verdict.NOT_MET
    assert "The bar of at most 1% is not met. If the true rate kept to 1%" in words.conclusion(over)
    under = found(50, 50, bar=0.9)
    assert "If the true rate reached 90%" in words.conclusion(under)


@pytest.mark.parametrize(
    ("kind", "settings", "said"),
    [
        (ScorerKind.CONTAINS, {"texts": ["a", "b"]}, "contains “a”, “b”"),
        (ScorerKind.CONTAINS, {"texts": ["a", "b"], "mode": "any"}, "contains any of “a”, “b”"),
        (ScorerKind.NOT_CONTAINS, {"texts": ["a"]}, "contains none of “a”"),
        (ScorerKind.REGEX, {"pattern": "x+", "must_match": False}, "does not match the pattern x+"),
        (ScorerKind.LENGTH, {"min": 1, "max": 5}, "has at least 1 and at most 5 words"),
        (ScorerKind.LENGTH, {"max": 5, "unit": "sentences"}, "has at most 5 sentences"),
        (ScorerKind.LATENCY, {"max_ms": 1500}, "arrives within 1.5 s"),
        (ScorerKind.COST, {"max_usd": 0.002}, "costs at most $0.002"),
        (ScorerKind.RATING, {"question": "Is it kind?"}, "a person says yes to: Is it kind?"),
        (ScorerKind.JSON_SCHEMA, {}, "is JSON that fits a schema"),
        (
            ScorerKind.EQUALS,
            {},
            "equals the reference (where a case has several references, any one of them)",
        ),
        (ScorerKind.EQUALS, {"text": "{{order_id}}"}, "equals “{{order_id}}”"),
        (
            ScorerKind.NOT_CONTAINS,
            {"texts": ["{{reference}}"]},
            "contains none of “{{reference}}” (where a case has several references, none of them)",
        ),
    ],
)
def test_a_scorer_is_described_with_its_settings(
    kind: ScorerKind, settings: dict[str, object], said: str
) -> None:
    draft = CriterionDraft("Polite", Scorer(kind, settings))
    assert words.describe_scorer(Criterion(ONE, ONE, "C1", 1, draft, "Ada", NOW)) == said


def test_every_kind_and_measure_has_its_words() -> None:
    assert set(words.SCORERS) == set(ScorerKind)
    assert set(words.MEASURES) == set(Measure)


def test_an_estimate_in_no_design_is_not_dressed_up() -> None:
    nothing = replace(found(0, 0), estimate=Estimate(None, 0.0, 1.0, 0.95, 0, 0, 4, 0.0, "none"))
    assert words.figure(nothing) == "nothing scored yet (4 unscored)"
