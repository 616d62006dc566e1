"""Capability packs on the command line: what is asked, what is printed, and what it exits with."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.faults import endpoint as faults
from workbench.actions import packs
from workbench.cli import main
from workbench.models.local import LocalModel

FIELDS = """
    pack criterion model n_cases n_trials n_unscored estimate low high confidence n_failed n_cut
    mean_latency_ms cost_usd bounds verdict
"""
PACK = """
workbench: 1
pack: {key: echo, version: 1, licence: CC0-1.0, parameters: {max_tokens: 9}}
feature: {name: Says what it is told}
requirements:
- key: R1
  statement: It says the word.
  criteria:
  - key: C1
    title: Says the word
    scorer: {kind: contains, settings: {texts: ["{{word}}"]}}
    bar: 0.5
  - key: C2
    title: Says it alone
    scorer: {kind: equals, settings: {text: "{{word}}"}}
    bar: 0.5
datasets:
- name: Words
  cases:
CASES
prompts:
- name: Question
  versions:
  - user: "Say {{word}}"
"""
WORDS = ["ash", "birch", "cedar", "elm", "fir", "larch", "maple", "oak", "pine", "rowan"]


def written(folder: Path, key: str = "echo", **changed: str) -> str:
    cases = "\n".join(f"  - {{key: w{i}, variables: {{word: {w}}}}}" for i, w in enumerate(WORDS))
    text = PACK.replace("CASES", cases).replace("key: echo", f"key: {key}")
    for old, new in changed.items():
        text = text.replace(old, new)
    path = folder / f"{key}.yaml"
    path.write_text(text, "utf-8")
    return str(path)


def obedient(body: dict[str, Any]) -> str:
    """Says what it is asked to; the model “chatty” with a sentence around it."""
    word = str(body["messages"][-1]["content"]).removeprefix("Say ")
    return f"Here you are: {word}" if body["model"] == "chatty" else word


def checked(server: faults.Endpoint, *arguments: str) -> int:
    return main.main(["check", *arguments, "--base-url", server.base_url, "--quiet"])


def found(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    return dict(json.loads(capsys.readouterr().out))


def test_each_pack_criterion_and_model_has_an_entry_with_bounds(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    models = ["--model", "plain", "--model", "chatty"]
    with faults.serve(reply=obedient) as server:
        assert checked(server, written(home), *models, "--json") == 1
        assert server.requests == 20
        assert server.last_body["max_tokens"] == 9
    said = found(capsys)
    assert said["verdict"] == "not_met"
    rows = {(row["criterion"], row["model"]): row for row in said["capabilities"]}
    assert set(rows) == {(c, m) for c in ("C1", "C2") for m in ("plain", "chatty")}
    for row in rows.values():
        assert set(row) >= set(FIELDS.split())
        assert (row["pack"], row["pack_version"]) == ("echo", 1)
        assert (row["n_cases"], row["n_trials"], row["n_unscored"]) == (10, 10, 0)
        assert row["mean_latency_ms"] > 0
        assert "one-sided" in row["bounds"]
    assert rows["C2", "plain"]["estimate"] == rows["C1", "chatty"]["estimate"] == 1.0
    assert rows["C2", "plain"]["low"] == pytest.approx(0.05**0.1)
    assert rows["C2", "chatty"]["estimate"] == 0.0
    assert rows["C2", "chatty"]["verdict"] == "not_met"


def test_text_has_intervals_and_no_bare_percentage(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with faults.serve(reply=obedient) as server:
        assert checked(server, written(home), "--model", "plain") == 0
    said = capsys.readouterr()
    assert "100% (74% to 100%, each bound at 95%; 10 cases)" in said.out
    assert "echo@1" in said.out
    assert "its price is not known" in said.out
    assert said.err == ""


def test_what_is_answered_is_not_asked_again_and_a_new_model_is_asked_alone(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(home)
    with faults.serve(reply=obedient) as server:
        assert checked(server, path, "--model", "plain") == 0
        capsys.readouterr()
        assert checked(server, path, "--model", "plain") == 0
        assert server.requests == 10
        assert "0 requests sent, 10 answers of 127.0.0.1" in capsys.readouterr().out
        assert checked(server, path, "--model", "plain", "--model", "newer") == 0
        assert server.requests == 20
        assert checked(server, path, "--model", "newer", "--model", "plain", "--json") == 0
        assert server.requests == 20


def test_more_trials_ask_only_what_is_missing(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(home)
    with faults.serve(reply=obedient) as server:
        assert checked(server, path, "--model", "plain") == 0
        capsys.readouterr()
        # What was judged once is held to bounds that allow for it: 10 cases show less then.
        assert checked(server, path, "--model", "plain", "--trials", "3", "--json") == 3
        assert server.requests == 30
    (row, _) = found(capsys)["capabilities"]
    assert (row["n_cases"], row["n_trials"], row["estimate"]) == (10, 30, 1.0)
    assert row["cases_by_passes"] == [0, 0, 0, 10]
    assert row["extends"] == ["E1"]


def test_a_measure_of_repeats_gets_the_trials_that_it_needs(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(home, **{"    bar: 0.5": "    bar: 0.5\n    measure: agreement"})
    with faults.serve(reply=obedient) as server:
        assert checked(server, path, "--model", "plain", "--json") == 0
    assert {row["n_trials"] for row in found(capsys)["capabilities"]} == {20}


def test_calls_that_all_failed_say_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with faults.serve("bad_request") as server:
        assert checked(server, written(home), "--model", "plain", "--json") == 4
    said = found(capsys)
    assert {(r["estimate"], r["n_failed"]) for r in said["capabilities"]} == {(None, 10)}
    assert said["calls"]["failed"] == 10


def test_the_calls_of_all_packs_together_are_bounded_and_the_next_command_goes_on(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    both = [written(home), written(home, "second")]
    with faults.serve(reply=obedient) as server:
        limited = [*both, "--model", "plain", "--max-calls"]
        assert checked(server, *limited, "15") == 2
        assert server.requests == 15
        assert "run the command again" in capsys.readouterr().err
        assert checked(server, *limited, "10") == 0
        assert server.requests == 20


def test_calls_that_are_used_up_by_one_pack_leave_none_for_the_next(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    both = [written(home), written(home, "second")]
    with faults.serve(reply=obedient) as server:
        assert checked(server, *both, "--model", "plain", "--max-calls", "10") == 2
        assert server.requests == 10
    assert "used up before second@1" in capsys.readouterr().err


def test_a_budget_without_a_known_price_is_refused_before_anything_is_asked(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with faults.serve(reply=obedient) as server:
        assert checked(server, written(home), "--model", "plain", "--budget", "1") == 2
        assert server.requests == 0
    assert "price" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no-such-pack", "--connection", "Local model"], "no capability pack"),
        (["word-limit"], "Whom to ask?"),
        (["word-limit", "--connection", "Nowhere", "--model", "m"], "Nowhere"),
        (["FEATURE", "--connection", "Local model"], "not a capability pack"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    plain = home / "plain.yaml"
    plain.write_text("workbench: 1\nfeature: {name: Plain}\n", "utf-8")
    told = [str(plain) if argument == "FEATURE" else argument for argument in arguments]
    assert main.main(["check", *told]) == 2
    assert said in capsys.readouterr().err


def test_a_pack_that_is_run_like_a_feature_leads_to_the_check(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["run", written(home), "--quiet"]) == 2
    said = capsys.readouterr().err
    assert "is a capability pack" in said
    assert "check PACK" in said


def test_without_a_pack_those_that_come_along_are_listed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main.main(["check"]) == 0
    said = capsys.readouterr().out
    assert all(name in said for name in packs.built_in())


def test_a_pack_does_not_make_which_feature_ambiguous(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = home / "plain.yaml"
    tiny.write_text("workbench: 1\nfeature: {name: Plain}\n", "utf-8")
    assert main.main(["import", str(tiny)]) == 0
    with faults.serve(reply=obedient) as server:
        assert checked(server, written(home), "--model", "plain") == 0
    capsys.readouterr()
    assert main.main(["compare", "--all", "E9"]) == 2
    assert "Which feature?" not in capsys.readouterr().err


def test_the_real_local_model_answers_a_pack(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if not LocalModel(home).availability().is_available:
        pytest.skip("the local model is not installed")
    code = main.main(["check", written(home), "--connection", "Local model", "--json", "--quiet"])
    assert code in (0, 1, 3)
    rows = found(capsys)["capabilities"]
    assert {(row["n_trials"], row["n_unscored"], row["cost_usd"]) for row in rows} == {(10, 0, 0)}
