"""What has been heard of an answer so far, and what it comes to once the server has ended it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.domain.calls import Answer
from workbench.domain.trials import Ending, ending_of
from workbench.errors import CallFailure, ModelError
from workbench.models import reasoning, silence

MAX_TEXT = 1024 * 1024
"""The longest answer that is kept, in bytes of UTF-8."""

_WORD = 40


@dataclass
class Heard:
    """An answer as it comes in, in one piece or in many. `facts` are what the reply says beside
    it: the model and the tokens used. `size` is in bytes of UTF-8; `has_words` tells that there was
    a text, be it empty."""

    text: str = ""
    refusal: str = ""
    reason: str = ""
    calls: dict[int, list[str]] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    size: int = 0
    has_words: bool = False
    thoughts: str = ""
    field: str = ""

    @property
    def is_cut(self) -> bool:
        """Whether more was to come: as far as is known, the server did not end it itself."""
        return ending_of(self.reason) is not Ending.COMPLETE or not self.reason

    @property
    def parted(self) -> reasoning.Said:
        """The text without its thoughts, and these, whatever way they came."""
        found = reasoning.split(self.text, is_cut=self.is_cut)
        return found._replace(thoughts="\n\n".join(filter(None, (self.thoughts, found.thoughts))))

    @property
    def said(self) -> str:
        """The answer's words, a refusal's too: that is an answer as well."""
        text = self.parted.answer
        if text and self.refusal and self.refusal not in text:
            return f"{text}\n\n{self.refusal}"
        return text or self.refusal

    @property
    def has_begun(self) -> bool:
        """Whether the model was at work: a server may charge for that."""
        return bool(self.size or self.calls or self.facts.get("usage"))

    def take(self, choice: Mapping[str, Any], message: object) -> None:
        """A choice, or the next piece of one, with what it says. Raises ModelError(TOO_LARGE)."""
        reason = choice.get("finish_reason")
        if reason not in (None, "", "null", "None"):
            self.reason = str(reason)
        if isinstance(choice.get("text"), str):
            self._add(choice["text"])
        if not isinstance(message, Mapping):
            return
        content = message.get("content")
        if isinstance(content, list):
            for part in content:
                if isinstance(part, Mapping) and not reasoning.is_thought(part):
                    self._add(part.get("text"))
                    self._add(part.get("refusal"), is_refusal=True)
        else:
            self._add(content)
        self._add(message.get("refusal"), is_refusal=True)
        self._think(*reasoning.of_message(message))
        if message.get("tool_calls") or message.get("function_call"):
            self._call(message)

    def ended(self, model: str, latency_ms: float, offers_tools: bool) -> Answer:
        """The answer that it is. Raises ModelError where the server did not end it well: FILTERED,
        BROKEN_OFF or UNKNOWN_ENDING, each with what was said until then; or EMPTY."""
        ending, is_refusal = ending_of(self.reason), bool(self.refusal)
        if ending in _BAD:
            raise self._badly(ending)
        text = self.said
        if not text.strip() and self.calls and offers_tools and ending is Ending.COMPLETE:
            text = self._calls_as_text()
        thoughts = clean(self.parted.thoughts)
        if not text.strip() and thoughts and not self.calls:
            raise silence.only_thoughts(thoughts, self.field, is_cut=ending is Ending.CUT)
        if not text and ending is not Ending.CUT:
            raise self._empty()
        name, usage = self.facts.get("model"), self.facts.get("usage")
        counts = usage if isinstance(usage, dict) else {}
        return Answer(
            text=clean(text),
            finish_reason=clean(self.reason)[:_WORD],
            model=clean(name)[:200] if isinstance(name, str) and name else model,
            latency_ms=latency_ms,
            input_tokens=_count(counts.get("prompt_tokens")),
            output_tokens=_count(counts.get("completion_tokens")),
            is_refusal=is_refusal or ending is Ending.REFUSED,
            reasoning=thoughts,
        )

    def _think(self, piece: str, field: str) -> None:
        if not piece:
            return
        self.thoughts += piece
        self.field = field
        self.size += len(piece.encode("utf-8", "surrogatepass"))
        if self.size > MAX_TEXT:
            raise too_large()

    def _add(self, piece: object, *, is_refusal: bool = False) -> None:
        if not isinstance(piece, str):
            return
        self.has_words = True
        self.size += len(piece) if piece.isascii() else len(piece.encode("utf-8", "surrogatepass"))
        if self.size > MAX_TEXT:
            raise too_large()
        if is_refusal:
            self.refusal += piece
        else:
            self.text += piece

    def _call(self, message: Mapping[str, Any]) -> None:
        calls = message.get("tool_calls") or [{"function": message["function_call"]}]
        for place, call in enumerate(calls if isinstance(calls, list) else ()):
            if not isinstance(call, Mapping) or not isinstance(
                call.get("function"), Mapping | None
            ):
                continue
            number, function = call.get("index"), call.get("function") or {}
            known = self.calls.setdefault(number if isinstance(number, int) else place, ["", ""])
            for at, name in enumerate(("name", "arguments")):
                piece = function.get(name) or ""
                known[at] += piece if isinstance(piece, str) else json.dumps(piece)
                self.size += len(piece)
        if self.size > MAX_TEXT:
            raise too_large()

    def _calls_as_text(self) -> str:
        """The calls of tools that were offered, as JSON: that is what the model answered."""
        found = []
        for name, arguments in self.calls.values():
            try:
                found.append({"name": name, "arguments": json.loads(arguments or "{}")})
            except (ValueError, RecursionError):
                found.append({"name": name, "arguments": arguments})
        return json.dumps(found, ensure_ascii=False)

    def _badly(self, ending: Ending) -> ModelError:
        word = " ".join(clean(self.reason)[:_WORD].split())
        failure, said, hint = _BAD[ending]
        partial = clean(self.said)
        kept = " What it had said until then is kept, and not scored." if partial.strip() else ""
        return ModelError(
            failure, f"{said.format(word=word)}{kept}", hint, partial=partial, has_begun=True,
            reasoning=clean(self.parted.thoughts),
        )  # fmt: skip

    def _empty(self) -> ModelError:
        if self.calls:
            names = ", ".join(name for name, _ in self.calls.values() if name)
            called = f" (“{clean(names)[:80]}”)" if names else ""
            return ModelError(
                CallFailure.MALFORMED,
                f"The model called a tool{called} instead of answering, and none was offered.",
                "Ask for the answer in words in the prompt, or offer the tool in the extra body.",
                has_begun=True,
            )
        word = " ".join(clean(self.reason)[:_WORD].split())
        how = f"it ended with “{word}”" if word else "it does not say how it ended"
        if not self.has_words:
            return ModelError(
                CallFailure.MALFORMED,
                f"The server's reply cannot be read: it has no text ({how}).",
                "Ask whoever runs the server where it puts the answer.",
                has_begun=True,
            )
        return ModelError(
            CallFailure.EMPTY,
            f"The model gave an empty answer ({how}).",
            "Look at the prompt; a stop word may have cut everything.",
            has_begun=True,
        )


_BAD: dict[Ending, tuple[CallFailure, str, str]] = {
    Ending.FILTERED: (
        CallFailure.FILTERED,
        "A content filter of the server stopped the answer (“{word}”).",
        "Reword the input, or change the filter's settings where the model is hosted.",
    ),
    Ending.BROKEN: (
        CallFailure.BROKEN_OFF,
        "The server gave up its answer (it ended with “{word}”).",
        "Try again; if it stays, ask whoever runs the server.",
    ),
    Ending.UNKNOWN: (
        CallFailure.UNKNOWN_ENDING,
        "The answer ended with “{word}”, which is not known to be the end of a whole answer.",
        "Ask whoever runs the server what it means.",
    ),
}


def clean(text: str) -> str:
    """The text with lone surrogates written out as `\\udXXX`, which no database or page refuses."""
    try:
        text.encode()
    except UnicodeEncodeError:
        # Two halves of one character may have come in two pieces of a stream: join those first.
        joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        return "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in joined)
    return text


def too_large() -> ModelError:
    """The failure of an answer that is longer than what is kept."""
    return ModelError(
        CallFailure.TOO_LARGE,
        "The answer is longer than 1 MiB, so it was not kept.",
        "Ask for shorter answers, or lower the most tokens an answer may have.",
    )


def _count(value: object) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31
    return int(value) if is_count else None  # type: ignore[call-overload]  # checked above
