"""From a failure mode to a revised prompt: a bet, tried on what failed and what passed."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from workbench.actions import experiments, keeping
from workbench.domain.experiments import Experiment, Limits, Plan
from workbench.domain.failures import FailureMode
from workbench.domain.people import Person
from workbench.domain.prompts import PromptText, Variant
from workbench.drafting import revision
from workbench.drafting.revision import Way
from workbench.errors import InputError, TemplateError
from workbench.models.templates import render
from workbench.runs.jobs import Jobs
from workbench.say import count
from workbench.store.store import Store

MOST_CASES = 20
"""Of those that failed, and as many of those that passed."""


@dataclass(frozen=True)
class Proposal:
    """What may be changed against a failure mode, in the prompt of the variant that had it most
    often, and the cases of an experiment to try it on."""

    mode: FailureMode
    variant: Variant
    experiment: Experiment
    ways: tuple[Way, ...]
    failing: tuple[UUID, ...]
    passing: tuple[UUID, ...]
    also: tuple[FailureMode, ...] = ()

    @property
    def modes(self) -> tuple[FailureMode, ...]:
        """All that it is against."""
        return (self.mode, *self.also)

    def expects(self) -> str:
        """The bet in words, for people to change."""
        names = " or ".join(f"“{mode.draft.name}”" for mode in self.modes)
        kept = f", and none of {len(self.passing)} that were free of failures gets one"
        return (
            f"Of {count(len(self.failing), 'case')} that had {names} fewer have "
            f"it{kept if self.passing else ''}."
        )


def proposal(
    store: Store, mode: FailureMode, experiment: Experiment, also: Sequence[FailureMode] = ()
) -> Proposal | None:
    """What may be tried against a failure mode that people noted in an experiment's outputs, and
    against others beside it; None where nobody did, or where the outputs were made elsewhere."""
    seen = store.reports.failures.read_outputs(mode.feature_id, experiment.id)
    asked = {variant.id: variant for variant in experiment.variants if not variant.is_outside}
    failed = [each for each in seen if mode.id in each.modes and each.variant_id in asked]
    if not failed:
        return None
    often = [each.variant_id for each in failed]
    variant = asked[max(asked, key=often.count)]
    of_it = [each for each in seen if each.variant_id == variant.id]
    cases = {trial.id: trial.case_id for trial in store.trials.of_experiment(experiment.id)}

    def of(trials: list[UUID]) -> tuple[UUID, ...]:
        return tuple(dict.fromkeys(cases[t] for t in trials if t in cases))[:MOST_CASES]

    wanted = {mode.id, *(each.id for each in also)}
    failing = of([each.trial_id for each in of_it if wanted & set(each.modes)])
    free = [each.trial_id for each in of_it if not each.notes]
    passing = tuple(case_id for case_id in of(free) if case_id not in failing)
    if not failing:
        return None
    ways = revision.ways(
        variant.prompt.text,
        mode.draft,
        _example(store, variant, free),
        [each.draft for each in also],
    )
    return Proposal(mode, variant, experiment, ways, failing, passing, tuple(also))


def beside(store: Store, proposed: Proposal) -> list[FailureMode]:
    """Other failure modes that people noted in outputs of the variant that a proposal changes."""
    feature_id = proposed.mode.feature_id
    seen = store.reports.failures.read_outputs(feature_id, proposed.experiment.id)
    noted = {m for each in seen if each.variant_id == proposed.variant.id for m in each.modes}
    return [
        mode
        for mode in store.failures.of(feature_id)
        if mode.id in noted and mode.id != proposed.mode.id and not mode.is_archived
    ]


def try_it(
    store: Store,
    jobs: Jobs,
    who: Person,
    proposed: Proposal,
    text: PromptText,
    expects: str,
) -> Experiment:
    """Keep a revised prompt with its bet, and ask it the failing and the passing cases beside the
    variant that is there. Nothing is kept where the plan is refused; one that can't be started now
    waits on Experiments.

    Raises InputError where the wording is the one that is there, or nothing says what it should do.
    """
    base, mode = proposed.variant, proposed.mode
    if text == base.prompt.text:
        raise InputError("The prompt is the one that is there.", "Change something in it.")
    if not expects.strip():
        raise InputError("The bet is empty.", "Say what the change should do.")
    labels = ", ".join(each.label for each in proposed.modes)
    frozen = {criterion_id for criterion_id, _ in proposed.experiment.criteria}
    living = [one.id for one in store.criteria.of(mode.feature_id) if one.id in frozen]
    with store.transaction():
        kept = keeping.prompt(
            store, who, mode.feature_id, base.prompt.name, text, f"Against {labels}", expects
        )
        revised = experiments.add_variant(
            *(store, who, mode.feature_id, kept, base.connection, base.model, base.parameters)
        )
        plan = Plan(
            f"Does {kept.label} have less of {labels} than {base.prompt.label}?",
            proposed.experiment.dataset_version_id,
            (base.id, revised.id),
            tuple(living),
            proposed.experiment.trials,
            case_ids=(*proposed.failing, *proposed.passing),
        )
        frozen_plan = experiments.freeze(store, who, mode.feature_id, plan)
    experiments.start(store, jobs, who, frozen_plan, limits=Limits())
    return frozen_plan


def _example(store: Store, variant: Variant, free: list[UUID]) -> tuple[str, str] | None:
    """What was asked and answered in an output that people found nothing wrong in."""
    for trial_id in free:
        trial = store.trials.get(trial_id)
        case = store.datasets.case(trial.case_id)
        try:
            asked = render(variant.prompt.text, case.names(), case.messages)[-1]
        except TemplateError:
            continue
        if trial.output and asked.role == "user" and not case.messages:
            return asked.content, trial.output
    return None
