"""What a server refuses, learnt from its reply: told by code and param first, by words last."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from workbench.domain.adaptations import Adaptation
from workbench.domain.fingerprint import canonical
from workbench.models.attached import joined
from workbench.models.complaints import Complaint, squeezed

OPTIONAL = (
    *("temperature", "top_p", "seed", "stop", "stream", "frequency_penalty", "presence_penalty"),
    *("top_k", "min_p", "repetition_penalty", "logit_bias", "logprobs", "top_logprobs"),
    *("tool_choice", "parallel_tool_calls"),
)
"""Fields that a server may go without; whoever asks is told that they were not sent."""

_LIMITS = ("max_tokens", "max_completion_tokens", "max_output_tokens", "max_new_tokens")
"""Names of the most tokens of an answer. One of them is always sent: budgets rest on it."""

IN_PROMPT = "Answer with JSON only, no other text, that fits this JSON schema: "
"""Put before a schema where the server takes none. Json_object modes want that word."""

_ROLES = ("system", "developer")
_STATUSES = (None, 400, 404, 405, 415, 422)
_NO_PARAMETER = (
    *("unsupportedparam", "unknownparam", "unrecognizedparam", "parameternotsupported"),
    *("extraforbidden", "unknownfield", "unknownargument", "unsupportedfield"),
)
_UNSUPPORTED = ("unsupported", "notsupported")
_REFUSES = re.compile(
    r"n[o']t support|unsupported|not (?:be )?(?:permitted|allowed|accepted|available|implemented"
    r"|enabled|recogni[sz]ed)|n[o']t accept|unrecogni[sz]ed|\bunknown\b|unexpected|unavailable"
    r"|extra (?:inputs|fields)|cannot find field|deprecated|no longer|only the default"
    r"|only [\d.]+ is|only .{1,60}(?:supported|allowed)|not a valid (?:field|param|arg|prop)"
    r"|invalid (?:param|arg|field|prop)"
)
_OF_VALUE = re.compile(
    r"too (?:large|many|long|big|high|small|low|few)|(?:less|greater|lower|higher|more) than"
    r"|at (?:most|least)|between|exceed|maximum|minimum|out of range|\bboth\b|mutually|together"
    r"|invalid schema|invalid_json_schema|\brequired\b|must be [<>≤≥]"
)
_NO_SYSTEM = re.compile(
    r"system (?:role|message|prompt|instruction)s? (?:is |are )?(?:not supported|unsupported)"
    r"|developer instruction is not enabled|roles must alternate|only user and assistant roles"
    r"|no system (?:role|message|prompt)"
)
"""What chat templates without a system role say: the developer's would fare no better."""

_TOKEN = re.compile(r"(?:body\.)?([a-z][a-z0-9_]*)")
_QUOTES = ('"', "'", "`", "“", "‘", "”", "’")
_KINDS = ("param", "parameter", "argument", "field", "property", "keyword", "input", "option")
_PLACE_ENDS = re.compile(r"[.\[]")


class Shaped(NamedTuple):
    """A request's body as it is sent, and the adaptations that changed it."""

    body: dict[str, Any]
    applied: tuple[Adaptation, ...]


def shaped(body: Mapping[str, Any], adaptations: Iterable[Adaptation]) -> Shaped:
    """The body as a server takes it that has refused what the adaptations name."""
    made, applied = dict(body), []
    for one in adaptations:
        before = dict(made)
        if one.field == "system":
            made["messages"] = _with_role(made["messages"], one.sent_as)
        elif one.field == "response_format":
            made = _with_schema_in_prompt(made, one.sent_as)
        elif one.field in made:
            value = made.pop(one.field)
            if one.sent_as:
                made.setdefault(one.sent_as, value)
            if one.field == "stream":
                made.pop("stream_options", None)
        if made != before:
            applied.append(one)
    return Shaped(made, tuple(applied))


def taught(known: Iterable[Adaptation], one: Adaptation) -> tuple[Adaptation, ...]:
    """What is known with one more lesson, in the place of an older one about the same field."""
    return (*(other for other in known if other.field != one.field), one)


def lesson(
    status: int | None, said: Complaint, body: Mapping[str, Any], applied: Iterable[Adaptation]
) -> Adaptation | None:
    """What may help a request that was refused: None where the reply names nothing of `body`.

    `status` is that of the reply (None where it came as a good one), `body` what was sent, with
    the adaptations that were `applied` to it.
    """
    words = said.message.lower()
    before = {one.field: one for one in applied}
    if _is_system(status, said, words, body):
        return _next_role(said, words, body)
    if not (status in _STATUSES or _has(said.codes, _NO_PARAMETER)):
        return None
    is_clear = _has(said.codes, _NO_PARAMETER)
    hinted = next((name for name in _LIMITS if name not in body and _names(words, name)), "")
    refuses = _REFUSES.search(words) is not None or _has(said.codes, _UNSUPPORTED)
    is_refused = is_clear or (refuses and _OF_VALUE.search(words) is None)
    limit = next((name for name in _LIMITS if name in body), "")
    is_renamed = bool(before.keys() & set(_LIMITS))
    if limit and (hinted or is_refused) and not is_renamed and _is_named(said, words, limit):
        other = "max_tokens" if limit != "max_tokens" else "max_completion_tokens"
        return Adaptation(limit, hinted or other)
    if not is_refused:
        return None
    if "response_format" in body and _is_about_format(said, words):
        return _next_format(body)
    for name in OPTIONAL:
        if name in body and _is_named(said, words, name):
            return Adaptation(name)
    return None


def _is_named(said: Complaint, words: str, name: str) -> bool:
    """Whether a complaint is about a field: by its `param`, or in its words where it has none."""
    if said.param:
        return squeezed(_PLACE_ENDS.split(said.param.removeprefix("body."))[0]) == squeezed(name)
    return _names(words, name)


def _names(words: str, name: str) -> bool:
    """Whether words (in lower case) name a field. A field that is called like an everyday word has
    to be marked as one: in quotes, beside “parameter”, or at the end behind a colon."""
    is_plain = "_" not in name and name != "temperature"
    found = list(_TOKEN.finditer(words))
    for place, token in enumerate(found):
        if squeezed(token[1]) != squeezed(name):
            continue
        beside = [found[near][1] for near in (place - 1, place + 1) if 0 <= near < len(found)]
        before, after = words[: token.start()].rstrip(" "), words[token.end() :].lstrip(" ")
        is_marked = (
            (before[-1:] in _QUOTES and after[:1] in _QUOTES and bool(before) and bool(after))
            or any(word.rstrip("s") in _KINDS for word in beside)
            or token.group().startswith("body.")
            or (before[-1:] in (":", ",", "[", "") and not after.strip(" .,]'\""))
            or not before
        )
        if not is_plain or is_marked:
            return True
    return False


def _is_system(status: int | None, said: Complaint, words: str, body: Mapping[str, Any]) -> bool:
    """Whether the role of the first message is refused. A template's fault often comes as 500."""
    messages = body.get("messages") or [{}]
    if messages[0].get("role") not in _ROLES:
        return False
    if _NO_SYSTEM.search(words):
        return status is None or status >= 400
    if status not in _STATUSES:
        return False
    place = said.param.replace("[", ".").replace("]", "").removeprefix("body.")
    if place in ("role", "messages.0.role", "messages.0"):
        return True
    is_role = "role" in words or place.startswith("messages")
    role = str(messages[0]["role"])
    return is_role and role in words and _REFUSES.search(words) is not None


def _next_role(said: Complaint, words: str, body: Mapping[str, Any]) -> Adaptation:
    is_first = body["messages"][0]["role"] == "system"
    knows_developer = "developer" in words or _has(said.codes, _UNSUPPORTED)
    if is_first and knows_developer and not _NO_SYSTEM.search(words):
        return Adaptation("system", "developer")
    return Adaptation("system", "user")


def _is_about_format(said: Complaint, words: str) -> bool:
    if said.param:
        return squeezed(said.param).startswith("responseformat")
    return any(name in words for name in ("response_format", "response format", "json_schema"))


def _next_format(body: Mapping[str, Any]) -> Adaptation:
    """A schema that asks for something else than an object can't be had from json_object."""
    asked = body["response_format"]
    kind = asked.get("type") if isinstance(asked, Mapping) else None
    schema = _schema(asked)
    is_object = isinstance(schema, Mapping) and schema.get("type", "object") == "object"
    if kind == "json_schema" and is_object:
        return Adaptation("response_format", "json_object")
    return Adaptation("response_format")


def _schema(response_format: object) -> object:
    described = response_format.get("json_schema") if isinstance(response_format, Mapping) else None
    return described.get("schema") if isinstance(described, Mapping) else None


def _with_schema_in_prompt(body: dict[str, Any], sent_as: str) -> dict[str, Any]:
    asked = body.get("response_format")
    if asked is None:
        return body
    schema = _schema(asked)
    if schema is not None:
        said = IN_PROMPT + canonical(schema)
        first, *others = body["messages"]
        if first["role"] in _ROLES or first["role"] == "user":
            first = {**first, "content": joined(first["content"], said)}
        else:
            others = [first, *others]
            first = {"role": "user", "content": said}
        body = {**body, "messages": [first, *others]}
    rest = {name: value for name, value in body.items() if name != "response_format"}
    return {**rest, "response_format": {"type": sent_as}} if sent_as else rest


def _with_role(messages: list[dict[str, Any]], role: str) -> list[dict[str, Any]]:
    first, *others = messages
    if first["role"] not in _ROLES:
        return messages
    if role == "user" and others and others[0]["role"] == "user":
        merged = joined(first["content"], others[0]["content"])
        return [{**others[0], "content": merged}, *others[1:]]
    return [{**first, "role": role}, *others]


def _has(codes: frozenset[str], words: tuple[str, ...]) -> bool:
    return any(word in code for code in codes for word in words)
