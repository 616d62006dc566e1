"""A server that refuses parts of a request, each in the words of a real one; then it answers."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from tests.faults.endpoint import completion, events, http

Body = Mapping[str, Any]


class Refusal(NamedTuple):
    """What is refused, and how that is said."""

    is_in: Callable[[Body], object]
    reply: Any
    status: int = 400


def openai(message: str, param: str | None = None, code: str | None = None) -> dict[str, Any]:
    """An error as OpenAI writes it."""
    told = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return {"error": told}


def first_role(role: str) -> Callable[[Body], bool]:
    """Whether the first message is one of this role."""
    return lambda body: body["messages"][0]["role"] == role


def schema_type(kind: str) -> Callable[[Body], bool]:
    """Whether this type of response_format is asked for."""
    return lambda body: (body.get("response_format") or {}).get("type") == kind


MAX_TOKENS = Refusal(
    lambda body: "max_tokens" in body,
    openai(
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
        "'max_completion_tokens' instead.",
        "max_tokens",
        "unsupported_parameter",
    ),
)
TEMPERATURE = Refusal(
    lambda body: "temperature" in body,
    openai(
        "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default "
        "(1) value is supported.",
        "temperature",
        "unsupported_value",
    ),
)
SYSTEM = Refusal(
    first_role("system"),
    openai(
        "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
        "messages[0].role",
        "unsupported_value",
    ),
)
DEVELOPER = Refusal(
    first_role("developer"),
    openai(
        "Unsupported value: 'messages[0].role' does not support 'developer' with this model.",
        "messages[0].role",
        "unsupported_value",
    ),
)
NO_SYSTEM = Refusal(
    first_role("system"),
    {"object": "error", "message": "System role not supported", "type": "BadRequestError"},
)
SEED = Refusal(
    lambda body: "seed" in body,
    {"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "Extra inputs are not "
     "permitted", "input": 1}]},
    422,
)  # fmt: skip
STOP = Refusal(
    lambda body: "stop" in body,
    {"code": "invalid argument", "error": "Argument not supported on this model: stop"},
)
TOP_P = Refusal(
    lambda body: "top_p" in body,
    [{"error": {"code": 400, "message": 'Unknown name "topP": Cannot find field.', "status": "X"}}],
)
JSON_SCHEMA = Refusal(
    schema_type("json_schema"), openai("This response_format type is unavailable now")
)
JSON_OBJECT = Refusal(
    schema_type("json_object"),
    openai("'response_format' of type 'json_object' is not supported", "response_format"),
)


def picky(
    refusals: Sequence[Refusal], say: Callable[[Body], str] | None = None
) -> Callable[[dict[str, Any]], bytes]:
    """What such a server replies: the first refusal that fits, or an answer made by `say`."""

    def reply(body: dict[str, Any]) -> bytes:
        for refusal in refusals:
            if refusal.is_in(body):
                return http(json.dumps(refusal.reply), refusal.status)
        text = say(body) if say is not None else "pong"
        if body.get("stream"):
            return http(events(text), kind="text/event-stream")
        return http(completion(text))

    return reply
