"""What quality costs, in words: which variants are worth considering, and which are beaten."""

from collections.abc import Sequence

from workbench.evidence.economy import Economy


def conclusion(found: Sequence[Economy]) -> str:
    """Who is worth considering and who is beaten by whom. Empty for one variant alone."""
    if len(found) < 2:
        return ""
    changed = [one.variant.label for one in found if one.is_altered]
    if changed:
        return (
            f"Nobody is said to be beaten: rows that {_listed(changed)} "
            f"{'rests' if len(changed) == 1 else 'rest'} on were changed since they were written."
        )
    efficient = [one.variant.label for one in found if one.is_efficient]
    beaten = [one.variant.label for one in found if not one.is_efficient]
    worth = f"Worth considering: {_listed(efficient)}."
    if not beaten:
        return f"{worth} None is shown to be beaten by another in quality, cost and time."
    those = "it" if len(efficient) == 1 else "one of these"
    is_or_are = "is" if len(beaten) == 1 else "are"
    return (
        f"{worth} {_listed(beaten)} {is_or_are} beaten by {those}: no better, no cheaper and no "
        "faster."
    )


def _listed(labels: Sequence[str]) -> str:
    *most, last = labels
    return f"{', '.join(most)} and {last}" if most else last
