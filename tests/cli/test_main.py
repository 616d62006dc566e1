"""The commands as a person or a pipeline meets them: output, exit codes, and nothing lost."""

import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.faults import endpoint as faults
from workbench.__main__ import serve
from workbench.actions import headless
from workbench.cli import main
from workbench.config import ROOT
from workbench.exchange.results import outputs
from workbench.models.local import LocalModel
from workbench.store.store import open_store

FEATURE = (Path(__file__).parent.parent / "tiny.yaml").read_text("utf-8")
FIELDS = """
    requirement criterion title variant experiment measure n_cases
    n_trials n_unscored n_effective estimate low high confidence
    method bar verdict stale stale_because warnings pass_hat_k
"""
COMMANDS = ("serve", "run", "verdicts", "import", "export", "backup", "restore", "doctor")


@pytest.fixture
def feature(home: Path) -> str:
    """A feature file whose two cases, if short enough, meet its bar."""
    return written(home)


def written(folder: Path, most: int = 10_000, bar: float = 0.2) -> str:
    path = folder / "tiny.yaml"
    path.write_text(FEATURE.replace("MOST", str(most)).replace("BAR", str(bar)), "utf-8")
    return str(path)


def asked(server: faults.Endpoint, path: str, *more: str) -> int:
    """Run a feature file against the fake endpoint."""
    return main.main(["run", path, "--base-url", server.base_url, "--model", "fake-1", *more])


def test_the_real_local_model_answers_a_feature_file(
    home: Path, feature: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if not LocalModel(home).availability().is_available:
        pytest.skip("the local model is not installed")
    assert main.main(["run", feature, "--db", str(home / "other.duckdb"), "--json"]) == 0
    (verdict,) = json.loads(capsys.readouterr().out)["verdicts"]
    assert (verdict["verdict"], verdict["n_trials"], verdict["n_unscored"]) == ("met", 2, 0)
    assert not (home / "app.duckdb").exists()


@pytest.mark.parametrize(
    ("most", "bar", "code", "word"),
    [
        (10_000, 0.2, 0, "met"),
        (1, 0.8, 1, "not_met"),
        (10_000, 0.9, 3, "not_enough_evidence"),
    ],
)
def test_the_exit_code_is_the_verdict(
    home: Path,
    capsys: pytest.CaptureFixture[str],
    most: int,
    bar: float,
    code: int,
    word: str,
) -> None:
    with faults.serve() as server:
        assert asked(server, written(home, most, bar), "--json") == code
    found = json.loads(capsys.readouterr().out)
    assert found["verdict"] == word
    assert main.main(["verdicts", "Tiny", "--json"]) in (code, 3)


def test_json_has_a_list_of_verdicts_with_everything_to_follow_them(
    feature: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with faults.serve() as server:
        asked(server, feature, "--json")
    found = json.loads(capsys.readouterr().out)
    assert set(found) >= {"feature", "candidate", "verdict", "verdicts"}
    (verdict,) = found["verdicts"]
    assert set(verdict) >= set(FIELDS.split())
    assert (verdict["requirement"], verdict["criterion"], verdict["bar"]) == ("R1", "C1", 0.2)
    assert (verdict["estimate"], verdict["high"]) == (1.0, 1.0)
    assert verdict["low"] == pytest.approx(0.05**0.5)


def test_text_is_a_table_with_intervals_and_no_bare_percentage(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with faults.serve() as server:
        asked(server, written(home, bar=0.9), "--quiet")
    said = capsys.readouterr()
    assert "100% (22% to 100%, each bound at 95%; 2 cases)" in said.out
    assert "at least 90%" in said.out
    assert "not enough evidence" in said.out
    assert said.err == ""


def test_running_a_file_twice_asks_nothing_again(feature: str) -> None:
    with faults.serve() as server:
        assert asked(server, feature) == 0
        assert server.requests == 2
        assert asked(server, feature) == 0
        assert server.requests == 2


def test_calls_that_failed_are_no_answer(feature: str, capsys: pytest.CaptureFixture[str]) -> None:
    with faults.serve("bad_request") as server:
        assert asked(server, feature, "--json") == 4
    (verdict,) = json.loads(capsys.readouterr().out)["verdicts"]
    assert (verdict["estimate"], verdict["n_unscored"]) == (None, 2)


def test_calls_that_failed_are_asked_again_the_next_time(feature: str) -> None:
    with faults.serve("bad_request") as server:
        assert asked(server, feature) == 4
    with faults.serve() as server:
        assert asked(server, feature) == 0
        assert server.requests == 2


def test_the_number_of_calls_at_once_holds_for_a_connection_that_is_there(feature: str) -> None:
    with faults.serve(latency_s=0.05) as server:
        assert asked(server, feature, "--connection", "Ours") == 0
        again = feature.replace("tiny", "again")
        Path(again).write_text(Path(feature).read_text("utf-8").replace("Tiny", "Again"), "utf-8")
        server.peak = 0
        one = ["run", again, "--connection", "Ours", "--model", "fake-1", "--concurrency", "1"]
        assert main.main(one) == 0
        assert server.peak == 1


def test_a_run_that_had_to_stop_says_why_and_goes_on_the_next_time(
    feature: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with faults.serve(["ok", "rate_limit_hour", "ok"]) as server:
        assert asked(server, feature, "--concurrency", "1") == 2
        said = capsys.readouterr().err
        assert "E1 failed" in said or "E2 failed" in said
        assert "Traceback" not in said
        before = server.requests
        assert asked(server, feature) == 0
        assert server.requests == before + 1


def test_the_key_goes_to_the_endpoint_and_nowhere_else(
    home: Path,
    feature: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MY_KEY", "sk-canary-5521")
    with faults.serve() as server:
        assert asked(server, feature, "--api-key-env", "MY_KEY") == 0
        assert server.headers["authorization"] == "Bearer sk-canary-5521"
    said = capsys.readouterr()
    assert "canary" not in said.out + said.err
    for file in home.rglob("*"):
        assert file.is_dir() or b"sk-canary-5521" not in file.read_bytes()


def test_an_answer_too_long_to_be_kept_is_unscored_and_its_beginning_exported(
    home: Path, feature: str, capsys: pytest.CaptureFixture[str]
) -> None:
    digest = sha256(b"m" * 3_000_000).hexdigest()
    with faults.serve("three_megabytes") as server:
        assert asked(server, feature, "--json") == 4
    said = json.loads(capsys.readouterr().out)
    (verdict,) = said["verdicts"]
    assert (verdict["estimate"], verdict["n_unscored"]) == (None, 2)
    assert f"SHA-256 of the whole answer: {digest}" in json.dumps(said["calls"])
    assert "3,000,000 bytes" in json.dumps(said["calls"])
    store = open_store(str(home / "app.duckdb"), home)
    asked_here = store.experiments.of(headless.named(store, "Tiny"))
    experiment = next(e for e in asked_here if store.trials.of_experiment(e.id))
    for text in (outputs.as_csv(store, experiment.id), outputs.as_jsonl(store, experiment.id)):
        assert "m" * 1024 * 1024 in text
        assert "m" * (1024 * 1024 + 1) not in text
        assert digest in text
    assert all(trial.output is None for trial in store.trials.of_experiment(experiment.id))
    store.close()


def test_a_key_that_may_not_be_named_is_refused(
    feature: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary-5521")
    with faults.serve() as server:
        for name in ("AWS_SECRET_ACCESS_KEY", "PATH"):
            assert asked(server, feature, "--api-key-env", name) == 2
            assert f"{name} may not be named as a key" in capsys.readouterr().err
        assert server.requests == 0


def test_a_key_goes_to_another_host_only_when_the_command_says_so(
    feature: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MY_KEY", "sk-canary-5521")
    with faults.serve() as first:
        assert asked(first, feature, "--api-key-env", "MY_KEY") == 0
    with faults.serve() as second:
        origin = second.base_url.removesuffix("/v1")
        assert asked(second, feature, "--api-key-env", "MY_KEY") == 2
        said = capsys.readouterr().err
        assert f"MY_KEY was given for {first.base_url.removesuffix('/v1')}" in said
        assert f"--send-key-to {origin}" in said
        wrong = ("--send-key-to", first.base_url)
        assert asked(second, feature, "--api-key-env", "MY_KEY", *wrong) == 2
        assert asked(second, feature, "--api-key-env", "MY_KEY", "--send-key-to", "any") == 2
        assert second.requests == 0
        assert asked(second, feature, "--api-key-env", "MY_KEY", "--send-key-to", origin) == 0
        assert second.headers["authorization"] == "Bearer sk-canary-5521"
        assert asked(second, feature, "--api-key-env", "MY_KEY") == 0


def test_a_feature_goes_out_and_in_again_byte_for_byte(home: Path) -> None:
    sample = str(ROOT / "data/samples/support-reply.yaml")
    first, second = home / "first.yaml", home / "deep" / "second.yaml"
    name = "Support reply assistant"
    assert main.main(["import", sample]) == 0
    assert main.main(["export", name, "--out", str(first)]) == 0
    other = ["--db", str(home / "other.duckdb")]
    assert main.main(["import", str(first), *other]) == 0
    assert main.main(["export", name, "--out", str(second), *other]) == 0
    assert first.read_bytes() == second.read_bytes()


def test_an_export_without_a_path_goes_to_the_output(
    feature: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main.main(["import", feature])
    capsys.readouterr()
    assert main.main(["export", "tiny", "--format", "md"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("# Tiny")
    assert "Not evaluated" in said


def test_a_file_can_be_imported_under_another_name_but_not_twice_under_one(
    feature: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["import", feature]) == 0
    assert main.main(["import", feature]) == 2
    assert "already" in capsys.readouterr().err
    assert main.main(["import", feature, "--as", "Other"]) == 0
    assert main.main(["verdicts", "Other"]) == 3


def test_verdicts_ask_nothing_and_change_nothing(
    feature: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main.main(["import", feature])
    capsys.readouterr()
    assert main.main(["verdicts", "Tiny", "--json"]) == 3
    (verdict,) = json.loads(capsys.readouterr().out)["verdicts"]
    assert (verdict["variant"], verdict["estimate"], verdict["n_cases"]) == (None, None, 0)


@pytest.mark.parametrize("command", [["verdicts"], ["export"]], ids=str)
def test_an_unknown_feature_lists_the_known_ones(
    feature: str, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    main.main(["import", feature])
    assert main.main([*command, "Tinny"]) == 2
    said = capsys.readouterr().err
    assert "There is no feature named “Tinny”." in said
    assert "“Tiny”" in said


def test_a_backup_is_restored_and_the_former_database_kept(
    home: Path, feature: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main.main(["import", feature])
    copy = home / "copy.duckdb"
    assert main.main(["backup", "--out", str(copy)]) == 0
    assert main.main(["backup", "--out", str(copy)]) == 2
    main.main(["import", feature, "--as", "Later"])
    assert main.main(["restore", str(copy)]) == 0
    assert "The former database is" in capsys.readouterr().out
    assert main.main(["export", "Later"]) == 2
    assert main.main(["export", "Tiny"]) == 0
    assert len(list(home.glob("app.duckdb.replaced-*[0-9]"))) == 1


def test_the_doctor_finds_a_sound_database_well(
    home: Path, feature: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main.main(["doctor"])
    assert not (home / "app.duckdb").exists()
    main.main(["import", feature])
    is_local = LocalModel(home).availability().is_available
    assert main.main(["doctor"]) == (0 if is_local else 1)
    assert f"ok   database {home / 'app.duckdb'} opens" in capsys.readouterr().out


def test_the_doctor_finds_what_is_wrong(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "app.duckdb").write_bytes(b"garbage")
    assert main.main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "BAD" in said
    assert "is not a DuckDB database" in said


def test_a_database_in_use_is_refused_with_who_has_it(
    home: Path, feature: str, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(str(home / "app.duckdb"), home)
    for command in (
        ["run", feature],
        ["verdicts", "Tiny"],
        ["import", feature],
        ["export", "Tiny"],
        ["backup"],
    ):
        assert main.main(command) == 2
        said = capsys.readouterr().err
        assert "in use by another process (PID" in said
        assert str(home / "app.duckdb") in said
        assert "Close that workbench first" in said
    store.close()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["run", "nowhere.yaml"], "There is no file nowhere.yaml."),
        (["run", "FILE", "--model", "m"], "--model needs --connection or --base-url."),
        (["run", "FILE", "--api-key-env", "MY_API_KEY"], "--api-key-env needs --base-url."),
        (["run", "FILE", "--connection", "Nobody"], "There is no connection named “Nobody”."),
        (["run", "FILE", "--base-url", "ftp://x"], "not a web address"),
        (["run", "FILE", "--experiment", "E9"], "no such experiment"),
        (["import", "nowhere.yaml"], "There is no file nowhere.yaml."),
        (["restore", "nowhere.duckdb"], "There is no file nowhere.duckdb."),
        (["restore", "FILE"], "is not a DuckDB database"),
        (["restore", "FILE", "--db", ":memory:"], "in memory"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_command_says_what_is_wrong_with_exit_code_2(
    feature: str, capsys: pytest.CaptureFixture[str], arguments: list[str], reason: str
) -> None:
    assert main.main([feature if word == "FILE" else word for word in arguments]) == 2
    said = capsys.readouterr()
    assert reason in said.err
    assert "Traceback" not in said.err
    assert said.out == ""


def test_a_file_with_a_mistake_is_refused_and_leaves_nothing(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(home, bar=2)
    assert main.main(["run", path]) == 2
    assert "bar" in capsys.readouterr().err
    (home / "latin.yaml").write_bytes(b"feature: caf\xe9")
    assert main.main(["import", str(home / "latin.yaml")]) == 2
    assert "not text in UTF-8" in capsys.readouterr().err
    assert main.main(["verdicts", "Tiny"]) == 2
    assert "The database holds: none." in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main([command, "--help"], serve)
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert said.startswith(f"usage: python -m workbench {command}")
    assert len(said.splitlines()) > 3


def test_no_command_at_all_lists_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main([], serve) == 2
    said = capsys.readouterr().out
    assert all(command in said for command in COMMANDS)


@pytest.mark.parametrize("arguments", [["fly"], ["run"], ["run", "x", "--concurrency", "many"]])
def test_usage_errors_end_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(arguments)
    assert ended.value.code == 2


def test_the_package_is_the_command(home: Path, feature: str) -> None:
    ended = python("-m", "workbench", "import", feature)
    assert (ended.returncode, ended.stdout) == (0, "Imported “Tiny”.\n")
    assert (home / "app.duckdb").stat().st_mode & 0o777 == 0o600


def python(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """A process of this project, with the environment of the test."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_a_text_that_names_variants_by_letters_says_what_they_are(
    feature: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with faults.serve(["ok"]) as server:
        asked(server, feature)
    said = capsys.readouterr().out
    label = next(line for line in said.splitlines() if "fake-1" in line and ": " in line)
    assert label.split(": ")[0].isupper()
    assert " v1" in label


def test_of_another_model_the_candidates_prompt_decides_and_no_other(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    second = "  - number: 2\n    system: You are silent.\n    user: Say {{ word }}\nvariants:\n"
    second += "- {label: B, prompt: Ask, version: 2, connection: Local model, "
    second += "model: SmolLM2-135M-Instruct, parameters: {max_tokens: 8}}\n"
    text = FEATURE.replace("MOST", "9").replace("BAR", "0.2")
    text = text.replace("variants:\n", second, 1).replace("[A]", "[A, B]")
    path = home / "two.yaml"
    path.write_text(text.replace("  name: Tiny\n", "  name: Tiny\ncandidate: B\n"), "utf-8")

    def reply(body: dict[str, Any]) -> str:
        return "short" if "silent" in str(body) else "far too long for this bar"

    with faults.serve(reply=reply) as server:
        code = asked(server, str(path), "--json")
    found = json.loads(capsys.readouterr().out)
    by_variant = {each["variant"]: each["verdict"] for each in found["verdicts"]}
    assert by_variant.pop(found["candidate"]) == "met"
    assert list(by_variant.values()) == ["not_enough_evidence"]
    assert (code, found["verdict"]) == (0, "met")
