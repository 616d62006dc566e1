"""A run on another model than the feature's own: what the command line asks for instead."""

from dataclasses import dataclass, field, replace

from workbench.domain.connections import Connection
from workbench.domain.experiments import Experiment, Limits, Plan
from workbench.errors import InputError, NotFound
from workbench.store.store import Store


@dataclass(frozen=True)
class Wanted:
    """How the command line changes a run: which experiments, and another model to ask."""

    experiments: tuple[str, ...] = ()
    connection: str | None = None
    base_url: str | None = None
    model: str | None = None
    api_key_env: str = ""
    concurrency: int | None = None
    limits: Limits = field(default_factory=Limits)
    engine: str = "local"

    @property
    def is_plain(self) -> bool:
        """Whether the feature's own variants are asked."""
        return self.connection is None and self.base_url is None and self.model is None


def redirected(store: Store, experiment: Experiment, wanted: Wanted, author: str) -> Experiment:
    """The experiment with its variants pointed at the model that the command line names."""
    if wanted.is_plain:
        return experiment
    connection = _connection(store, wanted)
    if not wanted.model and not connection.models:
        raise InputError("No model is named.", "Add --model NAME.")
    model = wanted.model or connection.models[0]
    if {(v.connection, v.model) for v in experiment.variants} == {(connection.name, model)}:
        return experiment
    with store.transaction():
        variants = [
            store.variants.save(variant.prompt, connection.name, model, variant.parameters)
            for variant in experiment.variants
            if not variant.is_outside
        ]
        plan = Plan(
            question=f"{experiment.question} ({model} through {connection.name})",
            dataset_version_id=experiment.dataset_version_id,
            variant_ids=tuple(dict.fromkeys(variant.id for variant in variants)),
            criterion_ids=tuple(criterion_id for criterion_id, _ in experiment.criteria),
            trials=experiment.trials,
            slices=experiment.slices,
            held_out=experiment.held_out,
            stop_rule=experiment.stop_rule,
        )
        return store.experiments.add(experiment.feature_id, plan, author)


def _connection(store: Store, wanted: Wanted) -> Connection:
    if wanted.base_url is None:
        if wanted.connection is None:
            raise InputError("--model needs --connection or --base-url.", "Name where it runs.")
        return store.connections.named(wanted.connection)
    name = wanted.connection or "Command line"
    try:
        known = store.connections.named(name)
    except NotFound:
        known = Connection(name, wanted.base_url)
    models = tuple(dict.fromkeys((*known.models, wanted.model))) if wanted.model else known.models
    asked = replace(
        known,
        base_url=wanted.base_url,
        models=models,
        api_key_env=wanted.api_key_env,
        concurrency=wanted.concurrency or known.concurrency,
        # Headers go only where they were entered for.
        headers=known.headers if known.base_url == wanted.base_url.rstrip("/") else (),
    )
    if known.id is None:
        return store.connections.add(asked)
    # The command line names address and key together.
    return store.connections.save(asked, keeps_key=True)
