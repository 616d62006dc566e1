"""What a call costs: the connection's own prices first, then a price table kept offline."""

import math
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from workbench.domain.connections import Connection

_PROBE_TOKENS = 1000
_PER_MILLION = 1_000_000


@dataclass(frozen=True)
class Price:
    """USD per million tokens, and where the figures come from (kept with a run)."""

    input: float
    output: float
    source: str


def price(connection: Connection, model: str) -> Price | None:
    """What this model costs here; None where nobody knows, which is not the same as nothing.

    The table's figures are those of short prompts: where long prompts cost more, it is too low.
    """
    if connection.is_local:
        return Price(0.0, 0.0, "runs on this machine")
    own_in, own_out = connection.price_in, connection.price_out
    if own_in is not None and own_out is not None:
        return Price(own_in, own_out, "set on the connection")
    listed = _listed(connection.base_url, model)
    if listed is None or (own_in is None and own_out is None):
        return listed
    return Price(
        listed.input if own_in is None else own_in,
        listed.output if own_out is None else own_out,
        f"set on the connection; {listed.source}",
    )


def cost(price: Price | None, input_tokens: int | None, output_tokens: int | None) -> float | None:
    """USD of one call; None where the price or a count is unknown."""
    if price is None or input_tokens is None or output_tokens is None:
        return None
    return (input_tokens * price.input + output_tokens * price.output) / _PER_MILLION


def estimate_tokens(text: str) -> int:
    """An estimate, never a count: one token per four characters, rounded up."""
    return math.ceil(len(text) / 4)


@lru_cache(maxsize=1024)
def _listed(base_url: str, model: str) -> Price | None:
    """The table's price for this host and model. Without a known host no provider is guessed."""
    if not _may_be_listed(base_url):
        return None
    # Loaded here: the table takes longer than all else that a first call needs of ours.
    import genai_prices

    usage = genai_prices.Usage(input_tokens=_PROBE_TOKENS, output_tokens=_PROBE_TOKENS)
    try:
        found = genai_prices.calc_price(usage, model, provider_api_url=base_url)
    except LookupError:
        return None
    table = found.model_price
    if table.input_mtok is None or table.output_mtok is None:
        return None
    scale = _PER_MILLION // _PROBE_TOKENS
    return Price(
        input=float(found.input_price * scale),
        output=float(found.output_price * scale),
        source=f"genai-prices {genai_prices.__version__}",
    )


def _may_be_listed(base_url: str) -> bool:
    """Whether a host has a name: the table knows none that is a number or this machine."""
    host = urlsplit(base_url).hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return host != "localhost"
    return False
