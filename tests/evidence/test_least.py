"""What a bar takes, said while it is set: the same number that the verdict would hold it to."""

import pytest

from tests import building
from workbench.domain.criteria import Measure
from workbench.domain.proposals import proposal
from workbench.domain.requirements import Kind
from workbench.domain.scores import Outcome
from workbench.domain.verdicts import Verdict
from workbench.evidence.words.least import least
from workbench.store.store import Store


def test_it_says_what_it_takes_and_what_is_there() -> None:
    found = least(Measure.PASS_RATE, 0.9, 0.95, 12)
    assert found is not None
    assert found.cases == 29
    assert found.said == (
        "Takes 29 cases without a failure; you have 12. Add 17, or set a bar that is easier to "
        "show."
    )


def test_where_there_are_enough_nothing_is_to_be_added() -> None:
    found = least(Measure.FAIL_RATE, 0.1, 0.95, 29)
    assert found is not None
    assert found.said == "Takes 29 cases without a failure; you have 29."


def test_without_a_case_it_says_so() -> None:
    found = least(Measure.PASS_RATE, 0.6, 0.95, 0)
    assert found is not None
    assert found.said.startswith("Takes 6 cases without a failure; you have none yet.")


def test_where_a_model_judges_it_says_that_more_is_needed() -> None:
    found = least(Measure.PASS_RATE, 0.9, 0.95, 29, is_judged=True)
    assert found is not None
    assert found.said.endswith(
        "A judge errs, so it takes more cases than that, and labels by people."
    )


@pytest.mark.parametrize(
    ("measure", "bar", "confidence"),
    [
        (Measure.PASS_RATE, 1.0, 0.95),
        (Measure.PASS_RATE, 0.0, 0.95),
        (Measure.FAIL_RATE, 0.0, 0.95),
        (Measure.FAIL_RATE, 1.0, 0.95),
        (Measure.PASS_RATE, 0.9, 1.0),
        (Measure.PASS_RATE, 0.9, 0.0),
    ],
)
def test_what_no_number_can_show_has_none(measure: Measure, bar: float, confidence: float) -> None:
    assert least(measure, bar, confidence, 12) is None


@pytest.mark.parametrize("bar", [0.5, 0.8, 0.9])
@pytest.mark.parametrize("measure", [Measure.PASS_RATE, Measure.FAIL_RATE])
def test_so_many_flawless_cases_are_met_and_one_fewer_is_not(
    store: Store, measure: Measure, bar: float
) -> None:
    bar = 1 - bar if measure.is_upper_bar else bar
    found = least(measure, bar, 0.95, 0)
    assert found is not None
    for n, verdict in ((found.cases, Verdict.MET), (found.cases - 1, Verdict.NOT_ENOUGH_EVIDENCE)):
        made = building.loop(store, n, bar=bar, measure=measure, name=f"With {n} cases")
        made.run([Outcome.PASS] * n)
        (row,) = building.of_candidate(store, made.feature_id)
        assert row.verdict is verdict


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_of_requirement_has_a_proposal_whose_bar_can_be_shown(kind: Kind) -> None:
    draft = proposal(kind).draft
    found = least(draft.measure, draft.bar, draft.confidence, 0)
    assert found is not None
    assert found.cases <= 60
