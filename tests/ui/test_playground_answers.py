"""Answers that differ only in looks are one wording, counted; errors are counted apart."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from workbench.domain.scores import Outcome
from workbench.domain.trials import Trial
from workbench.errors import CallFailure
from workbench.store.reports.playground import Judged
from workbench.ui.playground import answers

_ID = uuid4()


def trial(number: int, output: str | None, finish_reason: str = "stop") -> Trial:
    failure = CallFailure.TIMEOUT if output is None else None
    return Trial(
        uuid4(), _ID, _ID, _ID, number, "", 1, datetime.now(UTC), output, failure,
        "" if output else "It took too long.", finish_reason,
    )  # fmt: skip


def judged(found: Trial, criterion: UUID, outcome: Outcome, reason: str) -> Judged:
    return Judged(found.id, criterion, "C1", "Is polite", outcome, reason)


def test_answers_that_differ_only_in_looks_are_one_wording() -> None:
    (found,) = answers.distinct([trial(1, "Yes."), trial(2, " yes "), trial(3, "YES!")])
    assert (len(found.trials), found.total, found.text) == (3, 3, "Yes.")
    assert answers.times(found) == "all 3 times the same"


def test_the_most_frequent_wording_comes_first_with_its_count() -> None:
    texts = ["No", "Yes", "yes", "Perhaps", "Yes."]
    found = answers.distinct([trial(n, text) for n, text in enumerate(texts, 1)])
    assert [wording.text for wording in found] == ["Yes", "No", "Perhaps"]
    assert answers.times(found[0]) == "3 of 5 times"
    assert answers.dots(found[0]) == ("●●●", "○○")


def test_errors_are_no_wording_and_are_counted_by_message() -> None:
    trials = [trial(1, None), trial(2, "Yes"), trial(3, None)]
    (wording,) = answers.distinct(trials)
    assert wording.total == 1
    (failure,) = answers.failures(trials)
    assert (failure.message, failure.count) == ("It took too long.", 2)


def test_an_answer_at_the_token_limit_is_cut_off() -> None:
    (cut,) = answers.distinct([trial(1, "I would", "length")])
    (whole,) = answers.distinct([trial(1, "I would.")])
    assert cut.is_cut_off
    assert not whole.is_cut_off


def test_a_criterion_fails_a_wording_when_it_fails_any_of_its_trials() -> None:
    first, second = trial(1, "Yes"), trial(2, "yes")
    (wording,) = answers.distinct([first, second])
    criterion = uuid4()
    (found,) = answers.opinions(
        wording,
        {
            first.id: [judged(first, criterion, Outcome.PASS, "Took 1 s.")],
            second.id: [judged(second, criterion, Outcome.FAIL, "Took 9 s.")],
        },
    )
    assert (found.outcome, found.passed, found.failed) == (Outcome.FAIL, 1, 1)
    assert found.reason == "Took 9 s."
