"""Scorers that look for texts in an output, hold it against one, or against a pattern."""

from collections.abc import Callable

from workbench.domain.kinds.entry import By, KindEntry
from workbench.domain.kinds.settings import Choice, Line, Settings, Share, Switch, Texts
from workbench.domain.kinds.words import (
    REFERENCE,
    as_read,
    capitals,
    is_reference,
    listed,
    one_or,
    several,
)

_EXACT = Switch(
    "exact",
    "Letter for letter",
    help=(
        "Off: compared as people read it, so that apostrophes, quotation marks, dashes and spaces "
        "of any kind are the same. On: each character as it was written."
    ),
    is_always_written=False,
)
_IGNORE_CASE = Switch("ignore_case", "Ignore case", default=True)
_NONE = "it names no text to look for."
_TEXTS = Texts("texts", "Texts, one per line", missing=_NONE, names_values=True)


def _contains(settings: Settings, _: str) -> str:
    texts = list(settings.get("texts", ()))
    amount = "any" if settings.get("mode") == "any" else "all"
    return f"contains {one_or(amount, texts)}{as_read(settings)}{several(texts)}"


def _not_contains(settings: Settings, _: str) -> str:
    texts = list(settings.get("texts", ()))
    listed = ", ".join(f"“{text}”" for text in texts)
    return f"contains none of {listed}{as_read(settings)}{several(texts, 'none')}"


def _equals(settings: Settings, _: str) -> str:
    text = settings.get("text") or REFERENCE
    said = "equals the reference" if is_reference(text) else f"equals “{text}”"
    exact = ", letter for letter" if settings.get("exact") else ""
    return f"{said}{exact}{several([text])}"


def _regex(settings: Settings, _: str) -> str:
    verb = "matches" if settings.get("must_match", True) else "does not match"
    return f"{verb} the pattern {settings.get('pattern', '')}{capitals(settings, default=False)}"


def _at_an_end(verb: str) -> Callable[[Settings, str], str]:
    def said(settings: Settings, _: str) -> str:
        texts = list(settings.get("texts", ()))
        return f"{verb} {one_or('any', texts)}{as_read(settings)}{several(texts)}"

    return said


def _one_of(settings: Settings, _: str) -> str:
    texts = list(settings.get("texts", ()))
    exact = ", letter for letter" if settings.get("exact") else ""
    return f"says {one_or('one', texts)} and nothing else{exact}{several(texts)}"


def _ordered(settings: Settings, _: str) -> str:
    texts = list(settings.get("texts", ()))
    return f"contains {listed(texts)} in this order{as_read(settings)}{several(texts)}"


def _similar(settings: Settings, _: str) -> str:
    text = settings.get("text") or REFERENCE
    meant = "the reference" if is_reference(text) else f"“{text}”"
    order = ", words in any order" if settings.get("compare") == "words" else ""
    share = f"{settings.get('similarity', 0) * 100:g}%"
    return f"is at least {share} the same as {meant}{order}{several([text])}"


_AT_AN_END = (_TEXTS, _IGNORE_CASE, _EXACT)

ENTRIES = (
    KindEntry(
        "contains",
        By.CODE,
        "contains a text",
        "Passes when the answer holds the texts you list.",
        _contains,
        (
            _TEXTS,
            Choice(
                "mode", "How many of them", ("all", "any"),
                wrong="its mode is neither “all” nor “any”.", beside=True,
            ),
            _IGNORE_CASE,
            _EXACT,
        ),
        rules=2,
    ),
    KindEntry(
        "not_contains",
        By.CODE,
        "does not contain a text",
        "Passes when the answer holds none of the texts you list.",
        _not_contains,
        (_TEXTS, _IGNORE_CASE, _EXACT),
        rules=2,
    ),
    KindEntry(
        "equals",
        By.CODE,
        "equals the reference",
        "Passes when the answer says the expected text; case and spaces do not matter.",
        _equals,
        (
            Line(
                "text", "Expected text", help="Empty: the case's reference.",
                names_values=True, if_empty=REFERENCE,
            ),
            _EXACT,
        ),
        rules=2,
    ),
    KindEntry(
        "regex",
        By.CODE,
        "matches a pattern",
        "Passes when a piece of the answer matches a pattern (RE2 syntax).",
        _regex,
        (
            Line(
                "pattern", "Pattern", missing="it has no pattern.",
                placeholder=r"order (number|id)",
                help=(
                    "RE2 syntax: no look-around and no back-references, so that every check ends. "
                    "It meets the answer as the model wrote it: models often write ’ for ', “ for "
                    "\", – for - and spaces that do not break. ['’] takes both."
                ),
            ),
            Switch("ignore_case", "Ignore case"),
            Switch(
                "must_match", "Must match", default=True, help="Off: passes when nothing matches.",
            ),
        ),
    ),
    KindEntry(
        "starts_with",
        By.CODE,
        "begins with a text",
        "Passes when the answer begins with any one of the texts you list.",
        _at_an_end("begins with"),
        _AT_AN_END,
    ),
    KindEntry(
        "ends_with",
        By.CODE,
        "ends with a text",
        "Passes when the answer ends with any one of the texts you list.",
        _at_an_end("ends with"),
        _AT_AN_END,
    ),
    KindEntry(
        "one_of",
        By.CODE,
        "is one of several texts",
        "Passes when the answer says one of the texts you list and nothing else; case, spaces and "
        "punctuation around it do not matter.",
        _one_of,
        (_TEXTS, _EXACT),
    ),
    KindEntry(
        "ordered",
        By.CODE,
        "has texts in an order",
        "Passes when the answer holds all the texts you list, each behind the one before.",
        _ordered,
        (_TEXTS, _IGNORE_CASE, _EXACT),
    ),
    KindEntry(
        "similar",
        By.CODE,
        "is similar to the reference",
        "Passes when enough of the answer's letters are those of the expected text, in their "
        "order. It compares wordings, not meanings.",
        _similar,
        (
            Line(
                "text", "Expected text", help="Empty: the case's reference.",
                names_values=True, if_empty=REFERENCE,
            ),
            Choice(
                "compare", "Compare", ("letters", "words"),
                wrong="it compares neither letters nor words.", beside=True,
            ),
            Share("similarity", "At least the same (%)", "min_similarity", start=80.0),
        ),
    ),
)  # fmt: skip
