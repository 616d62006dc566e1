"""Keys go nowhere that a restored file says, until a person has confirmed the address."""

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from tests.store.schemas import taken_back
from workbench.cli.main import main
from workbench.domain.connections import Connection
from workbench.errors import InputError, ModelError, StoreError
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


def sends(store: Store) -> dict[str, bool]:
    """Which connections send what they name."""
    return {c.name: not c.unconfirmed for c in store.connections.all() if not c.is_local}


NOBODY = {"Ours": False, "Theirs": False, "By header": False, "Free": True}


def test_connections_of_a_restored_file_send_no_key(backup: Path) -> None:
    store = restored(backup)
    assert sends(store) == NOBODY
    store.close()


def test_nobody_is_asked_at_an_address_that_nobody_confirmed(
    backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    monkeypatch.setenv("SERVICE_TOKEN", "canary")
    store, models = restored(backup), Models(LocalModel(backup.parent))
    for name in ("Ours", "Theirs", "By header"):
        with pytest.raises(ModelError) as caught:
            models.client(store.connections.named(name))
        assert "nobody has confirmed that it may be sent there" in caught.value.message
        assert "Settings" in caught.value.hint
    store.close()


def test_a_confirmed_host_gets_its_own_connections_key(backup: Path) -> None:
    store = restored(backup)
    store.connections.confirm_host("https://api.example.com", "Ada")
    assert sends(store) == {**NOBODY, "Ours": True}
    store.close()


def test_a_confirmed_address_on_the_command_line_may_get_the_key(
    backup: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = backup.parent / "app.duckdb"
    said = ["restore", str(backup), "--db", str(path), "--keep-key", f"{OURS}/"]
    assert main(said) == 0
    out = capsys.readouterr().out
    assert f"“Theirs” at {THEIRS}: OPENAI_API_KEY" in out
    assert "“Ours”" not in out
    store = open_store(str(path), backup.parent)
    assert sends(store) == {**NOBODY, "Ours": True}
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
    assert store.connections.named("Ours").api_key_env == ""
    store.connections.confirm_host("https://api.example.com", "Ada")
    assert store.database.value("select count(*) from key_hosts") == 0
    store.close()


def test_a_key_that_is_entered_anew_is_said_for_its_host(backup: Path) -> None:
    store = restored(backup)
    theirs = store.connections.named("Theirs")
    with pytest.raises(InputError, match="Nobody has confirmed"):
        store.connections.save(replace(theirs, models=("n",)), author="Ada")
    store.connections.save(replace(theirs, api_key_env="THEIR_API_KEY"), author="Ada")
    assert sends(store)["Theirs"]
    assert not sends(store)["Ours"]
    store.close()


def test_a_restored_file_that_is_backed_up_and_restored_is_asked_about_again(backup: Path) -> None:
    store = restored(backup)
    store.connections.confirm_host("https://api.example.com", "Ada")
    again = store.backups.create(backup.parent / "again.duckdb")
    store.close()
    store = restored(again)
    assert sends(store) == NOBODY
    store.close()


def test_a_file_that_claims_its_keys_were_confirmed_is_not_believed(backup: Path) -> None:
    with duckdb.connect(str(backup)) as connection:
        connection.execute(
            "insert or ignore into key_hosts select 'OPENAI_API_KEY', "
            "'https://evil.example.net', 'Ada', now()"
        )
    store = restored(backup)
    assert sends(store) == NOBODY
    store.close()


def test_headers_that_can_not_be_read_replace_nothing(backup: Path) -> None:
    for headers in ("[" * 50_000, "[1]", '{"X": 1}', "x"):
        with duckdb.connect(str(backup)) as connection:
            connection.execute(
                "update connections set headers = ? where name = 'Theirs'", [headers]
            )
        with pytest.raises(StoreError, match="headers of a connection"):
            restore(backup, str(backup.parent / "app.duckdb"))
    assert not (backup.parent / "app.duckdb").exists()


def test_an_address_that_can_not_be_read_is_never_confirmed(backup: Path) -> None:
    with duckdb.connect(str(backup)) as connection:
        connection.execute("update connections set base_url = 'http://[' where name = 'Theirs'")
    store = restored(backup)
    store.connections.confirm_host("https://api.example.com", "Ada")
    assert sends(store) == {**NOBODY, "Ours": True}
    store.close()


def test_a_key_that_waited_in_an_older_file_waits_on(tmp_path: Path) -> None:
    path = tmp_path / "app.duckdb"
    store = open_store(str(path), tmp_path)
    for name in ("Waits", "Moved"):
        store.connections.add(Connection(name, OURS, ("m",)))
    store.close()
    taken_back(path, 14)
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "insert into withheld_keys select id, if(name = 'Moved', ?, base_url), "
            "'OPENAI_API_KEY', '{}', now(), null, null from connections",
            [THEIRS],
        )
    store = open_store(str(path), tmp_path)
    assert store.connections.named("Waits").unconfirmed == ("OPENAI_API_KEY",)
    assert store.connections.named("Moved").api_key_env == ""
    store.close()
