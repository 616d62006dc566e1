"""What has been heard of an answer so far, and what it comes to once the server has ended it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from workbench.domain.calls import Answer
from workbench.domain.tools import ToolCall, as_text
from workbench.domain.trials import Ending, ending_of
from workbench.errors import CallFailure, ModelError
from workbench.models import oversize, reasoning, silence, written_calls

MAX_TEXT = oversize.MAX_TEXT
clean = oversize.clean

_WORD = 40
_MOST_CALLS = 1000


@dataclass
class Heard:
    """An answer as it comes in, in one piece or in many. `facts` are what the reply says beside
    it: the model and the tokens used. `size` is in bytes of UTF-8, of all that came; no more than
    `MAX_TEXT` of it is kept. `has_words` tells that there was a text, be it empty."""

    reason: str = ""
    calls: dict[int, tuple[list[str], list[str], list[str]]] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    size: int = 0
    has_words: bool = False
    length: int = 0
    # A string that grows by a letter a million times would be copied as often.
    _text: StringIO = field(default_factory=StringIO)
    _refusal: StringIO = field(default_factory=StringIO)
    _thoughts: StringIO = field(default_factory=StringIO)
    _over: oversize.Oversize | None = None
    field: str = ""

    @property
    def text(self) -> str:
        """What it said so far, thoughts that stand in it too."""
        return self._text.getvalue()

    @property
    def refusal(self) -> str:
        """What it said so far in the server's field for refusals."""
        return self._refusal.getvalue()

    @property
    def thoughts(self) -> str:
        """What came in fields for thoughts."""
        return self._thoughts.getvalue()

    @property
    def is_cut(self) -> bool:
        """Whether more was to come: as far as is known, the server did not end it itself."""
        return ending_of(self.reason) is not Ending.COMPLETE or not self.reason

    @property
    def parted(self) -> reasoning.Said:
        """The text without its thoughts, and these, whatever way they came."""
        found = reasoning.split(self.text, is_cut=self.is_cut)
        thoughts = self.thoughts
        if not thoughts:
            return found
        return found._replace(thoughts="\n\n".join(filter(None, (thoughts, found.thoughts))))

    @property
    def said(self) -> str:
        """The answer's words, a refusal's too: that is an answer as well."""
        return self._said(self.parted.answer)

    def _said(self, text: str) -> str:
        """What was said, with a refusal, where this `text` is its answer."""
        refusal = self.refusal
        if text and refusal and refusal not in text:
            return f"{text}\n\n{refusal}"
        return text or refusal

    @property
    def has_begun(self) -> bool:
        """Whether the model was at work: a server may charge for that."""
        return bool(self.size or self.calls or self.facts.get("usage"))

    def take(self, choice: Mapping[str, Any], message: object) -> None:
        """A choice, or the next piece of one, with what it says."""
        reason = choice.get("finish_reason")
        if reason not in (None, "", "null", "None"):
            self.reason = str(reason)
        if isinstance(choice.get("text"), str):
            self.add(choice["text"])
        if not isinstance(message, Mapping):
            return
        content = message.get("content")
        if isinstance(content, list):
            for part in content:
                if isinstance(part, Mapping) and not reasoning.is_thought(part):
                    self.add(part.get("text"))
                    self.add(part.get("refusal"), is_refusal=True)
        else:
            self.add(content)
        self.add(message.get("refusal"), is_refusal=True)
        self._think(*reasoning.of_message(message))
        if message.get("tool_calls") or message.get("function_call"):
            self._call(message)

    def ended(self, model: str, latency_ms: float, offers_tools: bool) -> Answer:
        """The answer that it is. Raises ModelError where the server did not end it well: FILTERED,
        BROKEN_OFF or UNKNOWN_ENDING, each with what was said until then; TOO_LARGE with its
        beginning; or EMPTY."""
        if self.is_over:
            raise self.too_long(is_whole=True)
        ending, is_refusal = ending_of(self.reason), bool(self.refusal)
        if ending in _BAD:
            raise self._badly(ending)
        parted = self.parted
        text = self._said(parted.answer)
        calls = self._called() if offers_tools else ()
        if offers_tools and not calls:
            # Where the server does not read them, they stand in the text as the model wrote them.
            text, calls = written_calls.within(text)
        if is_calls := bool(calls) and not text.strip():
            text = as_text(calls)
        thoughts = clean(parted.thoughts)
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
            calls=calls,
            is_calls=is_calls,
        )

    @property
    def is_over(self) -> bool:
        """Whether more came than is kept."""
        return self.size > MAX_TEXT

    def too_long(self, *, is_whole: bool) -> ModelError:
        """The failure of an answer that is longer than what is kept, with its beginning.
        `is_whole` says that it was read to its end, so that its length is known."""
        return oversize.failure(
            self._over, self.size, clean(self.said), clean(self.parted.thoughts), is_whole=is_whole
        )

    def add(self, piece: object, *, is_refusal: bool = False) -> None:
        """The next words of the answer, if they are some."""
        if not isinstance(piece, str):
            return
        self.has_words = True
        self._keep(self._refusal if is_refusal else self._text, piece)

    def _think(self, piece: str, field: str) -> None:
        if piece:
            self.field = field
            self._keep(self._thoughts, piece)

    def _keep(self, place: StringIO, piece: str) -> None:
        room = MAX_TEXT - self.size
        self.size += len(piece) if piece.isascii() else len(piece.encode("utf-8", "surrogatepass"))
        is_answer = place is not self._thoughts
        if self.size > MAX_TEXT:
            if self._over is None:
                self._over = oversize.Oversize(self.text + self.refusal)
            if is_answer:
                self._over.add(piece)
            piece = oversize.beginning(piece, room)
        place.write(piece)
        if is_answer:
            self.length += len(piece)

    def _call(self, message: Mapping[str, Any]) -> None:
        calls = message.get("tool_calls") or [{"function": message["function_call"]}]
        for place, call in enumerate(calls if isinstance(calls, list) else ()):
            if not isinstance(call, Mapping) or not isinstance(
                call.get("function"), Mapping | None
            ):
                continue
            number, function = call.get("index"), call.get("function") or {}
            number = number if isinstance(number, int) else place
            if number not in self.calls and len(self.calls) >= _MOST_CALLS:
                continue
            known = self.calls.setdefault(number, ([], [], []))
            given = (function.get("name"), function.get("arguments"), call.get("id"))
            for pieces, one in zip(known, given, strict=True):
                piece = one or ""
                piece = piece if isinstance(piece, str) else json.dumps(piece)
                self.size += len(piece)
                if piece and not self.is_over:
                    pieces.append(piece)

    def _called(self) -> tuple[ToolCall, ...]:
        """The calls of tools that were offered, in their order; one without a name is none."""
        joined = ([clean("".join(pieces)) for pieces in self.calls[n]] for n in sorted(self.calls))
        return tuple(ToolCall(*parts) for parts in joined if parts[0])

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
            names = ", ".join(call.name for call in self._called())
            called = f" (“{clean(names)[:80]}”)" if names else ""
            return ModelError(
                CallFailure.MALFORMED,
                f"The model called a tool{called} instead of answering, and none was offered.",
                "Ask for the answer in words in the prompt, or offer the tool in it.",
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


def _count(value: object) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31
    return int(value) if is_count else None  # type: ignore[call-overload]  # checked above
