"""`check`: try capability packs on models from the command line, and say what they come to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from workbench import config, say
from workbench.actions import calls as actions_calls
from workbench.actions import capabilities, headless, packs, running
from workbench.actions import runs as actions_runs
from workbench.actions.calls import Calls
from workbench.actions.capabilities import Model
from workbench.actions.redirect import Wanted, confirm, connection_of, player_of
from workbench.actions.runs import Ran
from workbench.domain.experiments import Experiment, Limits
from workbench.domain.packs import Pack
from workbench.domain.people import Person
from workbench.domain.simulated_users import Player
from workbench.domain.verdicts import CriterionVerdict, Verdict, combine
from workbench.errors import InputError
from workbench.exchange.feature.reader import FeatureFile
from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.runs.planning import refuse_unaskable
from workbench.runs.pointing import meet_local
from workbench.store.store import Store

if TYPE_CHECKING:
    from workbench.evidence.capabilities import Capability

_LEAST = 1e-9
"""A budget that has nothing left, in USD: whatever costs something is refused."""


@dataclass(frozen=True)
class Checked:
    """What a command found of some packs on some models. `runs` are by the packs' labels."""

    found: "list[Capability]"
    verdict: Verdict
    runs: list[tuple[str, Ran]]
    calls: Calls

    @property
    def every(self) -> list[CriterionVerdict]:
        """All that was judged."""
        return [each.row for each in self.found]

    def as_json(self) -> dict[str, Any]:
        """For machines: one entry per pack, criterion and model."""
        return {
            "verdict": str(self.verdict),
            "capabilities": [as_json(each) for each in self.found],
            "runs": [{"pack": label, **ran.as_json()} for label, ran in self.runs],
            "calls": self.calls.as_json(),
        }

    def as_text(self) -> str:
        """For people: a table, then what was asked."""
        from workbench.evidence.words import figures, measures

        rows = [("pack", "criterion", "model", "verdict", "estimate", "bar")]
        for each in self.found:
            criterion = each.row.criterion
            rows.append(
                (
                    each.pack.label,
                    say.brief(f"{criterion.key} {criterion.draft.title}", 44),
                    say.plain(each.model, 32),
                    each.row.verdict.label,
                    figures.figure(each.row),
                    measures.bar(criterion),
                )
            )
        lines = [*say.table(rows), ""]
        taken = {(each.pack.label, each.variant.id): took(each) for each in self.found}
        lines += [f"{label}: {said}" for (label, _), said in taken.items()]
        lines += ["", *(f"{label} {ran.sentence()}" for label, ran in self.runs)]
        return "\n".join(lines)


def as_json(each: "Capability") -> dict[str, Any]:
    """One criterion of a pack for one model, with everything that it rests on."""
    from workbench.actions import rows

    return {
        "pack": each.pack.key,
        "pack_version": each.pack.version,
        "pack_title": each.pack.title,
        "model": each.model,
        "connection": each.variant.connection,
        "answered_as": list(each.answered_as),
        "answered_at": None if each.newest is None else each.newest.isoformat(),
        "bounds": "one-sided, each at the confidence",
        "mean_latency_ms": each.mean_latency_ms,
        "cost_usd": each.cost,
        **rows.as_json(each.row),
    }


def took(each: "Capability") -> str:
    """What a model's answers to a pack took: “m: 1.2 s a call on average, $0.0031 in all”."""
    time = "no answer" if each.mean_latency_ms is None else f"{each.mean_latency_ms / 1000:.2f} s"
    a_call = "" if each.mean_latency_ms is None else " a call on average"
    cost = "its price is not known" if each.cost is None else f"{say.money(each.cost)} in all"
    return f"{say.plain(each.model, 32)}: {time}{a_call}, {cost}"


def check(
    store: Store,
    files: Sequence[FeatureFile],
    wanted: Wanted,
    models: Sequence[str],
    trials: int | None = None,
    tell: Callable[[str], None] | None = None,
) -> Checked:
    """Try packs on models, one pack after the other. What was answered is not asked again.

    The limits of `wanted` are those of all of them. Raises InputError where something is wrong, or
    a run had to stop: what was answered until then has been kept.
    """
    who = headless.who(store)
    confirm(store, wanted, who)
    asked = _models(store, wanted, models, who)
    local = LocalModel(config.load().home)
    kept = [packs.bring_in(store, who, file) for file in files]
    player = player_of(store, wanted, asked[0][0])
    every = [(pack, _here(store, who, pack, asked, trials, player, local)) for pack in kept]
    for _, experiment in every:
        refuse_unaskable(store, experiment)
    ran: list[Ran] = []
    with running.asking(store, Models(local), wanted) as jobs:
        for pack, experiment in every:
            limits = _what_is_left(store, pack, experiment, wanted.limits, ran)
            ran.append(
                actions_runs.finish(
                    store, jobs, experiment, who, limits, _of(pack, tell), fresh=wanted.fresh
                )
            )
    from workbench.evidence.capabilities import of_experiment

    by_pack = [of_experiment(store, *one) for one in every]
    return Checked(
        [each for one in by_pack for each in one],
        _together([whole(one) for one in by_pack]),
        [(pack.label, done) for (pack, _), done in zip(every, ran, strict=True)],
        actions_calls.of_runs(store, [each.run_id for each in ran if each.run_id]),
    )


def _of(pack: Pack, tell: Callable[[str], None] | None) -> Callable[[str], None] | None:
    """The same, saying which pack it is about: each of them has an E1."""
    return None if tell is None else lambda line: tell(f"{pack.label} {line}")


def whole(found: "Sequence[Capability]") -> Verdict:
    """A pack as one: met when every criterion is on every model, as the verdicts of a feature."""
    return combine([each.row for each in found])


def _together(each: Sequence[Verdict]) -> Verdict:
    """Several packs as one: each is judged by itself."""
    if Verdict.NOT_MET in each:
        return Verdict.NOT_MET
    is_met = all(one is Verdict.MET for one in each)
    return Verdict.MET if is_met else Verdict.NOT_ENOUGH_EVIDENCE


def _what_is_left(
    store: Store, pack: Pack, experiment: Experiment, limits: Limits, ran: Sequence[Ran]
) -> Limits:
    """What the runs before have left of a budget and of a number of calls."""
    usd, calls = limits.usd, limits.calls
    made = [each for each in ran if each.run_id is not None and each.calls_made]
    if usd is not None:
        spent = sum(store.attempts.spent(each.run_id).usd for each in made if each.run_id)
        usd = max(usd - spent, _LEAST)
    if calls is not None:
        calls -= sum(each.calls_made or 0 for each in made)
        if calls < 1 and store.trials.missing(experiment.id):
            raise InputError(
                f"The {say.count(limits.calls or 0, 'call')} were used up before {pack.label}.",
                "What was answered is kept; run the command again with more to go on.",
            )
        calls = max(calls, 1)
    return replace(limits, usd=usd, calls=calls)


def _models(store: Store, wanted: Wanted, models: Sequence[str], who: Person) -> tuple[Model, ...]:
    names: Sequence[str | None] = models or (None,)
    found = []
    for name in names:
        connection = connection_of(store, replace(wanted, model=name), who)
        model = name or next(iter(connection.models), "")
        if not model:
            raise InputError("No model is named.", "Add --model NAME.")
        found.append((connection.name, model))
    confirm(store, wanted, who)
    return tuple(dict.fromkeys(found))


def _here(
    store: Store,
    who: Person,
    pack: Pack,
    models: Sequence[Model],
    trials: int | None,
    player: Player | None,
    local: LocalModel,
) -> Experiment:
    """The experiment of a pack, to be asked where connections are now."""
    assert pack.feature_id is not None
    meet_local(store, local, store.variants.of(pack.feature_id))
    return capabilities.set_up(store, who, pack, models, trials, player=player)
