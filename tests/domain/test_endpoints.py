"""Addresses: all that name one place are one, and what only looks alike is two."""

import pytest

from workbench.domain.endpoints import host, normalised, of_file

PLAIN = "https://models.example.com/v1"


@pytest.mark.parametrize(
    "url",
    [
        "https://models.example.com/v1/",
        "https://models.example.com/v1//",
        "HTTPS://Models.Example.COM/v1",
        "https://models.example.com:443/v1",
        "https://models.example.com:0443/v1",
        "https://models.example.com:/v1",
        "https://models.example.com/%76%31",
        "https://models.example.com/x/../v1",
        "https://models.example.com/../v1",
        "https://models.example.com/./v1/.",
        " https://models.example.com/v1 ",
    ],
)
def test_spellings_of_one_address_are_one(url: str) -> None:
    assert normalised(url) == PLAIN


@pytest.mark.parametrize(
    "url",
    [
        "http://models.example.com/v1",
        "https://models.example.com:8443/v1",
        "https://models.example.com:80/v1",
        "https://models.example.com/V1",
        "https://models.example.com",
        "https://models.example.com/v1/chat",
        "https://models.example.com/v%2F1",
        "https://models.example.com./v1",
        "https://example.com/v1",
    ],
)
def test_what_only_looks_alike_is_another_address(url: str) -> None:
    assert normalised(url) != PLAIN


def test_a_name_of_this_machine_is_not_its_number() -> None:
    assert normalised("http://localhost:8000/v1") != normalised("http://127.0.0.1:8000/v1")


def test_an_address_of_version_6_is_one_however_long_it_is_written() -> None:
    assert normalised("http://[0:0:0:0:0:0:0:1]:80/v1") == normalised("http://[::1]/v1")


def test_escapes_that_are_needed_stay_and_are_written_in_one_way() -> None:
    assert (
        normalised("http://x/a%2fb") == normalised("http://x/a%2Fb") != normalised("http://x/a/b")
    )


def test_a_models_file_is_its_content_whatever_it_is_called() -> None:
    assert normalised(of_file("a.gguf", "12ab")) == normalised(of_file("b#c.gguf", "12ab"))
    assert normalised(of_file("a.gguf", "12ab")) != normalised(of_file("a.gguf", "12ac"))


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://API.example.com:443/v1", "api.example.com"),
        ("http://10.0.0.7:8000/v1", "10.0.0.7:8000"),
        ("file:m.gguf#0123456789abcdef", "m.gguf (0123456789ab) on this machine"),
        ("", "address not recorded"),
    ],
)
def test_people_see_the_host(address: str, said: str) -> None:
    assert host(address) == said
