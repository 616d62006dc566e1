"""What would settle an undecided verdict: how many more cases, said only where that is likely true.

Cases that are added to a plan make it a plan that was looked at before (`extensions`), so the
number is that for bounds which hold at any time. benchmarks/planned_power.py simulates how often
it is right.
"""

from collections.abc import Sequence

from workbench.domain.criteria import CriterionDraft
from workbench.domain.verdicts import CriterionVerdict, Estimate, Unit
from workbench.evidence import interim
from workbench.evidence.interim import METHOD
from workbench.say import count
from workbench.stats.mean_scores import fewest_best
from workbench.stats.planning import zero_failure_minimum
from workbench.stats.sequential import fewest_flawless, share_afresh
from workbench.stats.settling import settling
from workbench.store.courses import Finished
from workbench.store.tallies import Tally

_DECIMALS = 6


def seen(draft: CriterionDraft, tallies: Sequence[Tally]) -> tuple[tuple[float, int], ...]:
    """The values of what counts once (a case, an input, a group) where all of it is scored, and
    how often each came."""
    whole = [t for t in tallies if not t.unscored]
    alone = [t for t in whole if not t.group]
    found: dict[float, int] = {}
    if alone:
        values = interim.unit_values(draft.measure, [_finished(t) for t in alone])
        for value, tally in zip(values, alone, strict=True):
            found[round(float(value), _DECIMALS)] = tally.alike + found.get(
                round(float(value), _DECIMALS), 0
            )
    grouped = [_finished(t) for t in whole if t.group for _ in range(t.alike)]
    for value in interim.unit_values(draft.measure, grouped) if grouped else ():
        found[round(float(value), _DECIMALS)] = 1 + found.get(round(float(value), _DECIMALS), 0)
    return tuple(sorted(found.items()))


def advice(found: CriterionVerdict, wanted: str) -> str:
    """What would settle it; `wanted` is the bar in words."""
    draft, estimate = found.criterion.draft, found.estimate
    level = 1 - draft.bar if draft.measure.is_upper_bar else draft.bar
    # Cases of one group count once: what is missing then is cases of other groups.
    case = _case(estimate)
    n = estimate.n_clusters
    fewest = fewest_flawless(level, found.left)
    is_one_plan = not found.extends and METHOD not in estimate.method
    of_one_plan = fewest_best if draft.scale else zero_failure_minimum
    # So many would do if they were asked in one go, as this asking is held to.
    held_to = 1 - (1 - draft.confidence) * share_afresh(found.looks_before)
    enough = of_one_plan(level, held_to) if is_one_plan else fewest
    if n < enough:
        at_best = "if every score were the highest" if draft.scale else "without a failure"
        is_dearer = is_one_plan and found.left > draft.confidence
        added = f" Added to these, it takes {fewest:,} in all." if is_dearer else ""
        return (
            f"{count(n, case)} can never show {wanted}: even {at_best} it takes "
            f"{count(enough, case)}.{added}"
        )
    said = settling(found.seen or _about(found), level, found.left)
    if said.more is not None:
        return f"About {count(max(said.more, 1), f'more {case}')} would probably settle it."
    return (
        "The result lies so near the bar that it will probably take more than "
        f"{count(said.least, f'more {case}')} to settle it: improve the feature, or move the bar."
    )


def _about(found: CriterionVerdict) -> tuple[tuple[float, int], ...]:
    """What was seen, as passes and fails, where only the estimate is known."""
    value, size = found.estimate.value or 0.0, round(found.estimate.n_effective)
    rate = 1 - value if found.criterion.draft.measure.is_upper_bar else value
    return (0.0, size - round(rate * size)), (1.0, round(rate * size))


def _finished(tally: Tally) -> Finished:
    return Finished(tally.planned, tally.passes, tally.fails, tally.group)


def _case(estimate: Estimate) -> str:
    """What counts once, and so is what more is needed of."""
    if estimate.n_clusters >= estimate.n_cases:
        return "case"
    return "group" if estimate.unit is Unit.GROUP else "different case"
