"""Read a requirement the way a careful colleague would: rules, no model, the same every time."""

import re
from dataclasses import dataclass
from enum import StrEnum


class HintKind(StrEnum):
    """What a hint is about."""

    VAGUE = "vague"
    ABSOLUTE = "absolute"
    NO_MEASURE = "no_measure"
    NO_FAILURE = "no_failure"
    SEVERAL = "several"
    NO_USER = "no_user"

    @property
    def label(self) -> str:
        """The hint's name, for a heading."""
        return _LABEL[self]


@dataclass(frozen=True)
class Hint:
    """One thing to improve: the words it is about, as they were written, and what to do."""

    kind: HintKind
    words: tuple[str, ...]
    advice: str


def hints(statement: str, *, has_criterion: bool = False) -> tuple[Hint, ...]:
    """What would make the statement easier to test; nothing for an empty one.

    `has_criterion` is whether a criterion measures it already: then no number is missed.
    """
    text = " ".join(statement.split())
    if not text:
        return ()
    found = [*_vague(text), *_absolute(text)]
    if not has_criterion and not _NUMBER.search(text):
        found.append(Hint(HintKind.NO_MEASURE, (), _ADVICE[HintKind.NO_MEASURE]))
    if not _FAILURE.search(text):
        found.append(Hint(HintKind.NO_FAILURE, (), _ADVICE[HintKind.NO_FAILURE]))
    joined = _words(_SEVERAL, text)
    if joined:
        found.append(Hint(HintKind.SEVERAL, joined, _ADVICE[HintKind.SEVERAL]))
    if not _USER.search(text) and not _SUBJECT.match(text):
        found.append(Hint(HintKind.NO_USER, (), _ADVICE[HintKind.NO_USER]))
    return tuple(found)


def _vague(text: str) -> list[Hint]:
    return [
        Hint(HintKind.VAGUE, words, advice)
        for pattern, advice in _VAGUE
        if (words := _words(pattern, text))
    ]


def _absolute(text: str) -> list[Hint]:
    words = _words(_ABSOLUTE, text)
    return [Hint(HintKind.ABSOLUTE, words, _ADVICE[HintKind.ABSOLUTE])] if words else []


def _words(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    """What matches, as written, each spelling once, in the order of the text."""
    found: dict[str, str] = {}
    for match in pattern.finditer(text):
        word = match.group().strip(" ,;")
        found.setdefault(word.casefold(), word)
    return tuple(found.values())


def _any_of(*words: str) -> re.Pattern[str]:
    # No look-behind for a word boundary: "etc." and "100%" end in a mark.
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)


_LABEL = {
    HintKind.VAGUE: "Vague",
    HintKind.ABSOLUTE: "Cannot be shown",
    HintKind.NO_MEASURE: "No measure yet",
    HintKind.NO_FAILURE: "No failure behaviour",
    HintKind.SEVERAL: "More than one promise",
    HintKind.NO_USER: "Nobody in it",
}

_ADVICE = {
    HintKind.ABSOLUTE: (
        "No number of trials can show this. Say how rare a failure must be, such as “at most 1 in "
        "100”, and what catches the rest."
    ),
    HintKind.NO_MEASURE: (
        "Nothing here can be counted. Add a criterion, or a number: in how many of 100 answers, "
        "within how many seconds, at most how many words?"
    ),
    HintKind.NO_FAILURE: (
        "Say what happens when it goes wrong, or when the input is unclear: “If it cannot tell, "
        "it asks”, “Otherwise no draft is shown”."
    ),
    HintKind.SEVERAL: (
        "Two promises in one sentence get one verdict between them. Split them, unless one makes "
        "no sense without the other."
    ),
    HintKind.NO_USER: ("Say who meets this and what they get: “When a customer …, the draft …”."),
}

_VAGUE: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        _any_of("fast", "faster", "quick", "quickly", "rapid", "rapidly", "snappy", "in real time",
                "real-time", "timely", "promptly", "as soon as possible", "low latency"),
        "Write the time and the share: “within 3 seconds for 95 of 100 answers”.",
    ),
    (
        _any_of("cheap", "affordable", "cost-effective", "economical", "low cost"),
        "Write the amount: “at most $0.01 for an answer”.",
    ),
    (
        _any_of("appropriate", "appropriately", "suitable", "suitably", "adequate", "adequately",
                "proper", "properly", "reasonable", "reasonably", "acceptable", "sensible"),
        "Name what a reader would accept, and one example of what they would not.",
    ),
    (
        _any_of("user-friendly", "user friendly", "easy to use", "intuitive", "friendly",
                "pleasant", "engaging", "delightful", "natural", "human-like"),
        "Write what can be seen: “greets by name”, “at most 120 words”, “no jargon from the list”.",
    ),
    (
        _any_of("high quality", "high-quality", "good", "great", "best", "better", "excellent",
                "state of the art", "state-of-the-art", "world-class", "professional", "optimal",
                "nice"),
        "Name the quality that matters here, and how somebody would notice that it is missing.",
    ),
    (
        _any_of("helpful", "useful", "relevant", "meaningful", "valuable"),
        "Write what the user can do afterwards: “can send the draft after one edit or none”.",
    ),
    (
        _any_of("accurate", "accurately", "correct", "correctly", "precise", "precisely",
                "reliable", "reliably", "robust", "robustly", "consistent", "consistently"),
        "Correct against what? Name the reference or rule, and in how many of 100 answers.",
    ),
    (
        _any_of("safe", "safely", "secure", "responsible", "responsibly", "ethical", "unbiased",
                "fair", "harmless"),
        "Name the harm: what must not appear in an answer, and for which inputs.",
    ),
    (
        _any_of("clear", "clearly", "concise", "concisely", "short", "brief", "simple", "simply",
                "readable", "understandable", "detailed", "comprehensive"),
        "Write a length or a list: “at most 80 words”, “names the order, the date and the amount”.",
    ),
    (
        _any_of("polite", "politely", "empathetic", "empathic", "on-brand", "in our tone"),
        "Write the rule a colleague would apply: which words it uses, and which it avoids.",
    ),
    (
        # “At most” is what these hints themselves recommend.
        _any_of("many", r"(?<!\bat )(?<!\bat the )most", "some", "several", "few", "often",
                "usually", "normally", "generally", "typically", "sometimes", "rarely", "mostly",
                "largely"),
        "Write the number: “in 90 of 100 answers”.",
    ),
    (
        _any_of(r"etc\.?", "and so on", "and the like", r"and/or", "among others", "such things"),
        "List what is meant: nobody can test the rest of a list.",
    ),
    (
        _any_of("should", "could", "might", "may", "ideally", "try to", "tries to", "attempt to",
                "attempts to", "if possible", "where possible", "as far as possible",
                "best effort"),
        "Say what it does: “the draft names …”. What is only wished for is the criterion's target.",
    ),
    (
        _any_of("seamless", "seamlessly", "smart", "intelligent", "intelligently", "modern",
                "flexible", "efficient", "efficiently", "effective", "effectively",
                "as needed", "as required"),
        "Write what the user would see happen.",
    ),
)  # fmt: skip

_ABSOLUTE = _any_of(
    "always", "never", r"100\s?%", "100 percent", "every time", "all the time", "at all times",
    "in all cases", "in every case", "under no circumstances", "without exception", "no errors",
    "zero errors", "error-free", "no mistakes", "flawless", "flawlessly", "perfect", "perfectly",
    "guaranteed", "guarantees", "completely", "any input", "all inputs",
)  # fmt: skip

_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|fifty|ninety|hundred|"
    r"half|third|quarter|percent)\b",
    re.IGNORECASE,
)

_FAILURE = re.compile(
    r"\b(?:if|when|where|unless|otherwise|in case|instead|fall(?:s)? back|fallback|decline[sd]?|"
    r"refuse[sd]?|escalate[sd]?)\b.*\b(?:wrong|fail\w*|error\w*|unclear|unreadable|ambiguous|"
    r"empty|missing|unknown|cannot|can't|can not|could not|does(?: not|n't)|do(?: not|n't)|"
    r"is(?: not|n't)|are(?: not|n't)|no|none|nothing|without|disagree\w*|unsure|uncertain|"
    r"incomplete|off topic|out of scope|something else|too late|times? out|longer|late)\b"
    r"|\b(?:otherwise|unless|fallback|falls back|if not)\b",
    re.IGNORECASE,
)

# A second promise: "and" (or ";") followed by something that is promised, not by a second noun.
_PROMISE = (
    "it|they|then|also|always|never|must|should|shall|will|can|may|does|do|is|are|has|have|be|"
    "adds?|answers?|apologi[sz]es?|asks?|avoids?|checks?|cites?|contains?|declines?|detects?|"
    "escalates?|explains?|follows?|gives?|greets?|handles?|ignores?|includes?|invents?|keeps?|"
    "lists?|links?|mentions?|names?|offers?|produces?|proposes?|provides?|quotes?|recommends?|"
    "refuses?|rejects?|replies|reply|returns?|says?|sends?|shows?|stays?|stops?|suggests?|"
    "summari[sz]es?|supports?|takes?|tells?|translates?|uses?|writes?"
)
_SEVERAL = re.compile(rf"(?:\band|\bas well as|\bplus|;)\s+(?:{_PROMISE})\b", re.IGNORECASE)

_USER = re.compile(
    r"\b(?:users?|customers?|clients?|people|persons?|somebody|someone|readers?|colleagues?|"
    r"agents?|teams?|patients?|students?|teachers?|employees?|staff|buyers?|visitors?|callers?|"
    r"guests?|members?|analysts?|editors?|reviewers?|support|you|they|them|who)\b",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"(?:a|an|the|each|every|no|any|our|its|it|this|that|these|when|if|for|in|on|at least|at most|"
    r"answers?|replies|drafts?|outputs?|summaries|half|\d+)\b",
    re.IGNORECASE,
)
