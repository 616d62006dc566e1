"""Try capability packs: a pack and some models become an experiment, and what it shows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from workbench.actions import experiments, packs
from workbench.actions.packs import Offered
from workbench.domain.criteria import Measure, ScorerKind
from workbench.domain.datasets import Case
from workbench.domain.experiments import Experiment, Limits, Plan
from workbench.domain.packs import Pack
from workbench.domain.people import Person
from workbench.domain.prompts import PromptVersion, Variant
from workbench.domain.simulated_users import Player
from workbench.errors import InputError
from workbench.exchange.feature import entries
from workbench.runs.forecast import forecast
from workbench.runs.forecast_users import Requests, together
from workbench.runs.jobs import Jobs
from workbench.store.keys import new_id
from workbench.store.store import Store

Model = tuple[str, str]
"""A connection's name, and the name of a model there."""


@dataclass(frozen=True)
class Expected:
    """What trying some packs takes: `to_ask` of its calls were not answered yet. `seconds` and
    `cost` (USD) are (likely, at most), None where nothing tells; `most_costs` is the most that
    each pack costs, in their order, and `most` how many requests all of them take."""

    calls: int
    to_ask: int
    seconds: tuple[float, float] | None
    cost: tuple[float, float] | None
    most_costs: tuple[float, ...]
    most: Requests


def plan_of(
    store: Store,
    pack: Pack,
    models: Sequence[Model],
    trials: int | None = None,
    player: Player | None = None,
) -> Plan:
    """The plan that tries a pack on some models, its variants kept.

    Each case is asked as often as was said, but no less often than the pack and its criteria need.
    """
    if not models:
        raise InputError("No model is chosen.", "Choose at least one.")
    feature_id = pack.feature_id
    assert feature_id is not None
    dataset_version_id, prompt = _dataset(store, feature_id), _prompt(store, feature_id)
    criteria = store.criteria.of(feature_id)
    has_users = any(case.user for case in store.datasets.cases(dataset_version_id))
    parameters = replace(pack.parameters, user=player) if has_users else pack.parameters
    variants = [
        store.variants.save(prompt, connection, model, parameters) for connection, model in models
    ]
    names = " and ".join(dict.fromkeys(model for _, model in models))
    return Plan(
        question=f"{pack.title}: what do {names} come to?",
        dataset_version_id=dataset_version_id,
        variant_ids=tuple(variant.id for variant in variants),
        criterion_ids=tuple(criterion.id for criterion in criteria),
        trials=times(pack, [c.draft.fewest_trials for c in criteria], trials),
    )


def set_up(
    store: Store,
    who: Person,
    pack: Pack,
    models: Sequence[Model],
    trials: int | None = None,
    limits: Limits | None = None,
    player: Player | None = None,
) -> Experiment:
    """Freeze the plan that tries a pack on some models; the same wish is the same experiment.
    `player` plays the users of its cases, if they have some."""
    assert pack.feature_id is not None
    with store.transaction():
        plan = plan_of(store, pack, models, trials, player)
        return experiments.freeze(store, who, pack.feature_id, plan, limits)


def times(pack: Pack, fewest: Sequence[int], trials: int | None) -> int:
    """How often each case is asked: as somebody said, but no less than the pack's criteria need."""
    return max(trials or 1, pack.trials, *fewest)


def has_users(store: Store, offered: Sequence[Offered]) -> bool:
    """Whether some case of these packs has a simulated user, so that somebody has to play one."""
    return any(case.user for one in offered for case in _outline(store, one)[1])


def expected(
    store: Store,
    offered: Sequence[Offered],
    models: Sequence[Model],
    trials: int | None,
    player: Player | None = None,
) -> Expected:
    """What trying some packs on some models will take, before any of it is kept."""
    calls = to_ask = 0
    seconds: tuple[float, float] | None = (0.0, 0.0)
    cost: tuple[float, float] | None = (0.0, 0.0)
    most, requests = [], []
    for one in offered:
        prompt, cases, fewest = _outline(store, one)
        asked = times(one.pack, fewest, trials)
        plays = player if any(case.user for case in cases) else None
        variants = tuple(_variant(store, one, prompt, model, plays) for model in models)
        found = forecast(store, variants, cases, asked)
        calls += found.calls
        done = store.reports.experiments.answered(
            [variant.id for variant in variants], [case.id for case in cases], asked
        )
        to_ask += found.calls - done
        left = 1 - done / found.calls if found.calls else 0.0
        seconds = _sum(seconds, found.seconds, left)
        cost = _sum(cost, found.cost, left)
        most.append(found.cost[1] if found.cost else 0.0)
        requests.append(found.most)
    return Expected(calls, to_ask, seconds, cost, tuple(most), together(requests))


def start(
    store: Store,
    jobs: Jobs,
    who: Person,
    offered: Sequence[Offered],
    models: Sequence[Model],
    trials: int | None = None,
    usd: float | None = None,
    player: Player | None = None,
) -> list[Experiment]:
    """Try some packs on some models in the background. All are set up, or none is.

    `player` plays the users of their cases, if they have some. A budget is shared out by what each
    pack costs at most, so that together they keep to it.
    Raises InputError where one of them can't be run, or no price tells what it costs.
    """
    shares = _shares(usd, expected(store, offered, models, trials, player).most_costs)
    plan = models, trials
    with store.transaction():
        planned = [
            (set_up(store, who, packs.kept(store, who, one), *plan, share, player), share)
            for one, share in zip(offered, shares, strict=True)
        ]
    for experiment, limits in planned:
        experiments.start(store, jobs, who, experiment, retry_failed=True, limits=limits)
    return [experiment for experiment, _ in planned]


def _shares(usd: float | None, most: Sequence[float]) -> list[Limits]:
    whole = sum(most)
    if usd is None or not whole:
        return [Limits(usd=usd)] * len(most)
    # What costs nothing needs a share, too: none means no limit.
    return [Limits(usd=usd * each / whole if each else usd) for each in most]


def _sum(
    pair: tuple[float, float] | None, more: tuple[float, float] | None, share: float
) -> tuple[float, float] | None:
    if pair is None or more is None:
        return None
    return pair[0] + more[0] * share, pair[1] + more[1] * share


def _dataset(store: Store, feature_id: UUID) -> UUID:
    """The newest version of a pack's dataset."""
    own = store.packs.own(feature_id).dataset_id
    return next(each.id for each in store.datasets.of(feature_id) if each.dataset_id == own)


def _prompt(store: Store, feature_id: UUID) -> PromptVersion:
    """The newest version of a pack's prompt."""
    own = store.packs.own(feature_id).prompt_id
    versions = store.prompts.versions(feature_id)
    return max((v for v in versions if v.prompt_id == own), key=lambda each: each.number)


def _outline(store: Store, one: Offered) -> tuple[PromptVersion, list[Case], list[int]]:
    """What a pack asks, and how often each of its criteria needs that to be asked, whether it is
    kept already or only read."""
    feature_id = one.pack.feature_id
    if feature_id is not None:
        cases = store.datasets.cases(_dataset(store, feature_id))
        fewest = [criterion.draft.fewest_trials for criterion in store.criteria.of(feature_id)]
        return _prompt(store, feature_id), cases, fewest
    assert one.file is not None
    given = entries.Given("", datetime.now(UTC))
    (dataset,), (prompt,) = one.file.entries("datasets"), one.file.entries("prompts")
    drafts = entries.dataset_versions(dataset, given, ("datasets", 0))[-1].cases
    text = entries.prompt_versions(prompt, given, ("prompts", 0))[-1]
    found = [
        Case(dataset_id=new_id(), id=new_id(), number=i, **vars(draft))
        for i, draft in enumerate(drafts)
    ]
    version = PromptVersion(
        new_id(), new_id(), prompt["name"], text.number, text.text, "", "", given.at
    )
    fewest = [
        max(
            Measure(criterion.get("measure", Measure.PASS_RATE)).fewest_trials,
            ScorerKind(criterion["scorer"]["kind"]).entry.fewest_trials,
        )
        for requirement in one.file.entries("requirements")
        for criterion in requirement.get("criteria", ())
    ]
    return version, found, fewest


def _variant(
    store: Store, one: Offered, prompt: PromptVersion, model: Model, player: Player | None
) -> Variant:
    """The variant that a pack is tried with, or one like it where there is none yet."""
    feature_id = one.pack.feature_id
    parameters = replace(one.pack.parameters, user=player) if player else one.pack.parameters
    same = None
    if feature_id is not None:
        same = store.variants.same(feature_id, prompt, *model, parameters)
    return same or Variant(new_id(), new_id(), "new", prompt, *model, parameters)
