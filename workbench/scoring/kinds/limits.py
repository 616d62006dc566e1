"""Look at what an answer took, as a run measured it: time and money."""

from workbench.domain.kinds.settings import Settings
from workbench.domain.scores import Judgement
from workbench.say import rounded
from workbench.scoring.kinds.check import Check, Subject, failed, passed, unscored


def _latency(settings: Settings, subject: Subject) -> Judgement:
    if subject.latency_ms is None:
        return unscored("The latency is not known.")
    limit = float(settings["max_ms"])
    took = rounded(subject.latency_ms / 1000, limit / 1000, decimals=2)
    said = f"Took {took} s, at most {limit / 1000:g} s are allowed."
    is_fast = subject.latency_ms <= limit
    return (passed if is_fast else failed)(said, subject.latency_ms)


def _cost(settings: Settings, subject: Subject) -> Judgement:
    if subject.cost is None:
        return unscored("The cost is not known: the price or the token counts are missing.")
    limit = float(settings["max_usd"])
    said = f"Cost ${rounded(subject.cost, limit, decimals=6)}, at most ${_plain(limit)} is allowed."
    return (passed if subject.cost <= limit else failed)(said, subject.cost)


def _plain(usd: float) -> str:
    """An amount with all of its decimals: a price of a token has many."""
    return f"{usd:.12f}".rstrip("0").rstrip(".")


CHECKS = {"latency": Check(_latency), "cost": Check(_cost)}
