"""From a clause to what it promises: bounds, forms and conduct, whichever it speaks of."""

import re
from dataclasses import replace

from workbench.domain.failures import Severity
from workbench.domain.requirements import Kind
from workbench.drafting import bounds, conduct, forms, phrases
from workbench.drafting.clauses import Clause
from workbench.drafting.promise import About, Promise

_PLAIN = re.compile(
    r"^(?:(?:an?|the|its|each|every|all)\s+)?(?:answer|reply|respon[ds]e?|return|output|write|be|is|are|have|has|keep|finish|take|contain|costs?|with|arrives?|come|comes|in|of|delivered|sent|long|must|should|shall|will"
    r"|stay|message|it|them|result|text|length|draft|a|the|each|replies|answers|to|[\s:,])*$", re.I,
)  # fmt: skip
_JOB = re.compile(r"(?:draft|write|compose)s?\s+\w", re.I)


def read(clause: Clause, about: About) -> list[Promise]:
    """What a clause promises. Several where it names a bound or a language beside its verb."""
    taken = bounds.take(clause.words, about.made)
    found = [_bounded(bound, clause, about) for bound in taken.bounds]
    words = taken.rest
    for take in (forms.own_language, forms.named_language, forms.json):
        promise, words = take(words, clause, about)
        if promise:
            found.append(promise)
    if found and _PLAIN.match(words) and not _JOB.match(words):
        return found
    rest = clause._replace(words=words)
    share = taken.share if not taken.bounds else None
    for reader in (
        forms.classified,
        forms.same,
        conduct.kept_from,
        conduct.refused,
        conduct.handed_over,
        conduct.asked_back,
        forms.said,
    ):
        promise = reader(rest, about)
        if promise:
            return [_at(promise, share), *found]
    return [_at(conduct.done(rest, about), share), *found]


def _at(promise: Promise, share: float | None) -> Promise:
    """The promise at the level that the text says."""
    if share is None:
        return promise
    criteria = []
    for draft, why in promise.criteria:
        level = 1 - share if draft.measure.is_upper_bar and share > 0.5 else share
        criteria.append((replace(draft, bar=round(level, 6)), f"{why} The text says how often."))
    return replace(promise, criteria=tuple(criteria))


def _bounded(bound: bounds.Bound, clause: Clause, about: About) -> Promise:
    statement = f"The {about.made} {bound.said}{phrases.when(clause)}."
    criteria = ((bound.criterion, bound.why),) if bound.criterion else ()
    modes = ((bound.mode, f"The {about.made} {bound.broken}.", Severity.MINOR),)
    return Promise(
        bound.kind, statement, clause.quote, "" if criteria else bound.why, criteria,
        modes=modes if bound.mode and bound.kind is Kind.QUALITY else (),
    )  # fmt: skip
