"""What a model thought before it answered, told apart from the answer: by fields, tags, channels.

Servers hand thoughts over in a field beside the content, in parts of it, or, where nobody parses
them, in the text itself. Only what stands before the answer is a thought: a tag inside code, or in
the middle of an answer, is part of what was said.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

_NAMES = "think|thinking|thought|thoughts|reasoning|reason|reflection|scratchpad|analysis"
_TAG = rf"(?P<name>(?:\w{{1,10}}:)?(?:{_NAMES}))"
_OPEN = (
    # <think>, <Thinking type="deep">, <seed:think>; Mistral; Kimi; Cohere; OpenThinker; Gemma.
    re.compile(rf"<\s*{_TAG}(?:\s[^<>]{{0,200}})?>", re.IGNORECASE),
    re.compile(r"\[THINK\]"),
    re.compile(r"◁think▷"),
    re.compile(r"<\|START_THINKING\|>"),
    re.compile(r"<\|begin_of_thought\|>"),
    re.compile(r"<\|channel>thought\b"),
    re.compile(r"<unused94>thought\b"),
)
_CLOSE = (
    re.compile(rf"<\s*/\s*{_TAG}\s*>", re.IGNORECASE),
    re.compile(r"\[/THINK\]"),
    re.compile(r"◁/think▷"),
    re.compile(r"<\|END_THINKING\|>"),
    re.compile(r"<\|end_of_thought\|>"),
    re.compile(r"<channel\|>"),
    re.compile(r"<unused95>"),
)
"""The end of each, in the same order."""

_EMPTY = re.compile(rf"<\s*(?:{_NAMES})\s*/\s*>", re.IGNORECASE)
_BLANK = re.compile(r"[\s\ufeff\u200b\u2060]*")
_AROUND = re.compile(r"<\|(?:START_RESPONSE|END_RESPONSE|begin_of_solution|end_of_solution)\|>")
"""What stands around the answer of those whose thoughts have marks of that kind."""

_SEGMENT = re.compile(
    r"(?:<\|start\|>\s*assistant)?\s*<\|channel\|>\s*(?P<channel>\w+)[^<]*(?:<\|constrain\|>[^<]*)?"
    r"<\|message\|>(?P<text>.*?)(?:<\|end\|>|<\|return\|>|<\|call\|>|(?=<\|start\|>)"
    r"|(?=<\|channel\|>)|\Z)",
    re.DOTALL,
)
"""A message of the harmony format (OpenAI, gpt-oss): its channel, and what it says."""
_BARE = re.compile(r"analysis(?=[\W_A-Z])(?P<thoughts>.*?)assistant\s*final", re.DOTALL)
"""The same where the server has dropped the marks and left their words."""

_JOINED = re.compile(r"\s*(?:and|or|und|oder|et|ou|y|o|e|to|/|,|&|…|\.\.\.)\s*", re.IGNORECASE)
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})", re.MULTILINE)
_FIELDS = (
    *("reasoning_content", "reasoning", "thinking", "thinking_content"),
    *("reasoning_details", "thinking_blocks"),
)
"""OpenAI-compatible servers (DeepSeek, vLLM), OpenRouter, Ollama; lists: OpenRouter, LiteLLM."""
_PARTS = ("thinking", "reasoning", "redacted_thinking", "thought")
_WORDS = ("text", "thinking", "reasoning", "summary", "content")
_DEEPEST = 4
_MOST_NESTED = 8
_NEAR = 40
_TICKS = re.compile(r"`[^`\n]+`")
_LINE_ENDS = re.compile(r"[ \t]*(?:\n|\Z)")
_GOES_ON = re.compile(r" +[a-zà-ÿ]")
"""A sentence about a tag goes on behind it; thoughts and answers hardly begin like that."""
_QUOTES = ("`", "'", '"', "“", "‘", "(")
_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？")


class Said(NamedTuple):
    """A text in two: what was thought, and what was answered, which begins at `start`."""

    answer: str
    thoughts: str = ""
    start: int = 0


class Thought(NamedTuple):
    """What was thought, and the field of the reply that it was in."""

    text: str
    field: str


_NONE = Thought("", "")


def split(text: str, *, is_cut: bool = False) -> Said:
    """The thoughts that stand before an answer, and the answer.

    `is_cut` says that the text is not whole: a block that is still open then is all thoughts.
    """
    # Every mark has one of these: most answers have none, and are not looked at any closer.
    may_be_marked = "<" in text or "[" in text or "◁" in text
    if not may_be_marked and not text.lstrip().startswith("analysis"):
        return Said(text)
    channels = _channels(text)
    if channels is not None:
        return channels
    thoughts: list[str] = []
    start, spare = 0, 0
    while (block := _block(text, start, is_cut)) is not None:
        inside, start = block
        thoughts.append(inside)
        spare += sum(len(opening.findall(inside)) for opening in _OPEN)
        # A block in a block: its end came first, and what follows up to the outer end is thought.
        spare = min(spare, _MOST_NESTED)
        while spare and (closing := _closing(text, start)) is not None:
            thoughts.append(text[start : closing.start()])
            start, spare = closing.end(), spare - 1
    if not start and (closing := _closing(text, 0)) is not None:
        # The chat template opened the block, so that the reply begins inside it.
        thoughts, start = [text[: closing.start()]], closing.end()
    if not start:
        return Said(text)
    start = _blank(text, start)
    if (mark := _AROUND.match(text, start)) is not None:
        start = _blank(text, mark.end())
    return Said(_AROUND.sub("", text[start:]).rstrip(), _joined(thoughts), start)


def of_message(message: Mapping[str, Any]) -> Thought:
    """The thoughts in the fields and parts of a message (or of a piece of one), word for word.

    Gateways say the same thing in several fields: one is enough.
    """
    for name in _FIELDS:
        if (value := message.get(name)) and (found := _words(value)):
            return Thought(found, name)
    content = message.get("content")
    if not isinstance(content, list):
        return _NONE
    found = "".join(_words(part) for part in content if is_thought(part))
    return Thought(found, "content") if found else _NONE


def is_thought(part: object) -> bool:
    """Whether a part of a message's content is what the model thought, and not what it says."""
    if not isinstance(part, Mapping):
        return False
    return part.get("type") in _PARTS or part.get("thought") is True


def _words(value: object, depth: int = 0) -> str:
    if isinstance(value, str):
        return value
    if depth > _DEEPEST:
        return ""
    if isinstance(value, list):
        return "".join(_words(item, depth + 1) for item in value)
    if isinstance(value, Mapping):
        return next((said for name in _WORDS if (said := _words(value.get(name), depth + 1))), "")
    return ""


def _channels(text: str) -> Said | None:
    """A text in the harmony format; None where it is none."""
    at = _blank(text, 0)
    if _SEGMENT.match(text, at) is None:
        bare = _BARE.match(text, at)
        if bare is None:
            return None
        inside = bare["thoughts"].strip()
        return Said(text[bare.end() :].strip(), inside, bare.end())
    thoughts: list[str] = []
    answers: list[str] = []
    start = len(text)
    for segment in _SEGMENT.finditer(text, at):
        is_final = segment["channel"].lower() == "final"
        if is_final and not answers:
            start = segment.start("text")
        (answers if is_final else thoughts).append(segment["text"])
    return Said("".join(answers).strip(), _joined(thoughts), start)


def _block(text: str, start: int, is_cut: bool) -> tuple[str, int] | None:
    """The block of thoughts that begins at `start`, after blanks, and where it ends."""
    at = _blank(text, start)
    empty = _EMPTY.match(text, at)
    if empty is not None:
        return "", empty.end()
    for opening, closing in zip(_OPEN, _CLOSE, strict=True):
        opened = opening.match(text, at)
        if opened is None:
            continue
        ended = _end(text, opened, closing)
        if ended is None:
            return (
                (text[opened.end() :], len(text)) if is_cut or _is_left_open(text, opened) else None
            )
        inside = text[opened.end() : ended.start()]
        # “<think> and </think> are tags”: a sentence about them begins like a block.
        return None if _JOINED.fullmatch(inside) and inside.strip() else (inside, ended.end())
    return None


def _end(text: str, opened: re.Match[str], closing: re.Pattern[str]) -> re.Match[str] | None:
    """Where a block ends: at its own tag first, at one of another name else, outside code first."""
    found = list(closing.finditer(text, opened.end()))
    name = opened.groupdict().get("name")
    own = [end for end in found if name is None or end["name"].lower() == name.lower()] or found
    code = _code(text, opened.end()) if own else []
    outside = (end for end in own if not _is_within(end.start(), code))
    return next(outside, own[0] if own else None)


def _is_left_open(text: str, opened: re.Match[str]) -> bool:
    """Whether a block without an end is one: not where a sentence about the tag begins with it."""
    return _GOES_ON.match(text, opened.end()) is None


def _closing(text: str, start: int) -> re.Match[str] | None:
    """An end of thoughts whose beginning is not in the text; None where it is only mentioned."""
    found = sorted(
        (end for closing in _CLOSE for end in closing.finditer(text, start)),
        key=lambda end: end.start(),
    )
    if not found:
        return None
    code = _code(text)
    opened = (
        tag.start()
        for opening in _OPEN
        for tag in opening.finditer(text, start, found[-1].start())
        if not _is_within(tag.start(), code)
    )
    limit = min(opened, default=len(text))
    for end in found:
        if end.start() < limit and _is_end(text, start, end) and not _is_within(end.start(), code):
            return end
    return None


def _is_end(text: str, start: int, end: re.Match[str]) -> bool:
    """Whether a tag ends thoughts: alone on its line, or right behind a sentence or a word, and not
    in the middle of one."""
    before = text[max(start, end.start() - _NEAR) : end.start()]
    last = before[-1:]
    if not before or last == "\n" or _LINE_ENDS.match(text, end.end()):
        return last not in _QUOTES
    if last.isspace():
        ends_sentence = before.rstrip()[-1:] in (*_SENTENCE_ENDS, "")
        return ends_sentence and not _GOES_ON.match(text, end.end())
    return last.isalnum() or last in _SENTENCE_ENDS or last in ":;*)}]"


def _code(text: str, start: int = 0) -> list[tuple[int, int]]:
    """Where code stands: between fences, and between back-ticks on one line; in order."""
    spans = [(tick.start(), tick.end()) for tick in _TICKS.finditer(text, start)]
    opened: re.Match[str] | None = None
    for fence in _FENCE.finditer(text, start):
        if opened is None:
            opened = fence
        elif fence[1].startswith(opened[1]):
            spans.append((opened.start(), fence.end()))
            opened = None
    merged: list[tuple[int, int]] = []
    for low, high in sorted(spans):
        if merged and low < merged[-1][1]:
            merged[-1] = merged[-1][0], max(high, merged[-1][1])
        else:
            merged.append((low, high))
    return merged


def _is_within(place: int, spans: Sequence[tuple[int, int]]) -> bool:
    at = bisect_right(spans, place, key=lambda span: span[0]) - 1
    return at >= 0 and place < spans[at][1]


def _blank(text: str, start: int) -> int:
    found = _BLANK.match(text, start)
    assert found is not None
    return found.end()


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(kept for kept in (part.strip() for part in parts) if kept)
