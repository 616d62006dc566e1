"""Numbers as people read them: a count with its noun, a figure on its side of a limit."""

from collections.abc import Callable

_SAME = 1e-9
"""What differs by less is the same number: 100 * 0.29 is 28.999999999999996."""
_MOST_DECIMALS = 12


def count(number: int, noun: str) -> str:
    """A number and its noun, in the plural where it is due: “1 case”, “1,200 cases”."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


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


def _side(value: float, limit: float) -> int:
    gap = value - limit
    return 0 if abs(gap) <= _SAME * max(1.0, abs(limit)) else 1 if gap > 0 else -1


def plain(text: str, longest: int = 80) -> str:
    """Somebody's name for a thing, on one line of a terminal: nothing hidden in it, cut."""
    said = "".join(character if character.isprintable() else "?" for character in text)
    return said if len(said) <= longest else f"{said[:longest]}…"
