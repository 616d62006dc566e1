"""Take a sentence apart into promises: one verb, one bound, one condition each."""

import re
from typing import NamedTuple

from workbench.drafting import english
from workbench.drafting.reading import Piece

_NUMBER = english.NUMBER
_VERBS = english.VERBS
_BOUND = (
    r"(?:max(?:imum)?\.?|min(?:imum)?\.?|at most|at least|no (?:more|longer|less|fewer) than"
    r"|not (?:more|longer)"
    r" than|up to|under|below|within|in under|in less than|less than|fewer than|between)"
)
_MODAL = (
    r"(?:must|should|shall|will|may|can|might|has to|have to|needs? to|ought to|is to|are to"
    r"|is supposed to|is expected to|are expected to)"
)
_NOT = (
    r"(?:never|not|no longer|don'?t|do not|does not|doesn'?t|cannot|can'?t|mustn'?t"
    r"|shouldn'?t|won'?t)"
)
_STARTS = re.compile(
    rf"(?:(?:it|they|the \w+|answers|replies)\s+)?(?:{_MODAL}\b|{_NOT}\b|always\b|only\b"
    rf"|{_BOUND}\s+\S*\d"
    rf"|{_BOUND} {_NUMBER}\b|under no circumstances\b|in (?:valid )?JSON\b"
    rf"|as (?:valid )?JSON\b"
    rf"|(?:{_VERBS})(?:s|es)?\b)",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"\s*;\s*|,\s+(?:and |but |then )?|\s+(?:and|but)\s+(?:then |also )?|\s+—\s+|\s+–\s+"
)
_IF = re.compile(
    r"^(?:but )?((?:when(?:ever)?|if|unless|as soon as|in case|where)\b[^,;]+),\s*(?:then )?", re.I
)
_WHEN = re.compile(r"\s+((?:when(?:ever)?|if|unless|as soon as|in case)\b.+)$", re.I)
_WANT = re.compile(
    r"^(?:please,? |so,? |also,? |and |but |then |we (?:want|need|would like|expect)(?: the \w+"
    r"| it| it all)? to "
    r"|we (?:want|need|would like) (?:an?|the|our) [\w\s-]{1,40}? (?:that|which|to) "
    r"|make sure(?: that)? |ensure(?: that)? |it is important (?:that|to) )",
    re.I,
)
_HOW_OFTEN = re.compile(
    r"^((?:in|for) (?:at least )?\S+ (?:(?:out )?of \S+ |percent of )?(?:cases|times|answers"
    r"|replies|messages)),? (.+)$",
    re.I,
)
_US = re.compile(r"^(?:we|i|our|my)\b", re.I)
_SUBJECT = re.compile(
    rf"^((?:(?:the|each|every|all|an?|its|no)\s+)?(?:[\w-]+\s+){{0,3}}?[\w-]+|it|they)\s+(?:{_MODAL}|{_NOT}|always)\b",
    re.I,
)
_PRODUCT = re.compile(
    r"\b(?:the|an?|our|its|your|all|each|every)\s+((?:\w+\s+)?(?:assistant|bot|chatbot|copilot|model|agent|tool|system|feature"
    r"|summari[sz]er|classifier|translator|app|service))\b",
    re.I,
)
_IS_NOT = re.compile(rf"\b(?:{_NOT}|under no circumstances|in no case|avoid|refrain from)\b", re.I)
_MODAL_RE = re.compile(rf"\b(?:{_MODAL}|{_NOT}|always|under no circumstances|in no case)\b", re.I)


class Clause(NamedTuple):
    """One promise: its `words` without who and must, whether it says what not to do, under which
    `condition`, and the sentence that it stands in. `subject` is who or what it is about, as the
    text says it; empty where it does not."""

    words: str
    is_negative: bool
    condition: str
    subject: str
    quote: str


def of(piece: Piece) -> list[Clause]:
    """The promises of a piece; none where it makes none."""
    sentence = piece.text.rstrip(" .!:;")
    lead = piece.lead if _makes_promise(piece.lead) else ""
    first = _WANT.sub("", sentence)
    wants = first != sentence
    first = _HOW_OFTEN.sub(r"\2 \1", first)
    condition = ""
    opening = _IF.match(first)
    if opening:
        condition, first = opening[1], first[opening.end() :]
    if not (_makes_promise(first) or lead or wants or opening):
        return []
    if (_US.match(first) and not wants) or piece.text.endswith("?"):
        return []
    found: list[Clause] = []
    subject, is_no = "", bool(lead and _IS_NOT.search(lead))
    for part in _parts(first):
        who = _SUBJECT.match(part)
        subject = who[1] if who else subject
        says_no = bool(_IS_NOT.search(_before_object(part))) or is_no
        bare, when = _bare(part, who[1] if who else "")
        if bare:
            found.append(Clause(bare, says_no, when or condition, subject, piece.text))
    return found


def product(text: str) -> str:
    """Who the text is about: “the assistant”, or what it calls the thing that is to be made."""
    found = _PRODUCT.search(text)
    return f"the {found[1].casefold()}" if found else ""


def _makes_promise(text: str) -> bool:
    start = text.split(" ", 1)[0]
    is_told = bool(re.fullmatch(rf"(?:{_VERBS})", start, re.I))
    does = _PRODUCT.match(text)
    return bool(
        _MODAL_RE.search(text)
        or is_told
        or (does and len(text.split()) > 2)
        or re.search(rf"\b{_BOUND}\s+(?:\S?\d|{_NUMBER}\b)", text, re.I)
    )


def _parts(sentence: str) -> list[str]:
    parts, at = [], 0
    for cut in _CUT.finditer(sentence):
        rest = sentence[cut.end() :]
        if _STARTS.match(rest) and not _opens_list(sentence[at : cut.start()], rest):
            parts.append(sentence[at : cut.start()])
            at = cut.end()
    parts.append(sentence[at:])
    return [part.strip(" ,") for part in parts if part.strip(" ,")]


def _opens_list(before: str, rest: str) -> bool:
    """Whether what follows belongs to the words before: “between 20 and 50”, “when it asks and”."""
    is_range = bool(re.search(rf"\bbetween\s+{_NUMBER}$", before, re.I))
    in_condition = bool(re.search(r"\b(?:when|if|unless)\b[^,]*$", before, re.I))
    return is_range or (in_condition and not re.match(rf"{_MODAL}|{_NOT}|{_BOUND}", rest, re.I))


def _before_object(part: str) -> str:
    return " ".join(part.split()[:6])


def _bare(part: str, subject: str) -> tuple[str, str]:
    """The words without subject, must and never; and the condition that they end with."""
    when = ""
    found = _WHEN.search(part)
    if found:
        part, when = part[: found.start()], found[1]
    words = part[len(subject) :].strip() if subject else part
    does = _PRODUCT.match(words) or re.match(r"(?:it|they)\s", words, re.I)
    if does and not subject:
        words = words[does.end() :].strip()
    before = None
    while before != words:
        before = words
        words = re.sub(
            rf"^(?:{_MODAL}|{_NOT}|always|also|only ever|under no circumstances|in no case|ever"
            rf"|be able to"
            r"|avoid|refrain from|please|then)\b\s*",
            "", words, flags=re.I,
        )  # fmt: skip
    return words.strip(" ,:"), when.strip(" ,")
