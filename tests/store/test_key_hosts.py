"""A key's name is bound to the first host it is named for; another one is asked about."""

import asyncio
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from tests.building import loop
from tests.store.schemas import taken_back
from workbench.actions import exporting, headless
from workbench.domain.calls import Parameters, Request
from workbench.domain.connections import Connection
from workbench.domain.conversations import Message
from workbench.domain.prompts import PromptVersion
from workbench.errors import InputError, ModelError
from workbench.exchange.feature import file
from workbench.models.client import Client
from workbench.store.engine.backup import restore
from workbench.store.store import Store, open_store

OURS = Connection("Ours", "https://models.example.com/v1", ("m",), "OUR_KEY")
HEADED = replace(OURS, name="Headed", api_key_env="", headers=(("X-Team", "TEAM_TOKEN"),))
ELSEWHERE = "https://elsewhere.example.com/v1"


def test_the_first_host_is_not_asked_about(store: Store) -> None:
    kept = store.connections.add(OURS, "Ada")
    assert kept.unconfirmed == ()
    assert store.database.rows("select name, origin, author from key_hosts") == [
        ("OUR_KEY", "https://models.example.com", "Ada")
    ]


def test_a_new_connection_does_not_take_a_key_to_another_host(store: Store) -> None:
    store.connections.add(OURS)
    theirs = replace(OURS, name="Theirs", base_url=ELSEWHERE)
    assert store.connections.unconfirmed(theirs) == {"OUR_KEY": ("https://models.example.com",)}
    with pytest.raises(InputError, match=r"given for https://models\.example\.com") as caught:
        store.connections.add(theirs)
    assert "--send-key-to https://elsewhere.example.com" in caught.value.hint
    assert store.database.value("select count(*) from connections") == 1
    assert store.connections.add(theirs, confirms_host=True).unconfirmed == ()
    assert store.connections.unconfirmed(theirs) == {}


@pytest.mark.parametrize(
    "address",
    [ELSEWHERE, "http://models.example.com/v1", "https://models.example.com:8443/v1"],
)
@pytest.mark.parametrize("connection", [OURS, HEADED], ids=["key", "header"])
def test_a_changed_host_is_asked_about_even_when_the_key_is_entered_again(
    store: Store, connection: Connection, address: str
) -> None:
    moved = replace(store.connections.add(connection), base_url=address)
    with pytest.raises(InputError, match="would be sent to"):
        store.connections.save(moved, keeps_key=True)
    assert store.connections.named(connection.name).base_url == connection.base_url
    saved = store.connections.save(moved, keeps_key=True, confirms_host=True)
    assert saved.variables == connection.variables
    assert saved.unconfirmed == ()


def test_another_path_of_the_same_host_is_not_asked_about(store: Store) -> None:
    moved = replace(store.connections.add(OURS), base_url="https://models.example.com:443/v2")
    assert store.connections.save(moved, keeps_key=True).api_key_env == "OUR_KEY"


def test_an_archived_connection_does_not_free_its_key(store: Store) -> None:
    kept = store.connections.add(OURS)
    assert kept.id is not None
    store.connections.archive(kept.id)
    with pytest.raises(InputError, match="would be sent to"):
        store.connections.add(replace(OURS, base_url=ELSEWHERE))


def test_an_address_that_was_changed_in_the_file_is_not_confirmed(store: Store) -> None:
    store.connections.add(OURS)
    store.database.execute("update connections set base_url = ?", [ELSEWHERE])
    found = store.connections.named("Ours")
    assert found.unconfirmed == ("OUR_KEY",)
    assert store.connections.all()[1].unconfirmed == ("OUR_KEY",)
    with pytest.raises(InputError, match="would be sent to"):
        store.connections.save(replace(found, concurrency=2))


def test_a_connection_whose_binding_is_gone_is_not_at_its_first_use(store: Store) -> None:
    store.connections.add(OURS)
    store.database.execute("delete from key_hosts")
    found = store.connections.named("Ours")
    assert found.unconfirmed == ("OUR_KEY",)
    with pytest.raises(InputError, match="Nobody has confirmed"):
        store.connections.save(replace(found, concurrency=2))
    store.connections.confirm_host("https://models.example.com", "Ada")
    assert store.connections.named("Ours").unconfirmed == ()


def test_confirming_one_host_confirms_no_other(store: Store) -> None:
    store.connections.add(OURS)
    store.database.execute("update connections set base_url = ?", [ELSEWHERE])
    store.connections.confirm_host("https://other.example.com")
    assert store.connections.named("Ours").unconfirmed == ("OUR_KEY",)


def test_a_name_that_is_forbidden_is_not_kept(store: Store) -> None:
    for name in ("AWS_SECRET_ACCESS_KEY", "PATH"):
        with pytest.raises(InputError, match="may not be named"):
            store.connections.add(replace(OURS, api_key_env=name))
        with pytest.raises(InputError, match="may not be named"):
            store.connections.add(replace(OURS, headers=(("X-Team", name),)))


def test_what_the_operator_adds_is_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_KEY_NAMES", "GATEWAY_CREDENTIAL")
    named = replace(OURS, api_key_env="GATEWAY_CREDENTIAL")
    assert store.connections.add(named).api_key_env == "GATEWAY_CREDENTIAL"


def test_no_export_has_a_binding(store: Store, feature_text: str) -> None:
    store.connections.add(OURS)
    file.import_feature(store, feature_text, "Ada")
    text = exporting.exported(store, headless.named(store, "Tiny"), "yaml")
    assert "Is it brief?" in text
    assert "OUR_KEY" not in text
    assert "models.example.com" not in text


@pytest.fixture
def feature_text() -> str:
    """A feature file."""
    text = (Path(__file__).parent.parent / "tiny.yaml").read_text("utf-8")
    return text.replace("MOST", "500").replace("BAR", "0.9")


def test_an_older_file_is_bound_to_where_its_connections_are(tmp_path: Path) -> None:
    path = tmp_path / "app.duckdb"
    store = open_store(str(path), tmp_path)
    store.connections.add(OURS)
    store.connections.add(replace(HEADED, base_url="http://10.0.0.7:80/v1/"))
    store.connections.add(
        replace(OURS, name="Local", base_url="http://[::1]:8000/v1"), confirms_host=True
    )
    store.connections.add(replace(OURS, name="None", api_key_env=""))
    before = set(store.database.rows("select name, origin from key_hosts"))
    store.close()
    taken_back(path, 13)
    with duckdb.connect(str(path)) as connection:
        connection.execute("update connections set base_url = upper(base_url) where name = 'Ours'")
    store = open_store(str(path), tmp_path)
    assert set(store.database.rows("select name, origin from key_hosts")) == before
    assert all(not each.unconfirmed for each in store.connections.all())
    store.close()


SHARED = "WORKBENCH_HEADER_TEAM"
CARRIES = Parameters(headers={"X-Team": SHARED})


def carried(store: Store) -> dict[str, tuple[str, ...]]:
    return {c.name: c.unconfirmed_headers for c in store.connections.all() if not c.is_local}


def two_hosts(store: Store) -> PromptVersion:
    """Two connections at two hosts, and a prompt to try on them."""
    for name, host in (("One", "one.example.com"), ("Two", "two.example.com")):
        store.connections.add(Connection(name, f"https://{host}/v1", ("m",)))
    return loop(store).variant.prompt


def test_a_variants_own_header_is_bound_to_the_first_host_that_it_is_named_for(
    store: Store,
) -> None:
    prompt = two_hosts(store)
    store.variants.save(prompt, "One", "m", CARRIES)
    store.variants.save(prompt, "Two", "m", Parameters())
    assert carried(store) == {"One": (), "Two": ()}
    store.variants.save(prompt, "Two", "m", CARRIES)
    assert carried(store) == {"One": (), "Two": (SHARED,)}
    store.connections.confirm_host("https://two.example.com", "Ada")
    assert carried(store) == {"One": (), "Two": ()}


def test_a_variants_own_header_is_not_sent_to_another_host(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SHARED, "canary-team")
    prompt = two_hosts(store)
    store.variants.save(prompt, "One", "m", CARRIES)
    store.variants.save(prompt, "Two", "m", CARRIES)
    said = Request("m", (Message("user", "ping"),), CARRIES)

    async def ask() -> None:
        async with Client(store.connections.named("Two")) as client:
            await client.ask(said, 2.0)

    with pytest.raises(
        ModelError, match="nobody has confirmed that it may be sent there"
    ) as caught:
        asyncio.run(ask())
    assert "--send-key-to https://two.example.com" in caught.value.hint


def test_a_connection_that_moves_takes_no_variants_header_along(store: Store) -> None:
    prompt = two_hosts(store)
    store.variants.save(prompt, "One", "m", CARRIES)
    one = store.connections.named("One")
    store.connections.save(replace(one, name="Uno", base_url="https://three.example.com/v1"))
    assert carried(store) == {"Two": (), "Uno": (SHARED,)}


def test_a_header_that_was_named_before_its_connection_was_there_is_asked_about(
    store: Store,
) -> None:
    prompt = loop(store).variant.prompt
    store.variants.save(prompt, "Later", "m", CARRIES)
    store.connections.add(Connection("Later", "https://one.example.com/v1", ("m",)))
    assert carried(store) == {"Later": (SHARED,)}


def test_headers_of_variants_in_a_restored_file_wait_too(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "made" / "app.duckdb"), tmp_path)
    store.variants.save(two_hosts(store), "One", "m", CARRIES)
    backup = store.backups.create(tmp_path / "backup.duckdb")
    store.close()
    (waiting,) = restore(backup, str(tmp_path / "app.duckdb")).unconfirmed
    assert (waiting.name, waiting.waiting) == ("One", (SHARED,))
    again = open_store(str(tmp_path / "app.duckdb"), tmp_path)
    assert carried(again) == {"One": (SHARED,), "Two": ()}
    # Saved once more, it is no first use.
    again.variants.save(loop(again, name="Other").variant.prompt, "One", "m", CARRIES)
    assert carried(again)["One"] == (SHARED,)
    again.close()


def test_headers_of_variants_in_an_older_file_go_where_they_went(tmp_path: Path) -> None:
    path = tmp_path / "app.duckdb"
    store = open_store(str(path), tmp_path)
    store.variants.save(two_hosts(store), "One", "m", CARRIES)
    store.close()
    taken_back(path, 14)
    with duckdb.connect(str(path)) as connection:
        connection.execute("delete from key_hosts")
    store = open_store(str(path), tmp_path)
    assert carried(store) == {"One": (), "Two": ()}
    store.close()
