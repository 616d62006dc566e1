"""Keys go nowhere that a restored file says, until a person has confirmed the address."""

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from workbench.cli.main import main
from workbench.domain.connections import Connection
from workbench.errors import InputError, ModelError, NotFound, StoreError
from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.store.engine.backup import restore
from workbench.store.store import Store, open_store

OURS, THEIRS = "https://api.example.com/v1", "https://evil.example.net/v1"


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A backup with three connections that name keys or headers, and one that names none."""
    store = open_store(str(tmp_path / "made" / "app.duckdb"), tmp_path)
    add = store.connections.add
    add(Connection("Ours", OURS, ("m",), "OPENAI_API_KEY"))
    add(Connection("Theirs", THEIRS, ("m",), "OPENAI_API_KEY"), confirms_host=True)
    add(Connection("By header", THEIRS, ("m",), headers=(("X-Token", "SERVICE_TOKEN"),)))
    add(Connection("Free", "http://127.0.0.1:9/v1", ("m",)))
    made = store.backups.create(tmp_path / "backup.duckdb")
    store.close()
    return made


def restored(backup: Path, *confirmed: str) -> Store:
    path = backup.parent / "app.duckdb"
    restore(backup, str(path), confirmed)
    return open_store(str(path), backup.parent)


def names_of_keys(store: Store) -> dict[str, tuple[str, bool]]:
    return {
        c.name: (c.api_key_env or ",".join(env for _, env in c.headers), c.is_withheld)
        for c in store.connections.all()
        if not c.is_local
    }


def test_connections_of_a_restored_file_have_no_key(backup: Path) -> None:
    store = restored(backup)
    assert names_of_keys(store) == {
        "Ours": ("", True),
        "Theirs": ("", True),
        "By header": ("", True),
        "Free": ("", False),
    }
    store.close()


def test_nobody_is_asked_at_an_address_that_nobody_confirmed(
    backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    store, models = restored(backup), Models(LocalModel(backup.parent))
    for name in ("Ours", "Theirs", "By header"):
        with pytest.raises(ModelError) as caught:
            models.client(store.connections.named(name))
        assert "came with a restored file" in caught.value.message
        assert "Settings" in caught.value.hint
    store.close()


def test_a_confirmed_address_gives_its_own_connection_the_key_back(backup: Path) -> None:
    store = restored(backup)
    waiting = {one.name: one for one in store.connections.withheld.all()}
    assert waiting["By header"].variables == "SERVICE_TOKEN"
    mine = waiting["Ours"]
    store.connections.withheld.confirm(mine.connection_id, mine.base_url, "Ada")
    assert names_of_keys(store)["Ours"] == ("OPENAI_API_KEY", False)
    assert names_of_keys(store)["Theirs"] == ("", True)
    with pytest.raises(NotFound):
        store.connections.withheld.confirm(mine.connection_id, mine.base_url, "Ada")
    store.close()


def test_a_confirmed_address_on_the_command_line_keeps_the_key(
    backup: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = backup.parent / "app.duckdb"
    said = ["restore", str(backup), "--db", str(path), "--keep-key", f"{OURS}/"]
    assert main(said) == 0
    out = capsys.readouterr().out
    assert f"“Theirs” at {THEIRS}: OPENAI_API_KEY" in out
    assert "“Ours”" not in out
    store = open_store(str(path), backup.parent)
    assert names_of_keys(store)["Ours"] == ("OPENAI_API_KEY", False)
    assert names_of_keys(store)["Theirs"] == ("", True)
    store.close()


def test_an_address_that_no_connection_has_replaces_nothing(backup: Path) -> None:
    path = backup.parent / "app.duckdb"
    with pytest.raises(InputError, match=r"api\.example\.org") as caught:
        restore(backup, str(path), ["https://api.example.org/v1"])
    assert OURS in caught.value.hint
    assert not path.exists()


def test_an_address_that_was_moved_since_gets_no_key(backup: Path) -> None:
    store = restored(backup)
    mine = store.connections.named("Ours")
    store.connections.save(replace(mine, base_url="https://other.example.org/v1"), author="Ada")
    (left,) = [one for one in store.connections.withheld.all() if one.name == "Theirs"]
    assert [one.name for one in store.connections.withheld.all()] == ["By header", "Theirs"]
    with pytest.raises(NotFound):
        store.connections.withheld.confirm(mine.id or left.connection_id, OURS, "Ada")
    assert names_of_keys(store)["Ours"] == ("", False)
    store.close()


def test_a_key_that_is_entered_again_settles_it(backup: Path) -> None:
    store = restored(backup)
    theirs = store.connections.named("Theirs")
    store.connections.save(replace(theirs, models=("n",)), author="Ada")
    assert names_of_keys(store)["Theirs"] == ("", True)
    theirs = store.connections.named("Theirs")
    store.connections.save(replace(theirs, api_key_env="THEIR_API_KEY"), author="Ada")
    assert names_of_keys(store)["Theirs"] == ("THEIR_API_KEY", False)
    store.close()


def test_a_restored_file_that_is_backed_up_and_restored_still_withholds(backup: Path) -> None:
    store = restored(backup)
    again = store.backups.create(backup.parent / "again.duckdb")
    store.close()
    store = restored(again)
    assert names_of_keys(store)["Theirs"] == ("", True)
    assert len(store.connections.withheld.all()) == 3
    store.close()


def test_a_file_that_claims_its_keys_were_confirmed_is_not_believed(backup: Path) -> None:
    with duckdb.connect(str(backup)) as connection:
        connection.execute(
            "insert into withheld_keys select id, base_url, api_key_env, headers, now(), now(), "
            "'Ada' from connections"
        )
    store = restored(backup)
    assert names_of_keys(store)["Theirs"] == ("", True)
    store.close()


def test_headers_that_can_not_be_read_replace_nothing(backup: Path) -> None:
    for headers in ("[" * 50_000, "[1]", '{"X": 1}', "x"):
        with duckdb.connect(str(backup)) as connection:
            connection.execute(
                "update connections set headers = ? where name = 'Theirs'", [headers]
            )
        with pytest.raises(StoreError, match="headers of the connection"):
            restore(backup, str(backup.parent / "app.duckdb"))
    assert not (backup.parent / "app.duckdb").exists()
