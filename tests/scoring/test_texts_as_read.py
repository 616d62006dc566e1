"""Texts are compared as people read them, and letter for letter where somebody asks for it."""

from pathlib import Path

import pytest

from tests.building import Loop, loop
from workbench.domain.criteria import Scorer, ScorerKind
from workbench.domain.scores import Outcome
from workbench.runs.rescoring import renew
from workbench.scoring.checks import Subject, check
from workbench.scoring.wording import folded
from workbench.store.store import open_store


def outcome(kind: ScorerKind, output: str, **settings: object) -> Outcome:
    return check(Scorer(kind, settings), Subject(output, {"reference": "don't — 10 km"})).outcome


SAME = [
    ("don't", "We don’t do that."),
    ("don’t", "We don't do that."),
    ("don't", "We donʼt do that."),
    ('say "yes"', "Please say “yes” now"),
    ('say "yes"', "Please say „yes“ now"),
    ('say "yes"', "Please say «yes» now"),
    ("well-known", "a well‑known fact"),
    ("2020-2021", "in 2020–2021"),
    ("-5 °C", "it is −5 °C"),
    ("10 km", "about 10\u00a0km away"),
    ("10 km", "about 10\u202fkm away"),
    ("thank you", "Thank\nyou"),
    ("thank you", "thank  you"),
    ("office", "the oﬃce"),
    ("123", "１２３"),
    ("café", "cafe\u0301"),
    ("workbench", "work\u00adbench"),
    ("workbench", "work\u200bbench"),
    ("straße", "STRASSE"),
    ("wait...", "wait…"),
]


@pytest.mark.parametrize(("wanted", "output"), SAME)
def test_what_reads_the_same_is_the_same(wanted: str, output: str) -> None:
    assert outcome(ScorerKind.CONTAINS, output, texts=[wanted]) is Outcome.PASS
    assert outcome(ScorerKind.NOT_CONTAINS, output, texts=[wanted]) is Outcome.FAIL


@pytest.mark.parametrize(
    ("wanted", "output"),
    [("don't", "do not"), ("cafe", "café"), ("10 km", "10km"), ("AB", "A-B"), ("1.5", "1,5")],
)
def test_what_reads_differently_is_different(wanted: str, output: str) -> None:
    assert outcome(ScorerKind.CONTAINS, output, texts=[wanted]) is Outcome.FAIL


def test_a_capital_counts_where_case_counts() -> None:
    asked = {"texts": ["Don't"], "ignore_case": False}
    assert outcome(ScorerKind.CONTAINS, "Don’t", **asked) is Outcome.PASS
    assert outcome(ScorerKind.CONTAINS, "don’t", **asked) is Outcome.FAIL


def test_the_reference_is_compared_as_it_reads_too() -> None:
    assert outcome(ScorerKind.EQUALS, "“Don’t – 10\u00a0km.”") is Outcome.PASS


def test_letter_for_letter_a_different_mark_is_a_different_text() -> None:
    exact = {"texts": ["don't"], "exact": True}
    assert outcome(ScorerKind.CONTAINS, "don’t", **exact) is Outcome.FAIL
    assert outcome(ScorerKind.CONTAINS, "DON'T", **exact) is Outcome.PASS
    assert outcome(ScorerKind.NOT_CONTAINS, "don’t", **exact) is Outcome.PASS
    assert outcome(ScorerKind.CONTAINS, "DON'T", **exact, ignore_case=False) is Outcome.FAIL


def test_letter_for_letter_a_space_at_the_end_is_said_to_be_the_difference() -> None:
    scorer = Scorer(ScorerKind.EQUALS, {"text": "Yes", "exact": True})
    assert check(scorer, Subject("Yes", {})).outcome is Outcome.PASS
    found = check(scorer, Subject("Yes.\n", {}))
    assert found.outcome is Outcome.FAIL
    assert found.reason == "Reads like “Yes”, but not letter for letter."


def test_a_pattern_meets_the_output_as_it_was_written_and_says_what_it_missed() -> None:
    scorer = Scorer(ScorerKind.REGEX, {"pattern": "don't"})
    assert check(scorer, Subject("we don't", {})).outcome is Outcome.PASS
    found = check(scorer, Subject("we don’t", {}))
    assert found.outcome is Outcome.FAIL
    assert found.reason.endswith(
        "It would match with plain apostrophes, quotes, dashes and spaces."
    )
    assert "would match" not in check(scorer, Subject("we do not", {})).reason


@pytest.mark.parametrize("text", [wanted for wanted, _ in SAME] + [output for _, output in SAME])
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    plain = folded(text, ignore_case=False)
    assert folded(plain, ignore_case=False) == plain


def test_scores_of_older_rules_count_no_longer_and_outputs_are_scored_again(
    tmp_path: Path,
) -> None:
    store = open_store(str(tmp_path / "w.duckdb"), tmp_path)
    made: Loop = loop(store, n_cases=2)
    made.run([Outcome.FAIL, Outcome.FAIL])
    newest = made.criterion.draft.scorer.fingerprint()
    # As a file stands that older code has written: the scorer's identity is another one.
    for table in ("criterion_versions", "scores"):
        store.database.execute(f"update {table} set scorer = 'older rules'")
    assert renew(store) == 2
    (written,) = store.database.row("select scorer from criterion_versions") or ()
    assert written == newest
    kept = store.database.rows("select scorer, outcome from scores order by created_at")
    assert sorted(kept) == sorted([(newest, "pass")] * 2 + [("older rules", "fail")] * 2)
    assert renew(store) == 0
    store.close()


def test_scores_that_came_from_elsewhere_count_on_when_our_rules_change(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "w.duckdb"), tmp_path)
    made: Loop = loop(store, n_cases=2)
    made.run([Outcome.FAIL, Outcome.FAIL])
    store.database.execute("update trials set request = ''")
    for table in ("criterion_versions", "scores"):
        store.database.execute(f"update {table} set scorer = 'older rules'")
    assert renew(store) == 0
    newest = made.criterion.draft.scorer.fingerprint()
    kept = store.database.rows("select outcome from scores where scorer = ?", [newest])
    assert kept == [("fail",)] * 2
    store.close()
