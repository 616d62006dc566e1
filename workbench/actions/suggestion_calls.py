"""Ask a model once for suggestions: within the budget, written down before it is sent."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from workbench.actions.deeds import doing
from workbench.domain import clock
from workbench.domain.calls import Request
from workbench.domain.connections import Connection
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.domain.suggestions import SuggestionCall, SuggestionReply
from workbench.errors import InputError, ModelError
from workbench.models import prices
from workbench.models.connect import Models, refuse_outside
from workbench.runs.errands import Errand
from workbench.runs.planning import most_cost, prompt_text
from workbench.store.keys import new_id
from workbench.store.store import Store


class Expected(NamedTuple):
    """What one call takes: tokens that go out and likely come back, and USD (likely, at most),
    None where the price is not known."""

    input_tokens: int
    output_tokens: int
    cost: tuple[float, float] | None


class Ended(NamedTuple):
    """A call that was answered."""

    call: SuggestionCall
    reply: SuggestionReply


def expected(connection: Connection, asked: Request, likely_tokens: int) -> Expected:
    """What a request will take, before it is sent."""
    tokens = prices.estimate_tokens(prompt_text(asked))
    price = prices.price(connection, asked.model)
    if price is None:
        return Expected(tokens, likely_tokens, None)
    likely, most = prices.cost(price, tokens, likely_tokens), most_cost(price, asked)
    return Expected(tokens, likely_tokens, (min(likely or 0.0, most), most))


def ask(
    store: Store,
    models: Models,
    who: Person,
    feature_id: UUID,
    connection: Connection,
    asked: Request,
    purpose: str,
    said: str,
    about: Sequence[UUID] = (),
    errand: Errand | None = None,
    call_id: UUID | None = None,
) -> Ended:
    """Send one request and keep what came of it. `said` is the history's line; what is done in an
    `errand` can be watched and stopped. Raises InputError where a budget does not allow it, and
    ModelError where the model does not answer, which is kept as well."""
    refuse_outside(connection)
    price = prices.price(connection, asked.model)
    most = None if price is None else most_cost(price, asked)
    call = SuggestionCall(
        call_id or new_id(), feature_id, connection.name, asked.model, asked.fingerprint(),
        tuple(about), most, who.name, clock.now(), purpose,
    )  # fmt: skip
    with doing(store, who, Deed.SUGGESTION_ASK, feature_id) as line:
        refuse_beyond(store, feature_id, asked.model, most)
        store.suggestions.begin(call)
        line.say("", said)
    habits = tuple(h.adaptation for h in store.habits.of(connection) if h.model == asked.model)
    try:
        if errand is None:
            answer, lessons = models.answer(connection, asked, habits)
        else:
            answer, lessons = models.answer(connection, asked, habits, errand.stop, errand.heard)
    except ModelError as error:
        store.suggestions.end(
            SuggestionReply(call.id, failure=error.failure, message=error.message)
        )
        raise
    cost = prices.cost(price, answer.input_tokens, answer.output_tokens)
    reply = SuggestionReply(
        call.id, answer.text, None, "", answer.latency_ms, answer.input_tokens,
        answer.output_tokens, cost,
    )  # fmt: skip
    store.suggestions.end(reply)
    if connection.id is not None and lessons:
        store.habits.learn(connection, asked.model, lessons)
    return Ended(call, reply)


def refuse_beyond(store: Store, feature_id: UUID, model: str, most: float | None) -> None:
    """Raise InputError where the feature's budget has no room for the most that it can cost. A run
    that goes on counts its own money, so nothing else is spent meanwhile."""
    budget = store.features.budget(feature_id)
    if budget is None:
        return
    if most is None:
        raise InputError(
            f"The price of {model} is not known, so the feature's budget can't be kept.",
            "Set its price on the connection in Settings.",
        )
    if any(run.state.is_live for run in store.runs.newest(feature_id).values()):
        raise InputError(
            "A run of this feature goes on, which shares its budget.", "Ask when it has ended."
        )
    spent = store.attempts.spent_on(feature_id).usd
    if spent + most > budget:
        raise InputError(
            f"The feature's budget of ${budget:g} has no room for this: ${spent:.4f} is spent, and "
            f"it can cost ${most:.4f}.",
            "Raise the budget, or go on without the model.",
        )
