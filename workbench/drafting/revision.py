"""Ways to revise a prompt against a failure mode: a rule, what to do instead, an example."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from workbench.domain.failures import ModeDraft, Response
from workbench.domain.prompts import MessageTemplate, PromptText

_LIVE = ("{{", "{%", "{#")
_MOST_EXAMPLE = 4_000
_THEN = {
    Response.ASK: "ask the user",
    Response.RETRY: "start again and check your answer",
    Response.FALL_BACK: "give the simplest answer that is safe",
    Response.HAND_OVER: "hand over to a person and say so",
    Response.REFUSE: "decline, and say so",
}


@dataclass(frozen=True)
class Way:
    """One revision: what it is called, the whole prompt, what speaks for it, and its bet, where
    whoever proposes it makes one."""

    name: str
    text: PromptText
    why: str
    expects: str = ""


def ways(
    text: PromptText,
    mode: ModeDraft,
    example: tuple[str, str] | None,
    also: Sequence[ModeDraft] = (),
) -> tuple[Way, ...]:
    """What may be changed in a prompt so that a failure, and others beside it, happen less often.
    `example` is a message and an answer to it that was free of failures."""
    rule = " ".join(_rule(each) for each in (mode, *also))
    found = [
        Way(
            "Add an instruction",
            _with(text, rule),
            "The cheapest change. Models follow what to do more surely than what not to do.",
        )
    ]
    response = mode.fallback.response
    if response is not None:
        when = f"when {_plain(mode.fallback.noticed)}" if mode.fallback.noticed else "in doubt"
        then = f"{when[:1].upper()}{when[1:]}, {_THEN[response]}"
        if mode.fallback.reads:
            then += f", in words such as: {_plain(mode.fallback.reads)}"
        found.append(
            Way(
                "Say what to do instead",
                _with(text, f"{rule} {then}."),
                "Your own design for this failure mode, told to the model.",
            )
        )
    if example is not None and _fits(*example):
        asked, answer = example
        pair = (MessageTemplate("user", asked), MessageTemplate("assistant", answer))
        found.append(
            Way(
                "Show an example that was free of it",
                replace(text, messages=(*pair, *text.messages)),
                "An answer that people read and found nothing wrong in. It makes each call longer.",
            )
        )
    return tuple(found)


def _rule(mode: ModeDraft) -> str:
    rule = f"Make sure that this does not happen: {_plain(mode.name)}."
    return f"{rule} {_plain(mode.definition)}." if mode.definition else rule


def _with(text: PromptText, rule: str) -> PromptText:
    return replace(text, system=f"{text.system.rstrip()}\n\n{rule}".strip())


def _plain(words: str) -> str:
    """Words for a template, in which nothing is live."""
    flat = " ".join(words.split()).rstrip(".")
    for mark in _LIVE:
        flat = flat.replace(mark, mark[1])
    return flat


def _fits(asked: str, answer: str) -> bool:
    both = f"{asked}{answer}"
    is_live = any(mark in both for mark in _LIVE)
    return bool(asked.strip() and answer.strip()) and not is_live and len(both) <= _MOST_EXAMPLE
