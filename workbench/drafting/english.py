"""As much English as rules need: numbers, verb forms, and who a sentence is about."""

import re

NUMBER = (
    r"(\d+(?:[.,]\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty"
    r"|thirty|fifty|hundred)"
)
_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "fifty": 50,
    "hundred": 100,
}  # fmt: skip
_THOUSANDS = re.compile(r"^\d{1,3}(?:,\d{3})+$")
_IRREGULAR = {"be": "is", "have": "has", "do": "does", "go": "goes"}
_DOUBLED = re.compile(r"^(?:refer|admit|commit|let|put|set|get|stop|plan|chat|cut|quit|forget)$")
_AUTHORS = re.compile(
    r"^(?:can|could|should|shall|do|does|would|will|may|must) (?:we|you|it|the (?:assistant|bot"
    r"|team))"
    r"\b|^(?:any|what do you|what about|how about|who|thoughts)\b",
    re.I,
)
VERBS = (
    "accept|acknowledge|add|address|adapt|admit|answer|apologi[sz]e|ask|assign|avoid|blame|book|call"
    "|categori[sz]e|check|choose|cite|claim|classify|collect|compose|confirm|contain|convert|correct"
    "|decide|decline|delete|describe|detect|diagnose|disclose|discuss|draft|end|escalate|estimate"
    "|exceed|explain|extract|fill|find|flag|follow|forward|generate|give|greet|guarantee|guess|hand"
    "|help|identify|ignore|include|insult|invent|keep|label|leave|let|link|list|make|match|mention"
    "|name|negotiate|offer|open|output|pass|point|prefer|prescribe|process|produce|promise|propose"
    "|provide|quote|rate|recommend|redirect|refer|refuse|reject|remain|remember|remind|repeat|rephrase"
    "|reply|request|resolve|respond|return|reveal|reword|rewrite|route|say|search|see|send|set|share"
    "|show|sign|skip|sort|speak|speculate|start|state|stay|stick|stop|store|suggest|summari[sz]e"
    "|support|take|tell|thank|threaten|transfer|translate|treat|try|turn|understand|use|verify|warn|work|write"
    "|be|have|do"
)


def number(text: str) -> float:
    """The number that digits or a word say."""
    low = text.casefold()
    if low in _WORDS:
        return float(_WORDS[low])
    return float(low.replace(",", "") if _THOUSANDS.match(low) else low.replace(",", "."))


def third(verb: str) -> str:
    """“draft” as somebody does it: “drafts”."""
    low = verb.casefold()
    if low in _IRREGULAR:
        return _IRREGULAR[low]
    if re.search(r"[^aeiou]y$", low):
        return f"{low[:-1]}ies"
    return f"{low}es" if re.search(r"(?:s|x|z|ch|sh)$", low) else f"{low}s"


def gerund(verb: str) -> str:
    """“promise” as a thing to do: “promising”."""
    low = verb.casefold()
    if low.endswith("e") and low not in ("be", "see"):
        return f"{low[:-1]}ing"
    return f"{low}{low[-1]}ing" if _DOUBLED.match(low) else f"{low}ing"


def base(verb: str) -> str | None:
    """The verb as it stands in a list of verbs: “drafts” is “draft”. None where it is none of
    those known."""
    low = verb.casefold()
    tried = (low, low.removesuffix("s"), low.removesuffix("es"), re.sub("ies$", "y", low))
    back = {"is": "be", "are": "be", "has": "have", "does": "do"}
    known = [each for each in (back.get(low), *tried) if each and re.fullmatch(VERBS, each)]
    return known[0] if known else None


def with_verb(phrase: str, form: str) -> str:
    """A phrase that begins with a verb, its verb as “third” or as “gerund”."""
    first, _, rest = phrase.partition(" ")
    known = base(first)
    if known is None:
        return phrase
    said = third(known) if form == "third" else gerund(known) if form == "gerund" else known
    return f"{said} {rest}".strip()


def is_asked_by_users(sentence: str) -> bool:
    """Whether a sentence asks what users would, not what the author asks the team."""
    return sentence.endswith("?") and len(sentence.split()) > 2 and not _AUTHORS.match(sentence)


def slug(text: str, words: int = 4) -> str:
    """A tag made of a phrase: “threatens legal action” as `threatens-legal-action`."""
    skipped = {"the", "a", "an", "to", "of", "is", "are", "their", "its", "in", "for", "with"}
    found = [w for w in re.findall(r"[^\W_]+", text.casefold()) if w not in skipped]
    return "-".join(found[:words])
