"""Ask a model for its opinion on requirements and a prompt; people say what they make of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from workbench.actions import suggestion_calls
from workbench.actions.deeds import doing
from workbench.actions.suggestion_calls import Expected
from workbench.domain import nonces
from workbench.domain.calls import Request
from workbench.domain.connections import Connection
from workbench.domain.drafting import Resolution
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.domain.prompts import PromptText, PromptVersion
from workbench.domain.requirements import Requirement
from workbench.domain.suggestions import (
    Objection,
    Opinion,
    PromptView,
    Resolved,
    SuggestionCall,
    SuggestionReply,
)
from workbench.domain.verdicts import CriterionVerdict
from workbench.drafting import opinion, unsaid
from workbench.drafting.opinion import Reviewed
from workbench.errors import InputError
from workbench.models.connect import Models
from workbench.runs.errands import Errand
from workbench.runs.planning import with_body
from workbench.store.store import Store

_OPEN = Resolved(Resolution.OPEN, "", "")


@dataclass(frozen=True)
class Item:
    """One thing that a model thinks, by its place in the reply, and what a person said to it."""

    call_id: UUID
    place: int
    opinion: Opinion
    resolved: Resolved = _OPEN


@dataclass(frozen=True)
class Given:
    """What the last request came to: opinions, or why there are none; which prompt was shown, and
    the keys of requirements that were revised since."""

    call: SuggestionCall
    reply: SuggestionReply
    items: tuple[Item, ...]
    wrong: str
    version: PromptVersion | None
    revised: tuple[str, ...]

    def doubts(self) -> list[Item]:
        """Conflicts and ambiguities."""
        return [each for each in self.items if isinstance(each.opinion, Objection)]

    def on_prompt(self) -> dict[str, Item]:
        """How requirements stand to the prompt, by their keys."""
        return {
            each.opinion.key: each for each in self.items if isinstance(each.opinion, PromptView)
        }


def expected(
    store: Store,
    feature_id: UUID,
    connection: str,
    model: str,
    version: PromptVersion | None,
    verdicts: Sequence[CriterionVerdict],
) -> Expected:
    """What asking will take."""
    known = store.connections.named(connection)
    asked = _request(store, feature_id, known, model, version, verdicts)
    n = len(_reviewed(store, feature_id))
    return suggestion_calls.expected(known, asked, opinion.LIKELY_TOKENS * n)


def ask(
    store: Store,
    models: Models,
    who: Person,
    feature_id: UUID,
    connection: str,
    model: str,
    version: PromptVersion | None,
    verdicts: Sequence[CriterionVerdict],
    errand: Errand | None = None,
) -> None:
    """Ask one model once; what came of it is kept and read by `newest`. Raises InputError where
    there is nothing to review or a budget does not allow it, and ModelError where the model does
    not answer, which is kept as well."""
    requirements = _reviewed(store, feature_id)
    if not requirements:
        raise InputError("There is no requirement to look at.", "Write or draft one first.")
    known = store.connections.named(connection)
    asked = _request(store, feature_id, known, model, version, verdicts)
    shown = f" and {version.label}" if version is not None else ""
    about = [each.id for each in requirements] + ([version.id] if version is not None else [])
    suggestion_calls.ask(
        store, models, who, feature_id, known, asked, "opinion",
        f"{model} asked for its opinion on the requirements{shown}", about, errand,
    )  # fmt: skip


def n_left_out(store: Store, feature_id: UUID) -> int:
    """How many requirements, the last ones, no request shows: more than one call holds."""
    return max(0, len(store.requirements.of(feature_id)) - opinion.MOST_REQUIREMENTS)


def newest(store: Store, feature_id: UUID) -> Given | None:
    """What the last request of a feature came to; None where nothing was asked."""
    found = store.suggestions.newest(feature_id, "opinion")
    if found is None:
        return None
    call, reply = found
    versions = {each.id: each for each in store.prompts.versions(feature_id)}
    version = next((versions[each] for each in call.about if each in versions), None)
    every = (*store.requirements.of(feature_id), *store.requirements.archived(feature_id))
    there = {each.id: each for each in every}
    shown = [there[each] for each in call.about if each in there]
    revised = tuple(e.key for e in shown if e.revision.created_at > call.started_at)
    if reply.reply is None:
        return Given(call, reply, (), reply.message, version, revised)
    prompt = "" if version is None else _written(version.text)
    try:
        said = opinion.read(reply.reply, [each.key for each in shown], prompt)
    except InputError as error:
        wrong = f"{error.message} {error.hint}"
        return Given(call, reply, (), wrong, version, revised)
    resolved = store.suggestions.resolved(call.id)
    items = tuple(
        Item(call.id, place, each, resolved.get(place, _OPEN)) for place, each in enumerate(said)
    )
    return Given(call, reply, items, "", version, revised)


def resolve(store: Store, who: Person, feature_id: UUID, item: Item, said: Resolution) -> None:
    """Keep what a person makes of an opinion. Raises InputError where somebody was faster."""
    now = store.suggestions.resolved(item.call_id).get(item.place, _OPEN)
    if now.resolution is not item.resolved.resolution:
        raise InputError(
            f"{now.person or 'Somebody'} was faster: it is {now.resolution.value} by now.",
            "Look at it again.",
        )
    call, _ = store.suggestions.reply_to(item.call_id) or (None, None)
    model = call.model if call is not None else "a model"
    how = "taken up again" if said is Resolution.OPEN else said.value
    with doing(store, who, Deed.SUGGESTION_ANSWER, feature_id) as line:
        store.suggestions.resolve(item.call_id, item.place, said, who.name)
        line.say("", f"The opinion of {model} on {about(item.opinion)} {how}")


def about(given: Opinion) -> str:
    """What an opinion is about, in words."""
    if isinstance(given, Objection):
        return ", ".join(given.about)
    return f"{given.key} and the prompt"


def concerned(given: Opinion) -> tuple[str, ...]:
    """The keys of the requirements that an opinion is about."""
    if isinstance(given, Objection):
        return tuple(given.about)
    return (given.key, *given.against)


def in_words(given: Opinion) -> str:
    """An opinion as one text, for evidence."""
    if isinstance(given, Objection):
        return f"{given.doubt.value}: {', '.join(given.about)}. {given.said} {given.advice}".strip()
    against = f" with {', '.join(given.against)}" if given.against else ""
    return f"{given.key} in the prompt: {given.says.value}{against}. {given.why}".strip()


def _reviewed(store: Store, feature_id: UUID) -> list[Requirement]:
    return store.requirements.of(feature_id)[: opinion.MOST_REQUIREMENTS]


def _request(
    store: Store,
    feature_id: UUID,
    connection: Connection,
    model: str,
    version: PromptVersion | None,
    verdicts: Sequence[CriterionVerdict],
) -> Request:
    requirements = _reviewed(store, feature_id)
    text = version.text if version is not None else PromptText("", "")
    ways = unsaid.of_prompt(text, requirements, verdicts, store.variants.of(feature_id), ())
    criteria = store.criteria.of(feature_id)
    reviewed = [
        Reviewed(
            each.key,
            each.draft.statement,
            tuple(one.draft.title for one in criteria if one.requirement_id == each.id),
            way.shown(),
        )
        for each, way in zip(requirements, ways, strict=True)
    ]
    prompt = "" if version is None else _written(text)
    nonce = nonces.nonce()
    asked = opinion.request(model, reviewed, prompt, nonce, is_small=connection.is_local)
    return with_body(asked, connection)


def _written(text: PromptText) -> str:
    return "\n\n".join(each for each in text.templates() if each.strip())
