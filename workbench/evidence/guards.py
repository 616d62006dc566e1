"""Guards against fooling oneself: each is found in the data, and said once with what to do."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

import numpy as np

from workbench.domain.criteria import Measure
from workbench.domain.experiments import Experiment
from workbench.domain.verdicts import CriterionVerdict, Unit, Verdict
from workbench.evidence import as_asked, inapplicable, raters
from workbench.evidence.words import figures
from workbench.say import count
from workbench.stats import intervals
from workbench.store.reports.guards import GuardReports, SliceTally
from workbench.store.store import Store

_MANY_SEEN = 0.1
"""Share of cases that the prompt was tuned on: fewer can hardly carry a verdict."""
_FEW_CASES, _OFTEN = 30, 5
"""So few cases asked so often: what is missing then is cases, whatever their correlation."""
_MANY_ALIKE = 0.05
"""Share of cases that repeat another one."""
_SLICE_CASES = 5
"""Cases that it takes before a slice is said to be missed."""
_RATES = (Measure.PASS_RATE, Measure.FAIL_RATE)


class Kind(StrEnum):
    """What may flatter a result."""

    TUNED_ON = "tuned_on"
    BEST_OF_MANY = "best_of_many"
    UNEVEN_GROUPS = "uneven_groups"
    WEAK_SLICE = "weak_slice"
    ALIKE = "alike"
    OUTSIDE = "not_applicable"
    FEW_CASES = "few_cases"
    ONE_RATER = "one_rater"
    NOT_BLIND = "not_blind"
    SWAYED = "swayed"
    TEMPERATURE_ZERO = "temperature_zero"
    NOT_SENT = "not_sent"
    THOUGHTS_JUDGED = "thoughts_judged"


class Guard(NamedTuple):
    """One thing to keep in mind: what was found, and what to do about it."""

    experiment: str
    kind: Kind
    said: str
    do: str

    def sentence(self) -> str:
        """All of it, for exports and the command line."""
        return f"{self.experiment}: {self.said} {self.do}"


def of_experiment(
    store: Store,
    experiment: Experiment,
    found: Sequence[CriterionVerdict],
    rivals: Sequence[CriterionVerdict] | None = None,
) -> list[Guard]:
    """What to keep in mind of an experiment's verdicts, the most important first.

    `rivals` are those of all its variants, where `found` are not.
    """
    scored = [row for row in found if row.is_evaluated]
    if not scored:
        return []
    reports = store.reports.guards
    said = [
        *_tuned_on(reports, experiment),
        *_best_of_many(store, experiment, found if rivals is None else rivals),
        *_uneven(scored),
        *_weak_slices(reports, experiment, scored),
        *_outside(scored),
        *_alike(reports, experiment),
        *_few_cases(experiment, scored),
        *((Kind.ONE_RATER, *found) for found in raters.alone(reports, experiment, scored)),
        *((Kind.NOT_BLIND, *found) for found in raters.not_blind(reports, experiment, scored)),
        *((Kind.SWAYED, *found) for found in raters.swayed(reports, experiment, scored)),
        *_temperature_zero(experiment),
        *((Kind.NOT_SENT, *found) for found in as_asked.not_sent(store, experiment.id)),
        *(
            (Kind.THOUGHTS_JUDGED, *found)
            for found in as_asked.thoughts_judged(store, experiment.id)
        ),
    ]
    return [Guard(experiment.key, *one) for one in said]


def of_feature(
    store: Store,
    experiments: Iterable[Experiment],
    deciding: Sequence[CriterionVerdict],
    every: Sequence[CriterionVerdict],
) -> list[Guard]:
    """The same for those of a feature's `experiments`, oldest first, that the deciding verdicts
    rest on, of `every` one there is."""
    found: list[Guard] = []
    for experiment in experiments:
        mine = [row for row in deciding if row.experiment_id == experiment.id]
        rivals = [row for row in every if row.experiment_id == experiment.id]
        found += of_experiment(store, experiment, mine, rivals)
    return found


Said = Iterable[tuple[Kind, str, str]]


def _tuned_on(reports: GuardReports, experiment: Experiment) -> Said:
    seen = reports.tuned_on(experiment.id)
    if seen >= max(1, _MANY_SEEN * experiment.n_cases):
        yield (
            Kind.TUNED_ON,
            f"{seen} of {count(experiment.n_cases, 'case')} had been answered by an earlier "
            "version of the prompt when the newest one was written: it may fit these cases and no "
            "others.",
            "Confirm it on held-out cases before you ship.",
        )


def _best_of_many(store: Store, experiment: Experiment, rivals: Sequence[CriterionVerdict]) -> Said:
    candidate = store.features.candidate(experiment.feature_id)
    rates: dict[object, list[float]] = {}
    for row in rivals:
        value = row.estimate.value
        if value is None:
            continue
        good = 1 - value if row.criterion.draft.measure.is_upper_bar else value
        rates.setdefault(row.variant_id, []).append(good)
    among = max((row.rivals for row in rivals if row.variant_id == candidate), default=1)
    if among < 2 or candidate not in rates:
        return
    means = {variant: float(np.mean(values)) for variant, values in rates.items()}
    if means[candidate] == max(means.values()):
        yield (
            Kind.BEST_OF_MANY,
            f"The candidate was chosen among {among} variants after their answers here were seen, "
            "and the best of many looks better than it is: some of its lead is luck. A bar counts "
            f"as met only where that is clear for the best of {among}.",
            "Run it alone on fresh or held-out cases; that rate is the one to quote.",
        )


def _uneven(scored: Sequence[CriterionVerdict]) -> Said:
    """Where large groups do otherwise than small ones, by the criterion where that shows most."""
    apart = []
    for row in scored:
        estimate, bar = row.estimate, row.criterion.draft.bar
        if estimate.by_answer is None or estimate.value is None:
            continue
        crosses = (estimate.by_answer >= bar) != (estimate.value >= bar)
        gap = abs(estimate.by_answer - estimate.value)
        is_outside = not estimate.low <= estimate.by_answer <= estimate.high
        if gap >= figures.APART and (crosses or is_outside):
            apart.append((gap, row.criterion.key, row))
    if not apart:
        return
    _, key, row = max(apart, key=lambda one: one[:2])
    several = f" (and {len(apart) - 1} more)" if len(apart) > 1 else ""
    what = "group" if row.estimate.unit is Unit.GROUP else "input"
    draft = row.criterion.draft
    other = figures.measured(draft, row.estimate.by_answer or 0.0)
    yield (
        Kind.UNEVEN_GROUPS,
        f"{key}{several} of {row.variant} is {figures.value(row)} where each {what} counts once, "
        f"as in its verdict, and {other} where every answer does: those with many cases come out "
        "otherwise than those with few.",
        f"Say which of the two is meant, what happens in a typical {what} or to a typical answer, "
        f"and read those with many cases first.",
    )


def _weak_slices(
    reports: GuardReports, experiment: Experiment, scored: Sequence[CriterionVerdict]
) -> Said:
    """The slice that is furthest below the bar, of each criterion that is met as a whole."""
    met = [
        row
        for row in scored
        if row.verdict is Verdict.MET and row.criterion.draft.measure in _RATES
    ]
    scorers = {row.criterion.id: row.criterion.draft.scorer.fingerprint() for row in met}
    counted = reports.by_slice(experiment.id, list(scorers.items()))
    tallies: dict[UUID, list[SliceTally]] = dict(zip(scorers, counted, strict=True))
    for row in met:
        draft = row.criterion.draft
        mine = [tally for tally in tallies[row.criterion.id] if tally.variant_id == row.variant_id]
        by_tag = [(tag, list(of)) for tag, of in groupby(mine, key=lambda tally: tally.tag)]
        bar = 1 - draft.bar if draft.measure.is_upper_bar else draft.bar
        # Of many slices some would look weak by chance: each is held to its share of the error.
        confidence = 1 - (1 - draft.confidence) / max(1, len(by_tag))
        weak = []
        for tag, of_tag in by_tag:
            found = _slice(of_tag, confidence)
            if found is not None and found.high < bar:
                weak.append((found.high, tag, found.estimate or 0.0))
        if weak:
            _, tag, share = min(weak)
            more = f" (and {len(weak) - 1} more)" if len(weak) > 1 else ""
            yield (
                Kind.WEAK_SLICE,
                f"{row.criterion.key} is met on the whole by {row.variant}, but on “{tag}”{more} "
                f"only {figures.percent(share)} pass: the average hides it.",
                f"Give “{tag}” a criterion of its own, or say that the feature does not serve it.",
            )


def _slice(tallies: Sequence[SliceTally], confidence: float) -> intervals.Interval | None:
    if sum(tally.alike for tally in tallies) < _SLICE_CASES:
        return None
    alike = [tally.alike for tally in tallies]
    passes, fails, planned = (
        np.repeat(np.array([getattr(t, name) for t in tallies], dtype=np.float64), alike)
        for name in ("passes", "fails", "planned")
    )
    scored = passes + fails
    if not scored.any():
        return None
    return intervals.with_unscored(passes, scored, planned - scored, confidence)


def _outside(scored: Sequence[CriterionVerdict]) -> Said:
    """The criterion that applies to fewest of what it looks at, of those that often do not."""
    often = [
        (row.open.n_outside / (row.open.n_outside + row.estimate.n_trials), row.criterion.key, row)
        for row in scored
        if inapplicable.is_common(row.open.n_outside, row.estimate.n_trials)
    ]
    if not often:
        return
    _, key, row = max(often, key=lambda one: one[:2])
    several = f" (and {len(often) - 1} more)" if len(often) > 1 else ""
    outside, slices = row.open.n_outside, row.criterion.draft.slices
    yield (
        Kind.OUTSIDE,
        f"{key}{several} was said to be not applicable to {outside} of "
        f"{outside + row.estimate.n_trials} answers of {row.variant} that were looked at: its rate "
        "is about the others alone.",
        inapplicable.question(key, slices),
    )


def _alike(reports: GuardReports, experiment: Experiment) -> Said:
    found = reports.repeats(experiment.id)
    repeated = found.cases - found.alike
    if repeated < max(2, _MANY_ALIKE * found.cases):
        return
    same = found.cases - found.inputs
    kinds = [
        f"{n} {word}"
        for n, word in ((same, "word for word"), (found.inputs - found.alike, "nearly"))
        if n
    ]
    yield (
        Kind.ALIKE,
        f"{repeated} of {found.cases} cases repeat another one ({', '.join(kinds)}). Those that "
        "are the same count once; those that nearly are count as evidence that they hardly give.",
        "Replace them by cases that differ.",
    )


def _few_cases(experiment: Experiment, scored: Sequence[CriterionVerdict]) -> Said:
    most = max(row.estimate.n_cases for row in scored)
    if experiment.trials < _OFTEN or most > _FEW_CASES:
        return
    worth = max(row.estimate.n_effective for row in scored)
    yield (
        Kind.FEW_CASES,
        f"{count(most, 'case')}, asked {experiment.trials} times each: that is worth about "
        f"{worth:.0f} independent answers, not {most * experiment.trials}.",
        "Add cases: more trials of the same ones say how steady the answers are, and little else.",
    )


def _temperature_zero(experiment: Experiment) -> Said:
    labels = [v.label for v in experiment.variants if v.parameters.temperature == 0]
    if experiment.trials > 1 or not labels:
        return
    yield (
        Kind.TEMPERATURE_ZERO,
        f"{' and '.join(labels)} asked each case once at temperature 0. That does not make a model "
        "give the same answer twice.",
        "Ask each case 3 times to see how steady the answers are.",
    )
