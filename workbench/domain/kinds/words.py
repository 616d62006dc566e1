"""What the words of several kinds of scorers share."""

from collections.abc import Iterable, Sequence
from typing import Any

from workbench.domain.kinds.settings import Settings

REFERENCE = "{{reference}}"


def listed(texts: Iterable[Any]) -> str:
    """Texts in quotation marks, with commas."""
    return ", ".join(f"“{text}”" for text in texts)


def one_or(amount: str, texts: Sequence[Any]) -> str:
    """“x”, or: any of “x”, “y”."""
    return listed(texts) if len(texts) < 2 else f"{amount} of {listed(texts)}"


def capitals(settings: Settings, *, default: bool) -> str:
    """Whether capital letters count, where that is not what one would think."""
    return "" if settings.get("ignore_case", default) else ", capital letters as written"


def as_read(settings: Settings) -> str:
    """How a text is compared, where that is not what one would think."""
    return ", letter for letter" if settings.get("exact") else capitals(settings, default=True)


def is_reference(text: str) -> bool:
    """Whether a text is the case's reference and nothing else."""
    return text.replace(" ", "") == REFERENCE


def several(texts: Iterable[Any], amount: str = "any one") -> str:
    """What a reference that is a list means to a scorer that looks for these texts."""
    if not any("{{" in str(text) and "reference" in str(text) for text in texts):
        return ""
    return f" (where a case has several references, {amount} of them)"


def span(settings: Settings, least: str = "at least", most: str = "at most") -> str:
    """The least and the most, as far as they are named: “at least 1 and at most 3”."""
    return " and ".join(
        f"{word} {settings[end]}"
        for end, word in (("min", least), ("max", most))
        if settings.get(end) is not None
    )
