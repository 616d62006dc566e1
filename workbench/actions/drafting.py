"""Draft a feature from a text: keep what is suggested, and take it over one by one."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from workbench.actions import criteria, datasets, failures, features, requirements
from workbench.actions.deeds import doing
from workbench.domain import values
from workbench.domain.criteria import CriterionDraft
from workbench.domain.datasets import CaseDraft
from workbench.domain.drafting import Body, Resolution, Round, Suggestion
from workbench.domain.failures import ModeDraft
from workbench.domain.features import Feature
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.domain.requirements import Evidence, RequirementDraft
from workbench.drafting import rules
from workbench.errors import InputError
from workbench.say import count
from workbench.scoring import checks
from workbench.store.store import Store

DATASET = "Drafted cases"
"""The dataset that accepted cases go to."""


def by_rules(store: Store, who: Person, feature_id: UUID, text: str) -> Round:
    """Keep what the rules make of a text, as suggestions. Raises InputError for a text that is
    empty or too long."""
    wanted = datasets.wanted_variables(store, feature_id)
    drafted = rules.draft(text, wanted[0] if wanted else "")
    with doing(store, who, Deed.DRAFT_MAKE, feature_id) as line:
        store.drafting.add(feature_id, text, drafted, who.name)
        line.say("", f"The rules drew {count(len(drafted.ideas), 'suggestion')} from a text")
    return store.drafting.rounds(feature_id)[0]


def start(store: Store, who: Person, name: str, text: str) -> Feature:
    """Make a feature of this name, and draft it from a text: both, or neither. Raises InputError
    where the name or the text can't be used."""
    with store.transaction():
        kept = features.create(store, who, Feature(name))
        assert kept.id is not None
        by_rules(store, who, kept.id, text)
    return kept


def accept(
    store: Store,
    who: Person,
    feature_id: UUID,
    suggestion_id: UUID,
    edited: Body | None = None,
    *,
    with_criteria: bool = False,
) -> str:
    """Make a suggestion what it suggests, as it is or as somebody `edited` it; with a requirement
    its open criteria, too, if wished. Returns the key of what it became.

    Raises InputError where it was judged already, can't be used, or is a criterion whose
    requirement is not accepted.
    """
    with store.transaction():
        found = _open(store, feature_id, suggestion_id)
        is_edited = edited is not None and edited != found.body
        body = edited if is_edited and edited is not None else found.body
        source = _source(store, feature_id, found)
        key, made_id = _make(store, who, feature_id, found, body, source)
        resolution = Resolution.EDITED if is_edited else Resolution.ACCEPTED
        _resolve(
            store, who, feature_id, found, resolution, key, made_id, body if is_edited else None
        )
        if with_criteria:
            for each in store.drafting.of_round(found.round_id):
                if each.of_id == found.id and each.is_open:
                    accept(store, who, feature_id, each.id)
    return key


def accept_cases(
    store: Store, who: Person, feature_id: UUID, suggestions: Sequence[Suggestion]
) -> int:
    """Take several cases into the dataset as one version; those that still need words are left.
    Returns how many were taken."""
    with store.transaction():
        open_ones = [_open(store, feature_id, each.id) for each in suggestions if each.is_open]
        ready = [each for each in open_ones if not lacks_words(each.body)]
        if not ready:
            raise InputError(
                "No case is ready.", "Write the messages that are still to be written."
            )
        drafts = [each.body for each in ready if isinstance(each.body, CaseDraft)]
        source = _source(store, feature_id, ready[0])
        note = f"{count(len(drafts), 'case')} suggested by {source}"
        datasets.take_in(store, who, feature_id, DATASET, drafts, note=note)
        store.drafting.resolve(
            [each.id for each in ready], Resolution.ACCEPTED, who.name, made=DATASET
        )
        with doing(store, who, Deed.SUGGESTION_ANSWER, feature_id) as line:
            line.say(DATASET, f"{count(len(ready), 'case')} suggested by {source} accepted")
    return len(ready)


def reject(store: Store, who: Person, feature_id: UUID, suggestions: Sequence[UUID]) -> None:
    """Turn suggestions down; with a requirement its open criteria. They can be looked at again."""
    with doing(store, who, Deed.SUGGESTION_ANSWER, feature_id) as line:
        wanted = [_open(store, feature_id, each) for each in suggestions]
        ids = {each.id for each in wanted}
        for found in wanted:
            of_round = store.drafting.of_round(found.round_id)
            ids |= {each.id for each in of_round if each.of_id == found.id and each.is_open}
        store.drafting.resolve(sorted(ids), Resolution.REJECTED, who.name)
        what = count(len(ids), "suggestion")
        if len(wanted) == 1:
            what = f"The {wanted[0].idea.about.noun} “{title(wanted[0].body)}”"
        if wanted:
            source = _source(store, feature_id, wanted[0])
            line.say("", f"{what}, suggested by {source}, rejected")


def reopen(store: Store, who: Person, feature_id: UUID, suggestion_id: UUID) -> None:
    """Look at a rejected suggestion again. One that is open stays so. Raises InputError for one
    that was accepted: what it became is changed in its own place."""
    with doing(store, who, Deed.SUGGESTION_ANSWER, feature_id) as line:
        found = _of_feature(store, feature_id, suggestion_id)
        if found.resolution.is_taken:
            raise InputError(f"It is {found.made} by now.", "Change it there, or put it away.")
        if found.resolution is Resolution.REJECTED:
            store.drafting.resolve([found.id], Resolution.OPEN, who.name)
            line.say("", f"The {found.idea.about.noun} “{title(found.body)}” taken up again")


def title(body: Body) -> str:
    """What a suggestion would become, in one line."""
    match body:
        case RequirementDraft():
            return body.statement
        case CriterionDraft():
            return body.title
        case ModeDraft():
            return body.name
        case CaseDraft():
            return next((values.text(value) for value in body.variables.values()), "")


def lacks_words(body: Body) -> bool:
    """Whether a case's message is still to be written by somebody who knows the users."""
    return isinstance(body, CaseDraft) and not title(body).strip()


def _make(
    store: Store, who: Person, feature_id: UUID, found: Suggestion, body: Body, source: str
) -> tuple[str, UUID | None]:
    """The key of what a suggestion became, and its id."""
    said = f"Suggested by {source}"
    from_text = f"{said}: “{found.idea.quote}”" if found.idea.quote else said
    match body:
        case RequirementDraft():
            made = requirements.add(store, who, feature_id, body, (Evidence(from_text),))
            return made.key, made.id
        case CriterionDraft():
            parent = store.drafting.get(found.of_id) if found.of_id else None
            if parent is None or parent.made_id is None:
                raise InputError(
                    "Its requirement is not accepted.", "Accept the requirement first."
                )
            kept = criteria.add(store, who, parent.made_id, body, from_text)
            return kept.key, kept.id
        case CaseDraft():
            if lacks_words(body):
                raise InputError("The case has no words.", "Write what a user would send.")
            datasets.take_in(store, who, feature_id, DATASET, [body], note=f"{said}: one case")
            return DATASET, None
        case ModeDraft():
            mode = failures.add_mode(store, who, feature_id, body)
            return mode.key, mode.id


def _resolve(
    store: Store,
    who: Person,
    feature_id: UUID,
    found: Suggestion,
    resolution: Resolution,
    key: str,
    made_id: UUID | None,
    body: Body | None,
) -> None:
    source = _source(store, feature_id, found)
    with doing(store, who, Deed.SUGGESTION_ANSWER, feature_id) as line:
        store.drafting.resolve(
            [found.id], resolution, who.name, made=key, made_id=made_id, body=body
        )
        how = "accepted" if resolution is Resolution.ACCEPTED else "edited and accepted"
        line.say(key, f"{found.idea.about.noun.capitalize()} suggested by {source} {how}")


def _open(store: Store, feature_id: UUID, suggestion_id: UUID) -> Suggestion:
    found = _of_feature(store, feature_id, suggestion_id)
    if not found.is_open:
        said = f"became {found.made}" if found.resolution.is_taken else "was rejected"
        raise InputError(
            f"{found.person or 'Somebody'} was faster: this suggestion {said}.",
            "Look at the draft again.",
        )
    return found


def _of_feature(store: Store, feature_id: UUID, suggestion_id: UUID) -> Suggestion:
    found = store.drafting.get(suggestion_id)
    if found.round_id not in {each.id for each in store.drafting.rounds(feature_id)}:
        raise InputError("This suggestion is of another feature.", "Open that one.")
    return found


def _source(store: Store, feature_id: UUID, found: Suggestion) -> str:
    rounds = {each.id: each for each in store.drafting.rounds(feature_id)}
    return rounds[found.round_id].source


def problem_with(body: Body) -> str:
    """Why a suggestion can't become what it suggests as it stands; empty where it can."""
    try:
        if isinstance(body, CriterionDraft):
            checks.refuse_unusable(body.checked().scorer)
        elif isinstance(body, RequirementDraft | ModeDraft):
            body.checked()
    except InputError as error:
        return f"{error.message} {error.hint}"
    return ""


def as_written(case: CaseDraft, text: str) -> CaseDraft:
    """A case whose message somebody wrote anew."""
    (name, *_), rest = tuple(case.variables), dict(case.variables)
    rest[name] = text
    return replace(case, variables=rest)
