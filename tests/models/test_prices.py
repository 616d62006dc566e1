"""What calls cost: known, unknown, and free are three different things."""

import subprocess
import sys

import pytest

from workbench.domain.connections import LOCAL, LOCAL_MODEL, Connection
from workbench.models import prices

OPENAI = "https://api.openai.com/v1"


def test_the_connections_own_prices_come_first() -> None:
    connection = Connection("Mine", OPENAI, price_in=1.0, price_out=2.0)
    assert prices.price(connection, "gpt-4o-mini") == prices.Price(
        1.0, 2.0, "set on the connection"
    )


def test_a_listed_model_has_a_price_and_the_tables_version() -> None:
    found = prices.price(Connection("OpenAI", OPENAI), "gpt-4o-mini")
    assert found is not None
    assert 0 < found.input < found.output
    assert found.source.startswith("genai-prices ")


def test_one_own_price_is_completed_from_the_table() -> None:
    found = prices.price(Connection("OpenAI", OPENAI, price_in=9.0), "gpt-4o-mini")
    assert found is not None
    assert found.input == 9.0
    assert found.output > 0


@pytest.mark.parametrize(
    ("base_url", "model"),
    [(OPENAI, "no-such-model"), ("http://localhost:11434/v1", "gpt-4o-mini")],
)
def test_an_unknown_price_is_unknown_and_never_nothing(base_url: str, model: str) -> None:
    assert prices.price(Connection("X", base_url), model) is None


def test_half_a_price_is_no_price() -> None:
    assert prices.price(Connection("X", "http://localhost/v1", price_in=1.0), "m") is None


def test_the_local_model_costs_nothing() -> None:
    assert prices.cost(prices.price(LOCAL, LOCAL_MODEL), 100, 100) == 0.0


def test_a_cost_needs_a_price_and_both_counts() -> None:
    price = prices.Price(1.0, 10.0, "test")
    assert prices.cost(price, 1_000_000, 100_000) == 2.0
    assert prices.cost(price, None, 5) is None
    assert prices.cost(price, 5, None) is None
    assert prices.cost(None, 5, 5) is None


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("a", 1), ("abcd", 1), ("abcde", 2)])
def test_tokens_are_estimated_at_four_characters_each(text: str, tokens: int) -> None:
    assert prices.estimate_tokens(text) == tokens


def test_the_floor_is_imported_without_its_heavy_libraries() -> None:
    code = (
        "import sys\n"
        "from workbench.models import connect, prices, templates\n"
        "heavy = {'openai', 'httpx2', 'aiohttp', 'genai_prices', 'minijinja', 'xllamacpp'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
