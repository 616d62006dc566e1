"""Servers that were found in public bug reports: what the command line makes of their replies."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.faults import endpoint as faults
from tests.faults.endpoint import http
from workbench.cli import main
from workbench.domain.trials import Trial
from workbench.errors import CallFailure
from workbench.store.store import open_store

CASES = Path(__file__).parent / "cases"


def replies(case: str) -> Any:
    """A server as the case describes it: the n-th call gets the n-th reply, the last one repeats;
    one with `only_if` goes to prompts with that word, with `if_field` to bodies that have it."""
    described = json.loads((CASES / case / "replies.json").read_text("utf-8"))
    plain = [reply for reply in described if not reply.keys() & {"only_if", "if_field"}]
    n_asked = iter(range(10_000))

    def reply(body: dict[str, Any]) -> bytes:
        asked = body["messages"][-1]["content"]
        chosen = [one for one in described if one.get("only_if", "\0") in asked]
        chosen += [one for one in described if one.get("if_field", "\0") in body]
        found = chosen[0] if chosen else plain[min(next(n_asked), len(plain) - 1)]
        return http(json.dumps(found["body"]), found["status"])

    return reply


def tried(case: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, list[Trial], int]:
    """The exit code of `run`, the trials that are kept, and how many requests were sent."""
    monkeypatch.setenv("WORKBENCH_HOME", str(home / "home"))
    path = home / "app.duckdb"
    with faults.serve(canned=replies(case)) as server:
        asked = ["--base-url", server.base_url, "--model", "m", "--db", str(path)]
        code = main.main(["run", str(CASES / case / "feature.yaml"), *asked])
    store = open_store(str(path), home)
    (feature,) = store.features.all()
    assert feature.id is not None
    found = [
        trial
        for experiment in store.experiments.of(feature.id)
        for trial in store.trials.of_experiment(experiment.id)
    ]
    store.close()
    return code, found, server.requests


def test_an_answer_that_a_provider_broke_off_is_asked_again_and_no_evidence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, trials, n_requests = tried("02-provider-error-in-choice", tmp_path, monkeypatch)
    assert code not in (0, 1)
    assert {(t.failure, t.partial) for t in trials} == {
        (CallFailure.BROKEN_OFF, "The refund was sen")
    }
    assert all("upstream went away" in t.message for t in trials)
    assert n_requests == 4 * len(trials) == 120
    assert " met " not in capsys.readouterr().out


def test_an_answer_that_a_filter_stopped_is_a_failed_call_that_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, trials, n_requests = tried("03-content-filter-partial", tmp_path, monkeypatch)
    assert code not in (0, 1)
    assert {(t.failure, t.partial) for t in trials} == {(CallFailure.FILTERED, "The refund is")}
    assert all("content filter" in t.message for t in trials)
    assert n_requests == len(trials) == 30


def test_one_flagged_input_fails_and_the_others_are_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, trials, n_requests = tried("06-one-flagged-input-403", tmp_path, monkeypatch)
    (failed,) = [t for t in trials if t.failure]
    assert failed.failure is CallFailure.FILTERED
    assert "flagged by moderation (violence)" in failed.message
    assert (len(trials), n_requests) == (8, 8)


def test_an_error_inside_a_good_reply_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, trials, _ = tried("08-error-inside-200", tmp_path, monkeypatch)
    assert {t.output for t in trials} == {"Your parcel is on its way."}


def test_a_wrong_key_is_told_in_the_servers_words_from_a_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, trials, n_requests = tried("22-error-body-is-a-list", tmp_path, monkeypatch)
    said = capsys.readouterr().err
    assert "refused the key" in said
    assert "API key not valid" in said
    assert "base URL" not in said
    assert (trials, n_requests) == ([], 2)
    assert code not in (0, 1, 3)


def test_an_answer_whose_end_is_not_stated_is_a_whole_one_and_known_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, trials, _ = tried("27-no-finish-reason", tmp_path, monkeypatch)
    assert {t.output for t in trials} == {"Your parcel is on its way."}
    assert not any(t.is_ending_stated for t in trials)


def test_a_model_that_refuses_max_tokens_is_asked_with_its_successor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, trials, _ = tried("07-max-tokens-not-supported", tmp_path, monkeypatch)
    assert {t.output for t in trials} == {"Your parcel is on its way."}
    assert {t.adaptations for t in trials} == {("max_tokens as max_completion_tokens",)}


def test_a_block_of_thoughts_is_not_judged_with_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, trials, _ = tried("17-think-block", tmp_path, monkeypatch)
    assert code == 0
    assert {(t.output, t.reasoning) for t in trials} == {
        ('{"order": 7}', "They want JSON, I can't do this wrong.")
    }


def test_an_answer_in_the_field_for_thoughts_is_no_answer_and_says_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, trials, _ = tried("18-answer-in-reasoning-field", tmp_path, monkeypatch)
    assert code not in (0, 1)
    assert {t.failure for t in trials} == {CallFailure.EMPTY}
    for trial in trials:
        assert "reasoning_content" in trial.message
        assert "thinking" in trial.message
        assert "base URL" not in trial.message
    assert {t.reasoning for t in trials} == {"Your parcel is on its way.", "I think about it."}
