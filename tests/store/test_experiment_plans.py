"""Experiments: frozen plans. The same plan is the same experiment, later changes leave it alone."""

from dataclasses import replace

import pytest

from tests.building import AUTHOR, cases, loop
from workbench.domain.calls import Parameters
from workbench.domain.datasets import CaseDraft
from workbench.domain.experiments import Purpose
from workbench.errors import InputError, NotFound
from workbench.store.keys import new_id
from workbench.store.store import Store


def test_the_same_plan_is_the_same_experiment(store: Store) -> None:
    made = loop(store)
    first = store.experiments.add(made.feature_id, made.plan(2), AUTHOR)
    assert store.experiments.add(made.feature_id, made.plan(2), "Bo") == first
    assert store.experiments.of(made.feature_id) == [first]
    assert (first.key, first.n_cases, first.trials, first.n_calls) == ("E1", 3, 2, 6)


def test_a_change_of_plan_is_another_experiment(store: Store) -> None:
    made = loop(store)
    plans = [
        made.plan(),
        made.plan(trials=2),
        made.plan(question="Is it kind?"),
        replace(made.plan(), case_ids=(store.datasets.cases(made.dataset.id)[0].id,)),
        replace(made.plan(), purpose=Purpose.PLAYGROUND),
    ]
    keys = [store.experiments.add(made.feature_id, plan, AUTHOR).key for plan in plans]
    assert keys == ["E1", "E2", "E3", "E4", "P1"]


def test_a_criterion_that_was_changed_makes_another_experiment_and_the_old_one_keeps_its_version(
    store: Store,
) -> None:
    made = loop(store)
    first = made.experiment()
    harder = replace(made.criterion.draft, bar=0.9)
    store.criteria.revise(made.criterion.id, harder, 1, AUTHOR, "Harder")
    second = made.experiment()
    assert second.id != first.id
    assert store.experiments.get(first.id).criteria == ((made.criterion.id, 1),)
    assert second.criteria == ((made.criterion.id, 2),)


def test_a_newer_dataset_version_does_not_change_what_an_experiment_asks(store: Store) -> None:
    made = loop(store)
    experiment = made.experiment()
    frozen = store.experiments.case_ids(experiment.id)
    store.datasets.save(made.dataset.dataset_id, cases(9), 1, AUTHOR, "More")
    assert store.experiments.case_ids(experiment.id) == frozen
    assert store.experiments.get(experiment.id) == experiment


def test_a_plan_takes_the_cases_with_its_tags_and_leaves_held_out_ones_as_told(
    store: Store,
) -> None:
    made = loop(store)
    drafts = [
        CaseDraft("a", {"message": "1"}, tags=("x",)),
        CaseDraft("b", {"message": "2"}, tags=("y", "z")),
        CaseDraft("c", {"message": "3"}, tags=("z",), held_out=True),
    ]
    version = store.datasets.add(made.feature_id, "Tagged", drafts, AUTHOR)
    plan = replace(made.plan(), dataset_version_id=version.id)
    assert store.experiments.count_cases(plan) == 3
    assert store.experiments.count_cases(replace(plan, slices=("z",))) == 2
    assert store.experiments.count_cases(replace(plan, slices=("x", "y"))) == 2
    assert store.experiments.count_cases(replace(plan, held_out=False)) == 2
    assert store.experiments.count_cases(replace(plan, held_out=True)) == 1


def test_a_variant_that_is_named_twice_is_asked_once(store: Store) -> None:
    made = loop(store)
    plan = replace(
        made.plan(),
        variant_ids=(made.variant.id,) * 2,
        criterion_ids=(made.criterion.id,) * 2,
    )
    experiment = store.experiments.add(made.feature_id, plan, AUTHOR)
    assert experiment == made.experiment()
    assert len(store.trials.missing(experiment.id)) == 3


def test_variants_keep_the_order_of_the_plan(store: Store) -> None:
    made = loop(store)
    other = store.variants.save(made.variant.prompt, "Other", "big", Parameters())
    plan = replace(made.plan(), variant_ids=(other.id, made.variant.id))
    experiment = store.experiments.add(made.feature_id, plan, AUTHOR)
    assert [v.label for v in experiment.variants] == ["B", "A"]


@pytest.mark.parametrize(
    "change",
    [
        {"question": " "},
        {"variant_ids": ()},
        {"criterion_ids": ()},
        {"trials": 0},
        {"trials": 101},
        {"slices": ("nowhere",)},
        {"held_out": True},
    ],
    ids=str,
)
def test_a_plan_that_would_ask_nothing_is_refused(store: Store, change: dict[str, object]) -> None:
    made = loop(store)
    with pytest.raises(InputError):
        store.experiments.add(made.feature_id, replace(made.plan(), **change), AUTHOR)
    assert store.experiments.of(made.feature_id) == []


def test_an_experiment_that_is_not_there_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        store.experiments.get(new_id())


def test_the_cases_of_a_plan_are_those_that_it_froze(store: Store) -> None:
    made = loop(store)
    every = store.datasets.cases(made.dataset.id)
    some = replace(made.plan(), case_ids=(every[2].id, every[0].id))
    experiment = store.experiments.add(made.feature_id, some, AUTHOR)
    store.datasets.save(made.dataset.dataset_id, cases(9), 1, AUTHOR, "More")
    assert store.experiments.cases(experiment.id) == [every[0], every[2]]
    assert [c.id for c in every[::2]] == store.experiments.case_ids(experiment.id)
    assert store.experiments.cases(new_id()) == []


def test_the_criteria_of_a_plan_are_as_they_are_now_and_none_that_came_later(store: Store) -> None:
    made = loop(store)
    experiment = made.experiment()
    harder = replace(made.criterion.draft, bar=0.9)
    now = store.criteria.revise(made.criterion.id, harder, 1, AUTHOR, "Harder")
    later = store.criteria.add(made.criterion.requirement_id, made.criterion.draft, AUTHOR)
    assert experiment.criterion_ids == (made.criterion.id,)
    assert store.criteria.of_experiment(experiment) == [now]
    assert later in store.criteria.of(made.feature_id)
    store.criteria.archive(now.id, AUTHOR, "Asked elsewhere")
    assert store.criteria.of_experiment(experiment) == []
