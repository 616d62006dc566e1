"""A verdict in sentences: what to expect, what follows for the bar, and what to keep in mind."""

from collections.abc import Sequence

from workbench import say
from workbench.domain.criteria import Measure
from workbench.domain.verdicts import CriterionVerdict, Unit, Verdict, missed
from workbench.evidence.words import figures, measures, missing
from workbench.evidence.words.settling import is_clear, next_step
from workbench.stats.predictions import next_answers

WHILE_RUNNING = (
    "While it runs, the intervals are wide enough to hold however often you look: they rest on the "
    "cases that are finished, in the order of the plan."
)
_NEXT = 100


def expectation(found: CriterionVerdict) -> str:
    """What to expect, in natural frequencies: “Of 100 answers like these about 92 pass …”.

    The share in the long run and the number among the next hundred are two things: the second has
    the luck of those hundred in it, and its own, wider interval.
    """
    estimate, draft = found.estimate, found.criterion.draft
    if estimate.value is None:
        if estimate.n_unscored:
            return f"Nothing has been scored yet: {missing.unscored(found)}."
        if found.open.n_outside:
            return f"It applies to no answer: {missing.outside(found)}."
        if found.variant_id is not None:
            return "Not evaluated: no case that it was tried on carries its tags."
        whose = f" with {found.variant}" if found.variant else ""
        return f"Not evaluated: no experiment has tried this{whose} yet."
    if draft.scale is not None:
        return (
            f"On a scale of {figures.ends(draft.scale)} we expect a mean of about "
            f"{figures.value(found)}{_each_counts_once(found)}; in the long run it lies between "
            f"{_between(found)}.{_answer_by_answer(found)}"
        )
    of, happens = _hundred(found), measures.happens(draft)
    about = figures.of_hundred(estimate.value, bar=draft.bar)
    coming = next_answers(
        estimate.value, estimate.low, estimate.high, estimate.confidence, of=_NEXT
    )
    return (
        f"{of} we expect about {about} to {happens}: {coming.least} to {coming.most} of the next "
        f"{_NEXT}, and in the long run between {_between(found)}.{_answer_by_answer(found)}"
    )


def conclusion(found: CriterionVerdict) -> str:
    """What follows for the bar, and how sure that is."""
    draft, estimate = found.criterion.draft, found.estimate
    wanted, rate, bound = measures.bar(found.criterion), "rate", say.level(draft.bar)
    if draft.scale is not None:
        rate, bound = "mean", figures.score(draft.scale, draft.bar)
    chance = f"{round(1 / (1 - draft.confidence)):,}"
    if found.verdict is Verdict.MET:
        other = "above" if draft.measure.is_upper_bar else "below"
        if found.rivals > 1:
            return (
                f"The bar of {wanted} is met. If the true {rate} of all {found.rivals} variants "
                f"were {other} {bound}, the best of them would show results this good less than "
                f"1 time in {chance}."
            )
        return (
            f"The bar of {wanted} is met. If the true {rate} were {other} {bound}, "
            f"results this good would appear less than 1 time in {chance}."
        )
    if found.verdict is Verdict.NOT_MET:
        held = "kept to" if draft.measure.is_upper_bar else "reached"
        return (
            f"The bar of {wanted} is not met. If the true {rate} {held} {bound}, "
            f"results this poor would appear less than 1 time in {chance}."
        )
    if found.is_altered:
        return (
            f"There is not enough evidence on the bar of {wanted}: rows that this rests on were "
            "changed since they were written."
        )
    if estimate.value is None:
        return f"There is no evidence yet on the bar of {wanted}."
    if is_clear(found):
        return (
            f"There is not enough evidence on the bar of {wanted}: these answers clear it, but "
            "they are not fresh."
        )
    return (
        f"There is not enough evidence on the bar of {wanted}: the true {rate} may lie on either "
        "side of it."
    )


def together(rows: Sequence[CriterionVerdict]) -> str:
    """Why several criteria or variants are not failed for one that misses its bar when judged
    alone. Empty where none does, or where that is beyond chance among so many."""
    tested = sum(row.is_evaluated for row in rows)
    below = [row for row in rows if row.verdict is Verdict.NOT_MET]
    sure = missed(rows)
    unsure = [row for row in below if row not in sure]
    if not unsure:
        return ""
    misses = "misses its bar" if len(unsure) == 1 else "miss their bars"
    said = (
        f"{_names(unsure, rows)} {misses} when judged alone, but of {tested} verdicts that are "
        "read together one would do so by chance too often"
    )
    if sure:
        return f"{said}; {_names(sure, rows)} {'does' if len(sure) == 1 else 'do'} so even then."
    return f"{said}: that is not enough to say that the whole is not met."


def explain(found: CriterionVerdict) -> str:
    """Everything about a verdict, in one short paragraph of sentences."""
    parts = [expectation(found), conclusion(found), next_step(found), *notes(found)]
    return " ".join(part for part in parts if part)


def notes(found: CriterionVerdict) -> list[str]:
    """What else there is to know of a verdict: that it is stale, and its warnings."""
    said = [f"Stale: since {found.experiment}, {' and '.join(found.stale)}."] if found.stale else []
    return said + [f"Note: {warning}." for warning in found.warnings]


def result(found: CriterionVerdict) -> str:
    """The verdict in a word, with what it rests on; of preferences “met: preferred over A in 61%
    (52% to 69%, …), bar 60%”."""
    stale = ", stale" if found.stale else ""
    over, said = found.criterion.draft.scorer.over, figures.figure(found)
    if over is not None and found.is_evaluated:
        said = f"preferred over {over} in {said}, bar {say.level(found.criterion.draft.bar)}"
    return f"{found.verdict.label}{stale}: {said}"


def _hundred(found: CriterionVerdict) -> str:
    things = measures.things(found.criterion.draft.measure)
    if found.estimate.unit is Unit.GROUP:
        # The mean over groups is the chance of one answer from a group that is drawn at random.
        one = {"answers": "one answer", "cases": "one case"}.get(things, "two answers to one case")
        return f"Each group counts once. From {_NEXT} groups like these, {one} of each,"
    if found.estimate.unit is Unit.INPUT:
        if found.criterion.draft.measure is Measure.AGREEMENT:
            return f"Each input counts once. Of {_NEXT} pairs of answers, each to another input,"
        return f"Each input counts once. Of {_NEXT} {things}, each with another input,"
    return f"Of {_NEXT} {things} like these"


def _each_counts_once(found: CriterionVerdict) -> str:
    unit = found.estimate.unit
    return "" if unit is Unit.CASE else f", each {unit} counting once"


def _between(found: CriterionVerdict) -> str:
    low, _, high = figures.span(found).partition(" to ")
    return f"{low} and {high}"


def _answer_by_answer(found: CriterionVerdict) -> str:
    other = figures.other_weighting(found)
    if not other:
        return ""
    return f" With every answer counting once it is {other}."


def _names(found: Sequence[CriterionVerdict], rows: Sequence[CriterionVerdict]) -> str:
    """Their keys, with the variant where several are judged."""
    several = len({row.variant_id for row in rows if row.variant_id is not None}) > 1
    said = [f"{one.criterion.key} {one.variant}" if several else one.criterion.key for one in found]
    return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)
