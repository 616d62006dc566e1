"""A paired comparison, looked into slice by slice."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from tests.building import AUTHOR, cases, loop
from workbench.domain.calls import Parameters
from workbench.domain.criteria import Measure
from workbench.domain.experiments import Plan, StopRule
from workbench.domain.scores import Outcome
from workbench.evidence import comparison_cases, comparisons
from workbench.evidence.comparison_cases import SliceDifference
from workbench.evidence.pairing import Pairing
from workbench.stats.differences import Gaps
from workbench.store.store import Store

PASS, FAIL = Outcome.PASS, Outcome.FAIL


class Part(NamedTuple):
    """The cases of one slice: how many, and of how many A and B pass the first so many."""

    tag: str
    n: int
    a: int
    b: int


def compared(
    store: Store,
    *parts: Part,
    untagged: int = 0,
    trials: int = 1,
    measure: Measure = Measure.PASS_RATE,
    stop_rule: StopRule = StopRule.WHOLE_PLAN,
) -> tuple[comparisons.Comparison, tuple[SliceDifference, ...]]:
    """Two variants on the cases of these slices (and some of none, that both pass)."""
    made = loop(store, 1, measure=measure)
    tags = [(part.tag,) for part in parts for _ in range(part.n)] + [()] * untagged
    drafts = [replace(d, tags=t) for d, t in zip(cases(len(tags)), tags, strict=True)]
    dataset = store.datasets.add(made.feature_id, "Slices", drafts, AUTHOR)
    other = store.variants.save(
        made.variant.prompt, made.variant.connection, made.variant.model, Parameters(seed=7)
    )
    variants = (made.variant.id, other.id)
    plan = Plan("Which?", dataset.id, variants, (made.criterion.id,), trials, stop_rule=stop_rule)
    experiment = store.experiments.add(made.feature_id, plan, AUTHOR)
    rest = [PASS] * untagged
    ended = {
        made.variant.id: [o for p in parts for o in [PASS] * p.a + [FAIL] * (p.n - p.a)] + rest,
        other.id: [o for p in parts for o in [PASS] * p.b + [FAIL] * (p.n - p.b)] + rest,
    }
    numbers = {c.id: c.number for c in store.datasets.cases(dataset.id)}
    calls = store.trials.missing(experiment.id)
    outcomes = [ended[call.variant_id][numbers[call.case_id] - 1] for call in calls]
    run = store.runs.start(experiment.id, AUTHOR)
    made.answer(run.id, list(zip(calls, outcomes, strict=True)))
    (found,) = comparisons.of_experiment(store, experiment)
    return found, comparison_cases.of(Pairing(store), found).slices


def gaps(part: Part) -> Gaps:
    """B minus A of each case of the slice."""
    each = np.array([float(n < part.b) - float(n < part.a) for n in range(part.n)])
    return Gaps(each, each, each)


REFUND, LOGIN = Part("refund", 20, a=5, b=15), Part("login", 30, a=30, b=28)


def test_a_slice_has_the_difference_on_its_own_cases(store: Store) -> None:
    _, (login, refund) = compared(store, REFUND, LOGIN, untagged=10)
    assert (login.tag, refund.tag) == ("login", "refund")
    assert (login.difference.n_cases, refund.difference.n_cases) == (30, 20)
    assert refund.difference.estimate == pytest.approx(0.5)
    assert login.difference.estimate == pytest.approx(-2 / 30)


def test_its_p_value_is_adjusted_over_the_slices_that_are_looked_into(store: Store) -> None:
    _, slices = compared(store, REFUND, LOGIN)
    raw = [gaps(part).p_value() for part in (LOGIN, REFUND)]
    fair = multipletests(raw, method="fdr_bh")[1]
    assert [each.adjusted_p for each in slices] == pytest.approx(list(fair))
    assert raw[1] < slices[1].adjusted_p  # type: ignore[operator]  # told apart from the raw one


def test_its_interval_allows_for_every_slice_and_the_whole_family(store: Store) -> None:
    found, slices = compared(store, REFUND, LOGIN)
    confidence = 1 - 0.05 / (found.family.n * 2)
    for part, each in zip((LOGIN, REFUND), slices, strict=True):
        wide = gaps(part).difference(confidence)
        assert (each.difference.low, each.difference.high) == (wide.low, wide.high)
        assert each.difference.low < gaps(part).difference(0.95).low


def test_of_one_slice_there_is_nothing_to_tell_apart(store: Store) -> None:
    assert compared(store, REFUND, untagged=10)[1] == ()


def test_slices_of_a_run_that_may_end_early_are_not_compared(store: Store) -> None:
    found, slices = compared(store, REFUND, LOGIN, stop_rule=StopRule.WHEN_DECIDED)
    assert found.side_a.experiment.is_sequential
    assert slices == ()


def test_agreement_of_slices_needs_repeats(store: Store) -> None:
    assert compared(store, REFUND, LOGIN, measure=Measure.AGREEMENT)[1] == ()
