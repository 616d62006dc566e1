"""Keys are found by name and never shown."""

import traceback
from pathlib import Path

import pytest

from tests.faults import endpoint as faults
from tests.models.conftest import CANARY
from workbench.domain.connections import Connection
from workbench.errors import CallFailure, ModelError
from workbench.models import keys
from workbench.models.connect import Models
from workbench.models.local import LocalModel


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A secrets file in the working directory; empty at first."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TEST_KEY", raising=False)
    path = tmp_path / ".streamlit" / "secrets.toml"
    path.parent.mkdir()
    path.touch()
    return path


def test_the_environment_comes_before_the_secrets_file(
    secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets.write_text('TEST_KEY = "from-file"')
    assert keys.find("TEST_KEY") == "from-file"
    monkeypatch.setenv("TEST_KEY", "from-environment")
    assert keys.find("TEST_KEY") == "from-environment"


def test_a_key_that_is_nowhere_or_empty_is_none(
    secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert keys.find("TEST_KEY") is None
    monkeypatch.setenv("TEST_KEY", "")
    assert keys.find("TEST_KEY") is None


def test_a_broken_secrets_file_is_named_but_not_quoted(secrets: Path) -> None:
    secrets.write_text(f'TEST_KEY = "{CANARY}')
    with pytest.raises(ModelError, match="not valid TOML") as caught:
        keys.find("TEST_KEY")
    assert CANARY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("flaw", ["\n", "\r", "\x00", " ", "é", "鍵"])
def test_a_key_that_no_header_can_carry_is_refused_unseen(flaw: str, secrets: Path) -> None:
    with pytest.raises(ModelError) as caught:
        keys.checked(CANARY + flaw, "TEST_KEY")
    assert caught.value.failure is CallFailure.AUTHENTICATION
    assert "TEST_KEY" in caught.value.message
    assert CANARY not in str(caught.value)


def test_every_key_is_blotted_out() -> None:
    text = keys.redact("a sk-1234 b sk-12345 c", "sk-1234", "sk-12345", "")
    assert text == "a [key hidden] b [key hidden] c"


def test_a_connection_whose_key_is_missing_says_which_variable(
    secrets: Path, tmp_path: Path
) -> None:
    connection = Connection("Cloud", "https://example.com/v1", api_key_env="TEST_KEY")
    with pytest.raises(ModelError, match="TEST_KEY is not set") as caught:
        Models(LocalModel(tmp_path)).client(connection)
    assert caught.value.failure is CallFailure.AUTHENTICATION


def test_a_connection_is_tested_with_one_tiny_call_under_its_key(
    secrets: Path, tmp_path: Path
) -> None:
    secrets.write_text(f'TEST_KEY = "{CANARY}"')
    with faults.serve() as server:
        connection = Connection("Fake", server.base_url, api_key_env="TEST_KEY")
        probe = Models(LocalModel(tmp_path)).test(connection, "fake-1")
    assert (probe.sample, probe.model) == ("pong", "fake-1")
    assert server.requests == 1
    assert server.headers["authorization"] == f"Bearer {CANARY}"
