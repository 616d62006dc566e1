"""How a model's reply to one part of a draft is read (`parts.py` has what it is asked): strictly,
as suggestions. Nothing of it is done, and a reply of another form suggests nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.domain.criteria import CriterionDraft, Measure, Scorer, ScorerKind
from workbench.domain.datasets import CaseDraft
from workbench.domain.drafting import Drafted, Idea, Part
from workbench.domain.failures import ModeDraft, Severity
from workbench.domain.requirements import Kind, RequirementDraft
from workbench.drafting import parts, replies
from workbench.errors import InputError
from workbench.say import count
from workbench.scoring import checks
from workbench.scoring.wording import folded, quoted

_HIGHEST = 0.99
_WORDS = ("most_words", "least_words")
_AMOUNTS = (*_WORDS, "most_seconds", "most_usd")
_MOST_WORDS = 100_000


def read(
    part: Part,
    reply: str,
    text: str,
    variable: str,
    source: str,
    promises: Sequence[RequirementDraft] = (),
) -> Drafted:
    """What a reply suggests: one object with the list of its part and nothing around it.

    A criterion's `of` is the place of its requirement among the `promises` that it was asked for.
    A criterion that no check can make, and what says the same as something before it, is named in
    `left_out`. Raises InputError for a reply of any other form.
    """
    value = replies.whole(reply, (part.value,), part.noun)
    said = folded(text)
    ideas: list[Idea] = []
    left_out: list[str] = []
    for each in replies.items(value, part.value):
        if set(each) != parts.fields(part):
            raise replies.unread(
                f"one of its {part.noun} has other fields: {quoted(str(dict(each)))}"
            )
        if part is Part.CRITERIA:
            _take_criterion(each, promises, ideas, left_out)
        else:
            ideas.append(_idea(part, each, said, variable, source))
    kept = [one for place, one in enumerate(ideas) if one not in ideas[:place]]
    if len(kept) < len(ideas):
        n = count(len(ideas) - len(kept), "suggestion")
        left_out.append(f"{n} of {part.noun} that said the same as one before it")
    return Drafted(tuple(kept), tuple(left_out))


def _idea(part: Part, each: Mapping[str, Any], said: str, variable: str, source: str) -> Idea:
    match part:
        case Part.REQUIREMENTS:
            body = RequirementDraft(
                replies.text(each, "statement"), kind=Kind(replies.one(each, "kind", Kind))
            )
            return Idea(body.checked(), *_words(each, said))
        case Part.CASES:
            named = replies.one(each, "tag", parts.TAGS), replies.text(each, "slice", may_lack=True)
            given = {variable: replies.text(each, "input")}
            tags = tuple(tag for tag in named if tag)
            case = CaseDraft("", given, None, tags, f"suggested by {source}")
            return Idea(case, *_words(each, said))
        case _:
            severity = Severity(replies.one(each, "severity", Severity))
            definition = replies.text(each, "definition", may_lack=True)
            return Idea(ModeDraft(replies.text(each, "name"), definition, severity).checked())


def _take_criterion(
    each: Mapping[str, Any],
    promises: Sequence[RequirementDraft],
    ideas: list[Idea],
    left_out: list[str],
) -> None:
    number = each["requirement"]
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= len(promises):
        raise replies.unread(
            f"a criterion in it is of requirement {quoted(str(number))}, which is none"
        )
    draft, note = _criterion(each, promises[number - 1].kind)
    try:
        _refuse_no_number(each, draft.title)
        draft = draft.checked()
        checks.refuse_unusable(draft.scorer)
    except InputError as error:
        left_out.append(f"Criterion {quoted(draft.title)}: {error.message}")
    else:
        ideas.append(Idea(draft, "", note, number - 1))


def _criterion(given: Mapping[str, Any], kind: Kind) -> tuple[CriterionDraft, str]:
    """A criterion as the reply has it, and what was changed of it."""
    title, check = replies.text(given, "title"), replies.one(given, "check", parts.CHECKS)
    texts = given.get("texts")
    if not isinstance(texts, list) or not all(isinstance(each, str) for each in texts):
        raise replies.unread(f"the texts of {quoted(title)} are no list of texts")
    number = None if given.get("number") is None else replies.number(given, "number", title)
    bar = replies.number(given, "bar", title)
    if not 0 < bar <= 1:
        raise replies.unread(f"the bar of {quoted(title)} is {bar:g}, not a share from 0 to 1")
    note = "The model's choice of check and level."
    if bar > _HIGHEST:
        note = f"The model asked for {bar:.1%}, which hardly any number of trials shows: 99% here."
    level = min(bar, _HIGHEST)
    scorer = _scorer(check, title, [each for each in texts if each.strip()], number)
    tag = replies.text(given, "slice", may_lack=True)
    measure = Measure.FAIL_RATE if kind is Kind.SAFETY else Measure.PASS_RATE
    shown = round(1 - level, 6) if measure.is_upper_bar else level
    return CriterionDraft(title, scorer, measure, shown, slices=(tag,) if tag else ()), note


def _scorer(check: str, title: str, texts: Sequence[str], number: float | None) -> Scorer:
    amount = number or 0.0
    listed = {"texts": list(texts), "ignore_case": True}
    match check:
        case "most_words":
            return Scorer(ScorerKind.LENGTH, {"max": int(amount), "unit": "words"})
        case "least_words":
            return Scorer(ScorerKind.LENGTH, {"min": int(amount), "unit": "words"})
        case "contains_any" | "contains_all":
            return Scorer(ScorerKind.CONTAINS, {**listed, "mode": check.removeprefix("contains_")})
        case "contains_none":
            return Scorer(ScorerKind.NOT_CONTAINS, listed)
        case "refuses" | "answers":
            return Scorer(ScorerKind.REFUSAL, {"expected": check})
        case "language":
            return Scorer(ScorerKind.LANGUAGE, {"languages": list(texts)})
        case "json":
            return Scorer(ScorerKind.JSON_SCHEMA, {})
        case "most_seconds":
            return Scorer(ScorerKind.LATENCY, {"max_ms": amount * 1000})
        case "most_usd":
            return Scorer(ScorerKind.COST, {"max_usd": amount})
        case "no_personal_data":
            return Scorer(ScorerKind.PERSONAL_DATA, {})
        case _:
            return Scorer(ScorerKind.RATING, {"question": title})


def _refuse_no_number(given: Mapping[str, Any], title: str) -> None:
    """Raise InputError for a check of an amount that names none: none is not zero."""
    if given["check"] not in _AMOUNTS:
        return
    number = given.get("number") or 0
    if not number > 0:
        raise InputError(f"{quoted(title)} names no number above 0.", "Write it by hand.")
    if given["check"] in _WORDS and not (number == int(number) and number <= _MOST_WORDS):
        raise InputError(f"{quoted(title)} names no number of words.", "Write it by hand.")


def _words(given: Mapping[str, Any], said: str) -> tuple[str, str]:
    """The words of the text that a suggestion names, where the text has them."""
    words = replies.text(given, "words", may_lack=True)
    if words and folded(words).strip(" .") in said:
        return words, ""
    return "", "The model names no words that the text has: look whether anybody asked for it."
