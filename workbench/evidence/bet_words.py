"""What changes did, in words."""

from workbench.evidence.bets import Bet, Effect, Shift
from workbench.evidence.words import figures


def state(bet: Bet) -> str:
    """Whether it was measured, and by what."""
    if bet.measured_by is None:
        return "Open: no run has measured it yet."
    before, after = bet.measured_by
    return f"Measured in {after}." if before == after else f"Measured: {after} against {before}."


def did(bet: Bet) -> str:
    """What it did on all requirements: “Lifted C2 (62% → 88%); no clear change on 6 others.”"""
    if bet.is_open:
        return ""
    parts = [
        f"{verb} {', '.join(map(_shift, bet.of(effect)))}"
        for verb, effect in (("lifted", Effect.LIFTED), ("broke", Effect.BROKEN))
        if bet.of(effect)
    ]
    unclear = len(bet.of(Effect.UNCLEAR))
    if unclear:
        others = "others" if parts else ("criteria" if unclear > 1 else "criterion")
        parts.append(f"no clear change on {unclear} {others}")
    said = "; ".join(parts) or "the two runs share no criterion"
    return f"{said[0].upper()}{said[1:]}."


def _shift(shift: Shift) -> str:
    was, now = shift.before.estimate.value, shift.after.estimate.value
    assert was is not None
    assert now is not None
    after = shift.after
    turned = "" if after.verdict is shift.before.verdict else f", now {after.verdict.label}"
    moved = f"{figures.percent(was)} → {figures.percent(now)}{turned}"
    return f"{after.requirement.key} {after.criterion.key} ({moved})"
