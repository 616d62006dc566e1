"""How promises are put into words, and the texts that go with them."""

import re

from workbench.drafting import english, topics
from workbench.drafting.clauses import Clause
from workbench.drafting.promise import About, Sent

QUOTED = re.compile(r"[“\"„‘']([^”\"“’']{1,120})[”\"“’']")
LIST = re.compile(r",\s*(?:and |or )?|\s+(?:and|or)\s+|;\s*")


def sent(
    topic: topics.Topic | None, tag: str, tested: str, still: str, *, with_near: bool = True
) -> tuple[Sent, ...]:
    """Texts of the library that set a rule off and near misses; without a topic, some to write."""
    near = f"{tag}-near-miss"
    if topic is None:
        alike = f"One that only looks alike, to be answered as usual. ({still})"
        missed = (Sent("", ("near-miss", near), alike),) if with_near else ()
        return (Sent("", (tested, tag), still), *missed)
    return (
        *(Sent(text, (tested, tag)) for text in topic.asks),
        *(Sent(text, ("near-miss", near)) for text in topic.near),
    )


def statement(clause: Clause, about: About) -> str:
    who = clause.subject
    is_actor = not who or re.search(
        r"\b(?:it|they|assistant|bot|model|agent|system|tool|feature)$", who, re.I
    )
    if is_actor:
        form = (
            "base" if clause.is_negative and not english.base(clause.words.split()[0]) else "third"
        )
        verb = english.with_verb(clause.words, form)
        return capital(
            f"{about.actor} {'never ' if clause.is_negative else ''}{verb}{when(clause)}."
        )
    must = "must never" if clause.is_negative else "must"
    return capital(f"{who} {must} {english.with_verb(clause.words, 'base')}{when(clause)}.")


def when(clause: Clause) -> str:
    return f" {low(clause.condition)}" if clause.condition else ""


def without_if(condition: str) -> str:
    return re.sub(
        r"^(?:when(?:ever)?|if|unless|as soon as|in case|where)\s+(?:(?:the|an?) \w+ |(?:it"
        r"|they) )?(?:(?:is|are) )?",
        "",
        condition,
        flags=re.I,
    )


def names(text: str) -> list[str]:
    return [name.strip(" .:") for name in LIST.split(text) if name.strip(" .:")]


def listed(texts: list[str]) -> str:
    return ", ".join(f"“{text}”" for text in texts)


def without(words: str, match: re.Match[str]) -> str:
    return " ".join(f"{words[: match.start()]} {words[match.end() :]}".split()).strip(" ,")


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def low(text: str) -> str:
    return text[:1].lower() + text[1:]
