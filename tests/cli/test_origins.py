"""An answer belongs to the endpoint that gave it: on the command line, with two real servers."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import copied, working_in
from tests.faults import endpoint as faults
from workbench.cli import main
from workbench.domain.connections import Connection
from workbench.store.store import Store, open_store

FEATURE = (Path(__file__).parent.parent / "tiny.yaml").read_text("utf-8")
BRIEF = "pong"
LONG = "far too long an answer for a bar that asks for ten letters"

Run = Callable[..., dict[str, Any]]


def written(folder: Path) -> str:
    """A feature file whose two answers pass where they have ten letters at most."""
    path = folder / "tiny.yaml"
    path.write_text(FEATURE.replace("MOST", "10").replace("BAR", "0.2"), "utf-8")
    return str(path)


@pytest.fixture
def feature(home: Path) -> str:
    """That file."""
    return written(home)


@pytest.fixture
def run(feature: str, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the feature file and returns what it prints, with the exit code as `code` and what the
    newest variant comes to as `rate`."""

    def ran(*more: str) -> dict[str, Any]:
        capsys.readouterr()
        code = main.main(["run", feature, "--quiet", "--json", *more])
        said = capsys.readouterr()
        found: dict[str, Any] = json.loads(said.out) if said.out else {"error": said.err}
        rates = [row["estimate"] for row in found.get("verdicts", ())]
        return {**found, "code": code, "rate": rates[-1] if rates else None}

    return ran


@pytest.fixture(scope="module")
def server_for_all() -> Iterator[faults.Endpoint]:
    """A server that was asked before most tests begin."""
    with faults.serve(text=BRIEF) as server:
        yield server


@pytest.fixture(scope="module")
def asked(server_for_all: faults.Endpoint, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the feature file was run at that server, and met its bar."""
    folder = tmp_path_factory.mktemp("asked")
    _as_at_first(server_for_all)
    assert begun(folder, *at(server_for_all)) == 0
    return folder


@pytest.fixture(scope="module")
def asked_as_ours(
    server_for_all: faults.Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Where it was run at a connection to that server which it names, and met its bar."""
    folder = tmp_path_factory.mktemp("ours")
    _as_at_first(server_for_all)
    connected(folder, server_for_all.base_url, feature=written(folder))
    assert begun(folder) == 0
    return folder


def begun(folder: Path, *more: str) -> int:
    """Run a folder's feature file in its database."""
    path = folder / "tiny.yaml"
    file = str(path) if path.exists() else written(folder)
    with working_in(folder):
        return main.main(["run", file, "--quiet", *more])


@pytest.fixture
def first(asked: Path, server_for_all: faults.Endpoint, home: Path) -> faults.Endpoint:
    """The server that has answered the two calls in this test's database."""
    return _as_it_was(asked, server_for_all, home)


@pytest.fixture
def ours(
    asked_as_ours: Path, server_for_all: faults.Endpoint, home: Path, feature: str
) -> faults.Endpoint:
    """The same by a connection that the feature file names."""
    shutil.copy(asked_as_ours / "tiny.yaml", feature)
    return _as_it_was(asked_as_ours, server_for_all, home)


def _as_it_was(folder: Path, server: faults.Endpoint, home: Path) -> faults.Endpoint:
    copied(folder, home)
    _as_at_first(server)
    server.requests = 2
    return server


def _as_at_first(server: faults.Endpoint) -> None:
    """Whatever a test made of it: which one comes first is not said."""
    server.text, server.modes = BRIEF, repeat("ok")


def at(server: faults.Endpoint, model: str = "fake-1") -> tuple[str, ...]:
    return ("--base-url", server.base_url, "--model", model)


def opened(home: Path) -> Store:
    return open_store(str(home / "app.duckdb"), home)


def connected(home: Path, url: str, name: str = "Ours", feature: str | None = None) -> None:
    """Add a connection, and let a feature file's variants use it."""
    store = opened(home)
    store.connections.add(Connection(name, url, ("fake-1",)), "Ada")
    store.close()
    if feature is not None:
        text = Path(feature).read_text("utf-8")
        text = text.replace("connection: Local model", f"connection: {name}")
        text = text.replace("model: SmolLM2-135M-Instruct", "model: fake-1")
        Path(feature).write_text(text, "utf-8")


def moved(home: Path, url: str, name: str = "Ours", **changes: Any) -> None:
    """Save a connection with another address, or with other changes."""
    store = opened(home)
    known = store.connections.named(name)
    store.connections.save(replace(known, base_url=url, **changes), author="Grace")
    store.close()


@pytest.mark.usefixtures("first")
def test_another_address_is_asked_and_gives_its_own_verdict(run: Run) -> None:
    with faults.serve(text=LONG) as second:
        found = run(*at(second))
        assert (second.requests, found["rate"], found["code"]) == (2, 0.0, 3)
        (ran,) = found["runs"]
        assert (ran["calls_made"], ran["answers_used"]) == (2, 0)
        assert ran["origins"][0]["host"] == f"127.0.0.1:{second.port}"


@pytest.mark.usefixtures("first")
def test_a_dead_address_has_no_verdict_of_another_one(run: Run) -> None:
    dead = faults.serve(text=BRIEF)
    with dead as server:
        url = server.base_url
    found = run("--base-url", url, "--model", "fake-1")
    assert found.get("verdict") != "met"
    assert found["code"] != 0


def test_the_first_address_keeps_its_answers_and_says_whose_they_are(
    first: faults.Endpoint, run: Run
) -> None:
    with faults.serve(text=LONG) as second:
        run(*at(second))
        again = run(*at(first))
        assert first.requests == 2
        assert again["verdict"] == "met"
        (ran,) = again["runs"]
        assert (ran["calls_made"], ran["answers_new"], ran["answers_used"]) == (0, 0, 2)
        assert ran["origins"][0]["address"] == first.base_url


def test_the_text_says_how_many_answers_of_which_host_from_when_were_used(
    first: faults.Endpoint, feature: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["run", feature, "--quiet", *at(first)]) == 0
    host = f"127.0.0.1:{first.port}"
    out = capsys.readouterr().out
    assert "0 requests sent, 2 answers of " + host + " from " in out
    assert out.rstrip().endswith("used.")


def test_what_was_sent_twice_for_one_answer_is_two_requests(
    feature: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with faults.serve(["rate_limit_at_once", "ok"], text=BRIEF) as server:
        assert main.main(["run", feature, "--quiet", *at(server)]) == 0
    assert "3 requests sent, 2 new answers of " in capsys.readouterr().out


def test_the_same_address_in_another_spelling_is_the_same(first: faults.Endpoint, run: Run) -> None:
    # Each of these alone is in tests/domain/test_endpoints.py.
    alike = first.base_url.replace("http://", "HTTP://").replace("/v1", "/x/../%76%31/./")
    found = run("--base-url", alike, "--model", "fake-1")
    assert (first.requests, found["runs"][0]["calls_made"]) == (2, 0)


def test_what_only_looks_alike_is_asked(first: faults.Endpoint, run: Run) -> None:
    # Others that are two are in tests/domain/test_endpoints.py.
    other = first.base_url.replace("127.0.0.1", "localhost")
    run("--base-url", other, "--model", "fake-1")
    assert first.requests == 4


def test_another_model_at_the_same_address_is_asked(first: faults.Endpoint, run: Run) -> None:
    run(*at(first, "fake-2"))
    assert first.requests == 4
    run(*at(first))
    assert first.requests == 4


def test_a_connection_whose_list_of_models_changes_is_asked_for_the_new_one(
    home: Path, run: Run
) -> None:
    with faults.serve(text=BRIEF) as server:
        connected(home, server.base_url)
        run("--connection", "Ours")
        run("--connection", "Ours")
        assert server.requests == 2
        moved(home, server.base_url, models=("fake-2", "fake-1"))
        run("--connection", "Ours")
        assert server.requests == 4
        assert server.last_body["model"] == "fake-2"


def test_prices_limits_key_and_name_of_a_connection_ask_nothing_anew(
    home: Path, ours: faults.Endpoint, run: Run
) -> None:
    moved(home, ours.base_url, price_in=1.0, price_out=2.0, concurrency=3, timeout_s=5.0)
    assert run()["runs"][0]["calls_made"] == 0
    moved(home, ours.base_url + "/", name="Ours")
    store = opened(home)
    known = store.connections.named("Ours")
    store.connections.save(replace(known, name="Theirs"))
    store.close()
    found = run()
    assert found["runs"][0]["calls_made"] == 0
    run("--connection", "Theirs")
    assert ours.requests == 2


def test_a_connection_that_moved_is_asked_where_it_is_and_old_answers_stay(
    home: Path, ours: faults.Endpoint, run: Run
) -> None:
    with faults.serve(text=LONG) as second:
        moved(home, second.base_url)
        found = run()
        assert (second.requests, found["rate"]) == (2, 0.0)
        assert run()["runs"][0]["calls_made"] == 0
        moved(home, ours.base_url)
        back = run()
        assert (ours.requests, back["verdict"]) == (2, "met")
        store = opened(home)
        versions = store.connections.versions(store.connections.named("Ours").id)
        store.close()
    said = [(v.number, v.address, v.author) for v in versions]
    assert said == [
        (3, ours.base_url, "Grace"),
        (2, second.base_url, "Grace"),
        (1, ours.base_url, "Ada"),
    ]


def test_a_saved_connection_that_the_command_moves_keeps_its_old_answers(
    home: Path, run: Run
) -> None:
    with faults.serve(text=BRIEF) as first, faults.serve(text=LONG) as second:
        connected(home, first.base_url)
        run("--connection", "Ours", "--model", "fake-1")
        found = run("--connection", "Ours", *at(second))
        assert (second.requests, found["rate"]) == (2, 0.0)
        assert run("--connection", "Ours", *at(first))["verdict"] == "met"
        assert first.requests == 2


def test_a_run_that_was_begun_elsewhere_does_not_go_on_here(
    home: Path, feature: str, run: Run
) -> None:
    script = ["ok", "rate_limit_hour"]
    with faults.serve(script, text=BRIEF) as first, faults.serve(text=LONG) as second:
        connected(home, first.base_url, feature=feature)
        assert run("--concurrency", "1")["code"] == 2
        moved(home, second.base_url)
        found = run()
        # The other server answers the whole plan; the half that the first one answered is its own.
        assert (second.requests, found["rate"]) == (2, 0.0)
        assert found["runs"][0]["answers_used"] == 0


def test_calls_that_failed_at_a_wrong_address_are_asked_at_the_right_one_as_the_same_variant(
    home: Path, feature: str, run: Run
) -> None:
    with faults.serve("bad_request") as wrong, faults.serve(text=BRIEF) as right:
        connected(home, wrong.base_url, feature=feature)
        run()
        moved(home, right.base_url)
        found = run()
        assert (right.requests, found["code"]) == (2, 0)
        assert {row["variant"] for row in found["verdicts"]} == {"A"}
        assert found["runs"][0]["origins"][0]["connection_version"] == 2


def test_fresh_asks_everything_again_and_the_newest_answers_count(
    home: Path, first: faults.Endpoint, run: Run
) -> None:
    first.text = LONG
    found = run("--fresh", *at(first))
    assert (first.requests, found["rate"]) == (4, 0.0)
    (ran,) = found["runs"]
    assert (ran["calls_made"], ran["answers_new"], ran["answers_used"]) == (2, 2, 0)
    assert ran["origins"][0]["asked_again"] == 2
    store = opened(home)
    assert store.database.value("select count(*) from trials") == 4
    store.close()
    assert run(*at(first))["runs"][0]["calls_made"] == 0


def test_fresh_keeps_to_a_budget_and_goes_on_where_it_stopped(
    first: faults.Endpoint, run: Run
) -> None:
    assert run("--fresh", "--max-calls", "1", *at(first))["code"] == 2
    assert first.requests == 3
    assert run(*at(first))["code"] == 0
    assert first.requests == 4


def test_fresh_at_a_server_that_fails_has_no_verdict_from_before(
    first: faults.Endpoint, run: Run
) -> None:
    first.modes = repeat("bad_request")
    found = run("--fresh", *at(first))
    assert found["verdict"] != "met"
    assert found["runs"][0]["calls_failed"] == 2


def test_verdicts_say_whose_answers_they_rest_on(
    first: faults.Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    main.main(["verdicts", "Tiny", "--json"])
    (ran,) = json.loads(capsys.readouterr().out)["runs"]
    assert "calls_made" not in ran
    (origin,) = ran["origins"]
    assert (origin["address"], origin["models_reported"]) == (first.base_url, {"fake-1": 2})
    main.main(["verdicts", "Tiny"])
    said = capsys.readouterr().out
    assert f"2 answers of 127.0.0.1:{first.port} as fake-1, " in said


def test_a_database_in_memory_asks_and_says_so(run: Run) -> None:
    with faults.serve(text=BRIEF) as server:
        for asked in (2, 4):
            found = run("--db", ":memory:", *at(server))
            assert (found["code"], server.requests) == (0, asked)
            assert found["runs"][0]["calls_made"] == 2


@pytest.mark.usefixtures("ours")
def test_a_feature_file_brings_no_address_and_is_asked_at_that_of_the_database(
    home: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with faults.serve(text=LONG) as second:
        moved(home, second.base_url)
        run()
        out = home / "out.yaml"
        assert main.main(["export", "Tiny", "--out", str(out)]) == 0
        assert "127.0.0.1" not in out.read_text("utf-8")
        monkeypatch.setenv("WORKBENCH_DB", str(home / "other.duckdb"))
        store = open_store(str(home / "other.duckdb"), home)
        store.connections.add(Connection("Ours", second.base_url, ("fake-1",)))
        store.close()
        second.requests = 0
        assert main.main(["run", str(out), "--quiet"]) == 3
        assert second.requests == 2


def test_the_spec_says_whose_answers_it_rests_on(
    first: faults.Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    main.main(["export", "Tiny", "--format", "md"])
    said = capsys.readouterr().out.replace("\\", "")
    assert "## Whose answers these are" in said
    assert f"2 answers of 127.0.0.1:{first.port} as fake-1, " in said
