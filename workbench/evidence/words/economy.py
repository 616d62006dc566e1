"""What quality costs, in words: who is worth considering, and who is behind as measured."""

from collections.abc import Sequence

from workbench.evidence.economy import Economy


def conclusion(found: Sequence[Economy]) -> str:
    """Who is worth considering and who is behind whom. Empty for one variant alone.

    Measured figures are held against each other, not their bounds: of two variants that are alike
    one is always a little faster. So nothing here says that one is worse.
    """
    if len(found) < 2:
        return ""
    changed = [one.variant.label for one in found if one.is_altered]
    if changed:
        return (
            f"Nobody is said to be behind: rows that {_listed(changed)} "
            f"{'rests' if len(changed) == 1 else 'rest'} on were changed since they were written."
        )
    efficient = [one.variant.label for one in found if one.is_efficient]
    behind = [one.variant.label for one in found if not one.is_efficient]
    worth = f"Worth considering: {_listed(efficient)}."
    if not behind:
        return f"{worth} None is behind another in quality, cost and time."
    those = "it" if len(efficient) == 1 else "one of these"
    was_or_were = "was" if len(behind) == 1 else "were"
    return (
        f"{worth} {_listed(behind)} {was_or_were} behind {those} on these answers: no better, no "
        "cheaper and no faster. That may be chance: the comparisons above say which differences "
        "are beyond it."
    )


def _listed(labels: Sequence[str]) -> str:
    *most, last = labels
    return f"{', '.join(most)} and {last}" if most else last
