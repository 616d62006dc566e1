"""Scorers that look for texts in an output: contains, equals, a pattern."""

from workbench.domain.kinds.entry import By, Entry
from workbench.domain.kinds.settings import Choice, Line, Settings, Switch, Texts
from workbench.domain.kinds.words import (
    REFERENCE,
    as_read,
    capitals,
    is_reference,
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


ENTRIES = (
    Entry(
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
    Entry(
        "not_contains",
        By.CODE,
        "does not contain a text",
        "Passes when the answer holds none of the texts you list.",
        _not_contains,
        (_TEXTS, _IGNORE_CASE, _EXACT),
        rules=2,
    ),
    Entry(
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
    Entry(
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
)  # fmt: skip
