"""Runs that are refused before they begin: those that could only fail, or break a promise."""

from collections.abc import Sequence

from workbench.domain.criteria import Criterion
from workbench.domain.experiments import Experiment, Limits
from workbench.errors import InputError
from workbench.models import templates
from workbench.models.connect import refuse_outside
from workbench.runs import judging
from workbench.runs.planning import unpriced
from workbench.store.store import Store


def refuse_hopeless(store: Store, experiment: Experiment) -> None:
    """Raise InputError or ModelError where a run of this experiment could only fail."""
    _refuse_missing_outside(store, experiment)
    _refuse_unreadable(experiment)
    _refuse_unplayed(store, experiment)


def _refuse_missing_outside(store: Store, experiment: Experiment) -> None:
    """Results that were made elsewhere can't be asked for: not by a run that fails at once."""
    outside = {v.id: v.connection for v in experiment.variants if v.is_outside}
    if outside:
        for call in store.trials.missing(experiment.id):
            if call.variant_id in outside:
                refuse_outside(store.connections.named(outside[call.variant_id]))


def _refuse_unreadable(experiment: Experiment) -> None:
    """A prompt that was stored by older rules and can't be read now would fail on every case."""
    for variant in experiment.variants:
        flaw = None if variant.is_outside else templates.flaw(variant.prompt.text)
        if flaw is not None:
            raise InputError(
                f"{experiment.key}: variant {variant.label} can't be asked. {flaw.message}",
                "Save its prompt anew in the playground, and set up an experiment with that.",
            ) from flaw


def _refuse_unplayed(store: Store, experiment: Experiment) -> None:
    """A conversation needs somebody who plays its user, and a model that goes on with one."""
    key = store.experiments.with_user(experiment.id)
    if key is None:
        return
    for variant in experiment.variants:
        if variant.is_outside:
            continue
        player = variant.parameters.user
        if player is None:
            raise InputError(
                f"{experiment.key}: case “{key}” has a simulated user, and variant "
                f"{variant.label} does not say which model plays it.",
                "Choose who plays the users where the experiment is set up; on the command line "
                "name it by --user-model and, where it is another one, --user-connection.",
            )
        asked = store.connections.named(player.connection)
        refuse_outside(asked)
        if asked.product is not None:
            raise InputError(
                f"{experiment.key}: “{asked.name}” is a product's endpoint, which plays nobody.",
                "Choose a model to play the users.",
            )
        if store.connections.named(variant.connection).product is not None:
            raise InputError(
                f"{experiment.key}: case “{key}” has a simulated user, and variant "
                f"{variant.label} asks a product's endpoint, which is sent one body and no "
                "conversation.",
                "Leave such cases out, or ask a model.",
            )


def refuse_unpriced(
    store: Store, experiment: Experiment, limits: Limits, judges: Sequence[Criterion] = ()
) -> None:
    """Nobody can keep to an amount of money without knowing what a call costs, one to a judge
    neither."""
    limits = limits.checked()
    is_limited = limits.usd is not None or store.features.budget(experiment.feature_id)
    if not is_limited or limits.calls is not None:
        return
    models = sorted({*unpriced(store, experiment), *judging.unpriced(store, judges)})
    if models:
        raise InputError(
            f"The price of {', '.join(models)} is not known, so a budget in USD can't be kept.",
            "Set its price on the connection in Settings, or limit the number of calls.",
        )
