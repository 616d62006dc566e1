"""A run on another model than the feature's own: what the command line asks for instead."""

from dataclasses import dataclass, field, replace

from workbench.actions import connections, experiments
from workbench.actions.deeds import doing
from workbench.domain import key_names
from workbench.domain.connections import LOCAL_NAME, Connection
from workbench.domain.experiments import Experiment, Limits
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.domain.products import Product
from workbench.domain.simulated_users import Player
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
    user_connection: str | None = None
    user_model: str | None = None

    @property
    def is_plain(self) -> bool:
        """Whether the feature's own variants are asked."""
        return not self.is_elsewhere and self.user_connection is None and self.user_model is None

    @property
    def may_be_local(self) -> bool:
        """Whether variants that ask the built-in model may go on asking it."""
        return self.base_url is None and self.connection in (None, LOCAL_NAME)

    @property
    def is_elsewhere(self) -> bool:
        """Whether another model is asked than that of the feature's own variants."""
        asks = (self.connection, self.base_url, self.model)
        return any(one is not None for one in asks) or bool(self.answer or self.api_key_env)


def chosen(store: Store, every: list[Experiment], wanted: Wanted) -> list[Experiment]:
    """Those of a feature's experiments that a run is about.

    Results that were made elsewhere stay what they are: no model is asked in their place. What is
    archived is asked when it is named. And what
    an earlier command asked at an address that its connection has left is not asked for again,
    unless it is named: what it was made from is.
    """
    archived = store.archivings.of(every[0].feature_id) if every else {}
    questions = {experiment.question for experiment in every}
    found = []
    for experiment in every:
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


def redirected(store: Store, experiment: Experiment, wanted: Wanted, who: Person) -> Experiment:
    """The experiment with its variants pointed at the model that the command line names, or else
    at where their connections are now."""
    if wanted.is_plain:
        return experiments.set_up_here(store, who, experiment)
    at, names = _target(store, wanted, who), []
    if at is not None:
        names.append("{1} through {0}".format(*at))
    has_users = store.experiments.with_user(experiment.id) is not None
    with doing(store, who, Deed.EXPERIMENT_FREEZE, experiment.feature_id) as line:
        variants = []
        for variant in experiment.variants:
            if variant.is_outside:
                continue
            name, model = at or (variant.connection, variant.model)
            player = player_of(store, wanted, name) if has_users else None
            parameters = variant.parameters
            if player is not None:
                parameters = replace(parameters, user=player)
            variants.append(store.variants.save(variant.prompt, name, model, parameters))
            names += [f"users played by {player.model}"] if player is not None else []
        # Now, when it is known which headers of their own they would send there.
        confirm(store, wanted, who)
        if {variant.id for variant in variants} == {v.id for v in experiment.variants}:
            return experiment
        where = ", ".join(dict.fromkeys(names))
        return experiments.copied(
            *(store, line, experiment, f"{experiment.key} on {where}"),
            lambda: pointing.copied(store, experiment, variants, where, who.name),
        )


def _target(store: Store, wanted: Wanted, who: Person) -> tuple[str, str] | None:
    """The connection and the model that are asked instead; None for each variant's own."""
    if not wanted.is_elsewhere:
        return None
    connection = connection_of(store, wanted, who)
    if not wanted.model and not connection.models:
        raise InputError("No model is named.", "Add --model NAME.")
    return connection.name, wanted.model or connection.models[0]


def player_of(store: Store, wanted: Wanted, asked: str) -> Player | None:
    """Who is to play users, by the connection that the command names or else the one that is
    `asked`; None where it says nothing of it. Raises InputError where that has no model."""
    if wanted.user_connection is None and wanted.user_model is None:
        return None
    connection = store.connections.named(wanted.user_connection or asked)
    model = wanted.user_model or next(iter(connection.models), "")
    if not model:
        raise InputError("No model is named to play the users.", "Add --user-model NAME.")
    return Player(connection.name, model)


def connection_of(store: Store, wanted: Wanted, who: Person) -> Connection:
    """The connection that the command line names, made or moved to where it says.

    Raises InputError where it names none.
    """
    if wanted.base_url is None:
        if wanted.answer:
            raise InputError("--answer needs --base-url.", "Name the endpoint that it is of.")
        if wanted.api_key_env:
            raise InputError(
                "--api-key-env needs --base-url.",
                "A connection that is there names its key in Settings.",
            )
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
        return connections.add(store, who, asked, confirms_host=confirms)
    # The command line names address and key together.
    return connections.edit(store, who, asked, confirms_host=confirms)


def _endpoint(known: Connection, wanted: Wanted) -> str:
    """How a product's endpoint is called: as it was, but for what the command line says of it."""
    if not wanted.answer:
        return known.endpoint
    return replace(known.product or Product(), answer=wanted.answer).written()


def confirm(store: Store, wanted: Wanted, who: Person) -> None:
    """Keep that connections may send their keys where the command line says. Raises InputError."""
    if wanted.send_key_to:
        connections.confirm_address(store, who, _origin(wanted.send_key_to))


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
