"""Ask a model which failure modes the unsorted notes come to: suggestions, for people to judge."""

import secrets
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from workbench.actions import failures
from workbench.actions.deeds import doing
from workbench.domain import clock
from workbench.domain.calls import Request
from workbench.domain.connections import Connection
from workbench.domain.failures import FailureMode, ModeDraft, SortedNote
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.domain.suggestions import SuggestedMode, SuggestionCall, SuggestionReply
from workbench.errors import InputError, ModelError
from workbench.models import prices
from workbench.models.connect import Models, refuse_outside
from workbench.runs.planning import most_cost, prompt_text, with_body
from workbench.say import count
from workbench.scoring import note_groups
from workbench.store.keys import new_id
from workbench.store.store import Store

_NONCE_BYTES = 16
_LIKELY_TOKENS = 400
"""Of an answer: some six groups."""


class Expected(NamedTuple):
    """What asking takes: how many of the notes are shown, and USD (likely, at most), None where
    the price is not known."""

    notes: int
    cost: tuple[float, float] | None


class Suggested(NamedTuple):
    """A failure mode that a model suggests, the notes of it that are still unsorted, and the one
    of this name that is there already."""

    key: str
    mode: SuggestedMode
    notes: tuple[SortedNote, ...]
    there: FailureMode | None


class Answered(NamedTuple):
    """What the last request came to: its suggestions, or why there are none, and what it took."""

    call: SuggestionCall
    reply: SuggestionReply
    modes: tuple[Suggested, ...]
    wrong: str


def expected(
    store: Store, feature_id: UUID, connection: str, model: str, notes: Sequence[SortedNote]
) -> Expected:
    """What asking about these notes will take. Raises NotFound where the connection is gone."""
    known = store.connections.named(connection)
    asked = _request(store, feature_id, known, model, notes[: note_groups.MOST_NOTES])
    price = prices.price(known, model)
    n = min(len(notes), note_groups.MOST_NOTES)
    if price is None:
        return Expected(n, None)
    likely = prices.cost(price, prices.estimate_tokens(prompt_text(asked)), _LIKELY_TOKENS)
    most = most_cost(price, asked)
    return Expected(n, (min(likely or 0.0, most), most))


def ask(
    store: Store,
    models: Models,
    who: Person,
    feature_id: UUID,
    connection: str,
    model: str,
    notes: Sequence[SortedNote],
) -> None:
    """Ask one model once, written down before it is sent. What came of it is kept and read by
    `newest`. Raises InputError where a budget does not allow it, and ModelError where the model
    does not answer, which is kept as well."""
    if not notes:
        raise InputError("There is no note to sort.", "Read outputs and note what goes wrong.")
    known = store.connections.named(connection)
    refuse_outside(known)
    some = notes[: note_groups.MOST_NOTES]
    asked = _request(store, feature_id, known, model, some)
    price = prices.price(known, model)
    most = None if price is None else most_cost(price, asked)
    call = SuggestionCall(
        new_id(), feature_id, connection, model, asked.fingerprint(),
        tuple(note.id for note in some), most, who.name, clock.now(),
    )  # fmt: skip
    with doing(store, who, Deed.SUGGESTION_ASK, feature_id) as line:
        _refuse_beyond(store, feature_id, model, most)
        store.suggestions.begin(call)
        line.say("", f"{model} asked to sort {count(len(some), 'note')}")
    habits = tuple(h.adaptation for h in store.habits.of(known) if h.model == model)
    try:
        answer, lessons = models.answer(known, asked, habits)
    except ModelError as error:
        store.suggestions.end(
            SuggestionReply(call.id, failure=error.failure, message=error.message)
        )
        raise
    cost = prices.cost(price, answer.input_tokens, answer.output_tokens)
    store.suggestions.end(
        SuggestionReply(
            call.id, answer.text, None, "", answer.latency_ms, answer.input_tokens,
            answer.output_tokens, cost,
        )
    )  # fmt: skip
    if known.id is not None and lessons:
        store.habits.learn(known, model, lessons)


def newest(store: Store, feature_id: UUID, notes: Sequence[SortedNote]) -> Answered | None:
    """What the last request of a feature came to, for the notes that are still unsorted among
    `notes`. None where nothing was asked."""
    found = store.suggestions.newest(feature_id)
    if found is None:
        return None
    call, reply = found
    if reply.reply is None:
        return Answered(call, reply, (), reply.message)
    try:
        modes = note_groups.read(reply.reply, len(call.about))
    except InputError as error:
        return Answered(call, reply, (), f"{error.message} {error.hint}")
    waiting = {note.id: note for note in notes if note.mode_id is None}
    there = _by_name(store, feature_id)
    suggested = []
    for place, mode in enumerate(modes):
        left = tuple(waiting[i] for i in (call.about[n] for n in mode.notes) if i in waiting)
        if left:
            known = there.get(mode.name.casefold())
            suggested.append(Suggested(f"{call.id}_{place}", mode, left, known))
    return Answered(call, reply, tuple(suggested), "")


def accept(
    store: Store,
    who: Person,
    feature_id: UUID,
    suggested: Suggested,
    name: str,
    definition: str,
) -> FailureMode:
    """Make the suggestion, as somebody edited it, a failure mode with its notes; one that has this
    name already takes them."""
    there = _by_name(store, feature_id)
    mode = there.get(" ".join(name.split()).casefold())
    if mode is not None:
        failures.sort(store, who, feature_id, suggested.notes, mode.id)
        return mode
    draft = ModeDraft(name, definition)
    return failures.add_mode(store, who, feature_id, draft, suggested.notes)


def _by_name(store: Store, feature_id: UUID) -> dict[str, FailureMode]:
    """The failure modes that are there, whatever their capitals."""
    return {mode.draft.name.casefold(): mode for mode in store.failures.of(feature_id)}


def _request(
    store: Store,
    feature_id: UUID,
    connection: Connection,
    model: str,
    notes: Sequence[SortedNote],
) -> Request:
    known = [mode.draft.name for mode in store.failures.of(feature_id)]
    nonce = secrets.token_hex(_NONCE_BYTES)
    return with_body(
        note_groups.request(model, [note.text for note in notes], known, nonce), connection
    )


def _refuse_beyond(store: Store, feature_id: UUID, model: str, most: float | None) -> None:
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
            "Raise the budget, or sort the notes by hand.",
        )
