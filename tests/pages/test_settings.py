"""Settings: who is here, which models may be asked, and the file."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.faults import endpoint as faults
from tests.pages import sessions
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
    settings.number_input(key="settings_price_in").set_value(0.5)
    settings.button(key="settings_save").click().run()
    assert now().base_url == "https://api.example.com/v1"
    assert now().models == ("m-1", "m-2")
    assert (now().api_key_env, now().price_in, now().price_out) == ("GATEWAY_KEY", 0.5, None)
    assert "GATEWAY\\_KEY is not set" in words(settings)


def shows(app: AppTest, key: str, wanted: object) -> bool:
    """Whether a browser that has nothing of a field is told what it holds: as its value, or as the
    default that it falls back on."""
    proto = field(app, key).proto
    return bool(proto.value == wanted if proto.set_value else proto.default == wanted)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("concurrency", 8), ("timeout", 60.0), ("url", "https://api.example.com/v1")],
)
def test_a_field_of_a_connection_that_got_lost_is_shown_as_it_is(
    settings: AppTest, name: str, wanted: object
) -> None:
    edit(settings, kept())
    lose(settings, f"settings_{name}")
    settings.text_input(key="settings_name").input("Gateway").run()
    assert shows(settings, f"settings_{name}", wanted)
    settings.button(key="settings_save").click().run()
    assert (now().concurrency, now().timeout_s) == (8, 60.0)


def test_a_new_connection_keeps_its_usual_limits_when_a_field_gets_lost(
    settings: AppTest,
) -> None:
    settings.button(key="settings_add").click().run()
    lose(settings, "settings_concurrency")
    lose(settings, "settings_timeout")
    settings.text_input(key="settings_name").input("Gateway").run()
    assert shows(settings, "settings_concurrency", 8)
    assert shows(settings, "settings_timeout", 60.0)
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
    settings.number_input(key="settings_concurrency").set_value(2)
    settings.button(key="settings_save").click().run()
    assert (now().concurrency, now().api_key_env) == (2, "GATEWAY_KEY")


def test_the_accounts_limits_per_minute_are_kept_and_said_on_the_card(settings: AppTest) -> None:
    edit(settings, kept())
    assert "no limit per minute" in words(settings)
    settings.number_input(key="settings_requests").set_value(500)
    settings.number_input(key="settings_tokens").set_value(200_000)
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
    settings.number_input(key=field).set_value(None)
    settings.button(key="settings_save").click().run()
    assert getattr(now(), name) is None


def overtaken(settings: AppTest) -> AppTest:
    """An edit whose save found that somebody else had saved meanwhile."""
    connection = kept()
    edit(settings, connection)
    settings.number_input(key="settings_concurrency").set_value(2).run()
    services().store.connections.save(replace(connection, concurrency=4, timeout_s=30.0))
    settings.button(key="settings_save").click().run()
    assert (now().concurrency, now().timeout_s) == (4, 30.0)
    assert "while you were editing it" in words(settings)
    assert settings.button(key="settings_save").disabled
    return settings


def test_an_edit_that_somebody_overtook_shows_both_and_goes_on_top(settings: AppTest) -> None:
    overtaken(settings).button(key="settings_save_mine").click().run()
    # What nobody touched here stays as they saved it.
    assert (now().concurrency, now().timeout_s) == (2, 30.0)


def test_edits_of_two_people_to_different_fields_are_both_kept(settings: AppTest) -> None:
    connection = kept()
    edit(settings, connection)
    settings.number_input(key="settings_concurrency").set_value(2).run()
    services().store.connections.save(replace(connection, timeout_s=30.0))
    settings.run()
    assert "while you were editing it" not in words(settings)
    settings.button(key="settings_save").click().run()
    assert (now().concurrency, now().timeout_s) == (2, 30.0)


def test_what_somebody_else_saved_can_be_loaded_instead(settings: AppTest) -> None:
    overtaken(settings).button(key="settings_load_theirs").click().run()
    assert settings.number_input(key="settings_timeout").value == 30.0
    assert settings.number_input(key="settings_concurrency").value == 4
    assert not settings.button(key="settings_save").disabled


def reloaded() -> AppTest:
    """Settings in a browser that was reloaded: nothing of the session is left."""
    again = sessions.opened()
    return again.switch_page("pages/setup/settings.py").run()


def test_a_half_written_edit_outlives_a_reload(settings: AppTest) -> None:
    connection = kept()
    edit(settings, connection)
    settings.number_input(key="settings_requests").set_value(500).run()
    settings.text_area(key="settings_models").input("m-1\nm-2").run()
    again = reloaded()
    assert again.button(key=f"settings_edit_{connection.id}").label == "Continue editing"
    again.button(key=f"settings_edit_{connection.id}").click().run()
    assert "Unsaved draft restored" in words(again)
    assert again.number_input(key="settings_requests").value == 500
    again.button(key="settings_save").click().run()
    assert (now().requests_per_minute, now().models) == (500, ("m-1", "m-2"))
    assert now().api_key_env == "GATEWAY_KEY"
    assert again.button(key=f"settings_edit_{connection.id}").label == "Edit"


def test_a_new_connection_that_was_begun_is_gone_on_with_after_a_reload(settings: AppTest) -> None:
    settings.button(key="settings_add").click().run()
    settings.text_input(key="settings_name").input("Gateway").run()
    settings.text_input(key="settings_url").input("https://api.example.com/v1").run()
    settings.text_input(key="settings_key").input("GATEWAY_KEY").run()
    again = reloaded()
    assert again.button(key="settings_add").label == "Continue adding"
    again.button(key="settings_add").click().run()
    again.text_area(key="settings_models").input("m-1").run()
    again.button(key="settings_save").click().run()
    assert (now().models, now().api_key_env) == (("m-1",), "GATEWAY_KEY")


def test_the_draft_of_one_connection_is_not_in_the_drawer_of_another(settings: AppTest) -> None:
    first = kept()
    second = services().store.connections.add(Connection("Other", "https://b.example.com/v1"))
    edit(settings, first)
    settings.number_input(key="settings_concurrency").set_value(3)
    settings.button(key=f"settings_edit_{second.id}").click().run()
    assert settings.text_input(key="settings_name").value == "Other"
    assert settings.number_input(key="settings_concurrency").value == 8
    settings.button(key=f"settings_edit_{first.id}").click().run()
    assert settings.number_input(key="settings_concurrency").value == 3


def test_a_key_that_follows_an_address_in_a_draft_goes_nowhere_either(settings: AppTest) -> None:
    connection = kept()
    edit(settings, connection)
    settings.text_input(key="settings_url").input("https://other.example.com/v1").run()
    again = reloaded()
    again.button(key=f"settings_edit_{connection.id}").click().run()
    assert again.text_input(key="settings_key").value == ""
    again.button(key="settings_save").click().run()
    assert (now().base_url, now().api_key_env) == ("https://other.example.com/v1", "")


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("text_input:key", CANARY),
        ("text_input:key", "canary_hunter2"),
        ("text_area:headers", f"X-Team: {CANARY}"),
        ("text_area:headers", "X-Team: canary_hunter2"),
        ("text_input:url", f"https://me:{CANARY}@api.example.com/v1"),
        ("text_input:url", f"https://api.example.com/v1?key={CANARY}"),
        ("text_input:url", CANARY),
    ],
)
def test_a_secret_that_is_typed_by_mistake_is_not_written_into_the_draft(
    settings: AppTest, field: str, typed: str
) -> None:
    edit(settings, kept())
    kind, _, name = field.partition(":")
    settings.number_input(key="settings_concurrency").set_value(3).run()
    box: Any = getattr(settings, kind)(key=f"settings_{name}")
    box.input(typed).run()
    settings.number_input(key="settings_concurrency").set_value(4).run()
    assert getattr(settings, kind)(key=f"settings_{name}").value == typed
    drafts = services().store.database.rows("select body::varchar from drafts")
    assert len(drafts) == 1
    assert "canary" not in str(drafts)
    assert '"concurrency":4' in drafts[0][0]


def test_a_connection_is_put_away_and_restored(settings: AppTest) -> None:
    connection = kept()
    settings.run()
    settings.button(key=f"settings_archive_{connection.id}").click().run()
    assert [c.name for c in services().store.connections.all()] == ["Local model"]
    settings.button(key=f"settings_restore_{connection.id}").click().run()
    assert now() == connection
    assert not [b for b in settings.button if str(b.key).startswith("settings_restore")]


def test_a_connection_whose_name_was_taken_says_so_and_stays_put_away(settings: AppTest) -> None:
    connection = kept()
    settings.run()
    settings.button(key=f"settings_archive_{connection.id}").click().run()
    taken = services().store.connections.add(Connection("gateway", "https://b.example.com/v1"))
    settings.button(key=f"settings_restore_{connection.id}").click().run()
    assert "There is a connection named “Gateway” already" in words(settings)
    assert [c.id for c in services().store.connections.all()] == [None, taken.id]


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
    # Nobody can rate under that name, so the field doesn't promise it.
    assert any("you cannot rate" in each.value for each in settings.caption)
    settings.text_input(key="person_field").input(" somebody ").run()
    assert settings.text_input(key="person_field").value == ""
    assert any("what stands where nobody said a name" in each.value for each in settings.caption)
    settings.text_input(key="person_field").input("Mira").run()
    assert settings.text_input(key="person_field").value == "Mira"
    assert not any("nobody said a name" in each.value for each in settings.caption)
