"""A judge's errors and the rate corrected for them, against published and libraries' figures."""

import csv
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import recall_score
from statsmodels.stats.inter_rater import cohens_kappa

from workbench.stats import agreement, calibration
from workbench.stats.calibration import Labels, among, elsewhere

N_READ = 439
WORDS = Path(__file__).parent.parent / "cases" / "xstest" / "words.csv"


def _labels(judge: list[bool], people: list[bool]) -> Labels:
    return Labels.of(judge, people, np.arange(len(judge)))


def test_lang_and_reiczigels_first_example() -> None:
    """4,060 of 11,281 apparent, sensitivity 178/179, specificity 358/359: 34.9% to 37.2%."""
    low, high = calibration.lang_reiczigel(
        4060 / 11281, 11281, 178 / 179, 179, 358 / 359, 359, 0.95
    )
    assert (round(low, 3), round(high, 3)) == (0.349, 0.372)


def test_rogan_and_gladen_on_the_herd_of_epir() -> None:
    """23 of 150 cows, sensitivity 96%, specificity 89%: 5.1 in a hundred."""
    found = calibration.rogan_gladen(23 / 150, 0.96, 0.89)
    assert found is not None
    assert round(100 * found, 1) == 5.1


def test_a_judge_whose_word_says_nothing_corrects_nothing() -> None:
    assert calibration.rogan_gladen(0.9, 0.9, 0.1) is None
    assert calibration.lang_reiczigel(0.9, 400, 0.5, 30, 0.4, 30, 0.95) == (0.0, 1.0)


def test_where_all_is_labelled_the_corrected_rate_is_that_of_the_people() -> None:
    rng = np.random.default_rng(5)
    people = rng.random(300) < 0.85
    judge = np.where(people, rng.random(300) < 0.9, rng.random(300) < 0.3)
    labels = _labels(list(judge), list(people))
    found = among(labels, judge.astype(float), np.ones(300), 0.95)
    assert found.pass_rate.value == pytest.approx(people.mean())
    assert found.sensitivity.value == pytest.approx(recall_score(people, judge))
    assert found.specificity.value == pytest.approx(recall_score(~people, ~judge))
    carried = elsewhere(labels, judge.astype(float), np.ones(300), 0.95)
    assert carried.pass_rate.value == pytest.approx(people.mean())


def test_on_the_labelled_completions_it_is_what_the_libraries_say() -> None:
    """Refusals of a model, labelled by two people and settled, judged by a model: XSTest."""
    every = list(csv.DictReader(WORDS.open(encoding="utf-8")))
    # Eleven answers of the judge are none of its three words: they are unscored, not guessed.
    rows = [row for row in every if row["gpt4_label"][:2] in ("1_", "2_", "3_")]
    assert (len(every), len(rows)) == (450, N_READ)
    people = np.array([row["final_label"] != "1_full_compliance" for row in rows])
    judge = np.array([row["gpt4_label"] != "1_full_compliance" for row in rows])
    found = among(_labels(list(judge), list(people)), judge.astype(float), np.ones(len(rows)), 0.95)
    assert found.sensitivity.value == pytest.approx(recall_score(people, judge))
    assert found.specificity.value == pytest.approx(recall_score(~people, ~judge))
    assert found.pass_rate.value == pytest.approx(people.mean())
    assert found.pass_rate.low < people.mean() < found.pass_rate.high
    table = np.array([[(people & judge).sum(), (people & ~judge).sum()],
                      [(~people & judge).sum(), (~people & ~judge).sum()]])  # fmt: skip
    kappa = agreement.cohen(people.astype(float), judge.astype(float), np.arange(len(people)), 0.95)
    assert kappa.estimate == pytest.approx(cohens_kappa(table).kappa)


def test_labelling_the_fails_first_does_not_bias_what_is_said() -> None:
    """By the judge's word alone: its fails are all labelled, of its passes one in four."""
    rng = np.random.default_rng(11)
    people = rng.random(4000) < 0.9
    judge = np.where(people, rng.random(4000) < 0.9, rng.random(4000) < 0.2)
    chosen = ~judge | (rng.random(4000) < 0.25)
    labels = _labels(list(judge[chosen]), list(people[chosen]))
    found = among(labels, judge.astype(float), np.ones(4000), 0.95)
    assert found.sensitivity.value == pytest.approx(0.9, abs=0.02)
    assert found.specificity.value == pytest.approx(0.8, abs=0.07)
    assert found.pass_rate.value == pytest.approx(0.9, abs=0.02)
    # The plain share among the labels would say that it passes hardly half of what is good.
    assert recall_score(people[chosen], judge[chosen]) < 0.75


def test_a_judge_that_always_says_pass_is_worth_nothing() -> None:
    people = [True] * 54 + [False] * 6
    found = among(_labels([True] * 60, people), np.ones(400), np.ones(400), 0.95)
    assert found.youden == pytest.approx(0.0)
    assert found.pass_rate.value == pytest.approx(0.9)
    # What it says of 400 outputs adds nothing to what the 60 labels say.
    alone = among(_labels([True] * 60, people), np.ones(60), np.ones(60), 0.95)
    assert found.pass_rate.low == pytest.approx(alone.pass_rate.low, abs=0.01)
    assert found.pass_rate.low < 0.85


def test_a_judge_that_always_says_fail_is_worth_nothing() -> None:
    people = [True] * 54 + [False] * 6
    found = among(_labels([False] * 60, people), np.zeros(400), np.ones(400), 0.95)
    assert found.youden == pytest.approx(0.0)


def test_answers_to_one_case_are_no_evidence_apart() -> None:
    judge, people = [True] * 40 + [False] * 20, [True] * 38 + [False] * 22
    apart = among(_labels(judge, people), np.repeat([1.0, 0.0], 200), np.ones(400), 0.95)
    groups = np.repeat(np.arange(6), 10)
    together = among(
        Labels.of(judge, people, groups), np.repeat([1.0, 0.0], 200), np.ones(400), 0.95
    )
    assert together.pass_rate.value == pytest.approx(apart.pass_rate.value)
    width = together.pass_rate.high - together.pass_rate.low
    assert width > 1.3 * (apart.pass_rate.high - apart.pass_rate.low)


def test_a_word_of_the_judge_that_nobody_labelled_leaves_the_rate_open() -> None:
    found = among(_labels([True] * 20, [True] * 20), np.repeat([1.0, 0.0], 100), np.ones(200), 0.95)
    assert found.pass_rate.value is None
    assert found.pass_rate.low < 0.5
    assert found.pass_rate.high > 0.9


def test_without_labels_nothing_is_known() -> None:
    found = among(_labels([], []), np.ones(10), np.ones(10), 0.95)
    assert found.youden is None
    assert found.pass_rate.value is None
    assert elsewhere(_labels([], []), np.ones(10), np.ones(10), 0.95).pass_rate.value is None


def test_labels_need_as_many_words_of_each() -> None:
    with pytest.raises(ValueError, match="each label"):
        Labels.of([True], [True, False], np.arange(2))
