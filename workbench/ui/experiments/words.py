"""Small words that every part of the Experiments page uses."""

from collections.abc import Collection

from workbench.actions.outlook import needed_trials, needed_variants
from workbench.domain.criteria import Criterion
from workbench.domain.prompts import Variant
from workbench.ui.parts.text import md, short

HELD_OUT: dict[str, bool | None] = {
    "Without held-out": False,
    "All cases": None,
    "Only held-out": True,
}


def variant_name(variant: Variant) -> str:
    """A variant as an option's plain text."""
    limit = variant.parameters.max_tokens
    return f"{variant.label}: {variant.describe()} · {limit} tokens · {variant.connection}"


def criterion_name(criterion: Criterion, trials: int, variants: Collection[Variant]) -> str:
    """A criterion as a choice, with what it lacks where these variants are asked so many times per
    case."""
    needs = needed_trials(criterion, trials) or needed_variants(criterion, variants)
    said = f"{md(criterion.key)} {short(criterion.draft.title, 60)}"
    return f"{said} · :orange[{md(needs)}]" if needs else said


def held_out_words(held_out: bool | None) -> str:
    """Which cases a plan takes, as a phrase."""
    if held_out is None:
        return "held-out cases included"
    return "only held-out cases" if held_out else "without held-out cases"
