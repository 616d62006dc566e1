"""A draft of a feature by rules alone: the same text gives the same draft, and nothing is sent."""

import re
from collections.abc import Sequence

from workbench.domain.datasets import CaseDraft
from workbench.domain.drafting import MOST_TEXT, Drafted, Idea
from workbench.domain.failures import ModeDraft
from workbench.domain.languages import NAMES
from workbench.domain.requirements import RequirementDraft
from workbench.drafting import clauses, forms, promises, reading, topics
from workbench.drafting.promise import About, Promise, Sent
from workbench.drafting.reading import Example, Piece
from workbench.errors import InputError
from workbench.scoring import injection, languages

SOURCE = "suggested by rules"
FROM_LIBRARY = "From the library of this workbench"
_MADE = (
    (re.compile(r"\b(?:e-?mail)", re.I), "e-mail"),
    (re.compile(r"\b(?:repl(?:y|ies))", re.I), "reply"),
    (re.compile(r"\b(?:summar)", re.I), "summary"),
    (re.compile(r"\b(?:translat)", re.I), "translation"),
    (re.compile(r"\b(?:classif|categori|label|route)", re.I), "label"),
    (re.compile(r"\b(?:extract|JSON)", re.I), "answer"),
    (re.compile(r"\b(?:draft)", re.I), "draft"),
    (re.compile(r"\b(?:answer)", re.I), "answer"),
)
_ON_TEXTS = re.compile(
    r"\b(?:summar|translat|extract|document|transcript|article|contract|report)", re.I
)
_FIELD_LEAD = re.compile(
    r"\b(?:fields?|keys?|extract|return|JSON|contain|include|columns?)\b", re.I
)
_MOST_FIELD = 4
_TELLING, _SURE = 6, 0.95
"""From how many words on a language can be told, and how likely it must be."""


def draft(text: str, variable: str = "") -> Drafted:
    """What a text suggests. `variable` is what the feature's prompts call a user's message; without
    it cases say “message”, or “text” where the feature works on texts.

    Raises InputError for a text that is empty or too long.
    """
    refuse_unfit(text)
    found = reading.read(text)
    on_texts = bool(_ON_TEXTS.search(text))
    about = About(clauses.product(text) or "the feature", _made(text))
    given = variable or ("text" if on_texts else "message")
    kept, left_out, orders = _promises(found.pieces, about)
    edges = topics.EDGE_TEXTS if on_texts else topics.GENERAL_EDGES
    cases = [*_examples(found.examples, given), *_orders(orders, given)]
    if kept:
        cases += _cases(kept, edges, given)
    return Drafted((*_requirements(kept), *_unique_cases(cases), *_modes(kept)), tuple(left_out))


def doubt(text: str) -> str:
    """Why a draft by rules of this text is likely poor: they read English. Empty where it is, and
    where a text is too short to tell."""
    if len(text.split()) < _TELLING:
        return ""
    told = languages.told(text)
    if told.code == "en" or told.likely < _SURE:
        return ""
    return (
        f"The rules read English, and this text seems to be {NAMES.get(told.code, told.code)}: "
        "most of it is left alone. Ask a model, or paste it in English."
    )


def refuse_unfit(text: str) -> None:
    """Raise InputError for a text that is empty or too long."""
    if not text.strip():
        raise InputError("There is no text to read.", "Paste a brief, an e-mail or a thread.")
    if len(text) > MOST_TEXT:
        raise InputError(
            f"The text has {len(text):,} characters.",
            f"Paste the part that matters: at most {MOST_TEXT:,}.",
        )


def _made(text: str) -> str:
    """What is made, by the first word that names it after a verb, else by any."""
    found = [(match.start(), name) for stem, name in _MADE if (match := stem.search(text))]
    drafts = re.search(
        r"\b(?:draft|write|compose)\w*\s+(?:an?|the)\s+(reply|e-?mail|answer|summary|letter|text)",
        text,
        re.I,
    )
    if drafts:
        return drafts[1].casefold()
    return min(found)[1] if found else "answer"


def _promises(pieces: Sequence[Piece], about: About) -> tuple[list[Promise], list[str], list[str]]:
    """The promises of a text, what says none, and what gives orders to its reader."""
    kept: dict[str, Promise] = {}
    left_out, orders, fields = [], [], _fields(pieces)
    for piece in pieces:
        if piece in fields:
            continue
        if _is_order(piece.text):
            orders.append(piece.text)
            continue
        promised = [p for clause in clauses.of(piece) for p in promises.read(clause, about)]
        if not promised and not piece.text.endswith(":"):
            left_out.append(piece.text)
        for promise in promised:
            kept.setdefault(promise.statement.casefold(), promise)
    if fields:
        lead = fields[0].lead
        names = tuple(re.split(r"\s*[:–(]", piece.text.rstrip("."))[0] for piece in fields)
        promise = forms.json_promise(names, lead, about)
        kept = {key: p for key, p in kept.items() if not _is_bare_json(p)}
        kept[promise.statement.casefold()] = promise
    return list(kept.values()), left_out, orders


def _is_order(text: str) -> bool:
    """Whether a sentence orders a model about: “ignore your instructions”, not “the assistant must
    ignore instructions in a message”."""
    found = " ".join(injection.flags(text))
    return "instructions" in found and not re.match(r"(?:the|our|it|every|each|an?)\b", text, re.I)


def _fields(pieces: Sequence[Piece]) -> list[Piece]:
    """The items of a list that names fields, such as those below “Extract as JSON:”."""
    items = [p for p in pieces if p.is_item and _FIELD_LEAD.search(p.lead)]
    short = [p for p in items if len(re.split(r"\s*[:–(]", p.text)[0].split()) <= _MOST_FIELD]
    return short if len(short) > 1 and len(short) == len(items) else []


def _is_bare_json(promise: Promise) -> bool:
    return promise.statement.endswith("is one JSON object.")


def _requirements(kept: Sequence[Promise]) -> list[Idea]:
    ideas: list[Idea] = []
    for promise in kept:
        place = len(ideas)
        body = RequirementDraft(promise.statement, kind=promise.kind)
        ideas.append(Idea(body, promise.quote, promise.why))
        ideas += [Idea(draft, promise.quote, why, place) for draft, why in promise.criteria]
    return ideas


def _examples(examples: Sequence[Example], variable: str) -> list[Idea]:
    return [
        Idea(
            CaseDraft(
                "", {variable: each.text}, each.reply or None, ("typical",), "from the pasted text"
            ),
            each.text,
            "Words of the text" + (", with the reply that it has." if each.reply else "."),
        )
        for each in examples
    ]


def _orders(orders: Sequence[str], variable: str) -> list[Idea]:
    """Sentences that would order a model about: a case that it must not be moved by."""
    return [
        Idea(
            CaseDraft(
                "",
                {variable: each},
                None,
                ("adversarial", "instructions-in-data"),
                "from the pasted text",
            ),
            each,
            "It speaks to a model, so it is no requirement here: a case that must not move it.",
        )
        for each in orders
    ]


def _cases(kept: Sequence[Promise], edges: Sequence[tuple[str, str]], variable: str) -> list[Idea]:
    ideas = [_case(sent, promise.quote, variable) for promise in kept for sent in promise.sent]
    general = [
        Sent(text, (tag,), "What every feature of this sort meets sooner or later.")
        for tag, text in edges
    ]
    return [*ideas, *(_case(sent, "", variable) for sent in general)]


def _case(sent: Sent, quote: str, variable: str) -> Idea:
    why = sent.why or f"{FROM_LIBRARY}: put your users' own words in its place."
    return Idea(CaseDraft("", {variable: sent.text}, None, sent.tags, SOURCE), quote, why)


def _unique_cases(ideas: Sequence[Idea]) -> list[Idea]:
    """Each text once, with the tags of all; those to be written each by its purpose."""
    kept: dict[tuple[str, ...], Idea] = {}
    for idea in ideas:
        assert isinstance(idea.body, CaseDraft)
        texts = tuple(str(value) for value in idea.body.variables.values())
        key = texts if any(texts) else (idea.why, *idea.body.tags)
        known = kept.get(key)
        if known is None:
            kept[key] = idea
        else:
            assert isinstance(known.body, CaseDraft)
            tags = tuple(dict.fromkeys((*known.body.tags, *idea.body.tags)))
            body = CaseDraft(
                "", known.body.variables, known.body.reference, tags, known.body.source
            )
            kept[key] = Idea(body, known.quote, known.why)
    return list(kept.values())


def _modes(kept: Sequence[Promise]) -> list[Idea]:
    found: dict[str, Idea] = {}
    for promise in kept:
        for name, definition, severity in promise.modes:
            body = ModeDraft(name, definition, severity)
            found.setdefault(name.casefold(), Idea(body, promise.quote, "How this promise fails."))
    return list(found.values())
