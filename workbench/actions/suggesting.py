"""Ask a model which failure modes the unsorted notes come to: suggestions, for people to judge."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from workbench.actions import failures, suggestion_calls
from workbench.domain import nonces
from workbench.domain.calls import Request
from workbench.domain.connections import Connection
from workbench.domain.failures import FailureMode, ModeDraft, SortedNote
from workbench.domain.people import Person
from workbench.domain.suggestions import SuggestedMode, SuggestionCall, SuggestionReply
from workbench.errors import InputError
from workbench.models.connect import Models
from workbench.runs.errands import Errand
from workbench.runs.planning import with_body
from workbench.say import count
from workbench.scoring import note_groups
from workbench.store.store import Store

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
    n = min(len(notes), note_groups.MOST_NOTES)
    return Expected(n, suggestion_calls.expected(known, asked, _LIKELY_TOKENS).cost)


def ask(
    store: Store,
    models: Models,
    who: Person,
    feature_id: UUID,
    connection: str,
    model: str,
    notes: Sequence[SortedNote],
    errand: Errand | None = None,
) -> None:
    """Ask one model once, written down before it is sent. What came of it is kept and read by
    `newest`. Raises InputError where a budget does not allow it, and ModelError where the model
    does not answer, which is kept as well."""
    if not notes:
        raise InputError("There is no note to sort.", "Read outputs and note what goes wrong.")
    known = store.connections.named(connection)
    some = notes[: note_groups.MOST_NOTES]
    asked = _request(store, feature_id, known, model, some)
    said = f"{model} asked to sort {count(len(some), 'note')}"
    about = tuple(note.id for note in some)
    suggestion_calls.ask(
        store, models, who, feature_id, known, asked, "failure_modes", said, about, errand
    )


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
    nonce = nonces.nonce()
    return with_body(
        note_groups.request(model, [note.text for note in notes], known, nonce), connection
    )
