"""Scorers of what an answer takes, as a run measures it: time and money."""

from workbench.domain.kinds.entry import By, KindEntry
from workbench.domain.kinds.settings import Amount, Settings


def _latency(settings: Settings, _: str) -> str:
    return f"arrives within {settings.get('max_ms', 0) / 1000:g} s"


def _cost(settings: Settings, _: str) -> str:
    return f"costs at most ${settings.get('max_usd', 0):g}"


ENTRIES = (
    KindEntry(
        "latency",
        By.CODE,
        "arrives in time",
        "Passes when the whole answer was there in time.",
        _latency,
        (Amount("max_ms", "At most (seconds)", "max_s", unit=1000, start=3.0, step=0.5),),
        is_measured=True,
    ),
    KindEntry(
        "cost",
        By.CODE,
        "costs little enough",
        "Passes when the answer cost no more than this.",
        _cost,
        (
            Amount(
                "max_usd", "At most (USD for one answer)", start=0.01,
                least=0.000001, step=0.001, format="%.6f",
            ),
        ),
        is_measured=True,
    ),
)  # fmt: skip
