"""A verdict at the confidence that it is held to, by the rule itself: whatever the evidence is."""

from collections.abc import Callable

import pytest

from tests.building import POLITE
from workbench.domain.criteria import CriterionDraft
from workbench.domain.verdicts import Verdict
from workbench.evidence.decision import decide, sharing, withstands

MET, NOT_MET, UNDECIDED = Verdict.MET, Verdict.NOT_MET, Verdict.NOT_ENOUGH_EVIDENCE
DRAFT = CriterionDraft("Polite", POLITE, confidence=0.9)


def down_to(alpha: float, verdict: Verdict) -> Callable[[CriterionDraft], Verdict]:
    """Evidence that gives a verdict at this share of error and above, and none below it."""

    def judge(draft: CriterionDraft) -> Verdict:
        return verdict if 1 - draft.confidence >= alpha - 1e-12 else UNDECIDED

    return judge


@pytest.mark.parametrize(("among", "confidence"), [(1, 0.9), (2, 0.95), (5, 0.98)])
def test_an_error_is_shared_out_evenly(among: int, confidence: float) -> None:
    assert sharing(DRAFT, among).confidence == pytest.approx(confidence)
    assert sharing(DRAFT, among).bar == DRAFT.bar


@pytest.mark.parametrize("most", [1, 2, 3, 4, 7, 50])
@pytest.mark.parametrize("held", [1, 2, 3, 4, 6, 7, 8, 49, 50, 60])
def test_what_is_not_met_withstands_as_many_as_its_evidence_can_share_with(
    held: int, most: int
) -> None:
    assert withstands(DRAFT, down_to(0.1 / held, NOT_MET), most) == min(held, most)


def test_what_is_missed_says_how_many_it_withstands() -> None:
    assert decide(DRAFT, down_to(0.1 / 3, NOT_MET), 8, 1) == (NOT_MET, 3, "")
    assert decide(DRAFT, down_to(0.1 / 3, NOT_MET), 2, 4) == (NOT_MET, 2, "")


def test_what_is_open_stays_open_whatever_it_was_chosen_among() -> None:
    assert decide(DRAFT, down_to(0.2, MET), 8, 3) == (UNDECIDED, 1, "")


@pytest.mark.parametrize("rivals", [0, 1])
def test_what_was_not_chosen_among_several_is_met_at_its_own_error(rivals: int) -> None:
    assert decide(DRAFT, down_to(0.1, MET), 8, rivals) == (MET, 1, "")


@pytest.mark.parametrize("rivals", [2, 3])
def test_the_chosen_one_of_several_is_met_at_its_share_only(rivals: int) -> None:
    assert decide(DRAFT, down_to(0.1 / rivals, MET), 8, rivals) == (MET, 1, "")
    verdict, together, said = decide(DRAFT, down_to(0.1 / rivals * 1.01, MET), 8, rivals)
    assert (verdict, together) == (UNDECIDED, 1)
    level = {2: "95%", 3: "96.67%"}[rivals]
    assert said == (
        f"the candidate was chosen among {rivals} variants after their answers to these cases were "
        f"seen, so it would have to be met at {level} confidence: confirm it on fresh cases"
    )
