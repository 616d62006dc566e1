"""Which experiment outside results belong to: one that is there already, or a larger one."""

from dataclasses import replace
from uuid import UUID

from workbench.domain.experiments import Experiment, Plan
from workbench.store.store import Store


def settled(store: Store, feature_id: UUID, plan: Plan, author: str) -> Experiment:
    """The experiment that a file's results answer; `plan` is what the file alone would be.

    Where an experiment of the same variants asks for all of it already, it is that one: importing
    a file again, under whatever name and after whatever change of a bar, makes no fresh plan that
    would look as if it had been frozen before the results were seen. Where the newest one was for
    the same criteria and as many trials but other cases, the new experiment is for the cases of
    both: a second file adds to the evidence and does not take its place.
    """
    same = [
        experiment
        for experiment in store.experiments.of(feature_id)
        if {variant.id for variant in experiment.variants} == set(plan.variant_ids)
    ]
    wanted = _cases(store, plan) if same else set()
    for experiment in reversed(same):
        cases = set(store.experiments.case_ids(experiment.id))
        criteria = set(experiment.criterion_ids)
        if (
            wanted <= cases
            and criteria >= set(plan.criterion_ids)
            and experiment.trials >= plan.trials
        ):
            return experiment
        is_newest = experiment is same[-1]
        is_alike = criteria == set(plan.criterion_ids) and experiment.trials == plan.trials
        if is_newest and is_alike:
            # Those that the dataset holds no longer are left out when the plan is frozen.
            plan = replace(plan, case_ids=tuple(cases | wanted))
    return store.experiments.add(feature_id, plan, author)


def _cases(store: Store, plan: Plan) -> set[UUID]:
    if plan.case_ids is not None:
        return set(plan.case_ids)
    return {case.id for case in store.datasets.cases(plan.dataset_version_id)}
