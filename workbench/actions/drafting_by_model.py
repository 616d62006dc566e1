"""Draft a feature from a text by asking a model, part by part: people judge what it suggests."""

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from workbench import config
from workbench.actions import datasets, suggestion_calls
from workbench.actions.deeds import doing
from workbench.actions.redirect import Wanted, confirm, connection_of
from workbench.actions.suggestion_calls import Expected
from workbench.domain import nonces
from workbench.domain.calls import Request
from workbench.domain.connections import Connection
from workbench.domain.drafting import (
    About,
    Drafted,
    Part,
    PartEnded,
    Resolution,
    Round,
    Suggestion,
    of_group,
)
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.domain.requirements import RequirementDraft
from workbench.domain.suggestions import SuggestionCall, SuggestionReply
from workbench.drafting import model as reading
from workbench.drafting import parts, rules
from workbench.errors import CallFailure, InputError, ModelError
from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.models.local_server import TOKENS_PER_SLOT
from workbench.models.prices import estimate_tokens
from workbench.runs.errands import Errand
from workbench.runs.planning import prompt_text, with_body
from workbench.say import count
from workbench.store.keys import new_id
from workbench.store.store import Store

# Of one part; others may be answered all the same.
_PASSING = (
    CallFailure.TIMEOUT, CallFailure.MALFORMED, CallFailure.EMPTY, CallFailure.TRUNCATED_STREAM,
    CallFailure.BROKEN_OFF, CallFailure.UNKNOWN_ENDING, CallFailure.FILTERED,
)  # fmt: skip
_LETTERS = 4
"""Of a token, about."""
_NO_PROMISE = "Not asked: there is no suggested requirement that a criterion could show."


class Took(NamedTuple):
    """What asking for a part came to, and its call with what came back, where one was made."""

    ended: PartEnded
    call: SuggestionCall | None = None
    reply: SuggestionReply | None = None


def expected(store: Store, feature_id: UUID, connection: str, model: str, text: str) -> Expected:
    """What asking a model for all parts of a draft of this text will take. Requirements that are
    still to be suggested go along with the other parts: as many as is likely, or at most."""
    known = store.connections.named(connection)
    takes = [
        suggestion_calls.expected(
            known,
            _request(store, feature_id, known, model, text, part, ("x" * _LETTERS * tokens,)),
            parts.LIKELY_TOKENS[part],
        )
        for tokens in (parts.LIKELY_TOKENS[Part.REQUIREMENTS], parts.most_tokens(known.is_local))
        for part in Part
    ]
    likely, most = takes[: len(Part)], takes[len(Part) :]
    cost = None
    if all(each.cost is not None for each in takes):
        cost = (
            sum(each.cost[0] for each in likely if each.cost),
            sum(each.cost[1] for each in most if each.cost),
        )
    sent, back = (
        sum(n) for n in zip(*((e.input_tokens, e.output_tokens) for e in likely), strict=True)
    )
    return Expected(sent, back, cost)


def begin(
    store: Store, who: Person, feature_id: UUID, connection: str, model: str, text: str
) -> Round:
    """Keep a round that a model will be asked for; `go_on` asks. Raises InputError for a text that
    can't be used, that the local model has no room for, or a budget that does not allow all of
    it."""
    rules.refuse_unfit(text)
    known = store.connections.named(connection)
    _refuse_long(known, _request(store, feature_id, known, model, text, Part.REQUIREMENTS, ()))
    takes = expected(store, feature_id, connection, model, text)
    most = None if takes.cost is None else takes.cost[1]
    suggestion_calls.refuse_beyond(store, feature_id, model, most)
    with doing(store, who, Deed.DRAFT_MAKE, feature_id) as line:
        store.drafting.begin(feature_id, text, who.name, connection, model)
        line.say("", f"{model} is to draft from a text")
    return store.drafting.rounds(feature_id)[0]


def missing(store: Store, found: Round) -> list[Part]:
    """The parts of a round that nothing has come of yet; none where no model is asked in parts."""
    if not found.connection:
        return []
    well = {each.part for each in store.drafting.parts(found.id) if not each.problem}
    return [part for part in Part if part not in well]


def go_on(
    store: Store, models: Models, who: Person, found: Round, errand: Errand | None = None
) -> None:
    """Ask for each part that is missing, and keep what it suggests as soon as it has come. A part
    that can't be read, or that the model did not answer in time, is kept as such, and the next one
    is asked for. Raises InputError where a budget has no room any more, and ModelError where asking
    on would bring the same, or somebody stopped it."""
    errand = errand or Errand()
    known = store.connections.named(found.connection)
    for part in missing(store, found):
        errand.at(part.noun)
        _ask(store, models, who, found, known, part, errand)


def by_model(
    store: Store,
    models: Models,
    who: Person,
    feature_id: UUID,
    connection: str,
    model: str,
    text: str,
) -> Round:
    """Ask a model for a draft and keep what it suggests; `took` says what came of each part. Raises
    as `begin` and `go_on`."""
    found = begin(store, who, feature_id, connection, model, text)
    go_on(store, models, who, found)
    return found


def as_told(store: Store, who: Person, feature_id: UUID, wanted: Wanted, text: str) -> Round:
    """The same for the model that a command line names. Raises InputError where it names none."""
    connection = connection_of(store, wanted, who)
    model = wanted.model or next(iter(connection.models), "")
    if not model:
        raise InputError("No model is named.", "Add --model NAME.")
    confirm(store, wanted, who)
    local = LocalModel(config.load().home)
    try:
        return by_model(store, Models(local), who, feature_id, connection.name, model, text)
    finally:
        local.close()


def took(store: Store, found: Round) -> list[Took]:
    """What came of each part that a model was asked for, in order."""
    return list(_took(store, found))


def _took(store: Store, found: Round) -> Iterator[Took]:
    for ended in store.drafting.parts(found.id):
        call = store.suggestions.reply_to(ended.call_id) if ended.call_id else None
        yield Took(ended, *(call or ()))


def _ask(
    store: Store,
    models: Models,
    who: Person,
    found: Round,
    known: Connection,
    part: Part,
    errand: Errand,
) -> None:
    suggested = of_group(store.drafting.of_round(found.id), About.REQUIREMENT)
    wanted = [each for each in suggested if each.resolution is not Resolution.REJECTED]
    if part is Part.CRITERIA and not wanted:
        _end(store, who, found, PartEnded(part, None, _NO_PROMISE))
        return
    promises = () if part is Part.REQUIREMENTS else tuple(_statements(wanted))
    asked = _request(store, found.feature_id, known, found.model, found.text, part, promises)
    call_id = new_id()
    try:
        said = f"{found.model} asked for {part.noun} of a draft"
        ended = suggestion_calls.ask(
            store, models, who, found.feature_id, known, asked, "draft", said,
            errand=errand, call_id=call_id,
        )  # fmt: skip
    except ModelError as error:
        _end(store, who, found, PartEnded(part, call_id, f"{error.message} {error.hint}".strip()))
        if error.failure not in _PASSING:
            raise
        return
    variables = datasets.wanted_variables(store, found.feature_id)
    bodies = [each.body for each in wanted if isinstance(each.body, RequirementDraft)]
    try:
        drafted = reading.read(
            part, ended.reply.reply or "", found.text, variables[0] if variables else "message",
            found.model, bodies,
        )  # fmt: skip
    except InputError as error:
        why = f"{error.message} {error.hint}".strip()
        if (ended.reply.output_tokens or 0) >= asked.parameters.max_tokens:
            why = f"It was cut at its limit of {asked.parameters.max_tokens:,} tokens. {why}"
        _end(store, who, found, PartEnded(part, call_id, why))
        return
    _end(store, who, found, PartEnded(part, call_id, "", drafted.left_out), drafted, wanted)


def _end(
    store: Store,
    who: Person,
    found: Round,
    ended: PartEnded,
    drafted: Drafted | None = None,
    wanted: list[Suggestion] | None = None,
) -> None:
    """Keep what came of a part. A criterion counts the requirements that were `wanted` then."""
    ideas = drafted.ideas if drafted is not None else ()
    with doing(store, who, Deed.DRAFT_MAKE, found.feature_id) as line:
        store.drafting.end_part(found.id, ended, ideas, [each.id for each in wanted or ()])
        came = "nothing that can be used" if ended.problem else count(len(ideas), "suggestion")
        line.say("", f"{found.model} drew {came} from a text: {ended.part.noun}")


def _request(
    store: Store,
    feature_id: UUID,
    connection: Connection,
    model: str,
    text: str,
    part: Part,
    promises: tuple[str, ...],
) -> Request:
    if part is Part.REQUIREMENTS:
        there = store.requirements.of(feature_id)
        promises = tuple(each.draft.statement for each in there)
    nonce = nonces.nonce()
    asked = parts.request(part, model, text, promises, nonce, is_small=connection.is_local)
    return with_body(asked, connection)


def _statements(wanted: list[Suggestion]) -> Iterator[str]:
    for each in wanted:
        if isinstance(each.body, RequirementDraft):
            yield each.body.statement


def _refuse_long(connection: Connection, asked: Request) -> None:
    """Raise InputError for a text that the local model has no room for beside its answer."""
    tokens, room = estimate_tokens(prompt_text(asked)), TOKENS_PER_SLOT - parts.SMALL_TOKENS
    if connection.is_local and tokens > room:
        raise InputError(
            f"The local model has room for some {room:,} tokens beside its answer, and this text "
            f"with what is asked of it takes some {tokens:,}.",
            "Paste a shorter text, ask a larger model, or draft by rules.",
        )
