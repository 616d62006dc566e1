"""What a change of a criterion did to scores that were there, in words."""

from workbench import say
from workbench.domain.criteria import Criterion
from workbench.domain.kinds.entry import By
from workbench.evidence.words import measures
from workbench.store.reports.flips import Flips


def changed(before: Criterion, after: Criterion) -> str:
    """What is different between two versions: “bar at least 80% → at least 90%”."""
    old, new = before.draft, after.draft
    parts = []
    if old.title != new.title:
        parts.append(f"title “{old.title}” → “{new.title}”")
    if old.scorer.fingerprint() != new.scorer.fingerprint():
        parts.append(f"{measures.describe_scorer(before)} → {measures.describe_scorer(after)}")
    if old.measure is not new.measure:
        parts.append(f"{measures.MEASURES[old.measure]} → {measures.MEASURES[new.measure]}")
    if measures.bar(before) != measures.bar(after):
        parts.append(f"bar {measures.bar(before)} → {measures.bar(after)}")
    if old.confidence != new.confidence:
        parts.append(f"confidence {say.level(old.confidence)} → {say.level(new.confidence)}")
    if old.slices != new.slices:
        every = "every case"
        cases = [", ".join(draft.slices) or every for draft in (old, new)]
        parts.append(f"cases {cases[0]} → {cases[1]}")
    return "; ".join(parts) or "nothing that counts"


def flipped(before: Criterion, after: Criterion, found: Flips) -> str:
    """How many outputs the new version judges otherwise, of those that both have scored."""
    if before.draft.scorer.fingerprint() == after.draft.scorer.fingerprint():
        return "Outputs are scored as before, so earlier scores count for both versions."
    if not found.scored_by_both:
        again = (
            "People have not rated any output by it yet that was rated before: rate some of "
            "those again to see what changed."
            if after.draft.scorer.kind.by is By.PERSON
            else "The stored outputs were not scored by it yet."
        )
        return f"No output was scored by both versions. {again}"
    n, flips = found.scored_by_both, found.to_fail + found.to_pass
    outputs = "output" if n == 1 else "outputs"
    if not flips:
        return f"Both versions agree on all {n:,} {outputs} that both have scored."
    return (
        f"Of {n:,} {outputs} that both versions have scored, {flips:,} flipped: {found.to_fail:,} "
        f"from pass to fail, {found.to_pass:,} from fail to pass. Scores of different versions are "
        "never put together."
    )
