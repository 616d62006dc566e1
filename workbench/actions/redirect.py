"""A run on another model than the feature's own: what the command line asks for instead."""

from dataclasses import dataclass, field, replace

from workbench.domain import key_names
from workbench.domain.connections import Connection
from workbench.domain.experiments import Experiment, Limits
from workbench.domain.products import Product
from workbench.errors import InputError, NotFound
from workbench.runs import pointing
from workbench.store.store import Store


@dataclass(frozen=True)
class Wanted:
    """How the command line changes a run: which experiments, another model to ask, or all anew."""

    experiments: tuple[str, ...] = ()
    connection: str | None = None
    base_url: str | None = None
    answer: str = ""
    model: str | None = None
    api_key_env: str = ""
    send_key_to: str = ""
    concurrency: int | None = None
    limits: Limits = field(default_factory=Limits)
    engine: str = "local"
    fresh: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether the feature's own variants are asked."""
        asks = (self.connection, self.base_url, self.model)
        return all(one is None for one in asks) and not self.answer


def chosen(store: Store, experiments: list[Experiment], wanted: Wanted) -> list[Experiment]:
    """Those of a feature's experiments that a run is about.

    Results that were made elsewhere stay what they are: no model is asked in their place. What is
    archived is asked when it is named. And what
    an earlier command asked at an address that its connection has left is not asked for again,
    unless it is named: what it was made from is.
    """
    archived = store.archivings.of(experiments[0].feature_id) if experiments else {}
    questions = {experiment.question for experiment in experiments}
    found = []
    for experiment in experiments:
        if wanted.experiments and experiment.key not in wanted.experiments:
            continue
        if all(variant.is_outside for variant in experiment.variants):
            continue
        if experiment.id in archived and not wanted.experiments:
            continue
        original = pointing.original_question(experiment)
        is_copy = original != experiment.question and original in questions
        if is_copy and not wanted.experiments and pointing.moved(store, experiment.variants):
            continue
        found.append(experiment)
    return found


def redirected(store: Store, experiment: Experiment, wanted: Wanted, author: str) -> Experiment:
    """The experiment with its variants pointed at the model that the command line names, or else
    at where their connections are now."""
    if wanted.is_plain:
        return pointing.at_present(store, experiment, author)
    connection = connection_of(store, wanted, author)
    if not wanted.model and not connection.models:
        raise InputError("No model is named.", "Add --model NAME.")
    model = wanted.model or connection.models[0]
    with store.transaction():
        variants = [
            store.variants.save(variant.prompt, connection.name, model, variant.parameters)
            for variant in experiment.variants
            if not variant.is_outside
        ]
        confirm(store, wanted, author)
        if {variant.id for variant in variants} == {v.id for v in experiment.variants}:
            return experiment
        where = f"{model} through {connection.name}"
        return pointing.copied(store, experiment, variants, where, author)


def connection_of(store: Store, wanted: Wanted, author: str) -> Connection:
    """The connection that the command line names, made or moved to where it says.

    Raises InputError where it names none.
    """
    if wanted.base_url is None:
        if wanted.answer:
            raise InputError("--answer needs --base-url.", "Name the endpoint that it is of.")
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
        endpoint=_endpoint(known, wanted),
        models=models,
        api_key_env=wanted.api_key_env,
        concurrency=wanted.concurrency or known.concurrency,
        # Headers go only where they were entered for.
        headers=known.headers if known.base_url == wanted.base_url.rstrip("/") else (),
    )
    confirms = _confirms(wanted, asked.base_url)
    if known.id is None:
        return store.connections.add(asked, author, confirms_host=confirms)
    if asked == known and not (known.unconfirmed and confirms):
        return known
    # The command line names address and key together.
    return store.connections.save(asked, keeps_key=True, confirms_host=confirms, author=author)


def _endpoint(known: Connection, wanted: Wanted) -> str:
    """How a product's endpoint is called: as it was, but for what the command line says of it."""
    if not wanted.answer:
        return known.endpoint
    return replace(known.product or Product(), answer=wanted.answer).written()


def confirm(store: Store, wanted: Wanted, author: str) -> None:
    """Keep that connections may send their keys where the command line says. Raises InputError."""
    if wanted.send_key_to:
        store.connections.confirm_host(_origin(wanted.send_key_to), author)


def _confirms(wanted: Wanted, address: str) -> bool:
    try:
        return bool(wanted.send_key_to) and _origin(wanted.send_key_to) == key_names.origin(address)
    except ValueError:
        return False  # what is wrong with the address is said when it is saved


def _origin(text: str) -> str:
    try:
        found = key_names.origin(text)
    except ValueError:
        found = ""
    if not found.startswith(("http://", "https://")) or found.endswith("//"):
        raise InputError(
            f"--send-key-to needs a scheme, host and port, and “{text[:80]}” is none.",
            "It looks like https://gateway.example.com:8443.",
        )
    return found
