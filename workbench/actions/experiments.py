"""Experiments: a plan is frozen and run, gone on with, asked again, held, stopped and limited."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from workbench.actions import permission
from workbench.actions.deeds import Line, doing
from workbench.domain.calls import Parameters
from workbench.domain.experiments import Experiment, Limits, Plan, Purpose, Run, RunState
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.domain.prompts import PromptVersion, Variant
from workbench.errors import InputError
from workbench.runs import pointing
from workbench.runs.jobs import Jobs
from workbench.runs.refusals import refuse_hopeless, refuse_unpriced
from workbench.store.store import Store

URGENT = 5
"""The priority of a run whose calls go first on a connection that others use, too."""


def add_variant(
    store: Store,
    who: Person,
    feature_id: UUID,
    version: PromptVersion,
    connection: str,
    model: str,
    parameters: Parameters,
) -> Variant:
    """Put a variant together. The same parts are the variant that is there."""
    with doing(store, who, Deed.VARIANT_ADD, feature_id) as line:
        known = store.variants.same(feature_id, version, connection, model.strip(), parameters)
        variant = store.variants.save(version, connection, model.strip(), parameters)
        if known is None or known.id != variant.id:
            line.say(variant.label, f"Variant {variant.label} put together")
    return variant


def variant_here(store: Store, who: Person, variant: Variant) -> Variant:
    """The same variant, to be asked where its connection is now."""
    parts = variant.prompt, variant.connection, variant.model, variant.parameters
    return add_variant(store, who, variant.feature_id, *parts)


def freeze(
    store: Store, who: Person, feature_id: UUID, plan: Plan, limits: Limits | None = None
) -> Experiment:
    """Freeze a plan. One that is there already is that experiment, and nothing changes but that
    it is in the list again.

    Raises InputError, with nothing kept, where it would ask nothing, and where a run of it could
    only fail or could not keep to the `limits`.
    """
    with doing(store, who, Deed.EXPERIMENT_FREEZE, feature_id) as line:
        known = {each.id for each in store.experiments.of(feature_id, plan.purpose)}
        experiment = store.experiments.add(feature_id, plan, who.name)
        if experiment.id in store.archivings.of(feature_id):
            store.archivings.add(experiment.id, who.name, is_archived=False)
            line.say(experiment.key, f"{experiment.key} restored", "Set up again")
        if experiment.id not in known:
            refuse_hopeless(store, experiment)
            refuse_unpriced(store, experiment, limits or Limits())
            line.say(experiment.key, f"{experiment.key} frozen", experiment.question)
    return experiment


def run(
    store: Store, jobs: Jobs, who: Person, feature_id: UUID, plan: Plan, limits: Limits
) -> Experiment:
    """Freeze a plan and start it: both, or neither where it is refused."""
    experiment = freeze(store, who, feature_id, plan, limits)
    start(store, jobs, who, experiment, limits=limits)
    return experiment


def start(
    store: Store,
    jobs: Jobs,
    who: Person,
    experiment: Experiment,
    *,
    retry_failed: bool = False,
    fresh: bool = False,
    limits: Limits | None = None,
    only_judges: bool = False,
) -> Run:
    """Start what an experiment lacks, go on with its run that ended early, or, `fresh`, ask all of
    it again; or have its outputs judged, and no more. The only way to a run. See `Jobs.start` for
    what is asked and what is refused."""
    is_look = experiment.purpose is Purpose.PLAYGROUND
    deed = Deed.PROMPT_TRY if is_look else Deed.RUN_START
    permission.ask(who, deed, experiment.feature_id)
    before = store.runs.latest(experiment.id)

    def noted(run: Run) -> None:
        # In the transaction of the run itself. What is going on already is not started again.
        how = "was resumed" if before and run.id == before.id else "was started"
        how = "was asked again" if run.is_fresh and "started" in how else how
        how = "outputs were given to their judges" if only_judges else how
        said = experiment.key, f"{experiment.key} {how}", experiment.question
        store.history.add(who, deed, experiment.feature_id, *said)

    return jobs.start(
        experiment.id,
        who.name,
        retry_failed=retry_failed,
        fresh=fresh,
        limits=limits,
        only_judges=only_judges,
        noted=noted,
    )


def run_again(
    store: Store, jobs: Jobs, who: Person, experiment: Experiment, limits: Limits | None = None
) -> Experiment:
    """Ask an experiment's calls anew, judged by the criteria as they are now: those that it had,
    but for those that were put away, and those that its requirements got since.

    The answers that are there were seen before the criteria were written, so they can't confirm
    them. They stay as evidence.
    """
    living = store.criteria.of(experiment.feature_id)
    frozen = {criterion_id for criterion_id, _ in experiment.criteria}
    about = {criterion.requirement_id for criterion in living if criterion.id in frozen}
    known = _known_then(store, experiment)
    wanted = [
        criterion.id
        for criterion in living
        if criterion.id in frozen
        or (criterion.requirement_id in about and criterion.id not in known)
    ]
    plan = replace(pointing.same_plan(store, experiment), criterion_ids=tuple(wanted))
    copy = freeze(store, who, experiment.feature_id, plan, limits)
    start(store, jobs, who, copy, fresh=True, limits=limits)
    return copy


def _known_then(store: Store, experiment: Experiment) -> set[UUID]:
    """The criteria that its feature had when an experiment was frozen: it left some out."""
    versions = store.criteria.versions_of(experiment.feature_id)
    return {
        criterion_id
        for criterion_id, (first, *_) in versions.items()
        if first.created_at <= experiment.created_at
    }


def stop(
    store: Store, jobs: Jobs, who: Person, experiment: Experiment, *, cancel: bool = False
) -> None:
    """Send no further call; those in flight finish and are kept, or are cancelled. What is not
    running, or is stopping already, stays as it is."""
    permission.ask(who, Deed.RUN_STOP, experiment.feature_id)
    status = jobs.look(experiment.id)
    if status is None or (status.is_stopping and not cancel):
        return
    # Before its line: a run must be stoppable while nothing can be written.
    jobs.stop(experiment.id, cancel=cancel)
    how = f"was {RunState.STOPPED}" + (", calls in flight cancelled" if cancel else "")
    with doing(store, who, Deed.RUN_STOP, experiment.feature_id) as line:
        line.say(experiment.key, f"{experiment.key} {how}")


def hold(store: Store, jobs: Jobs, who: Person, experiment: Experiment, *, is_paused: bool) -> None:
    """Pause a run, or let it go on."""
    deed = Deed.RUN_PAUSE if is_paused else Deed.RUN_GO_ON
    permission.ask(who, deed, experiment.feature_id)
    status = jobs.look(experiment.id)
    if status is None or status.is_stopping or status.is_paused == is_paused:
        return
    (jobs.pause if is_paused else jobs.let_on)(experiment.id)
    with doing(store, who, deed, experiment.feature_id) as line:
        line.say(experiment.key, f"{experiment.key} was {'paused' if is_paused else 'let on'}")


def put_first(store: Store, jobs: Jobs, who: Person, experiment: Experiment) -> None:
    """Of the runs that share a connection, ask this one's calls first."""
    permission.ask(who, Deed.RUN_PUT_FIRST, experiment.feature_id)
    status = jobs.look(experiment.id)
    if status is None or status.limits.priority >= URGENT:
        return
    jobs.prioritise(experiment.id, URGENT)
    with doing(store, who, Deed.RUN_PUT_FIRST, experiment.feature_id) as line:
        line.say(experiment.key, f"{experiment.key} was put first")


def limit_feature(
    store: Store, jobs: Jobs, who: Person, feature_id: UUID, usd: float | None
) -> None:
    """Say what all runs of a feature may cost, None: no limit. Runs that go on keep to it.

    Raises InputError where one of them asks a model whose price is not known.
    """
    if usd == store.features.budget(feature_id):
        return
    jobs.refuse_limit(feature_id, usd)
    with doing(store, who, Deed.BUDGET_SET, feature_id) as line:
        store.features.set_budget(feature_id, usd, who.name)
        line.say("", "Budget taken away" if usd is None else f"Budget of ${usd:g} set")
    jobs.spend_within(feature_id, usd)


def set_up_here(store: Store, who: Person, experiment: Experiment) -> Experiment:
    """The same plan with variants to be asked where their connections are now: the experiment
    itself where none has moved. Nothing is asked before it is started."""
    with doing(store, who, Deed.EXPERIMENT_FREEZE, experiment.feature_id) as line:
        return copied(
            *(store, line, experiment, f"{experiment.key}, its connections moved"),
            lambda: pointing.at_present(store, experiment, who.name),
        )


def copied(
    store: Store, line: Line, experiment: Experiment, why: str, copy: Callable[[], Experiment]
) -> Experiment:
    """A copy of a plan, with a line in the history where it is a new one: the same plan may be
    there already."""
    known = {each.id for each in store.experiments.of(experiment.feature_id)}
    made = copy()
    if made.id not in known:
        line.say(made.key, f"{made.key} frozen", why)
    return made


def archive(store: Store, jobs: Jobs, who: Person, experiment: Experiment, why: str = "") -> None:
    """Take an experiment out of the list. It stays evidence: verdicts that rest on it, and what
    was looked at before, are as they were. Raises InputError while it is being run."""
    if jobs.is_live(experiment.id):
        raise InputError(f"{experiment.key} is being run.", "Stop it first, or let it end.")
    if experiment.id in store.archivings.of(experiment.feature_id):
        return
    with doing(store, who, Deed.EXPERIMENT_ARCHIVE, experiment.feature_id) as line:
        store.archivings.add(experiment.id, who.name, why, is_archived=True)
        line.say(experiment.key, f"{experiment.key} archived", why)


def restore(store: Store, who: Person, experiment: Experiment) -> None:
    """Put an experiment back into the list."""
    if experiment.id not in store.archivings.of(experiment.feature_id):
        return
    with doing(store, who, Deed.EXPERIMENT_RESTORE, experiment.feature_id) as line:
        store.archivings.add(experiment.id, who.name, is_archived=False)
        line.say(experiment.key, f"{experiment.key} restored")
