"""Tell the language of a text by its letters (n-grams of Lui and Baldwin 2012, langid.py)."""

from functools import cache
from typing import Any, NamedTuple


class Told(NamedTuple):
    """A language's code (ISO 639-1), and how likely it is of nearly a hundred."""

    code: str
    likely: float


def told(text: str) -> Told:
    """The likeliest language of a text."""
    code, likely = _languages().classify(text)
    return Told(str(code), float(likely))


def codes() -> frozenset[str]:
    """The codes of all languages that can be told."""
    return frozenset(map(str, _languages().labels))


@cache
def _languages() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
