"""What our words mean, each in a sentence or two: every page explains them from here."""

from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    "bar": "The level that must be shown before a requirement counts as met, such as “at least "
    "90% of answers pass”.",
    "candidate": "The variant that the team means to ship. Once there is one, its verdicts decide.",
    "capability pack": "Cases with criteria for one thing that a model may be able to do, to be "
    "tried on several models.",
    "case": "One input that the feature may meet, to be tried: a message, a document, a question.",
    "confidence": "How surely a bound holds. At 95%, a bound would be wrong for one evaluation in "
    "twenty like it.",
    "criterion": "How you can tell that a requirement is met: who or what looks at an output, what "
    "is measured, and the bar.",
    "dataset": "A named set of cases, in versions.",
    "experiment": "A question put to models: which variants, on which cases, how often, judged by "
    "which criteria. Its plan is fixed before it starts.",
    "failure mode": "A named kind of failure, such as “promises a refund”. Notes on outputs are "
    "sorted into it, and it says what the product does when it happens.",
    "held out": "Cases that are kept aside while a prompt is written, so that it can't be fitted "
    "to them. They tell how it does on what it has not seen.",
    "horizon": "When a requirement is wanted: now, next, or later.",
    "interval": "Where the true rate may lie, given so many answers. More cases make it narrower.",
    "judged": "An output is judged when a check, a model or a person has said whether it passes. "
    "What is not judged counts neither way: it widens the interval.",
    "preference": "Which of two outputs of a case somebody likes better: this one, that one, or "
    "neither because they are alike or both bad.",
    "reference": "What a good answer to a case says, for scorers that compare with it.",
    "run": "One execution of an experiment. It can be stopped and go on: answers are kept.",
    "scorer": "What looks at an output and says whether it passes: a check (a rule), or a person.",
    "slice": "The cases that carry one tag, such as “refund”. A good average can hide a bad slice.",
    "stale": "Resting on results that are older than what they judge: the prompt, the criterion or "
    "the cases were changed since. It takes a new run.",
    "target": "The level that is hoped for. The verdict goes by the bar, not by the target.",
    "trial": "One variant on one case, once. Asking a case several times shows how steady it is.",
    "variant": "What is compared: one version of a prompt on one model with its settings. It has a "
    "letter, and a colour that is the same everywhere.",
    "verdict": "Met, not met, or not enough evidence: whether the results show that a bar is "
    "reached, show that it is not, or can't tell yet.",
}
_PARAGRAPHS: Mapping[str, str] = {
    word: f"**{word.capitalize()}**: {said}" for word, said in WORDS.items()
}


def meanings(*words: str) -> str:
    """What some words mean, a paragraph each, as Markdown; of all words where none is named."""
    return "\n\n".join(_PARAGRAPHS[word] for word in words or WORDS)
