"""Take a pasted text apart: sentences, quoted words, lists, the lines of an e-mail or a thread."""

import re
from typing import NamedTuple

from workbench.drafting import english

_HEADER = re.compile(r"^(from|to|cc|bcc|subject|date|sent|reply-to|von|an|betreff)\s*:", re.I)
_CUSTOMER = re.compile(r"^(customer|user|client|caller|visitor|kunde|kundin|q)\s*:\s*(.+)", re.I)
_AGENT = re.compile(r"^(agent|support|assistant|advisor|team|reply|answer|a)\s*:\s*(.+)", re.I)
_BULLET = re.compile(r"^\s*(?:[-*•–—]|\d{1,2}[.)]|\[[ x]\])\s+")
_CITED = re.compile(r"^\s*>\s?")
_LEAD = re.compile(
    r"^\s*(?:for )?(?:examples?|e\.g\.|sample|such as|typical (?:message|question)s?)\s*:?\s*$",
    re.I,
)
_QUOTES = (
    re.compile(r"“([^”]{1,600})”"),
    re.compile(r"„([^“”]{1,600})[“”]"),
    re.compile(r"«\s?([^»]{1,600}?)\s?»"),
    re.compile(r'"([^"]{1,600})"'),
    re.compile(
        r"(?:(?<=[\s:(])|^)[‘']([^'’]{1,300}(?:[’'](?=\w)[^'’]{0,200}){0,4})[’'](?=[\s.,;:)!?]|$)"
    ),
)
_LITERAL = re.compile(
    r"\b(?:say|says|write|writes|contain\w*|includ\w*|mention\w*|begins?|starts?|ends?|use|uses|sign"
    r"|signs|word|words|phrase|phrases|call|calls|label\w*|with|as|into|either|one of|named?)\s*$",
    re.I,
)
_LEAST_WORDS = 4
_SPLIT = re.compile(r"(?<=[.!?])[\"”’')]*\s+(?=[\"“‘'(]?[A-ZÄÖÜ0-9])")
_SHORT = re.compile(r"\b(?:e\.g|i\.e|etc|max|min|approx|ca|vs|no|nr|incl|mr|mrs|dr)\.$", re.I)


class Piece(NamedTuple):
    """One thing that the text says. `is_item`: it stood in a list. A list's `lead` is the sentence
    before it, such as “It must:”."""

    text: str
    lead: str = ""
    is_item: bool = False


class Example(NamedTuple):
    """Words that somebody would send, and what was answered where the text has that, too."""

    text: str
    reply: str = ""


class Read(NamedTuple):
    """A text, taken apart."""

    pieces: tuple[Piece, ...]
    examples: tuple[Example, ...]


def read(text: str) -> Read:
    """Take a text apart. Quoted words of four or more are examples, unless the sentence is about
    what to say; so are lines of a customer, cited lines and lines that ask."""
    pieces: list[Piece] = []
    examples: list[Example] = []
    lead, cited = "", ""
    for line in [*text.replace("\r\n", "\n").split("\n"), ""]:
        bare = line.strip()
        if _CITED.match(line):
            cited = f"{cited} {_CITED.sub('', line).strip()}".strip()
            continue
        if cited:
            examples.append(Example(cited))
            cited = ""
        customer, agent = _CUSTOMER.match(bare), _AGENT.match(bare)
        if customer:
            examples.append(Example(_unquoted(customer[2])))
        elif agent and examples and not examples[-1].reply:
            examples[-1] = Example(examples[-1].text, _unquoted(agent[2]))
        elif bare and not _HEADER.match(bare):
            is_item = bool(_BULLET.match(line))
            kept, found = _without_examples(_BULLET.sub("", line).strip())
            examples += [Example(each) for each in found]
            for sentence in _sentences(kept):
                if english.is_asked_by_users(sentence):
                    examples.append(Example(sentence))
                elif not _LEAD.match(sentence):
                    pieces.append(Piece(sentence, lead if is_item else "", is_item))
            if not is_item:
                lead = pieces[-1].text if pieces and bare.endswith(":") else ""
    return Read(tuple(pieces), _once(examples))


def _without_examples(line: str) -> tuple[str, list[str]]:
    """The line without its examples, and these. A quote that says what to say stays where it is."""
    found: list[str] = []
    for quotes in _QUOTES:
        for match in list(quotes.finditer(line)):
            words = match[1].strip()
            is_example = len(words.split()) >= _LEAST_WORDS
            if is_example and not _LITERAL.search(line[: line.find(match[0])]):
                found.append(words)
                line = line.replace(match[0], " ", 1)
    return " ".join(line.split()), found


def _sentences(line: str) -> list[str]:
    found: list[str] = []
    for part in _SPLIT.split(line):
        if found and _SHORT.search(found[-1]):
            found[-1] = f"{found[-1]} {part}"
        else:
            found.append(part.strip())
    return [each for each in found if re.search(r"\w", each)]


def _unquoted(text: str) -> str:
    return text.strip().strip("\"“”„'‘’«»").strip()


def _once(examples: list[Example]) -> tuple[Example, ...]:
    return tuple({" ".join(each.text.split()).casefold(): each for each in examples}.values())
