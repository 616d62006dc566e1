"""From a frozen plan to calls: planned minus recorded, rendered, with what they may cost."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from workbench.domain import clock
from workbench.domain.calls import Answer, Request
from workbench.domain.connections import Connection
from workbench.domain.criteria import Criterion
from workbench.domain.datasets import Case
from workbench.domain.experiments import Experiment
from workbench.domain.fingerprint import canonical
from workbench.domain.prompts import Variant
from workbench.domain.transcripts import Turn
from workbench.domain.trials import PlannedCall, Trial
from workbench.errors import CallFailure, InputError, TemplateError
from workbench.models import attached, prices, products
from workbench.models.adapting import IN_PROMPT
from workbench.models.connect import refuse_outside
from workbench.models.templates import render
from workbench.runs import simulated
from workbench.runs.attached_files import with_files
from workbench.runs.call import Call, Result
from workbench.runs.following import asked_after, next_turn, said_in
from workbench.runs.manners import Manners
from workbench.runs.pointing import refuse_elsewhere
from workbench.store.attachments import Attachments
from workbench.store.keys import new_id
from workbench.store.store import Store

_TEMPLATE_TOKENS = 32


@dataclass(frozen=True)
class Planned:
    """What a run has to do, and what it needs to know of its variants, cases and endpoints."""

    run_id: UUID
    missing: list[PlannedCall]
    variants: dict[UUID, Variant]
    cases: dict[UUID, Case]
    connections: dict[str, Connection]
    prices: dict[tuple[str, str], prices.Price | None]
    manners: Manners
    files: Attachments
    begun: Mapping[PlannedCall, tuple[Turn, ...]] = field(default_factory=dict)

    def calls(self, unaskable: Callable[[Trial], None]) -> dict[str, Iterator[Call]]:
        """The calls of each connection, in order, rendered as they are taken.

        A call whose prompt can't be rendered for its case is an error already: `unaskable` gets it.
        """
        by_lane: dict[str, list[PlannedCall]] = {}
        for planned in self.missing:
            by_lane.setdefault(self._lane(planned), []).append(planned)
        return {lane: self._rendered(waiting, unaskable) for lane, waiting in by_lane.items()}

    def cost(self, call: Call, answer: Answer) -> float | None:
        """USD of an answer; None where the price or a token count is unknown."""
        price = self.prices[call.lane, call.request.model]
        return prices.cost(price, answer.input_tokens, answer.output_tokens)

    def _lane(self, planned: PlannedCall) -> str:
        variant, turns = self.variants[planned.variant_id], self.begun.get(planned, ())
        player = simulated.next_player(variant, self.cases[planned.case_id], turns)
        return variant.connection if player is None else player.connection

    def follow(self, result: Result) -> Call | None:
        """What a trial goes on with after an answer; None where that ends it."""
        planned = result.call.planned
        variant, case = self.variants[planned.variant_id], self.cases[planned.case_id]
        turn = next_turn(result, variant, case)
        if turn is None:
            return None
        return self._call(planned, variant, (*result.call.turns, turn))

    def _call(self, planned: PlannedCall, variant: Variant, turns: tuple[Turn, ...]) -> Call:
        """A call, after what was said in its trial. Raises TemplateError."""
        case = self.cases[planned.case_id]
        player = simulated.next_player(variant, case, turns)
        if player is None:
            lane, first = variant.connection, with_files(request(variant, case), self.files)
            asked = asked_after(first, turns)
        else:
            lane = player.connection
            asked = simulated.asked(player, case, request(variant, case), said_in(turns))
        connection = self.connections[lane]
        asked = with_body(asked, connection)
        if connection.product is not None:
            products.body_of(asked)
        price = self.prices[lane, asked.model]
        return Call(
            planned,
            lane,
            asked,
            likely_input(asked) + most_output(asked),
            None if price is None else most_cost(price, asked),
            turns,
            player is not None,
        )

    def _rendered(
        self, waiting: list[PlannedCall], unaskable: Callable[[Trial], None]
    ) -> Iterator[Call]:
        for planned in waiting:
            variant = self.variants[planned.variant_id]
            try:
                call = self._call(planned, variant, self.begun.get(planned, ()))
            except TemplateError as error:
                unaskable(_unaskable(planned, self.run_id, str(error)))
                continue
            yield call


def open_calls(
    store: Store,
    experiment: Experiment,
    *,
    retry_failed: bool = False,
    older_than: datetime | None = None,
) -> list[PlannedCall]:
    """The calls that a run would make: planned minus recorded.

    With `retry_failed` those that failed, too; with `older_than` those that were answered before
    that moment, but for results that were made elsewhere.
    """
    calls = store.trials.missing(experiment.id, retry_failed=retry_failed, older_than=older_than)
    if older_than is None:
        return calls
    outside = {variant.id for variant in experiment.variants if variant.is_outside}
    return [call for call in calls if call.variant_id not in outside]


def by_verdict(
    calls: Sequence[PlannedCall], cases: Mapping[UUID, Case], criteria: Sequence[Criterion]
) -> list[PlannedCall]:
    """The calls in an order in which verdicts come one after the other: first all that the
    criterion with the fewest cases needs, then those that the next one lacks, and so on.

    Among those of one criterion their order stays, and a group stays together. Not for a plan
    that may end early: its verdicts rest on the order in which it was shuffled.
    """
    if not any(criterion.draft.slices for criterion in criteria):
        return list(calls)
    asked = {call.case_id for call in calls}
    needs = [
        {case_id for case_id in asked if criterion.applies_to(cases[case_id].tags)}
        for criterion in criteria
    ]
    places: dict[UUID, int] = {}
    for place, needed in enumerate(sorted(needs, key=len)):
        for case_id in needed:
            places.setdefault(case_id, place)
    groups: dict[str, int] = {}
    for case_id in asked:
        place, group = places.get(case_id, len(needs)), cases[case_id].group
        places[case_id] = place
        if group:
            groups[group] = min(groups.get(group, place), place)
    return sorted(
        calls,
        key=lambda call: groups.get(cases[call.case_id].group, places[call.case_id]),
    )


def prepare(
    store: Store,
    experiment: Experiment,
    run_id: UUID,
    *,
    retry_failed: bool = False,
    older_than: datetime | None = None,
) -> Planned:
    """The calls that an experiment still needs; see `open_calls`. Raises NotFound when a
    connection is gone, InputError when it is elsewhere now, and ModelError when trials are missing
    that were to be made elsewhere."""
    has_users = store.experiments.with_user(experiment.id) is not None
    ways = simulated.ways(experiment.variants, has_users=has_users)
    connections = {name: store.connections.named(name) for name in {name for name, _ in ways}}
    missing = open_calls(store, experiment, retry_failed=retry_failed, older_than=older_than)
    cases = {case.id: case for case in store.datasets.cases(experiment.dataset_version_id)}
    if not experiment.is_sequential:
        missing = by_verdict(missing, cases, store.criteria.of_experiment(experiment))
    variants = {variant.id: variant for variant in experiment.variants}
    for variant in {call.variant_id: variants[call.variant_id] for call in missing}.values():
        refuse_outside(connections[variant.connection])
        refuse_elsewhere(store, experiment, variant, connections, has_users=has_users)
    manners = Manners(store.habits, connections)
    manners.remember(
        {name: store.habits.of(known) for name, known in connections.items()},
        (way for way in ways if store.reports.outputs.usage(*way).n),
    )
    return Planned(
        run_id,
        missing,
        variants,
        cases,
        connections,
        {(name, model): prices.price(connections[name], model) for name, model in ways},
        manners,
        store.attachments,
        store.turns.open(missing, older_than),
    )


def unpriced(store: Store, experiment: Experiment) -> list[str]:
    """The models of an experiment that can be asked and whose price nobody knows."""
    ways = _ways(store, experiment)
    asked = [(store.connections.named(name), model) for name, model in ways]
    return sorted(
        {
            model
            for connection, model in asked
            if not connection.is_outside and prices.price(connection, model) is None
        }
    )


def _ways(store: Store, experiment: Experiment) -> set[tuple[str, str]]:
    has_users = store.experiments.with_user(experiment.id) is not None
    return simulated.ways(experiment.variants, has_users=has_users)


def most_cost(price: prices.Price, asked: Request) -> float:
    """The most that a request can cost in USD.

    Tokens are pieces of at least one byte, so a prompt has no more of them than bytes; the chat
    template's own are counted generously. An answer ends at its token limit.
    """
    most_input = len(prompt_text(asked).encode()) + _TEMPLATE_TOKENS * (1 + len(asked.messages))
    most_input += attached.MOST_TOKENS * attached.pictures(asked)
    schema = asked.parameters.json_schema
    if schema is not None:
        # A server that refuses a schema gets it in the prompt.
        most_input += len(canonical(schema).encode()) + len(IN_PROMPT) + _TEMPLATE_TOKENS
    cost = prices.cost(price, most_input, most_output(asked))
    assert cost is not None
    return cost


def most_output(asked: Request) -> int:
    """The most tokens that an answer can have, where fields of the server's own may raise it."""
    own = asked.parameters.extra_body
    limits = [own.get(name) for name in ("max_completion_tokens", "max_tokens")]
    most = max(
        [asked.parameters.max_tokens, *(limit for limit in limits if isinstance(limit, int))]
    )
    answers = own.get("n")
    return most * (answers if isinstance(answers, int) else 1)


def with_body(asked: Request, connection: Connection) -> Request:
    """The request with the fields that its connection adds, which may raise what it costs."""
    if not connection.extra_body:
        return asked
    parameters = asked.parameters
    own = {**connection.body, **parameters.extra_body}
    return replace(asked, parameters=replace(parameters, extra_body=own))


def prompt_text(asked: Request) -> str:
    """All that a request says in text, for counting; of its documents what was looked up, calls and
    tools as they are sent."""
    said = attached.text_of(asked.messages)
    called = "".join(canonical([c.plain() for c in m.calls]) for m in asked.messages if m.calls)
    return f"{said}{called}{canonical(asked.tools.body())}" if asked.tools else said


def likely_input(asked: Request) -> int:
    """An estimate of a prompt's tokens, with its pictures."""
    pictures = attached.LIKELY_TOKENS * attached.pictures(asked)
    return prices.estimate_tokens(prompt_text(asked)) + pictures


def request(variant: Variant, case: Case) -> Request:
    """What a variant sends for a case; its files by name, until they are looked up
    (`attached_files.py`). Raises TemplateError where the prompt needs more."""
    messages = render(variant.prompt.text, case.names(), case.messages)
    said = attached.put(messages, case.attachments)
    # Who plays the user is nothing that the tested model is told.
    parameters = replace(variant.parameters, user=None) if case.user else variant.parameters
    return Request(variant.model, said, parameters, tools=variant.prompt.text.tools)


def refuse_unaskable(store: Store, experiment: Experiment) -> None:
    """Raise InputError for a variant whose prompt fits no case: none of its calls could be sent."""
    cases = store.experiments.cases(experiment.id)
    for variant in experiment.variants:
        first: TemplateError | None = None
        for case in cases if not variant.is_outside else ():
            try:
                request(variant, case)
                break
            except TemplateError as error:
                first = first or error
        else:
            if first is not None:
                raise InputError(
                    f"{experiment.key}: variant {variant.label} fits none of the cases. "
                    f"{first.message}",
                    first.hint,
                ) from first


def requests(
    variants: tuple[Variant, ...], cases: list[Case], files: Attachments
) -> Iterator[Request]:
    """Every distinct request of a plan that can be rendered, for forecasts: without pictures."""
    for variant in variants:
        for case in cases:
            try:
                yield with_files(request(variant, case), files, only_texts=True)
            except TemplateError:
                continue


def _unaskable(planned: PlannedCall, run_id: UUID, message: str) -> Trial:
    return Trial(
        id=new_id(),
        run_id=run_id,
        variant_id=planned.variant_id,
        case_id=planned.case_id,
        number=planned.number,
        request_hash="",
        attempts=0,
        started_at=clock.now(),
        failure=CallFailure.TEMPLATE,
        message=message,
        supersedes=planned.supersedes,
    )
