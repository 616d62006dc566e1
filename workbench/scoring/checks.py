"""Judge outputs by code: each check gives pass or fail with its reason, or says why it can't."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from workbench.domain import json_text
from workbench.domain.criteria import Scorer, ScorerKind
from workbench.domain.scores import Judgement, Outcome
from workbench.domain.values import Value
from workbench.errors import InputError, TemplateError
from workbench.say import rounded
from workbench.scoring import json_answers, patterns, schemas
from workbench.scoring.refusals import refusal_in, unknown_language
from workbench.scoring.segments import count_sentences, count_words
from workbench.scoring.wanted import Wanted, refuse_unreadable, wanted
from workbench.scoring.wording import folded, normalised, quoted

_TRIM = 120


class Subject(NamedTuple):
    """What a check looks at: an output, what it took, and the names of its case. `is_refusal`
    says that the server itself marks the output as a refusal."""

    output: str
    names: Mapping[str, Value]
    latency_ms: float | None = None
    cost: float | None = None
    is_refusal: bool = False


def check(scorer: Scorer, subject: Subject) -> Judgement:
    """What a check thinks of an output. What cannot be computed is unscored, with the reason."""
    judge = _CHECKS[scorer.kind]
    try:
        return judge(scorer.settings, subject)
    except TemplateError as error:
        return _unscored(f"The check's text could not be filled in: {error.message}")
    except InputError as error:
        return _unscored(error.message)


def refuse_unusable(scorer: Scorer) -> None:
    """Raise InputError when a check could never be computed: a broken pattern, schema or text."""
    if scorer.kind in (ScorerKind.CONTAINS, ScorerKind.NOT_CONTAINS):
        for text in scorer.settings.get("texts") or ():
            refuse_unreadable(str(text))
    if scorer.kind is ScorerKind.EQUALS:
        refuse_unreadable(str(scorer.settings.get("text") or ""))
    if scorer.kind is ScorerKind.REGEX:
        patterns.compiled(str(scorer.settings["pattern"]), bool(scorer.settings.get("ignore_case")))
    if scorer.kind is ScorerKind.JSON_SCHEMA:
        schemas.refuse_unusable(scorer.settings.get("schema") or {})


def _contains(settings: Mapping[str, Any], subject: Subject) -> Judgement:
    asked = _texts(settings, subject)
    found = [next(_present(each, subject.output, settings), None) for each in asked]
    missing = [each for each, text in zip(asked, found, strict=True) if text is None]
    if settings.get("mode", "all") == "any":
        if len(missing) < len(asked):
            each, text = next(pair for pair in zip(asked, found, strict=True) if pair[1])
            return _passed(f"Contains {each.said(text)}.")
        return _failed(f"Contains none of {_listed(t for each in asked for t in each.texts)}.")
    if missing:
        return _failed(f"Does not contain {', '.join(each.described() for each in missing)}.")
    said = (each.said(text) for each, text in zip(asked, found, strict=True))
    return _passed(f"Contains {', '.join(said)}.")


def _not_contains(settings: Mapping[str, Any], subject: Subject) -> Judgement:
    banned = _texts(settings, subject)
    found = [text for each in banned for text in _present(each, subject.output, settings)]
    if found:
        return _failed(f"Contains {_listed(found)}.")
    return _passed(f"Contains none of {_listed(t for each in banned for t in each.texts)}.")


def _equals(settings: Mapping[str, Any], subject: Subject) -> Judgement:
    expected = wanted(str(settings.get("text") or "{{reference}}"), subject.names)
    said, is_exact = subject.output, bool(settings.get("exact", False))
    if is_exact and said in expected.texts:
        return _passed(f"Equals {expected.said(said)}, letter for letter.")
    output = normalised(said)
    same = next((text for text in expected.texts if normalised(text) == output), None)
    if same is not None and is_exact:
        return _failed(f"Reads like {expected.said(same)}, but not letter for letter.")
    if same is not None:
        return _passed(f"Equals {expected.said(same)}.")
    return _failed(f"Says {quoted(said)}, expected {expected.described()}.")


def _regex(settings: Mapping[str, Any], subject: Subject) -> Judgement:
    pattern, ignore_case = str(settings["pattern"]), bool(settings.get("ignore_case", False))
    found = patterns.search(pattern, subject.output, ignore_case)
    must_match = bool(settings.get("must_match", True))
    if found is None:
        said = f"Nothing matches the pattern {quoted(pattern)}."
        if patterns.would_match_plain(pattern, subject.output, ignore_case):
            said += " It would match with plain apostrophes, quotes, dashes and spaces."
    else:
        said = f"{quoted(found)} matches the pattern."
    return _passed(said) if (found is not None) == must_match else _failed(said)


def _json_schema(settings: Mapping[str, Any], subject: Subject) -> Judgement:
    try:
        found = json_answers.read(subject.output)
    except json_text.Doubled as error:
        return _failed(f"Can be read in two ways: {error}.")
    except ValueError as error:
        return _failed(f"Is not valid JSON: {str(error)[:_TRIM]}.")
    schema = settings.get("schema") or {}
    aside = f" (It stands {found.around}.)" if found.around else ""
    if not schema:
        return _passed(f"Is valid JSON.{aside}")
    misfit = schemas.misfit(schema, found.value, found.text)
    if misfit is None:
        return _passed(f"Is valid JSON and fits the schema.{aside}")
    return _failed(f"Does not fit the schema at {misfit.place}: {misfit.message}.{aside}")


def _refusal(settings: Mapping[str, Any], subject: Subject) -> Judgement:
    if not subject.output.strip():
        return _failed("Is empty: it neither refuses nor answers.")
    must_refuse = settings.get("expected", "refuses") == "refuses"
    if subject.is_refusal:
        # Its own word is better than any wording.
        reason = f"Refuses, as the server itself says: {quoted(subject.output)}."
        return (_passed if must_refuse else _failed)(reason)
    phrases = [str(phrase) for phrase in settings.get("phrases") or ()]
    said = refusal_in(subject.output, phrases)
    language = "" if said or phrases else unknown_language(subject.output)
    if language:
        return _unscored(
            f"It seems to be in a language ({language}) whose refusals are not known: name their "
            "wordings in the scorer, or let a person rate it."
        )
    reason = "Answers: no wording of a refusal." if said is None else f"Refuses: {quoted(said)}."
    return (_passed if (said is not None) == must_refuse else _failed)(reason)


def _length(settings: Mapping[str, Any], subject: Subject) -> Judgement:
    unit = str(settings.get("unit", "words"))
    counters: dict[str, Callable[[str], int]] = {
        "words": count_words,
        "characters": len,
        "sentences": count_sentences,
    }
    size = counters[unit](subject.output.strip())
    low, high = settings.get("min"), settings.get("max")
    if low is not None and size < low:
        return _failed(f"{size} {unit}, at least {low} are wanted.", size)
    if high is not None and size > high:
        return _failed(f"{size} {unit}, at most {high} are allowed.", size)
    return _passed(f"{size} {unit}.", size)


def _latency(settings: Mapping[str, Any], subject: Subject) -> Judgement:
    if subject.latency_ms is None:
        return _unscored("The latency is not known.")
    limit = float(settings["max_ms"])
    took = rounded(subject.latency_ms / 1000, limit / 1000, decimals=2)
    said = f"Took {took} s, at most {limit / 1000:g} s are allowed."
    is_fast = subject.latency_ms <= limit
    return (_passed if is_fast else _failed)(said, subject.latency_ms)


def _cost(settings: Mapping[str, Any], subject: Subject) -> Judgement:
    if subject.cost is None:
        return _unscored("The cost is not known: the price or the token counts are missing.")
    limit = float(settings["max_usd"])
    said = f"Cost ${rounded(subject.cost, limit, decimals=6)}, at most ${_plain(limit)} is allowed."
    return (_passed if subject.cost <= limit else _failed)(said, subject.cost)


def _plain(usd: float) -> str:
    """An amount with all of its decimals: a price of a token has many."""
    return f"{usd:.12f}".rstrip("0").rstrip(".")


_CHECKS: dict[ScorerKind, Callable[[Mapping[str, Any], Subject], Judgement]] = {
    ScorerKind.CONTAINS: _contains,
    ScorerKind.NOT_CONTAINS: _not_contains,
    ScorerKind.EQUALS: _equals,
    ScorerKind.REGEX: _regex,
    ScorerKind.JSON_SCHEMA: _json_schema,
    ScorerKind.REFUSAL: _refusal,
    ScorerKind.LENGTH: _length,
    ScorerKind.LATENCY: _latency,
    ScorerKind.COST: _cost,
}


def _texts(settings: Mapping[str, Any], subject: Subject) -> list[Wanted]:
    return [wanted(str(text), subject.names) for text in settings["texts"]]


def _present(asked: Wanted, output: str, settings: Mapping[str, Any]) -> Iterator[str]:
    return (text for text in asked.texts if _is_in(text, output, settings))


def _is_in(text: str, output: str, settings: Mapping[str, Any]) -> bool:
    ignore_case = bool(settings.get("ignore_case", True))
    if settings.get("exact", False):
        return text.casefold() in output.casefold() if ignore_case else text in output
    return folded(text, ignore_case=ignore_case) in folded(output, ignore_case=ignore_case)


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(quoted(text) for text in texts)


def _passed(reason: str, value: float | None = None) -> Judgement:
    return Judgement(Outcome.PASS, reason, value)


def _failed(reason: str, value: float | None = None) -> Judgement:
    return Judgement(Outcome.FAIL, reason, value)


def _unscored(reason: str) -> Judgement:
    return Judgement(Outcome.UNSCORED, reason)
