"""Numbers as people read them: counts with their nouns, figures, money, lengths of time, ages."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

_SAME = 1e-9
"""What differs by less is the same number: 100 * 0.29 is 28.999999999999996."""
_MOST_DECIMALS = 12


def count(number: int, noun: str, nouns: str = "") -> str:
    """A number and its noun, in the plural where it is due: “1 case”, “1,200 cases”. `nouns` is the
    plural where it takes more than an s: “2 criteria”."""
    return f"{number:,} {noun if number == 1 else nouns or f'{noun}s'}"


def stored_outputs(number: int) -> str:
    """So many stored outputs, with the verb: “1 stored output was”, “63 stored outputs were”."""
    return f"{count(number, 'stored output')} {'was' if number == 1 else 'were'}"


def without_output(failed: int, refused: int) -> str:
    """Calls that brought no output, in two numbers: “3 failed, 1 refused”. Empty where all did."""
    parts = [f"{failed:,} failed"] if failed else []
    return ", ".join([*parts, f"{refused:,} refused"] if refused else parts)


def rounded(
    value: float,
    limit: float | None = None,
    *,
    decimals: int = 0,
    to: Callable[[float], int] = round,
) -> str:
    """A number with so many decimals, and more where it takes them to show its side of a limit.

    88.6 against a limit of 89 is “88.6”, not “89”: what was missed is never shown as reached, and
    what is over a limit never as within it. `to` rounds up or down instead (`ceil`, `floor`).
    """
    shown, places = value, decimals
    for places in range(decimals, _MOST_DECIMALS):
        scale = 10**places
        # What is a whole number but for the way it is stored is one.
        shown = to(round(value * scale, 9)) / scale
        if limit is None or _side(shown, limit) == _side(value, limit):
            break
    return f"{shown:.{places}f}"


def level(share: float) -> str:
    """A share that somebody chose, as a percentage and exactly: a bar, a confidence. What lies
    nearer to an end than a millionth of a percent is said to."""
    shown = round(100 * share, 6)
    if shown >= 100 and share < 1:
        return "over 99.999999%"
    if shown <= 0 and share > 0:
        return "under 0.000001%"
    return f"{shown:.10g}%"


def _side(value: float, limit: float) -> int:
    gap = value - limit
    return 0 if abs(gap) <= _SAME * max(1.0, abs(limit)) else 1 if gap > 0 else -1


def plain(text: str, longest: int = 80) -> str:
    """Somebody's name for a thing, on one line of a terminal: nothing hidden in it, cut."""
    said = "".join(character if character.isprintable() else "?" for character in text)
    return said if len(said) <= longest else f"{said[:longest]}…"


def brief(text: str, longest: int) -> str:
    """A text on one line, no longer than this: what was cut shows that it was."""
    said = " ".join(text.split())
    return said if len(said) <= longest else f"{said[: longest - 1].rstrip()}…"


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a table for a terminal: the first row is its head."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return [lines[0], "  ".join("-" * width for width in widths), *lines[1:]]


def duration(seconds: float) -> str:
    """A stretch of time as people say it."""
    if seconds < 1:
        return "a second"
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def money(usd: float) -> str:
    """USD, with as many decimals as say something."""
    if usd == 0:
        return "$0"
    return f"${usd:.2f}" if usd >= 0.1 else f"${usd:.4f}" if usd >= 0.0001 else "under $0.0001"


def money_ahead(cost: tuple[float, float] | None) -> str:
    """What a call will cost, from what it likely and at most does; None where no price is known."""
    if cost is None:
        return "its price is not known"
    likely, most = cost
    return f"about {money(likely)}, at most {money(most)}" if most else "free"


def ago(then: datetime, now: datetime | None = None) -> str:
    """How long ago something was, roughly; the date where that is longer than a week."""
    seconds = ((now or datetime.now(UTC)) - then).total_seconds()
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{seconds // 60:.0f} min ago"
    if seconds < 86_400:
        return f"{seconds // 3600:.0f} h ago"
    if seconds < 7 * 86_400:
        days = int(seconds // 86_400)
        return "yesterday" if days == 1 else f"{days} days ago"
    return f"{then:%d %b %Y}".lstrip("0")


def day(then: datetime) -> str:
    """A day, such as 3 Nov 2026."""
    return f"{then.day} {then:%b %Y}"


def roughly(seconds: float) -> str:
    """A length of time as a promise: “about a minute”."""
    if seconds < 45:
        return "under a minute"
    if seconds < 90:
        return "about a minute"
    if seconds < 90 * 60:
        return f"about {seconds / 60:.0f} minutes"
    return f"about {seconds / 3600:.0f} hours"
