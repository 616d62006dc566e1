"""`run`: take a feature file in, ask what its experiments lack, and judge.

Nothing that judges is loaded before the first call is out: it takes longer than all that a call
needs, and there is time for it while answers are on their way.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING
from uuid import UUID

from workbench import config
from workbench.actions import calls as actions_calls
from workbench.actions import features, headless
from workbench.actions import runs as actions_runs
from workbench.actions.redirect import Wanted, chosen, confirm, redirected
from workbench.domain.connections import LOCAL_NAME
from workbench.domain.experiments import Experiment
from workbench.errors import InputError
from workbench.exchange.feature.reader import FeatureFile
from workbench.models import reached
from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.runs import beside
from workbench.runs.beside import Begun
from workbench.runs.jobs import Jobs
from workbench.runs.planning import refuse_unaskable
from workbench.runs.pointing import meet_local, moved, original_question
from workbench.runs.worker_clients import WorkerProcess
from workbench.store.store import Store

if TYPE_CHECKING:
    from workbench.actions.findings import Findings

_LOOK_S = 0.02
_JUDGING = ("workbench.actions.findings", "scipy.special")
"""What verdicts need."""


def run(
    store: Store,
    file: FeatureFile,
    wanted: Wanted,
    tell: Callable[[str], None] | None = None,
    *,
    name: str | None = None,
    begun: Begun | None = None,
) -> "Findings":
    """Import (or find) a feature, run what is missing of its experiments, and judge.

    Calls that failed in an earlier run are asked again. Those to servers are made by a process that
    was `begun` for them, where there is one.

    Raises InputError where the file or the wish is wrong; a run that had to stop raises what
    stopped it, after what was answered has been kept.
    """
    who = headless.who(store)
    feature = features.keep_or_find(store, who, file, name)
    assert feature.id is not None
    confirm(store, wanted, who)
    models = Models(LocalModel(config.load().home))
    every = store.experiments.of(feature.id)
    # Who the built-in model is takes reading all of its file: only where a choice depends on it.
    met = (
        every
        if wanted.may_be_local
        else [one for one in every if original_question(one) != one.question]
    )
    meet_local(store, models.local, (v for one in met for v in one.variants))
    experiments = chosen(store, every, wanted)
    if not experiments and store.packs.of(feature.id) is not None:
        raise InputError(
            f"“{feature.name}” is a capability pack: it names no model to run it on.",
            "Try it with: check PACK --connection NAME --model NAME",
        )
    if not experiments:
        raise InputError(
            f"“{feature.name}” has no such experiment to run.", "Add one, or name another key."
        )
    # The verdict of a run is that of what it asks, and not of what was answered elsewhere.
    is_elsewhere = not wanted.is_plain or bool(moved(store, (v for e in every for v in e.variants)))
    asked = (redirected(store, experiment, wanted, who) for experiment in experiments)
    # One that was redirected by an earlier command is among them, as what it was redirected to.
    experiments = list({experiment.id: experiment for experiment in asked}.values())
    for experiment in experiments:
        refuse_unaskable(store, experiment)
    if begun is None or any(v.connection == LOCAL_NAME for e in experiments for v in e.variants):
        beside.load()
    with asking(store, models, wanted, WorkerProcess(begun)) as jobs:
        ran = [
            actions_runs.finish(
                store,
                jobs,
                experiment,
                who,
                wanted.limits,
                tell,
                fresh=wanted.fresh,
            )
            for experiment in experiments
        ]
    used = {variant.id for experiment in experiments for variant in experiment.variants}
    from workbench.actions import findings

    found = findings.of_feature(store, feature.id, only=used if is_elsewhere else None, ran=ran)
    return replace(
        found, calls=actions_calls.of_runs(store, [each.run_id for each in ran if each.run_id])
    )


@contextmanager
def asking(
    store: Store, models: Models, wanted: Wanted, worker: WorkerProcess | None = None
) -> Iterator[Jobs]:
    """Inside, a command may run experiments; what judges them is loaded meanwhile."""
    jobs = Jobs(
        store,
        models,
        concurrency=wanted.concurrency,
        engine=wanted.engine,
        is_decided=_is_decided,
        at_end=_keep_verdicts,
        worker=worker,
    )
    ended = threading.Event()
    threading.Thread(target=_load_judging, args=(ended,), name="judging", daemon=True).start()
    try:
        yield jobs
    finally:
        ended.set()
        jobs.close()
        models.local.close()


def _is_decided(store: Store, experiment: Experiment) -> bool:
    from workbench.evidence.ending import is_decided

    return is_decided(store, experiment)


def _keep_verdicts(store: Store, experiment: Experiment, run_id: UUID) -> None:
    from workbench.evidence.kept_verdicts import keep

    keep(store, experiment, run_id)


def _load_judging(ended: threading.Event) -> None:
    """Load what judges while calls are on their way, so that it is there when answers are."""
    while not ended.wait(_LOOK_S):
        if reached.first.is_set():
            for module in _JUDGING:
                import_module(module)
            return
