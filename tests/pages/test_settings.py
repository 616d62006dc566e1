"""Settings: who is here, which models may be asked, and the file."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.faults import endpoint as faults
from tests.pages.losing import field, lose
from workbench.domain.connections import Connection
from workbench.domain.sending import looks_like_secret as looks_like_key
from workbench.models.local import OVERRIDE
from workbench.ui.parts.resources import services

CANARY = "sk-canary-7f3a91d2c4"


@pytest.fixture
def settings(app: AppTest) -> AppTest:
    """The app on Settings."""
    return app.switch_page("pages/setup/settings.py").run()


def words(app: AppTest) -> str:
    """Everything that is written on the page."""
    kinds = ("markdown", "caption", "info", "warning", "error", "success", "code")
    found: list[Any] = [element for kind in kinds for element in app.get(kind)]
    return "\n".join(str(element.value) for element in found)


def kept(base_url: str = "https://api.example.com/v1", key: str = "GATEWAY_KEY") -> Connection:
    """A connection that is in the store."""
    return services().store.connections.add(Connection("Gateway", base_url, ("m-1",), key))


def edit(app: AppTest, connection: Connection) -> AppTest:
    """The app with the connection's drawer open."""
    app.run()
    return app.button(key=f"settings_edit_{connection.id}").click().run()


def question(app: AppTest) -> Any:
    """Whether a key may go to another host."""
    (found,) = [box for box in app.checkbox if str(box.key).startswith("settings_key_host")]
    return found


def now() -> Connection:
    """The connection as it is saved."""
    return services().store.connections.named("Gateway")


def test_a_name_is_kept_for_the_next_visit(settings: AppTest) -> None:
    settings.text_input(key="person_field").input("Ada Byron").run()
    assert services().store.drafts.preference("person") == "Ada Byron"
    assert settings.session_state["person"] == "Ada Byron"


def test_the_local_model_comes_first_and_says_where_its_log_is(settings: AppTest) -> None:
    assert "**Local model**" in words(settings)
    assert str(services().models.local.log) in words(settings)


def test_a_missing_local_model_is_said_with_what_to_do(
    settings: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(OVERRIDE, "/nowhere/model.gguf")
    settings.run()
    assert "not available" in words(settings)
    assert "not a readable GGUF file" in words(settings)


def test_the_local_model_answers_its_test(settings: AppTest) -> None:
    if not services().models.local.availability().is_available:
        pytest.skip(services().models.local.availability().reason)
    settings.button(key="settings_test_local").click().run(timeout=60)
    assert "**It answers**" in words(settings)
    assert not settings.error


def test_a_connection_is_added_with_the_name_of_its_key(
    settings: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GATEWAY_KEY", raising=False)
    settings.button(key="settings_add").click().run()
    settings.text_input(key="settings_name").input("Gateway").run()
    settings.text_input(key="settings_url").input("https://api.example.com/v1/").run()
    settings.text_area(key="settings_models").input("m-1\nm-2\n").run()
    settings.text_input(key="settings_key").input("GATEWAY_KEY").run()
    settings.number_input(key="settings_price_in").set_value(0.5).run()
    settings.button(key="settings_save").click().run()
    assert now().base_url == "https://api.example.com/v1"
    assert now().models == ("m-1", "m-2")
    assert (now().api_key_env, now().price_in, now().price_out) == ("GATEWAY_KEY", 0.5, None)
    assert "GATEWAY\\_KEY is not set" in words(settings)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("concurrency", 8), ("timeout", 60.0), ("url", "https://api.example.com/v1")],
)
def test_a_field_of_a_connection_is_sent_until_the_browser_reports_it(
    settings: AppTest, name: str, wanted: object
) -> None:
    edit(settings, kept())
    lose(settings, f"settings_{name}")
    settings.text_input(key="settings_name").input("Gateway").run()
    found = field(settings, f"settings_{name}")
    assert (found.value, found.proto.set_value) == (wanted, True)
    settings.button(key="settings_save").click().run()
    assert (now().concurrency, now().timeout_s) == (8, 60.0)


def test_a_new_connection_keeps_its_usual_limits_when_a_field_gets_lost(
    settings: AppTest,
) -> None:
    settings.button(key="settings_add").click().run()
    lose(settings, "settings_concurrency")
    lose(settings, "settings_timeout")
    settings.text_input(key="settings_name").input("Gateway").run()
    assert field(settings, "settings_concurrency").proto.set_value
    assert field(settings, "settings_timeout").proto.set_value
    settings.text_input(key="settings_url").input("https://api.example.com/v1").run()
    settings.text_area(key="settings_models").input("m-1").run()
    settings.button(key="settings_save").click().run()
    assert (now().concurrency, now().timeout_s) == (8, 60.0)


def test_nothing_of_a_closed_drawer_is_in_the_next_one(settings: AppTest) -> None:
    settings.button(key="settings_add").click().run()
    settings.text_input(key="settings_name").input("Left").run()
    settings.text_input(key="settings_key").input("LEFT_KEY").run()
    settings.button(key="settings_cancel").click().run()
    assert "settings_key" not in settings.session_state
    settings.button(key="settings_add").click().run()
    assert settings.text_input(key="settings_name").value == ""
    assert settings.text_input(key="settings_key").value == ""


def test_a_wrong_address_is_refused_and_the_drawer_stays_open(settings: AppTest) -> None:
    settings.button(key="settings_add").click().run()
    settings.text_input(key="settings_name").input("Gateway").run()
    settings.text_input(key="settings_url").input("not-an-address").run()
    settings.button(key="settings_save").click().run()
    assert "is not a web address" in words(settings)
    assert settings.text_input(key="settings_name").value == "Gateway"


def test_a_key_in_place_of_its_name_is_not_saved(settings: AppTest) -> None:
    connection = kept()
    edit(settings, connection)
    settings.text_input(key="settings_key").input(CANARY).run()
    assert "This looks like the key itself" in words(settings)
    assert settings.button(key="settings_save").disabled
    assert now().api_key_env == "GATEWAY_KEY"


def test_a_new_address_loses_the_key(settings: AppTest) -> None:
    edit(settings, kept())
    settings.text_input(key="settings_url").input("https://other.example.com/v1").run()
    assert settings.text_input(key="settings_key").value == ""
    assert "the key's name was cleared" in words(settings)
    settings.button(key="settings_save").click().run()
    assert (now().base_url, now().api_key_env) == ("https://other.example.com/v1", "")


def test_a_new_address_loses_the_key_even_when_saved_in_the_same_moment(
    settings: AppTest,
) -> None:
    edit(settings, kept())
    settings.text_input(key="settings_url").input("https://other.example.com/v1")
    settings.button(key="settings_save").click().run()
    assert now().api_key_env == ""


def test_a_key_that_is_named_again_goes_to_the_new_address(settings: AppTest) -> None:
    edit(settings, kept())
    settings.text_input(key="settings_url").input("https://other.example.com/v1").run()
    settings.text_input(key="settings_key").input("GATEWAY_KEY").run()
    assert "was given for" in words(settings)
    assert settings.button(key="settings_save").disabled
    question(settings).check().run()
    settings.button(key="settings_save").click().run()
    assert (now().base_url, now().api_key_env) == ("https://other.example.com/v1", "GATEWAY_KEY")
    assert now().unconfirmed == ()


def test_a_key_that_is_named_again_and_saved_in_the_same_moment_is_asked_about(
    settings: AppTest,
) -> None:
    edit(settings, kept())
    settings.text_input(key="settings_url").input("https://other.example.com/v1").run()
    settings.text_input(key="settings_key").input("GATEWAY_KEY")
    settings.button(key="settings_save").click().run()
    assert now().base_url == "https://api.example.com/v1"
    assert not question(settings).value


def test_a_yes_to_one_host_is_none_to_another(settings: AppTest) -> None:
    edit(settings, kept())
    for host in ("other", "third"):
        settings.text_input(key="settings_url").input(f"https://{host}.example.com/v1").run()
        settings.text_input(key="settings_key").input("GATEWAY_KEY").run()
        assert not question(settings).value
        question(settings).check().run()


def test_a_name_that_may_not_be_a_keys_is_refused(settings: AppTest) -> None:
    edit(settings, kept())
    settings.text_input(key="settings_key").input("AWS_SECRET_ACCESS_KEY").run()
    settings.button(key="settings_save").click().run()
    assert "may not be named as a key" in words(settings)
    assert now().api_key_env == "GATEWAY_KEY"


def test_a_kept_connection_that_may_not_send_its_key_says_so(settings: AppTest) -> None:
    kept()
    database = services().store.database
    database.execute("update connections set base_url = 'https://other.example.com/v1'")
    assert "is not confirmed for this host" in words(settings.run())
    database.execute("update connections set api_key_env = 'PATH'")
    assert "PATH cannot be used" in words(settings.run())


def test_a_key_that_was_named_again_does_not_follow_to_a_third_address(
    settings: AppTest,
) -> None:
    edit(settings, kept())
    settings.text_input(key="settings_url").input("https://other.example.com/v1").run()
    settings.text_input(key="settings_key").input("GATEWAY_KEY").run()
    settings.text_input(key="settings_url").input("https://third.example.com/v1").run()
    settings.button(key="settings_save").click().run()
    assert now().api_key_env == ""


def test_other_edits_keep_the_key(settings: AppTest) -> None:
    edit(settings, kept())
    settings.number_input(key="settings_concurrency").set_value(2).run()
    settings.button(key="settings_save").click().run()
    assert (now().concurrency, now().api_key_env) == (2, "GATEWAY_KEY")


def test_the_accounts_limits_per_minute_are_kept_and_said_on_the_card(settings: AppTest) -> None:
    edit(settings, kept())
    assert "no limit per minute" in words(settings)
    settings.number_input(key="settings_requests").set_value(500).run()
    settings.number_input(key="settings_tokens").set_value(200_000).run()
    settings.button(key="settings_save").click().run()
    assert (now().requests_per_minute, now().tokens_per_minute) == (500, 200_000)
    assert "at most 500 requests and 200,000 tokens per minute" in words(settings)


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("settings_requests", "requests_per_minute"),
        ("settings_tokens", "tokens_per_minute"),
        ("settings_price_in", "price_in"),
        ("settings_price_out", "price_out"),
    ],
)
def test_a_limit_or_price_is_taken_away_by_emptying_its_field(
    settings: AppTest, field: str, name: str
) -> None:
    plain = Connection("Gateway", "https://api.example.com/v1")
    edit(settings, services().store.connections.add(replace(plain, **{name: 30})))
    assert settings.number_input(key=field).value == 30
    settings.number_input(key=field).set_value(None).run()
    settings.button(key="settings_save").click().run()
    assert getattr(now(), name) is None


def test_an_edit_that_somebody_overtook_shows_both(settings: AppTest) -> None:
    connection = kept()
    edit(settings, connection)
    settings.number_input(key="settings_concurrency").set_value(2).run()
    services().store.connections.save(connection)
    settings.button(key="settings_save").click().run()
    assert now().concurrency == 8
    assert "while you were editing it" in words(settings)
    settings.button(key="settings_save").click().run()
    assert now().concurrency == 2


def test_a_connection_is_archived(settings: AppTest) -> None:
    connection = kept()
    settings.run()
    settings.button(key=f"settings_archive_{connection.id}").click().run()
    assert [c.name for c in services().store.connections.all()] == ["Local model"]


def test_a_failing_test_says_why_and_never_shows_the_key(
    settings: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEWAY_KEY", CANARY)
    with faults.serve("echo_key") as server:
        connection = kept(server.base_url)
        settings.run()
        settings.button(key=f"settings_test_{connection.id}").click().run()
    assert "key" in settings.error[0].value
    assert CANARY not in words(settings)


def test_a_backup_is_made_and_its_path_shown(settings: AppTest) -> None:
    settings.button(key="settings_backup").click().run()
    (backup,) = services().store.backups.all()
    assert Path(backup).is_file()
    assert str(backup) in words(settings)
    assert "python -m workbench restore FILE" in words(settings)


def test_the_file_says_where_it_is_and_what_is_in_it(settings: AppTest) -> None:
    assert services().store.database.path in words(settings)
    (tables,) = settings.dataframe
    rows = dict(zip(tables.value["table"], tables.value["rows"], strict=True))
    assert rows["requirements"] == 6


@pytest.mark.parametrize(
    "text", [CANARY, "AKIAIOSFODNN7EXAMPLE", "a8f3" * 10, "Bearer abc", "ABCDEFGH12345678IJKL"]
)
def test_this_is_taken_for_a_key(text: str) -> None:
    assert looks_like_key(text)


@pytest.mark.parametrize(
    "text", ["", "OPENAI_API_KEY", "MY_COMPANY_GATEWAY_KEY_2026", "openai_key", "KEY"]
)
def test_this_is_taken_for_a_name(text: str) -> None:
    assert not looks_like_key(text)


def test_keys_of_a_restored_file_wait_for_a_tick_at_each_address(settings: AppTest) -> None:
    store = services().store
    for name, url in (("Ours", "https://api.example.com/v1"), ("Theirs", "https://evil.test/v1")):
        store.connections.add(Connection(name, url, ("m",), "OPENAI_API_KEY"), confirms_host=True)
    store.connections.confirm_only(())
    settings.run()
    ours, theirs = (store.connections.named(name) for name in ("Ours", "Theirs"))
    button = settings.button(key="settings_unconfirmed_confirm")
    assert button.disabled
    theirs_key = f"settings_unconfirmed_{theirs.id}_{theirs.revision}"
    assert "evil.test" in settings.checkbox(key=theirs_key).label
    settings.checkbox(key=f"settings_unconfirmed_{ours.id}_{ours.revision}").check().run()
    settings.button(key="settings_unconfirmed_confirm").click().run()
    assert store.connections.named("Ours").unconfirmed == ()
    assert store.connections.named("Theirs").unconfirmed == ("OPENAI_API_KEY",)
    assert [box.key for box in settings.checkbox if "unconfirmed" in (box.key or "")] == [
        theirs_key
    ]


def test_the_field_never_shows_a_name_that_nobody_has(app: AppTest) -> None:
    settings = app.switch_page("pages/setup/settings.py").run()
    assert settings.text_input(key="person_field").placeholder != "Somebody"
    settings.text_input(key="person_field").input(" somebody ").run()
    assert settings.text_input(key="person_field").value == ""
    assert any("what stands where nobody said a name" in each.value for each in settings.caption)
    settings.text_input(key="person_field").input("Mira").run()
    assert settings.text_input(key="person_field").value == "Mira"
    assert not any("nobody said a name" in each.value for each in settings.caption)
