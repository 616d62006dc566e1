"""What changes did, in words."""

from workbench.evidence.bets import Bet, Effect, Shift
from workbench.evidence.pairing import Basis
from workbench.evidence.words import comparisons

VERBS = {
    Effect.LIFTED: "lifted",
    Effect.BROKEN: "broke",
    Effect.UNCLEAR: "no difference shown on",
    Effect.MIXED: "not this change alone:",
    Effect.NOT_COMPARED: "not compared:",
}


def state(bet: Bet) -> str:
    """Whether it was measured, by what, and what the two runs have in common."""
    if bet.measured_by is None:
        return "Open: no run has measured it yet."
    before, after = bet.measured_by
    if before == after:
        return f"Measured in {after}."
    return f"Measured: {after} against {before}{_common(bet)}."


def did(bet: Bet) -> str:
    """What it did on all requirements: “Lifted R1 C2 (62% → 88%, by +11 to +41 points); no
    difference shown on R2 C3 (from −3 to +5 points).”"""
    if bet.is_open:
        return ""
    parts = [
        f"{verb} {', '.join(map(shift, bet.of(effect)))}"
        for effect, verb in VERBS.items()
        if bet.of(effect)
    ]
    said = "; ".join(parts) or "the two runs share no criterion"
    return f"{said[0].upper()}{said[1:]}."


def why_not(bet: Bet) -> str:
    """Why nothing is claimed, where the two runs differ in more than the change; else empty."""
    others = dict.fromkeys(each.besides for each in bet.shifts if each.besides)
    if not others:
        return ""
    return f"What differs is not this change's effect alone: {'; '.join(others)}."


def correction(bet: Bet) -> str:
    """What one in twenty means here: over which criteria; empty where there is but one."""
    families = dict.fromkeys(each.difference.family.what for each in bet.shifts)
    return next((f"Adjusted for {what}." for what in families if what.startswith("all ")), "")


def shift(found: Shift) -> str:
    """One criterion: by how much it moved, as surely as that is known, and what its verdict is."""
    gap, after = found.difference, found.after
    key = f"{after.requirement.key} {after.criterion.key}"
    if not gap.is_compared:
        return f"{key} ({gap.why_not}{_verdict(found)})"
    said = comparisons.interval(gap.difference, gap.criterion.draft.scale)
    if found.effect in (Effect.LIFTED, Effect.BROKEN):
        return f"{key} ({comparisons.values(gap)}, by {said}{_verdict(found)})"
    return f"{key} (from {said}{_verdict(found)})"


def _verdict(found: Shift) -> str:
    """That a verdict turned: said, but no claim about the difference."""
    if not found.has_turned:
        return ""
    return f"; was {found.before.verdict.label}, now {found.after.verdict.label}"


def _common(bet: Bet) -> str:
    """How the two runs were compared; what counts may differ by criterion: the most is said."""
    paired = [
        s.difference.evidence for s in bet.shifts if s.difference.evidence.basis is Basis.PAIRED
    ]
    mixed = [
        s.difference.evidence
        for s in bet.shifts
        if s.difference.evidence.basis is Basis.STANDARDISED
    ]
    parts = []
    if paired:
        widest = max(paired, key=lambda evidence: evidence.n_inputs)
        left = sum(n for n, _ in widest.left_out)
        cases = "case" if widest.n_inputs == 1 else "cases"
        out = f", {left:,} left out" if left else ""
        parts.append(f", on the {widest.n_inputs:,} {cases} that both asked{out}")
    if mixed:
        parts.append(
            f"; other cases, so each slice weighs the same on both sides (its shares were: "
            f"{mixed[0].mix})"
        )
    return "".join(parts)
