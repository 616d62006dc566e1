"""Plain words for every verdict: short, true, and never a bare percentage."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from math import ceil, floor
from uuid import UUID

import pytest

from tests.building import POLITE
from workbench.domain.criteria import Criterion, CriterionDraft, Measure, Scorer, ScorerKind
from workbench.domain.requirements import Requirement, RequirementDraft, Revision
from workbench.domain.verdicts import CriterionVerdict, Estimate, Verdict
from workbench.evidence import estimates
from workbench.evidence.words import details, figures, measures, sentences, settling
from workbench.store.tallies import Tally

ONE = UUID(int=1)
NOW = datetime(2026, 11, 25, tzinfo=UTC)
REQUIREMENT = Requirement(ONE, ONE, "R1", Revision(1, RequirementDraft("Polite"), "Ada", NOW))
FIVE_POINTS = Scorer(ScorerKind.RATING, {"scale": [1, 5], "passes_from": 4})
NUMBER = r"\d+(?:\.\d+)?%"
# An interval with its estimate, a bar, a confidence, or the rate that a bar names.
DRESSED = re.compile(
    rf"{NUMBER} \({NUMBER} to {NUMBER}, each bound at {NUMBER}; \d[^)]*\)"
    rf"|on 1 to 5, each bound at {NUMBER}; \d[^)]*\)"
    rf"|the next 100, and in the long run between {NUMBER} and {NUMBER}"
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


def everything(verdict: CriterionVerdict) -> str:
    """Everything that is ever said of a verdict."""
    stale = replace(verdict, stale=("R1 was revised",), warnings=("set after seeing the results",))
    parts = [
        figures.figure(verdict),
        sentences.explain(verdict),
        sentences.explain(stale),
        measures.promise(verdict.criterion),
        measures.bar(verdict.criterion),
    ]
    return "\n".join(parts)


def test_no_sentence_holds_a_bare_percentage() -> None:
    assert {verdict.verdict for verdict in ALL} == set(Verdict)
    for verdict in ALL:
        said = everything(verdict)
        assert "%" not in DRESSED.sub("", said), said


def test_every_verdict_is_explained_and_every_open_one_says_what_to_do() -> None:
    for verdict in ALL:
        assert sentences.explain(verdict).endswith(".")
        assert "None" not in everything(verdict)
        if verdict.verdict is not Verdict.MET:
            assert settling.next_step(verdict)


def test_a_mean_score_is_said_on_its_scale() -> None:
    verdict = found(18, 2, bar=0.75, measure=Measure.MEAN_SCORE)
    assert figures.figure(verdict) == "4.6 (3.55 to 5 on 1 to 5, each bound at 95%; 20 cases)"
    assert measures.bar(verdict.criterion) == "at least 4 on a scale of 1 to 5"
    assert sentences.expectation(verdict) == (
        "On a scale of 1 to 5 we expect a mean of about 4.6; in the long run it lies between 3.55 "
        "and 5."
    )
    assert "the true mean may lie on either side" in sentences.conclusion(verdict)
    met = found(60, 0, bar=0.75, measure=Measure.MEAN_SCORE)
    assert "If the true mean were below 4, results this good" in sentences.conclusion(met)


def test_nothing_tried_is_not_evaluated() -> None:
    nothing = found(0, 0, tried=False)
    assert sentences.expectation(nothing).startswith("Not evaluated")
    assert figures.figure(nothing) == "no result"
    assert settling.next_step(nothing) == "Run an experiment with this criterion."


def test_the_figure_has_the_interval_and_the_design() -> None:
    assert figures.figure(found(18, 2)) == "90% (71% to 99%, each bound at 95%; 20 cases)"
    assert figures.figure(found(18, 2, 1)).endswith("20 cases, 1 unscored)")
    assert "20 cases, 60 trials)" in figures.figure(found(18, 2, trials=3))


@pytest.mark.parametrize("bar", [0.01, 0.07, 0.29, 0.55, 0.57, 0.63, 0.77, 0.83, 0.94, 0.97, 0.99])
def test_a_printed_interval_never_contradicts_its_verdict(bar: float) -> None:
    for passes, measure in product((0, 7, 70, 90, 99, 100), (Measure.PASS_RATE, Measure.FAIL_RATE)):
        verdict = found(passes, 100 - passes, bar=bar, measure=measure)
        said = re.search(r"\(([\d.]+)% to ([\d.]+)%", figures.figure(verdict))
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
    assert measures.bar(found(1, 0, bar=bar).criterion) == f"at least {said}"
    assert (
        measures.bar(found(1, 0, bar=bar, measure=Measure.FAIL_RATE).criterion) == f"at most {said}"
    )
    assert said in sentences.conclusion(found(90, 10, bar=bar))


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.0, "0%"), (1.0, "100%"), (0.5, "50%"), (0.004, "0.4%"), (0.996, "99.6%"), (0.29, "29%")],
)
def test_a_share_is_said_in_whole_numbers_unless_they_hide_something(
    share: float, said: str
) -> None:
    assert figures.percent(share) == said


@pytest.mark.parametrize("share", [0.9999, 0.99999, 0.0001, 0.000001])
def test_a_share_that_is_not_all_or_nothing_is_never_said_to_be(share: float) -> None:
    assert figures.percent(share) not in ("0%", "0.0%", "100%", "100.0%")


def test_too_few_cases_are_told_how_many_it_takes() -> None:
    step = settling.next_step(found(60, 0, bar=0.01, measure=Measure.FAIL_RATE))
    assert step == (
        "60 cases can never show at most 1%: even without a failure it takes 299 cases."
    )
    assert "more cases would probably settle it" in settling.next_step(found(18, 2))


def test_what_is_unscored_comes_first() -> None:
    assert settling.next_step(found(18, 2, 3)) == "Score what is open first: 3 unscored."


def test_natural_frequencies_round_outwards() -> None:
    said = sentences.expectation(found(18, 2))
    assert said == (
        "Of 100 answers like these we expect about 90 to pass: 70 to 99 of the next 100, and in "
        "the long run between 71% and 99%."
    )


@pytest.mark.parametrize(
    ("passes", "fails", "bar", "value"),
    [(179, 21, 0.9, "89.5%"), (886, 114, 0.89, "88.6%"), (181, 19, 0.9, "90.5%")],
)
def test_a_rate_is_not_rounded_across_its_bar(
    passes: int, fails: int, bar: float, value: str
) -> None:
    verdict = found(passes, fails, bar=bar)
    assert figures.value(verdict) == value
    assert f"about {value.removesuffix('%')} to pass" in sentences.expectation(verdict)
    upside_down = found(fails, passes, bar=1 - bar, measure=Measure.FAIL_RATE)
    assert figures.value(upside_down) != f"{100 * (1 - bar):.0f}%"


def test_a_mean_is_not_rounded_across_its_bar() -> None:
    draft = found(1, 0, bar=0.75, measure=Measure.MEAN_SCORE).criterion.draft
    assert figures.measured(draft, 0.7499) == "3.9996"
    assert figures.measured(draft, 0.7501, floor) == "4.0004"
    assert figures.measured(draft, 0.75) == "4"


@pytest.mark.parametrize("bar", [0.8, 0.9, 0.95, 0.005])
@pytest.mark.parametrize("to", [round, floor, ceil])
def test_what_is_shown_lies_on_the_side_of_the_bar_where_it_is(
    bar: float, to: Callable[[float], int]
) -> None:
    for gap in (-0.04, -0.004, -0.0004, -0.00001, 0, 0.00001, 0.0004, 0.004, 0.04):
        share = min(1.0, max(0.0, bar + gap))
        shown = float(figures.percent(share, to, bar=bar).removesuffix("%"))
        assert (shown > 100 * bar) - (shown < 100 * bar) == (gap > 0) - (gap < 0)


def test_nearly_all_is_not_a_hundred_of_a_hundred() -> None:
    said = sentences.expectation(found(1990, 10, bar=0.9))
    assert "about 99.5 to pass" in said
    assert "about 100 " not in said
    sure = replace(found(18, 2), estimate=replace(found(18, 2).estimate, confidence=0.995))
    assert "each bound at 99.5%" in figures.figure(sure)
    assert "with 99.5% confidence" in details.numbers(sure)


def test_a_missed_limit_is_said_the_right_way_round() -> None:
    over = found(50, 50, bar=0.01, measure=Measure.FAIL_RATE)
    assert over.verdict is Verdict.NOT_MET
    assert "The bar of at most 1% is not met. If the true rate kept to 1%" in sentences.conclusion(
        over
    )
    under = found(50, 50, bar=0.9)
    assert "If the true rate reached 90%" in sentences.conclusion(under)


@pytest.mark.parametrize(
    ("kind", "settings", "said"),
    [
        (ScorerKind.CONTAINS, {"texts": ["a", "b"]}, "contains all of “a”, “b”"),
        (ScorerKind.CONTAINS, {"texts": ["a", "b"], "mode": "any"}, "contains any of “a”, “b”"),
        (ScorerKind.NOT_CONTAINS, {"texts": ["a"]}, "contains none of “a”"),
        (
            ScorerKind.REGEX,
            {"pattern": "x+", "must_match": False},
            "does not match the pattern x+, capital letters as written",
        ),
        (ScorerKind.LENGTH, {"min": 1, "max": 5}, "has at least 1 and at most 5 words"),
        (ScorerKind.LENGTH, {"max": 5, "unit": "sentences"}, "has at most 5 sentences"),
        (ScorerKind.LATENCY, {"max_ms": 1500}, "arrives within 1.5 s"),
        (ScorerKind.COST, {"max_usd": 0.002}, "costs at most $0.002"),
        (
            ScorerKind.RATING,
            {"question": "Is it kind?"},
            "gets a yes from a person on “Is it kind?”",
        ),
        (ScorerKind.JSON_SCHEMA, {}, "is valid JSON"),
        (ScorerKind.JSON_SCHEMA, {"schema": {"type": "object"}}, "is JSON that fits a schema"),
        (ScorerKind.EQUALS, {"text": "yes"}, "equals “yes”"),
        (
            ScorerKind.REFUSAL,
            {"phrases": ["no can do"]},
            "refuses to answer (also told by “no can do”)",
        ),
        (
            ScorerKind.RATING,
            {"question": "Clear?", "scale": [1, 5], "passes_from": 4},
            "gets 4 or more of 1 to 5 from a person on “Clear?”",
        ),
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
    assert measures.describe_scorer(Criterion(ONE, ONE, "C1", 1, draft, "Ada", NOW)) == said


def test_every_kind_and_measure_has_its_words() -> None:
    assert all(kind.entry.label and kind.entry.meaning for kind in ScorerKind)
    assert set(measures.MEASURES) == set(Measure)


def test_an_estimate_in_no_design_is_not_dressed_up() -> None:
    nothing = replace(found(0, 0), estimate=Estimate(None, 0.0, 1.0, 0.95, 0, 0, 4, 0.0, "none"))
    assert figures.figure(nothing) == "nothing scored yet (4 unscored)"
