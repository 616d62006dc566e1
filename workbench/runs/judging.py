"""From outputs without a judge's word to calls: rendered, with what they may cost."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from workbench.domain.calls import Answer
from workbench.domain.connections import LOCAL_NAME, Connection
from workbench.domain.criteria import Criterion, Scorer
from workbench.domain.datasets import Case
from workbench.domain.experiments import Experiment, Purpose
from workbench.domain.judging import JudgedCall
from workbench.domain.kinds.entry import By
from workbench.domain.trials import PlannedCall, Trial
from workbench.errors import InputError
from workbench.models import prices
from workbench.models.connect import refuse_outside
from workbench.models.local import LocalModel
from workbench.runs.manners import Manners
from workbench.runs.planning import most_cost, most_output, prompt_text, with_body
from workbench.runs.runner import Call
from workbench.scoring import judge, pair_judge
from workbench.store.judging import Wanted
from workbench.store.store import Store

_NONCE_BYTES = 16
_AT_ONCE = 200
"""Texts that are read at once: ten thousand outputs need not be in memory together."""


@dataclass(frozen=True)
class JudgePlan:
    """What judges have to do in a run, and what it needs to know of them. As `Planned`."""

    store: Store
    missing: list[PlannedCall]
    criteria: dict[UUID, Criterion]
    cases: dict[UUID, Case]
    connections: dict[str, Connection]
    prices: dict[UUID, prices.Price | None]
    manners: Manners
    texts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The outputs that judges look at now, one or two, by the nonce of the call, until what they
    said is kept."""

    def calls(self, unaskable: Callable[[Trial], None]) -> dict[str, Iterator[Call]]:
        """The calls of each connection, in order, rendered as they are taken. Any can be asked:
        `unaskable` is for prompts that name values which a case lacks, and a judge's names none."""
        by_lane: dict[str, list[JudgedCall]] = {}
        for planned in self.missing:
            assert isinstance(planned, JudgedCall)
            settings = self.criteria[planned.criterion_id].draft.scorer.settings
            by_lane.setdefault(settings["connection"], []).append(planned)
        return {lane: self._rendered(lane, waiting) for lane, waiting in by_lane.items()}

    def sample(self, n: int) -> list[Call]:
        """About so many of its calls, taken evenly, to be measured and not sent."""
        step = max(1, len(self.missing) // n)
        some = replace(self, missing=self.missing[::step], texts={})
        return [call for calls in some.calls(lambda _: None).values() for call in calls]

    def cost(self, call: Call, answer: Answer) -> float | None:
        """USD of an answer; None where the price or a token count is unknown."""
        assert isinstance(call.planned, JudgedCall)
        price = self.prices[call.planned.criterion_id]
        return prices.cost(price, answer.input_tokens, answer.output_tokens)

    def _rendered(self, lane: str, waiting: Sequence[JudgedCall]) -> Iterator[Call]:
        connection = self.connections[lane]
        for start in range(0, len(waiting), _AT_ONCE):
            some = waiting[start : start + _AT_ONCE]
            wanted = {id_ for p in some for id_ in (p.trial_id, p.second_id) if id_ is not None}
            outputs = self.store.judging.outputs(wanted)
            for planned in some:
                settings = self.criteria[planned.criterion_id].draft.scorer.settings
                names = self.cases[planned.case_id].names()
                first = outputs[planned.trial_id]
                if planned.second_id is None:
                    self.texts[planned.nonce] = (first,)
                    request = judge.request(settings, names, first, planned.nonce)
                else:
                    second = outputs[planned.second_id]
                    self.texts[planned.nonce] = (first, second)
                    request = pair_judge.request(settings, names, first, second, planned.nonce)
                asked = with_body(request, connection)
                price = self.prices[planned.criterion_id]
                yield Call(
                    planned,
                    lane,
                    asked,
                    prices.estimate_tokens(prompt_text(asked)) + most_output(asked),
                    None if price is None else most_cost(price, asked),
                )


def judged(criteria: Sequence[Criterion]) -> list[Criterion]:
    """Those of the criteria that a model judges."""
    return [c for c in criteria if c.draft.scorer.kind.by is By.MODEL]


def wanted(experiment: Experiment, criterion: Criterion) -> Wanted:
    """What of an experiment a criterion's judge is to look at."""
    draft = criterion.draft
    return Wanted(experiment.id, criterion.id, draft.scorer.fingerprint(), draft.slices)


def n_open(store: Store, experiment: Experiment, criteria: Sequence[Criterion]) -> int:
    """How many words of judges are missing."""
    return sum(_n_waiting(store, experiment, criterion) for criterion in judged(criteria))


def _n_waiting(store: Store, experiment: Experiment, criterion: Criterion) -> int:
    over = criterion.draft.scorer.over
    if over is not None:
        return store.preferences.n_unjudged(wanted(experiment, criterion), over)
    return store.judging.n_waiting(wanted(experiment, criterion))


def to_ask(store: Store, experiment: Experiment, *, all_of_feature: bool) -> list[Criterion]:
    """The judged criteria that an experiment was planned for, as they are now, or all of its
    feature: those that are younger look at stored outputs, too. Nobody judges a playground's."""
    if experiment.purpose is Purpose.PLAYGROUND:
        return []
    if all_of_feature:
        return judged(store.criteria.of(experiment.feature_id))
    return judged(store.criteria.of_experiment(experiment))


def meet(store: Store, local: LocalModel, criteria: Sequence[Criterion]) -> None:
    """Note which file the built-in model is, if one of the judges is it."""
    if any(c.draft.scorer.settings["connection"] == LOCAL_NAME for c in judged(criteria)):
        address = local.address()
        if address is not None:
            store.connections.meet_local(address)


def point(store: Store, criteria: Sequence[Criterion]) -> None:
    """Say of each judge where it is asked, before it is asked first.

    Raises InputError where one was asked elsewhere: words of two endpoints are not mixed.
    """
    for criterion in judged(criteria):
        refuse_moved(store, criterion)
        scorer = criterion.draft.scorer
        now = store.connections.endpoint(scorer.settings["connection"])
        if now is not None and store.judging.endpoint(scorer.fingerprint()) is None:
            store.judging.point(scorer.fingerprint(), now)


def refuse_moved(store: Store, criterion: Criterion) -> None:
    """Raise InputError where a judge was asked elsewhere than its connection is now."""
    said = moved(store, criterion)
    if said:
        raise InputError(
            said,
            f"Give {criterion.key} the model under a new connection to let it judge anew, or put "
            "the address back.",
        )


def moved(store: Store, criterion: Criterion) -> str:
    """Where a judge's connection went since it was asked, as a sentence; empty where it did not."""
    scorer = criterion.draft.scorer
    was = store.judging.endpoint(scorer.fingerprint())
    now = store.connections.endpoint(scorer.settings["connection"])
    if was is None or now is None or was.answers_like(now):
        return ""
    return (
        f"The judge of {criterion.key} was asked at {was.host}, and "
        f"“{scorer.settings['connection']}” is elsewhere now ({now.host})."
    )


def unpriced(store: Store, criteria: Sequence[Criterion]) -> list[str]:
    """The models that judge and whose price nobody knows."""
    scorers = [c.draft.scorer for c in judged(criteria)]
    return sorted({s.settings["model"] for s in scorers if _price(store, s) is None})


def prepare(store: Store, experiment: Experiment, criteria: Sequence[Criterion]) -> JudgePlan:
    """The calls that judges still have to make. Raises NotFound when a connection is gone, and
    InputError where a judge's words were given elsewhere."""
    criteria = judged(criteria)
    for criterion in criteria:
        refuse_moved(store, criterion)
    connections = {
        name: store.connections.named(name)
        for name in {c.draft.scorer.settings["connection"] for c in criteria}
    }
    for connection in connections.values():
        refuse_outside(connection)
    manners = Manners(store.habits, connections)
    manners.remember({name: store.habits.of(known) for name, known in connections.items()}, ())
    cases = store.datasets.cases(experiment.dataset_version_id)
    return JudgePlan(
        store,
        [call for c in criteria for call in _calls(store, experiment, c)],
        {c.id: c for c in criteria},
        {case.id: case for case in cases},
        connections,
        {c.id: _price(store, c.draft.scorer) for c in criteria},
        manners,
    )


def _calls(store: Store, experiment: Experiment, criterion: Criterion) -> Iterator[JudgedCall]:
    over = criterion.draft.scorer.over
    if over is not None:
        for pair in store.preferences.unjudged(wanted(experiment, criterion), over):
            yield JudgedCall(
                pair.variant_id,
                pair.case_id,
                pair.number,
                trial_id=pair.first,
                criterion_id=criterion.id,
                nonce=secrets.token_hex(_NONCE_BYTES),
                second_id=pair.second,
            )
        return
    for output in store.judging.waiting(wanted(experiment, criterion)):
        yield JudgedCall(
            output.variant_id,
            output.case_id,
            output.number,
            trial_id=output.trial_id,
            criterion_id=criterion.id,
            nonce=secrets.token_hex(_NONCE_BYTES),
        )


def _price(store: Store, scorer: Scorer) -> prices.Price | None:
    connection = store.connections.named(scorer.settings["connection"])
    return prices.price(connection, scorer.settings["model"])
