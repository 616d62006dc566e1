"""Promises about the form of an answer: its language, JSON, labels, the words that it must have."""

import re
from typing import Any

from workbench.domain import languages
from workbench.domain.criteria import CriterionDraft, Measure, Scorer, ScorerKind
from workbench.domain.failures import Severity
from workbench.domain.requirements import Kind
from workbench.drafting import english, phrases, topics
from workbench.drafting.clauses import Clause
from workbench.drafting.promise import About, Promise, Sent

_BY_CODES = {name.casefold(): code for code, name in languages.NAMES.items()}
_OWN_LANGUAGE = re.compile(
    r"\bin (?:the )?(?:(?:customer|user|client|sender|reader|writer|caller"
    r"|person)['’]?s?['’]? (?:own )?(?:native )?"
    r"languages?|languages? of the \w+|same languages?(?: as [\w ]+)?|their (?:own )?languages?"
    r"|whatever language"
    r"[\w ]*)",
    re.I,
)
_NAMED_LANGUAGE = re.compile(r"\b(?:only )?in ([A-Z]\w+(?:(?:,| and| or|, and|, or) [A-Z]\w+)*)\b")
_JSON = re.compile(
    r"\b(?:(?:as|in|is|be|return|output|produce|valid|a) )*JSON\b(?: (?:object|format|document))?",
    re.I,
)
_FIELDS = re.compile(r"\bwith (?:the )?(?:fields?|keys?|properties)\s*:?\s*(.+)$", re.I)
_SAYS = re.compile(
    r"^(say|mention|include|contain|name|use|write|start|begin|end|sign|add|greet)\w*\b", re.I
)
_CLASSIFY = re.compile(
    r"^(?:classif(?:y|ies)|sorts?|labels?|routes?|categori[sz]es?|tags?|assigns?)\b.*?\b(?:into"
    r"|as|to|one of|with)\b"
    r"(?: (?:one of|either|the (?:labels|classes|categories)))*\s*:?\s*(.+)$", re.I,
)  # fmt: skip
_SAME = re.compile(
    r"\b(?:same (?:answer|reply|result|output)|consistent\w*|reproducib\w*|deterministic)\b", re.I
)


def own_language(words: str, clause: Clause, about: About) -> tuple[Promise | None, str]:
    match = _OWN_LANGUAGE.search(words)
    if not match:
        return None, words
    criteria, sent = [], []
    for code in ("de", "fr", "en"):
        name = languages.said(code)
        criteria.append((
            CriterionDraft(
                f"{name} in, {name} out", Scorer(ScorerKind.LANGUAGE, {"languages": [code]}),
                Measure.PASS_RATE, 0.95, slices=(name.casefold(),),
            ),
            "Which languages come in is a guess: keep those that your users write.",
        ))  # fmt: skip
        sent.append(Sent(topics.IN_LANGUAGES[code], ("typical", name.casefold())))
    mode = (
        "Wrong language",
        f"The {about.made} is not in the language of the message.",
        Severity.SERIOUS,
    )
    statement = f"The {about.made} is in the language of the message that it answers."
    promise = Promise(
        Kind.QUALITY, statement, clause.quote, "", tuple(criteria), tuple(sent), (mode,)
    )
    return promise, phrases.without(words, match)


def named_language(words: str, clause: Clause, about: About) -> tuple[Promise | None, str]:
    match = _NAMED_LANGUAGE.search(words)
    names = [name.casefold() for name in phrases.LIST.split(match[1])] if match else []
    codes = [_BY_CODES[name] for name in names if name in _BY_CODES]
    if not match or len(codes) < len(names) or clause.is_negative:
        return None, words
    said = " or ".join(languages.said(code) for code in codes)
    criterion = CriterionDraft(
        f"Is in {said}", Scorer(ScorerKind.LANGUAGE, {"languages": codes}), Measure.PASS_RATE, 0.95
    )
    strange = next(code for code in topics.IN_LANGUAGES if code not in codes)
    sent = (Sent(topics.IN_LANGUAGES[strange], ("edge", "other-language")),)
    mode = ("Wrong language", f"The {about.made} is not in {said}.", Severity.SERIOUS)
    return Promise(
        Kind.QUALITY, f"The {about.made} is in {said}{phrases.when(clause)}.", clause.quote, "",
        ((criterion, "Told by letters and their sequence; a few words alone stay unscored."),),
        sent, (mode,),
    ), phrases.without(words, match)  # fmt: skip


def json(words: str, clause: Clause, about: About) -> tuple[Promise | None, str]:
    match = _JSON.search(words)
    if not match or clause.is_negative:
        return None, words
    rest = phrases.without(words, match)
    named = _FIELDS.search(rest)
    fields = tuple(phrases.names(named[1]) if named else ())
    rest = rest[: named.start()] if named else rest
    return json_promise(fields, clause.quote, about), re.sub(
        r"\b(?:as|in|and)\s*$", "", rest.strip()
    )


def json_promise(names: tuple[str, ...], quote: str, about: About) -> Promise:
    """That the answer is JSON, with fields of these names."""
    schema: dict[str, Any] = {"type": "object"}
    if names:
        schema |= {"required": list(names), "properties": {name: {} for name in names}}
    with_fields = f" with {', '.join(names)}" if names else ""
    criterion = CriterionDraft(
        f"Is JSON{with_fields}", Scorer(ScorerKind.JSON_SCHEMA, {"schema": schema}),
        Measure.PASS_RATE, 0.95,
    )  # fmt: skip
    mode = (
        "Not readable by machines",
        "What comes back is not the JSON that was asked for.",
        Severity.SERIOUS,
    )
    return Promise(
        Kind.QUALITY, f"The {about.made} is one JSON object{with_fields}.", quote, "",
        ((criterion, "Checked by code; say the types of the fields when you edit it."),), 
        (), (mode,),
    )  # fmt: skip


def classified(clause: Clause, about: About) -> Promise | None:
    match = _CLASSIFY.match(clause.words)
    names = phrases.names(match[1]) if match else []
    if len(names) < 2 or clause.is_negative:
        return None
    labels = [name.strip("“”\"'‘’") for name in names]
    one_of = CriterionDraft(
        "Says one of the labels and nothing else", Scorer(ScorerKind.ONE_OF, {"texts": labels}),
        Measure.PASS_RATE, 0.99,
    )  # fmt: skip
    right = CriterionDraft(
        "Says the right label", Scorer(ScorerKind.EQUALS, {}), Measure.PASS_RATE, 0.9
    )
    sent = tuple(
        Sent("", ("typical", english.slug(label)), f"A text whose label is “{label}”.")
        for label in labels
    )
    mode = ("Wrong label", "The label is one of those, but not the right one.", Severity.SERIOUS)
    return Promise(
        Kind.QUALITY, phrases.statement(clause, about), clause.quote, "",
        ((one_of, "Read from the list of labels."), (right, "Held against each case's reference.")),
        sent, (mode,),
    )  # fmt: skip


def same(clause: Clause, about: About) -> Promise | None:
    if clause.is_negative or not _SAME.search(clause.words):
        return None
    draft = CriterionDraft(
        "Says the same each time",
        Scorer(ScorerKind.SAME, {"others": "most", "compare": "words", "similarity": 0.8}),
        Measure.PASS_RATE, 0.9,
    )  # fmt: skip
    why = "Each case is asked twice or more. How alike is a guess: 80% of the words."
    mode = (
        "Says something else each time",
        "Asked again, it comes to another answer.",
        Severity.SERIOUS,
    )
    return Promise(
        Kind.CONSISTENCY,
        phrases.statement(clause, about),
        clause.quote,
        "",
        ((draft, why),),
        (),
        (mode,),
    )


def said(clause: Clause, about: About) -> Promise | None:
    quoted = [match[1] for match in phrases.QUOTED.finditer(clause.words)]
    if not quoted or not _SAYS.match(clause.words):
        return None
    end = {
        "start": ScorerKind.STARTS_WITH,
        "begin": ScorerKind.STARTS_WITH,
        "end": ScorerKind.ENDS_WITH,
    }
    verb = english.base(clause.words.split()[0]) or ""
    kind = end.get(verb, ScorerKind.ENDS_WITH if verb == "sign" else ScorerKind.CONTAINS)
    settings: dict[str, Any] = {"texts": quoted, "ignore_case": True}
    if kind is ScorerKind.CONTAINS:
        settings["mode"] = "all"
    tag = english.slug(phrases.without_if(clause.condition))
    draft = CriterionDraft(
        phrases.capital(english.with_verb(clause.words, "third")), Scorer(kind, settings),
        Measure.PASS_RATE, 0.95,
        slices=(tag,) if tag else (),
    )  # fmt: skip
    sent = (
        phrases.sent(
            topics.of(clause.condition), tag, "typical", f"A message for this: {clause.condition}."
        )
        if tag
        else ()
    )
    return Promise(
        Kind.QUALITY,
        phrases.statement(clause, about),
        clause.quote,
        "",
        ((draft, "The words that the text quotes."),),
        sent,
    )
