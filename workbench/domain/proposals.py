"""Where a criterion may start: a scorer, a measure and a bar that suit a kind of requirement."""

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.domain.criteria import CriterionDraft, Measure, Scorer, ScorerKind
from workbench.domain.requirements import Kind


@dataclass(frozen=True)
class Proposal:
    """A criterion that still lacks its words, and why it starts so."""

    draft: CriterionDraft
    why: str


def proposal(kind: Kind) -> Proposal:
    """Where to start for a kind of requirement. Nothing in it is binding."""
    return _PROPOSALS[kind]


_PROPOSALS: Mapping[Kind, Proposal] = {
    Kind.QUALITY: Proposal(
        CriterionDraft("", Scorer(ScorerKind.RATING), Measure.PASS_RATE, 0.8),
        "what makes an answer good is seen by people first; a check can follow once they agree",
    ),
    Kind.SAFETY: Proposal(
        CriterionDraft("", Scorer(ScorerKind.NOT_CONTAINS), Measure.FAIL_RATE, 0.05),
        "what must not happen is limited by how many answers may fail",
    ),
    Kind.CONSISTENCY: Proposal(
        CriterionDraft("", Scorer(ScorerKind.EQUALS), Measure.AGREEMENT, 0.9),
        "each case is asked more than once, and the outcomes are compared",
    ),
    Kind.DEGRADATION: Proposal(
        CriterionDraft("", Scorer(ScorerKind.CONTAINS), Measure.PASS_RATE, 0.9),
        "poor input has an answer of its own, which a text tells; choose the slice of such cases",
    ),
    Kind.LATENCY: Proposal(
        CriterionDraft("", Scorer(ScorerKind.LATENCY), Measure.PASS_RATE, 0.95),
        "how many of 100 answers are there in time says more than a mean",
    ),
    Kind.COST: Proposal(
        CriterionDraft("", Scorer(ScorerKind.COST), Measure.PASS_RATE, 0.95),
        "how many of 100 answers stay within the amount says more than a mean",
    ),
}
