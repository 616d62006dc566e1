"""What a plan could show before it asks: of the sample each bar, and of others what they lack."""

import pytest

from tests import building, conftest
from workbench.actions import outlook
from workbench.domain.criteria import Measure
from workbench.domain.experiments import Plan
from workbench.domain.features import Feature
from workbench.domain.kinds.entry import By
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.domain.verdicts import Verdict
from workbench.exchange.feature.file import keep
from workbench.store.store import Store


@pytest.fixture
def sample(store: Store) -> Feature:
    """The feature that a new workbench starts with."""
    return keep(store, conftest.sample(), "Sample")


def test_every_experiment_of_the_sample_can_meet_each_of_its_bars_and_says_so(
    store: Store, sample: Feature
) -> None:
    assert sample.id is not None
    experiments = store.experiments.of(sample.id)
    for experiment in experiments:
        found = outlook.of_experiment(store, experiment, {})
        assert found.bars.warnings == (), experiment.key
        assert "can be met with this plan" in found.bars.promise, experiment.key
        assert found.bars == outlook.bars_of(store, experiment, {}), experiment.key
    asked = {criterion_id for each in experiments for criterion_id, _ in each.criteria}
    assert asked == {criterion.id for criterion in store.criteria.of(sample.id)}


def test_every_bar_of_the_sample_is_met_where_all_goes_well_one_experiment_after_the_other(
    store: Store, sample: Feature
) -> None:
    assert sample.id is not None
    criteria = store.criteria.of(sample.id)
    for experiment in store.experiments.of(sample.id):
        run_id = store.runs.start(experiment.id, "Ada").id
        cases = {case.id: case for case in store.experiments.cases(experiment.id)}
        calls = store.trials.missing(experiment.id)
        assert len(calls) == experiment.n_calls  # No answer serves two experiments.
        kept = [building.trial(run_id, call) for call in calls]
        store.trials.add(kept)
        store.scores.add(
            Score(one.id, c.id, c.draft.scorer.fingerprint(), Judgement(Outcome.PASS, ""), rater)
            for one in kept
            for c in criteria
            if c.applies_to(cases[one.case_id].tags)
            for rater in (["Ada"] if c.draft.scorer.kind.by is By.PERSON else [""])
        )
    found = {row.requirement.key: row.verdict for row in building.of_candidate(store, sample.id)}
    assert found == {f"R{number}": Verdict.MET for number in range(1, 7)}


def test_the_plan_of_the_samples_c6_can_spare_no_case(store: Store, sample: Feature) -> None:
    assert sample.id is not None
    (experiment,) = [e for e in store.experiments.of(sample.id) if e.key == "E2"]
    (criterion,) = [c for c in store.criteria.of(sample.id) if c.key == "C6"]
    fewer = store.experiments.cases(experiment.id)[1:]
    found = outlook.of_plan(store, experiment.variants, fewer, [criterion], 3, {})
    assert found.bars.promise == ""
    assert found.bars.warnings[0].startswith("C6 can't show at least 80%")
    assert "It takes 14 cases" in found.bars.warnings[0]


def test_the_first_experiment_of_the_sample_is_short(store: Store, sample: Feature) -> None:
    assert sample.id is not None
    first = store.experiments.of(sample.id)[0]
    assert first.n_calls <= 56
    assert {variant.parameters.max_tokens for variant in first.variants} == {80}


@pytest.mark.parametrize(
    ("measure", "trials", "needs"),
    [
        (Measure.AGREEMENT, 1, "needs 2 trials"),
        (Measure.PASS_HAT_K, 1, "needs 2 trials"),
        (Measure.AGREEMENT, 2, ""),
        (Measure.PASS_RATE, 1, ""),
    ],
)
def test_a_criterion_about_repeats_says_how_many_trials_it_needs(
    store: Store, measure: Measure, trials: int, needs: str
) -> None:
    made = building.loop(store, n_cases=30, measure=measure)
    assert outlook.needed_trials(made.criterion, trials) == needs
    cases = store.datasets.cases(made.dataset.id)
    found = outlook.of_plan(store, (made.variant,), cases, [made.criterion], trials, {})
    assert any(needs in said for said in found.bars.warnings) == bool(needs)
    assert bool(found.bars.promise) == (not needs)


def test_a_plan_that_froze_no_case_of_a_criterion_says_so(store: Store) -> None:
    made = building.loop(store, slices=("elsewhere",))
    (said,) = outlook.bars_of(store, made.experiment(), {}).warnings
    assert "scores nothing here" in said


@pytest.mark.parametrize("held_out", [None, True, False])
@pytest.mark.parametrize("slices", [(), ("order-given",), ("product", "unclear"), ("nowhere",)])
def test_the_cases_that_are_shown_before_are_those_that_are_frozen(
    store: Store, sample: Feature, slices: tuple[str, ...], held_out: bool | None
) -> None:
    assert sample.id is not None
    first = store.experiments.of(sample.id)[0]
    shown = outlook.chosen_cases(store, first.dataset_version_id, slices, held_out)
    plan = Plan(
        "Which?",
        first.dataset_version_id,
        (first.variants[0].id,),
        (first.criteria[0][0],),
        slices=slices,
        held_out=held_out,
    )
    assert store.experiments.count_cases(plan) == len(shown)
    if shown:
        frozen = store.experiments.add(sample.id, plan, "Ada")
        assert [case.id for case in shown] == store.experiments.case_ids(frozen.id)


def test_time_is_not_promised_before_a_model_has_answered(store: Store) -> None:
    made = building.loop(store)
    cases = store.datasets.cases(made.dataset.id)
    plan = (made.variant,), cases, [made.criterion], 1
    assert outlook.of_plan(store, *plan, {}).time == outlook.UNPACED
    made.run([None, None, None])
    assert outlook.of_plan(store, *plan, {}).time == outlook.UNPACED


def test_asking_anew_takes_every_call_though_all_are_answered(store: Store) -> None:
    made = building.loop(store)
    experiment = made.run([Outcome.PASS] * 3)
    assert outlook.anew(store, experiment).calls == 3
    assert outlook.of_experiment(store, experiment, {}).to_ask == 0
