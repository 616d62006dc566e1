"""What is sent to a model and what comes back, whoever answers."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from workbench.domain.adaptations import Adaptation
from workbench.domain.conversations import Message, plain
from workbench.domain.fingerprint import fingerprint
from workbench.domain.simulated_users import Player
from workbench.domain.tools import NO_TOOLS, ToolCall, Tools


@dataclass(frozen=True)
class Parameters:
    """How a model is asked. None leaves the server's own default.

    `json_schema` asks for structured output; `extra_body` goes along as it is. `headers` are names
    of headers with the names of the variables that hold their values. `user` is who plays the
    simulated users of cases: another player makes other conversations, so it tells variants apart.
    """

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int = 256
    seed: int | None = None
    stop: tuple[str, ...] = ()
    json_schema: Mapping[str, Any] | None = None
    extra_body: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    user: Player | None = None

    def compact(self) -> dict[str, Any]:
        """Only what differs from the defaults, for files and tables."""
        # What can be changed is the caller's own; to copy a number deeply costs as much as a list.
        return {
            k: v if isinstance(v, int | float) else deepcopy(v) for k, v in self._compact.items()
        }

    @cached_property
    def _compact(self) -> dict[str, Any]:
        # A variant's are asked for with each call, and always the same.
        default = Parameters()
        values = {
            "temperature": self.temperature,
            "top_p": self.top_p,
            "max_tokens": self.max_tokens,
            "seed": self.seed,
            "stop": list(self.stop),
            "json_schema": dict(self.json_schema) if self.json_schema is not None else None,
            "extra_body": dict(self.extra_body),
            "headers": dict(self.headers),
            "user": None if self.user is None else self.user.plain(),
        }
        kept = {
            k: v for k, v in values.items() if v not in (None, [], {}) or (k == "json_schema" and v)
        }
        if self.max_tokens == default.max_tokens:
            kept.pop("max_tokens")
        return kept

    @staticmethod
    def parse(values: Mapping[str, Any]) -> "Parameters":
        """The inverse of `compact`. Raises TypeError on an unknown name."""
        known = dict(values)
        if "stop" in known:
            known["stop"] = tuple(known["stop"])
        if "user" in known:
            known["user"] = Player(**known["user"])
        return Parameters(**known)


@dataclass(frozen=True)
class Request:
    """One question to one model. `adaptations` are what its server was found to refuse."""

    model: str
    messages: tuple[Message, ...]
    parameters: Parameters = Parameters()
    adaptations: tuple[Adaptation, ...] = ()
    tools: Tools = NO_TOOLS

    @property
    def is_embedding(self) -> bool:
        """Whether it asks how near its first text is to each of the others, and for no answer."""
        return bool(self.messages) and all(message.role == "input" for message in self.messages)

    def fingerprint(self) -> str:
        """Everything that determines the call, as one hash (without the trial number).

        Not the adaptations: they say how the question is put to this server, not what it is.
        """
        offered = (self.tools.body(),) if self.tools else ()
        asked = self.model, plain(self.messages), self.parameters.compact()
        return fingerprint(*asked, *offered)


@dataclass(frozen=True)
class Answer:
    """What a model said. Token counts are the server's own, None where it gave none.

    `finish_reason` is the server's word for how it ended, empty where it said none and the answer
    came whole. `is_refusal` says that the server itself marks the text as a refusal. `reasoning` is
    what the model thought before; `adaptations` are those that changed what it was asked. `calls`
    are the tools that it called: where it said nothing else, `text` is these as JSON (`is_calls`).
    """

    text: str
    finish_reason: str
    model: str
    latency_ms: float
    first_token_ms: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    is_refusal: bool = False
    reasoning: str = ""
    adaptations: tuple[str, ...] = ()
    calls: tuple[ToolCall, ...] = ()
    is_calls: bool = False
