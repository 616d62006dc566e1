"""Draft a feature from a text by asking a model, once: what it suggests is for people to judge."""

import secrets
from typing import NamedTuple
from uuid import UUID

from workbench import config
from workbench.actions import datasets, suggestion_calls
from workbench.actions.deeds import doing
from workbench.actions.redirect import Wanted, confirm, connection_of
from workbench.actions.suggestion_calls import Expected
from workbench.domain.calls import Request
from workbench.domain.connections import Connection
from workbench.domain.drafting import Drafted, Round
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.domain.suggestions import SuggestionCall, SuggestionReply
from workbench.drafting import model as asking
from workbench.drafting import rules
from workbench.errors import InputError
from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.runs.planning import with_body
from workbench.say import count
from workbench.store.store import Store

_NONCE_BYTES = 16


class Took(NamedTuple):
    """A model's call for a draft, and why its reply could not be read; empty where it could."""

    call: SuggestionCall
    reply: SuggestionReply
    wrong: str


def expected(store: Store, feature_id: UUID, connection: str, model: str, text: str) -> Expected:
    """What asking a model for a draft of this text will take."""
    known = store.connections.named(connection)
    asked = _request(store, feature_id, known, model, text)
    return suggestion_calls.expected(known, asked, asking.LIKELY_TOKENS)


def by_model(
    store: Store,
    models: Models,
    who: Person,
    feature_id: UUID,
    connection: str,
    model: str,
    text: str,
) -> Round:
    """Ask one model once and keep what it suggests; a reply that can't be read is kept, too, and
    suggests nothing (`took` says why). Raises InputError for a text that can't be used or a budget
    that does not allow it, and ModelError where the model does not answer."""
    rules.refuse_unfit(text)
    known = store.connections.named(connection)
    asked = _request(store, feature_id, known, model, text)
    said = f"{model} asked for a draft"
    ended = suggestion_calls.ask(store, models, who, feature_id, known, asked, "draft", said)
    try:
        drafted = _read(store, feature_id, ended.reply, model, text)
    except InputError:
        drafted = Drafted(())
    with doing(store, who, Deed.DRAFT_MAKE, feature_id) as line:
        store.drafting.add(feature_id, text, drafted, who.name, ended.call.id)
        found = count(len(drafted.ideas), "suggestion")
        line.say("", f"{model} drew {found} from a text")
    return store.drafting.rounds(feature_id)[0]


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


def took(store: Store, found: Round) -> Took | None:
    """What a round's call took; None where the rules read the text."""
    ended = store.suggestions.reply_to(found.call_id) if found.call_id else None
    if ended is None:
        return None
    call, reply = ended
    try:
        _read(store, found.feature_id, reply, call.model, found.text)
    except InputError as error:
        return Took(call, reply, f"{error.message} {error.hint}")
    return Took(call, reply, "")


def _request(
    store: Store, feature_id: UUID, connection: Connection, model: str, text: str
) -> Request:
    there = [each.draft.statement for each in store.requirements.of(feature_id)]
    nonce = secrets.token_hex(_NONCE_BYTES)
    return with_body(asking.request(model, text, there, nonce), connection)


def _read(store: Store, feature_id: UUID, reply: SuggestionReply, model: str, text: str) -> Drafted:
    wanted = datasets.wanted_variables(store, feature_id)
    return asking.read(reply.reply or "", text, wanted[0] if wanted else "message", model)
