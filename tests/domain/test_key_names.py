"""A variable is named as a key only if it is meant to be one."""

import pytest

from workbench.domain import key_names
from workbench.domain.connections import Connection
from workbench.errors import InputError

KEYS = [
    *("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "MY_KEY", "GATEWAY_KEY", "HF_TOKEN", "GATEWAY_TOKEN"),
    *("API_KEY", "AZURE_OPENAI_API_KEY", "openai_api_key", "MODEL_ACCESS_TOKEN", "GEMINI_KEY"),
]
OTHERS = [
    *("PATH", "HOME", "USER", "LD_PRELOAD", "PYTHONPATH", "SSH_AUTH_SOCK", "DATABASE_URL", "KEY"),
    *("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN", "aws_secret_access_key"),
    *("R2_ACCESS_KEY", "SECRET_KEY", "DJANGO_SECRET_KEY", "STRIPE_SECRET_KEY", "STRIPE_API_KEY"),
    *("SSH_PRIVATE_KEY", "RAILS_MASTER_KEY", "ENCRYPTION_KEY", "JWT_SIGNING_KEY", "TLS_KEY"),
    *("AZURE_STORAGE_KEY", "STORAGE_ACCOUNT_KEY", "PGPASSWORD", "DB_PASSWORD", "NPM_TOKEN"),
    *("VAULT_TOKEN", "CI_JOB_TOKEN", "OPENAI_ADMIN_KEY", "OPENAI_API_KEY_FILE", "KEYS", "TOKEN"),
    *("WORKBENCH_DB", "WORKBENCH_KEY", "_", "", "OPENAI_API_KEY\n", "ÖPENAI_API_KEY", "A" * 200),
    *("MY API_KEY", "MY-API_KEY", "A/../B_API_KEY", "${PATH}_API_KEY", "X" * 130 + "_API_KEY"),
]


@pytest.mark.parametrize("name", KEYS)
def test_keys_of_models_may_be_named(name: str) -> None:
    assert key_names.is_allowed(name)
    assert key_names.is_allowed(name, is_header=True)


@pytest.mark.parametrize("name", OTHERS)
def test_nothing_else_of_the_environment_may_be_named(name: str) -> None:
    assert not key_names.is_allowed(name)
    assert not key_names.is_allowed(name, is_header=True)


def test_what_files_of_strangers_may_name_is_for_headers_and_no_key() -> None:
    assert key_names.is_allowed("WORKBENCH_HEADER_TEAM", is_header=True)
    assert not key_names.is_allowed("WORKBENCH_HEADER_API_KEY")


def test_the_operator_adds_names_and_patterns() -> None:
    more = key_names.added("AWS_BEARER_TOKEN_BEDROCK, TEAM_*  gateway_credential")
    assert more == ("AWS_BEARER_TOKEN_BEDROCK", "TEAM_*", "gateway_credential")
    for name in ("AWS_BEARER_TOKEN_BEDROCK", "TEAM_A", "GATEWAY_CREDENTIAL"):
        assert key_names.is_allowed(name, more)
    for name in ("AWS_SECRET_ACCESS_KEY", "PATH", "TEAM", "TEAM_\n", "TEAM_/"):
        assert not key_names.is_allowed(name, more)


@pytest.mark.parametrize(
    "text", ["*", "**", "*_*", "A*", "?????", "[A-Z]*", "A;B*CD", "*" * 9, "é*"]
)
def test_a_pattern_that_lets_everything_in_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="WORKBENCH_KEY_NAMES holds"):
        key_names.added(f"GOOD_NAME {text}")


def test_a_connection_is_not_kept_with_such_a_name() -> None:
    connection = Connection("A", "https://api.example.com/v1", api_key_env="AWS_SECRET_ACCESS_KEY")
    with pytest.raises(InputError, match="may not be named as a key"):
        connection.checked()
    header = Connection("A", "https://api.example.com/v1", headers=(("X-Team", "PATH"),))
    with pytest.raises(InputError, match="may not be named as a header's value"):
        header.checked()
    assert connection.checked(("AWS_SECRET_ACCESS_KEY",)).api_key_env == "AWS_SECRET_ACCESS_KEY"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://API.example.com/v1", "https://api.example.com:443/v2/"),
        ("http://127.0.0.1:80/v1", "http://127.0.0.1"),
        ("http://[::1]:8000/v1", "http://[0:0:0:0:0:0:0:1]:8000"),
    ],
)
def test_hosts_are_the_same_however_they_are_written(one: str, other: str) -> None:
    assert key_names.origin(one) == key_names.origin(other)


@pytest.mark.parametrize(
    "other",
    [
        "http://api.example.com/v1",
        "https://api.example.com:8443/v1",
        "https://api.example.com.evil.example/v1",
        "https://example.com/v1",
    ],
)
def test_another_scheme_port_or_name_is_another_host(other: str) -> None:
    assert key_names.origin("https://api.example.com/v1") != key_names.origin(other)
