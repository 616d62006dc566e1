"""Scorers that look at numbers: one that is near enough, and how many items a list has."""

from workbench.domain.kinds.entry import By, KindEntry
from workbench.domain.kinds.settings import Choice, Line, Settings, Slack, Span
from workbench.domain.kinds.words import REFERENCE, is_reference, several, span

_WHICH = {"any": "one of its numbers", "first": "its first number", "last": "its last number"}


def _number(settings: Settings, _: str) -> str:
    text = settings.get("text") or REFERENCE
    meant = "the reference" if is_reference(text) else f"“{text}”"
    slack = settings.get("tolerance", 0)
    sign = "%" if settings.get("tolerance_in") == "percent" else ""
    near = f"within {slack:g}{sign} of {meant}" if slack else f"the number in {meant}"
    which = _WHICH[settings.get("which", "any")]
    return f"has {which} {near}, whatever the unit{several([text])}"


def _items(settings: Settings, _: str) -> str:
    counted = settings.get("counted", "points")
    kind = {"points": "points in its list", "json": "items in its JSON list"}.get(counted, counted)
    return f"has {span(settings)} {kind}"


ENTRIES = (
    KindEntry(
        "number",
        By.CODE,
        "says a number that is near enough",
        "Passes when a number in the answer is near the expected one. Units and currency signs are "
        "left aside, and nothing is converted: 1 km is not 1000 m.",
        _number,
        (
            Line(
                "text", "Expected number", help="Empty: the case's reference.",
                names_values=True, if_empty=REFERENCE,
            ),
            Slack("tolerance", "May differ by"),
            Choice(
                "tolerance_in", "Counted in", ("units", "percent"),
                wrong="its tolerance is counted neither in units nor in percent.", beside=True,
            ),
            Choice(
                "which", "Which number of the answer", ("any", "first", "last"),
                wrong="it looks at none of any, first or last.",
            ),
            Choice(
                "decimal", "Decimals stand behind a", ("point", "comma"),
                wrong="its decimal mark is neither point nor comma.",
            ),
        ),
    ),
    KindEntry(
        "items",
        By.CODE,
        "has the right number of items",
        "Counts the points of the answer's list, its lines, its paragraphs, or the items of a JSON "
        "list. Of points within points, the outer ones are counted.",
        _items,
        (
            Span(
                "items", labels=("At least", "At most"),
                neither="it has neither a least nor a most.",
                not_whole="its least and most are not whole numbers.",
                crossed="its least is above its most.",
            ),
            Choice(
                "counted", "What is counted", ("points", "lines", "paragraphs", "json"),
                wrong="it counts none of points, lines, paragraphs or json.",
                is_folded=True, beside=True,
            ),
        ),
    ),
)  # fmt: skip
