"""Badges inside Markdown: a variant's letter in its colour, a verdict as a word with its icon."""

from workbench.domain.prompts import Variant
from workbench.domain.verdicts import Verdict
from workbench.ui.parts import variants
from workbench.ui.parts.text import md

_VERDICTS = {
    Verdict.MET: ("green", "check_circle"),
    Verdict.NOT_MET: ("red", "cancel"),
    Verdict.NOT_ENOUGH_EVIDENCE: ("orange", "help"),
}


def variant(shown: Variant) -> str:
    """The variant's label in the colour that it has everywhere."""
    return f":{variants.color(variants.position_of(shown))}-badge[{md(shown.label)}]"


def verdict(shown: Verdict, *, is_evaluated: bool = True, is_stale: bool = False) -> str:
    """The verdict as everywhere: icon and word, never colour alone."""
    if not is_evaluated:
        return ":gray-badge[:material/radio_button_unchecked: not evaluated]"
    color, icon = _VERDICTS[shown]
    label = f"{shown.label}, stale" if is_stale else shown.label
    return f":{color}-badge[:material/{icon}: {label}]"
