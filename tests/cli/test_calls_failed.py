"""What `run` says when calls fail: how many and why, and with which exit code."""

import json
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from tests.faults import endpoint as faults
from tests.faults.endpoint import completion, error, http
from workbench.cli import exit_codes, main
from workbench.domain.open_trials import Open, Unscored
from workbench.domain.verdicts import CriterionVerdict, Verdict

CASES = Path(__file__).parent.parent / "cases"
MET, NOT_MET, UNDECIDED = Verdict.MET, Verdict.NOT_MET, Verdict.NOT_ENOUGH_EVIDENCE
GOOD, BAD = http(completion("Your parcel is on its way.")), http(completion("We guarantee it."))
CUT = http(completion("Your parcel is", "length"))
REFUSED = http(error("Blocked", "content_filter"), 400)
BROKEN = http(error("the parameter seed is not supported"), 400)
TOO_LONG = http(error("too much of it", "context_length_exceeded"), 400)
OLD_KEY = http(error("Incorrect API key provided", "invalid_api_key"), 401)


def in_turn(*replies: tuple[bytes, int]) -> Callable[[dict[str, Any]], bytes]:
    """A server that gives each reply so many times, one after the other."""
    left = chain.from_iterable([reply] * n for reply, n in replies)
    return lambda body: next(left)


def run(home: Path, *replies: tuple[bytes, int], bar: float = 0.8, more: str = "--json") -> int:
    """The exit code for the thirty questions of case 02, answered so."""
    text = (CASES / "02-provider-error-in-choice" / "feature.yaml").read_text("utf-8")
    feature = json.loads(text)
    feature["requirements"][0]["criteria"][0]["bar"] = bar
    path = home / "feature.yaml"
    path.write_text(json.dumps(feature), "utf-8")
    with faults.serve(canned=in_turn(*replies)) as server:
        asked = ["--base-url", server.base_url, "--model", "m", "--concurrency", "1"]
        return main.main(["run", str(path), *asked, more])


def test_every_call_that_fails_is_said_with_the_servers_words_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    case = CASES / "09-every-call-fails-silently"
    (reply,) = json.loads((case / "replies.json").read_text("utf-8"))
    canned = http(json.dumps(reply["body"]), reply["status"])
    with faults.serve(canned=lambda body: canned) as server:
        asked = ["run", str(case / "feature.yaml"), "--base-url", server.base_url, "--model", "m"]
        assert main.main([*asked, "--quiet"]) == 4
        said = capsys.readouterr()
        assert main.main([*asked, "--json"]) == 4
        told = json.loads(capsys.readouterr().out)
    assert said.err.startswith("3 of 3 calls failed: ")
    assert said.err.count("“the parameter seed is not supported”") == 1
    assert said.err.rstrip().endswith("(3)")
    assert "nothing scored yet (3 failed)" in said.out
    assert "ask the failed calls again (3)" in said.out
    calls = told["calls"]
    assert (calls["made"], calls["failed"], calls["refused"]) == (3, 3, 0)
    (failure,) = calls["failures"]
    assert (failure["failure"], failure["calls"]) == ("bad_request", 3)
    (wording,) = failure["messages"]
    assert "“the parameter seed is not supported”" in wording["message"]
    (verdict,) = told["verdicts"]
    assert (verdict["n_failed"], verdict["n_unscored"], verdict["n_not_asked"]) == (3, 3, 0)


def test_answers_that_a_provider_breaks_off_leave_nothing_that_can_be_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    case = CASES / "02-provider-error-in-choice"
    (reply,) = json.loads((case / "replies.json").read_text("utf-8"))
    canned = http(json.dumps(reply["body"]))
    with faults.serve(canned=lambda body: canned) as server:
        asked = ["run", str(case / "feature.yaml"), "--base-url", server.base_url, "--model", "m"]
        assert main.main([*asked, "--json", "--quiet"]) == 4
    said = capsys.readouterr()
    assert said.err.startswith("30 of 30 calls failed: ")
    assert said.err.count("upstream went away") == 1
    told = json.loads(said.out)
    assert told["calls"]["failures"][0]["failure"] == "broken_off"
    (verdict,) = told["verdicts"]
    assert (verdict["n_failed"], verdict["n_trials"], verdict["estimate"]) == (30, 0, None)


@pytest.mark.parametrize(
    ("replies", "bar", "code"),
    [
        ([(BROKEN, 30)], 0.8, 4),
        ([(REFUSED, 30)], 0.8, 4),
        ([(BROKEN, 10), (REFUSED, 6), (GOOD, 14)], 0.8, 4),
        ([(BROKEN, 20), (GOOD, 10)], 0.8, 4),
        ([(BROKEN, 15), (GOOD, 15)], 0.8, 3),
        ([(BROKEN, 1), (GOOD, 29)], 0.95, 3),
        ([(BROKEN, 1), (GOOD, 29)], 0.8, 0),
        ([(BROKEN, 20), (BAD, 10)], 0.9, 1),
        ([(GOOD, 27), (BAD, 3)], 0.9, 3),
        ([(CUT, 30)], 0.95, 3),
    ],
)
def test_the_exit_code_tells_a_broken_endpoint_from_thin_evidence(
    home: Path,
    capsys: pytest.CaptureFixture[str],
    replies: list[tuple[bytes, int]],
    bar: float,
    code: int,
) -> None:
    assert run(home, *replies, bar=bar) == code
    told = json.loads(capsys.readouterr().out)
    (verdict,) = told["verdicts"]
    parts = verdict["unscored"]
    assert sum(parts.values()) == verdict["n_unscored"] == 30 - verdict["n_trials"]
    assert (parts["failed"], parts["refused"]) == (
        told["calls"]["failed"],
        told["calls"]["refused"],
    )
    assert verdict["n_cut"] == sum(n for reply, n in replies if reply is CUT)
    assert main.main(["verdicts", "02-provider-error-in-choice"]) == code


def test_each_kind_of_failure_is_told_with_its_number_the_most_frequent_first(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(home, (TOO_LONG, 2), (BROKEN, 5), (REFUSED, 3), (GOOD, 20), more="--quiet") == 3
    first, *lines = capsys.readouterr().err.splitlines()
    assert first == "7 of 30 calls failed and 3 were refused:"
    assert [line.rpartition(" ")[2] for line in lines] == ["(5)", "(3)", "(2)"]
    assert "seed is not supported" in lines[0]
    assert "content filter" in lines[1]
    assert "too much of it" in lines[2]


def test_words_that_differ_from_call_to_call_do_not_fill_the_screen(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    numbered = [(http(error(f"request {n} was not understood"), 400), 1) for n in range(30)]
    assert run(home, *numbered, more="--quiet") == 4
    first, *lines = capsys.readouterr().err.splitlines()
    assert first == "30 of 30 calls failed:"
    assert len(lines) == 6
    assert lines[-1].strip() == "And in words of their own (25)."


def test_a_run_without_a_failed_call_says_nothing_of_failures(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(home, (GOOD, 30), more="--quiet") == 0
    assert capsys.readouterr().err == ""


def test_calls_that_failed_in_an_earlier_run_are_not_those_of_this_one(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with faults.serve(canned=in_turn((BROKEN, 3), (GOOD, 3))) as server:
        feature = str(CASES / "09-every-call-fails-silently" / "feature.yaml")
        asked = ["run", feature, "--base-url", server.base_url, "--model", "m", "--json"]
        assert main.main(asked) == 4
        capsys.readouterr()
        assert main.main(asked) == 3
    told = json.loads(capsys.readouterr().out)
    assert told["calls"] == {"made": 3, "failed": 0, "refused": 0, "failures": []}
    assert told["verdicts"][0]["n_failed"] == 0


def test_a_run_that_had_to_stop_exits_with_2_and_says_what_had_failed_before(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(home, (BROKEN, 2), (OLD_KEY, 28), more="--quiet") == 2
    said = capsys.readouterr().err
    assert "E2 failed" in said
    assert "Incorrect API key provided" in said
    assert "2 of 2 calls failed: " in said


def verdict(is_tried: bool = True, found: Verdict = UNDECIDED, **why: int) -> CriterionVerdict:
    """One of thirty planned trials, with only what an exit code looks at."""
    row = object.__new__(CriterionVerdict)
    object.__setattr__(row, "verdict", found)
    object.__setattr__(row, "open", Open(30 if is_tried else 0, unscored=Unscored(**why)))
    return row


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([], 3),
        ([verdict(is_tried=False)], 3),
        ([verdict(failed=30), verdict(is_tried=False)], 4),
        ([verdict(failed=30), verdict(failed=30, found=MET)], 3),
        ([verdict(failed=30), verdict(failed=3)], 3),
        ([verdict(failed=15)], 3),
        ([verdict(failed=15, refused=1)], 4),
        ([verdict(failed=10, unrated=20)], 3),
        ([verdict(failed=3, not_asked=27)], 3),
        ([verdict(unrated=30)], 3),
    ],
)
def test_nothing_can_be_said_only_where_most_calls_of_each_criterion_failed(
    rows: list[CriterionVerdict], code: int
) -> None:
    assert exit_codes.code(UNDECIDED, rows) == code
    assert exit_codes.code(MET, rows) == 0
    assert exit_codes.code(NOT_MET, rows) == 1


def test_the_help_and_the_readme_name_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main.main(["run", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "4 calls failed so that nothing can be said" in said
    readme = " ".join((CASES.parent.parent / "README.md").read_text("utf-8").split())
    assert "4 when calls failed so that nothing can be said" in readme
