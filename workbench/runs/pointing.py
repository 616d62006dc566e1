"""Where a run asks: each variant where its answers come from, and where nobody asked yet, there."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

from workbench.domain.connections import LOCAL_NAME, Connection
from workbench.domain.endpoints import NOT_RECORDED, Endpoint, normalised
from workbench.domain.experiments import Experiment, Plan
from workbench.domain.prompts import Variant
from workbench.domain.simulated_users import Player
from workbench.errors import InputError
from workbench.models.local import LocalModel
from workbench.store.store import Store

_Pointed = Callable[[Iterable[UUID]], Mapping[UUID, Endpoint]]


class Moved(NamedTuple):
    """A variant that is pointed elsewhere than where its connection is `now`. `was` is None where
    it was not asked yet, or where its answers are older than the keeping of addresses. With a
    `player` it is that one's connection: where the users of its conversations are played."""

    variant: Variant
    was: Endpoint | None
    now: Endpoint
    is_answered: bool = True
    player: Player | None = None

    @property
    def connection(self) -> str:
        """The connection's name, as the variant has it."""
        return self.variant.connection if self.player is None else self.player.connection

    @property
    def from_host(self) -> str:
        """Who answered, for people: as much of the address as tells it from where it is now."""
        if self.was is None:
            return NOT_RECORDED
        return self.was.host if self.was.host != self.now.host else self.was.address

    @property
    def to_host(self) -> str:
        """Who would answer now."""
        if self.was is None or self.was.host != self.now.host:
            return self.now.host
        if normalised(self.was.address) != normalised(self.now.address):
            return self.now.address
        return f"{self.now.address} with other headers or fields"


def meet_local(store: Store, local: LocalModel, variants: Iterable[Variant]) -> None:
    """Note which file the built-in model is, if any of the variants asks it or lets it play."""
    asked = ((v, v.parameters.user) for v in variants)
    note_local(store, local, (one.connection for both in asked for one in both if one is not None))


def note_local(store: Store, local: LocalModel, connections: Iterable[str]) -> None:
    """Note which file the built-in model is, if it is one of these connections."""
    if LOCAL_NAME in connections:
        address = local.address()
        if address is not None:
            store.connections.meet_local(address)


def moved(store: Store, variants: Iterable[Variant]) -> list[Moved]:
    """Those of the variants whose answers are not those of where their connection is now."""
    return [one for one in _astray(store, variants) if one.is_answered]


def _astray(store: Store, variants: Iterable[Variant], *, has_users: bool = True) -> list[Moved]:
    """Those that are pointed elsewhere than where their connection is now, or nowhere yet; and
    where there are users to be played, those whose player is."""
    asked = [variant for variant in variants if not variant.is_outside]
    found = _apart(
        *(store, [(variant, None) for variant in asked]),
        *(store.variants.endpoints, store.variants.answered),
    )
    players = [(v, v.parameters.user) for v in asked if has_users and v.parameters.user is not None]
    if not players:
        return found
    return found + _apart(store, players, store.variants.played_at, store.variants.played)


def _apart(
    store: Store,
    ways: Sequence[tuple[Variant, Player | None]],
    pointed: _Pointed,
    answered: Callable[[Iterable[UUID]], Collection[UUID]],
) -> list[Moved]:
    known = pointed(variant.id for variant, _ in ways)
    names = [(player or variant).connection for variant, player in ways]
    places = store.connections.endpoints(set(names))
    found = []
    for (variant, player), name in zip(ways, names, strict=True):
        was, now = known.get(variant.id), places.get(name)
        if now is not None and (was is None or not was.answers_like(now)):
            found.append(Moved(variant, was, now, player=player))
    had = answered(one.variant.id for one in found) if found else ()
    return [one._replace(is_answered=one.variant.id in had) for one in found]


def point(
    store: Store, experiment: Experiment, asked: Collection[UUID], busy: Collection[UUID]
) -> bool:
    """Point the variants that are to be asked at where their connections are now, and those of who
    plays their users.

    Returns whether one of them was pointed elsewhere before (without an answer from there).
    Raises InputError where one was answered elsewhere, or is `busy` being asked there.
    """
    variants = [variant for variant in experiment.variants if variant.id in asked]
    has_users = store.experiments.with_user(experiment.id) is not None
    astray = _astray(store, variants, has_users=has_users)
    for found in astray:
        if found.is_answered or (found.was is not None and found.variant.id in busy):
            raise elsewhere(experiment, found)
    for found in astray:
        at = store.variants.point if found.player is None else store.variants.point_player
        at(found.variant.id, found.now)
    return any(found.was is not None for found in astray)


def refuse_elsewhere(
    store: Store,
    experiment: Experiment,
    variant: Variant,
    connections: Mapping[str, Connection],
    *,
    has_users: bool,
) -> None:
    """Raises InputError where a connection is not where the variant was pointed at: somebody may
    have moved it between the start of a run and its first call."""
    player = variant.parameters.user if has_users else None
    ways: list[tuple[Player | None, _Pointed]]
    ways = [(None, store.variants.endpoints)]
    ways += [(player, store.variants.played_at)] if player is not None else []
    for played_by, pointed in ways:
        connection = connections[(played_by or variant).connection]
        was = pointed([variant.id]).get(variant.id)
        if was is None or connection.is_local:
            continue
        here = (normalised(connection.base_url), connection.settings)
        now = store.connections.endpoint(connection.name)
        if (normalised(was.address), was.settings) != here and now is not None:
            raise elsewhere(experiment, Moved(variant, was, now, player=played_by))


def elsewhere(experiment: Experiment, found: Moved) -> InputError:
    """Why a run does not go on: its answers are of one endpoint, and another would be asked."""
    asked = (
        f"{experiment.key} was asked elsewhere"
        if found.player is None
        else f"The users of {experiment.key} were played elsewhere"
    )
    return InputError(
        f"{asked} ({found.from_host}), and “{found.connection}” is at {found.to_host} now: "
        "a run does not go on elsewhere.",
        f"Set {experiment.key} up again to ask {found.to_host}, or put the address back.",
    )


def here(store: Store, variant: Variant) -> Variant:
    """The same prompt, model and parameters, to be asked where the connection is now."""
    return store.variants.save(
        variant.prompt, variant.connection, variant.model, variant.parameters
    )


def at_present(store: Store, experiment: Experiment, author: str) -> Experiment:
    """The same plan with variants that can be asked where their connections are now: the
    experiment itself where none of them has moved."""
    found = moved(store, experiment.variants)
    if not found:
        return experiment
    now = {one.variant.id for one in found}
    names = " and ".join(dict.fromkeys(one.connection for one in found))
    with store.transaction():
        variants = [
            store.variants.save(v.prompt, v.connection, v.model, v.parameters) if v.id in now else v
            for v in experiment.variants
        ]
        return copied(store, experiment, variants, f"after {names} moved", author)


def copied(
    store: Store, experiment: Experiment, variants: Iterable[Variant], where: str, author: str
) -> Experiment:
    """An experiment's plan with other variants. `where` is said behind its question, in the place
    of what an earlier copy said there. A criterion that compares with a variant which is not among
    them can't be asked, and is left out."""
    variants = list(variants)
    labels = {variant.label for variant in variants}
    planned = store.criteria.of_experiment(experiment)
    left = {c.id for c in planned if c.draft.scorer.over not in (None, *labels)}
    plan = same_plan(store, experiment)
    plan = replace(
        plan,
        question=f"{original_question(experiment)} ({where})",
        variant_ids=tuple(dict.fromkeys(variant.id for variant in variants)),
        criterion_ids=tuple(one for one in plan.criterion_ids if one not in left),
    )
    return store.experiments.add(experiment.feature_id, plan, author)


def same_plan(store: Store, experiment: Experiment) -> Plan:
    """What an experiment asks, as a plan: frozen now, it takes the criteria as they are now."""
    plan = Plan(
        question=experiment.question,
        dataset_version_id=experiment.dataset_version_id,
        variant_ids=tuple(variant.id for variant in experiment.variants),
        criterion_ids=experiment.criterion_ids,
        trials=experiment.trials,
        slices=experiment.slices,
        held_out=experiment.held_out,
        stop_rule=experiment.stop_rule,
    )
    case_ids = tuple(store.experiments.case_ids(experiment.id))
    is_whole = store.experiments.count_cases(plan) == len(case_ids)
    return plan if is_whole else replace(plan, case_ids=case_ids)


def original_question(experiment: Experiment) -> str:
    """An experiment's question without what `copied` said behind it.

    That says no address: questions are part of feature files, and addresses are not.
    """
    by = [v.parameters.user for v in experiment.variants if v.parameters.user is not None]
    asked = [variant.connection for variant in experiment.variants]
    names = list(dict.fromkeys([*asked, *(player.connection for player in by)]))
    said = {f"{v.model} through {v.connection}" for v in experiment.variants}
    played = {f"users played by {player.model}" for player in by}
    said |= played | {f"{way}, {one}" for way in said for one in played}
    said |= {f"after {each} moved" for each in (*names, " and ".join(names))}
    for where in said:
        if experiment.question.endswith(f" ({where})"):
            return experiment.question.removesuffix(f" ({where})")
    return experiment.question
