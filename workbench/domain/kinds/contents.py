"""Scorers that look at what is in an output: language, reading ease, personal data, sources."""

from workbench.domain import languages
from workbench.domain.kinds.entry import By, KindEntry
from workbench.domain.kinds.settings import Amount, Choice, Line, Settings, Texts
from workbench.domain.personal import NAMES

SOURCES = "{{sources}}"


def _language(settings: Settings, _: str) -> str:
    return f"is in {' or '.join(languages.said(code) for code in settings.get('languages', ()))}"


def _language_problem(settings: Settings) -> str:
    for code in settings.get("languages", ()):
        if code not in languages.NAMES:
            return (
                f"“{code}” is not the code of a language that can be told: write one of ISO 639, "
                "such as en or de."
            )
    return ""


def _readability(settings: Settings, _: str) -> str:
    return f"reads easily (LIX of at most {settings.get('max_lix', 0):g})"


def _personal(settings: Settings, _: str) -> str:
    types = settings.get("types") or list(NAMES)
    allowed = settings.get("allowed")
    but = f", but for {', '.join(f'“{text}”' for text in allowed)}" if allowed else ""
    return f"holds no pattern of personal data ({', '.join(types)}){but}"


def _personal_problem(settings: Settings) -> str:
    for name in settings.get("types") or ():
        if name not in NAMES:
            return f"“{name}” is none of {', '.join(NAMES)}."
    return ""


def _citations(settings: Settings, _: str) -> str:
    held = settings.get("sources") or SOURCES
    how = "links to" if settings.get("cited_as") == "links" else "cites"
    return f"{how} at least one source, and only those of the case (in {held})"


ENTRIES = (
    KindEntry(
        "language",
        By.CODE,
        "is in a language",
        "Tells the answer's language by its letters and their sequence. Answers of a few words, "
        "and those in several languages, stay unscored.",
        _language,
        (
            Texts(
                "languages", "Codes of languages, one per line",
                missing="it names no language.", placeholder="en",
                help="As ISO 639 has them: en, de, fr, es, no, … Any one of them passes.",
                height=80,
            ),
        ),
        _language_problem,
    ),
    KindEntry(
        "readability",
        By.CODE,
        "reads easily",
        "LIX (Björnsson 1968): words per sentence, plus the percentage of words of more than six "
        "letters. Below 30 is easy, 40 ordinary, 50 hard, 60 very hard. For languages that part "
        "words by spaces.",
        _readability,
        (Amount("max_lix", "At most (LIX)", start=45.0, least=1.0, format="%g"),),
    ),
    KindEntry(
        "personal_data",
        By.CODE,
        "holds no personal data",
        "Fails when the answer holds an e-mail address, phone number, bank account, card number, "
        "IP address or key. It finds patterns, not names or addresses.",
        _personal,
        (
            Texts(
                "types", "Only these, one per line", placeholder="email", height=80,
                help=f"Empty: all of {', '.join(NAMES)}.",
            ),
            Texts(
                "allowed", "May be there, one per line", placeholder="help@example.com", height=80,
                help="Such as your own address.", names_values=True,
            ),
        ),
        _personal_problem,
    ),
    KindEntry(
        "citations",
        By.CODE,
        "cites the case's sources",
        "Passes when the answer cites at least one source and every source that it cites is one "
        "of the case's. It does not tell whether the source says so.",
        _citations,
        (
            Line(
                "sources", "Sources of the case", names_values=True, if_empty=SOURCES,
                help=(
                    "A variable with their names: a list, lines of text, or {{documents.id}} for "
                    "the id of each in a list of groups. [1], [2] … count them from the top."
                ),
            ),
            Choice(
                "cited_as", "Cited as", ("brackets", "links"),
                wrong="they are cited neither as brackets nor as links.",
            ),
        ),
    ),
)  # fmt: skip
