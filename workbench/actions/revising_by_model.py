"""Ask a model to revise a prompt against failure modes: one more way to change it, to be tried."""

from typing import NamedTuple

from workbench.actions import revising, suggestion_calls
from workbench.actions.deeds import doing
from workbench.actions.revising import Proposal
from workbench.actions.suggestion_calls import Expected
from workbench.domain import nonces, values
from workbench.domain.calls import Request
from workbench.domain.connections import LOCAL_NAME, Connection
from workbench.domain.drafting import Resolution
from workbench.domain.experiments import Experiment
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.domain.prompts import PromptText
from workbench.domain.suggestions import Resolved, SuggestionCall, SuggestionReply
from workbench.drafting import prompt_revision
from workbench.drafting.prompt_revision import Example, Revised
from workbench.drafting.revision import Way
from workbench.errors import InputError
from workbench.models.connect import Models
from workbench.runs.errands import Errand
from workbench.runs.jobs import Jobs
from workbench.runs.planning import with_body
from workbench.store.store import Store

_MOST_EXAMPLES = 6


class Suggested(NamedTuple):
    """What the last request came to: a revision, or why there is none."""

    call: SuggestionCall
    reply: SuggestionReply
    revised: Revised | None
    wrong: str
    resolved: Resolved | None

    def way(self) -> Way | None:
        """It as one of the ways to change the prompt; None for one that was rejected."""
        is_rejected = self.resolved is not None and self.resolved.resolution is Resolution.REJECTED
        if self.revised is None or is_rejected:
            return None
        name = f"Suggested by {self.call.model}"
        return Way(name, self.revised.text, self.revised.why, self.revised.expects)


def expected(store: Store, proposed: Proposal, connection: str, model: str) -> Expected:
    """What asking will take. Raises InputError for a prompt that this model can't rewrite whole."""
    known = store.connections.named(connection)
    asked = _request(store, proposed, known, model)
    return suggestion_calls.expected(known, asked, prompt_revision.LIKELY_TOKENS)


def ask(
    store: Store,
    models: Models,
    who: Person,
    proposed: Proposal,
    connection: str,
    model: str,
    errand: Errand | None = None,
) -> None:
    """Ask one model once; what came of it is kept and read by `newest`. Raises InputError where a
    budget does not allow it, and ModelError where the model does not answer, which is kept too."""
    known = store.connections.named(connection)
    asked = _request(store, proposed, known, model)
    modes = ", ".join(mode.key for mode in proposed.modes)
    said = f"{model} asked to revise {proposed.variant.prompt.label} against {modes}"
    about = [*(mode.id for mode in proposed.modes), proposed.variant.prompt.id]
    suggestion_calls.ask(
        store, models, who, proposed.mode.feature_id, known, asked, "prompt", said, about, errand
    )


def newest(store: Store, proposed: Proposal) -> Suggested | None:
    """What the last request about this failure mode and this prompt came to; None where nothing
    was asked."""
    prompt = proposed.variant.prompt
    found = store.suggestions.newest(
        proposed.mode.feature_id, "prompt", (proposed.mode.id, prompt.id)
    )
    if found is None:
        return None
    call, reply = found
    said = store.suggestions.resolved(call.id).get(0)
    if reply.reply is None:
        return Suggested(call, reply, None, reply.message, said)
    try:
        is_small = call.connection == LOCAL_NAME
        revised = prompt_revision.read(reply.reply, prompt.text, is_small=is_small)
    except InputError as error:
        return Suggested(call, reply, None, f"{error.message} {error.hint}".strip(), said)
    return Suggested(call, reply, revised, "", said)


def try_it(
    store: Store,
    jobs: Jobs,
    who: Person,
    proposed: Proposal,
    suggested: Suggested,
    text: PromptText,
    expects: str,
) -> Experiment:
    """Try a suggested revision, as it is or as somebody edited it (`revising.try_it`), and note
    that it was taken."""
    made = revising.try_it(store, jobs, who, proposed, text, expects)
    is_as_it_was = suggested.revised is not None and text == suggested.revised.text
    said = Resolution.ACCEPTED if is_as_it_was else Resolution.EDITED
    with doing(store, who, Deed.SUGGESTION_ANSWER, proposed.mode.feature_id) as line:
        store.suggestions.resolve(suggested.call.id, 0, said, who.name, made.key)
        edited = "" if is_as_it_was else ", edited,"
        line.say(made.key, f"The prompt suggested by {suggested.call.model}{edited} is tried")
    return made


def reject(store: Store, who: Person, proposed: Proposal, suggested: Suggested) -> None:
    """Turn a suggested revision down."""
    with doing(store, who, Deed.SUGGESTION_ANSWER, proposed.mode.feature_id) as line:
        store.suggestions.resolve(suggested.call.id, 0, Resolution.REJECTED, who.name)
        line.say("", f"The prompt suggested by {suggested.call.model} rejected")


def _request(store: Store, proposed: Proposal, connection: Connection, model: str) -> Request:
    wanted = {mode.id for mode in proposed.modes}
    notes = [
        note
        for note in store.reports.failures.notes(proposed.mode.feature_id, proposed.experiment.id)
        if note.mode_id in wanted and note.variant_id == proposed.variant.id
    ]
    examples = []
    for note in notes[:_MOST_EXAMPLES]:
        names = store.datasets.case(note.case_id).names()
        asked = "; ".join(f"{name}: {values.text(value)}" for name, value in names.items())
        examples.append(Example(asked, note.output, note.text))
    asked_of = prompt_revision.request(
        model,
        proposed.variant.prompt.text,
        [mode.draft for mode in proposed.modes],
        examples,
        nonces.nonce(),
        is_small=connection.is_local,
    )
    return with_body(asked_of, connection)
