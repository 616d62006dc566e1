"""What a plan will take and what it can show, before the first call is made."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import NamedTuple
from uuid import UUID, uuid4

from workbench.domain.criteria import Criterion, Measure
from workbench.domain.datasets import Case
from workbench.domain.experiments import Experiment, StopRule
from workbench.domain.prompts import Variant
from workbench.evidence import estimates, extensions
from workbench.evidence.alikeness import Alike
from workbench.evidence.extensions import Extension
from workbench.evidence.words import figures, measures, outlook
from workbench.evidence.words.outlook import Reach
from workbench.models.templates import flaw
from workbench.runs.forecast import Forecast, forecast
from workbench.runs.forecast_users import Requests
from workbench.say import count, duration, money
from workbench.stats.mean_scores import fewest_best
from workbench.stats.planning import best_bar, zero_failure_minimum
from workbench.stats.sequential import bounds_at_any_time, fewest_flawless
from workbench.store.store import Store
from workbench.store.tallies import Tally

UNPACED = "not known before the first answers"
"""How long a plan takes whose models never answered on this machine."""

_RATES = (Measure.PASS_RATE, Measure.FAIL_RATE)

Input = tuple[Case, str]
"""A case, and the identity of what it is counted with: its group, or cases with the same input."""


class Bars(NamedTuple):
    """How many bars a plan has, and why it can never show some of them."""

    n: int
    warnings: tuple[str, ...]

    @property
    def promise(self) -> str:
        """That each could be met, in a sentence; empty where one could not."""
        if self.warnings or not self.n:
            return ""
        which = "Its bar" if self.n == 1 else f"Each of its {self.n} bars"
        return f"{which} can be met with this plan, if the answers are good enough."


@dataclass(frozen=True)
class Outlook:
    """A plan's size, cost and reach. `answered` calls were made before and are not made again;
    `time` and `cost` are sentences on the rest, `tells` are on what it can tell apart. `bars`
    says which it could show, `unreadable` variants that can't be asked; `extends` says
    what answers it goes on from, `most` how many requests all its trials take."""

    n_variants: int
    n_cases: int
    trials: int
    answered: int
    time: str
    cost: str
    reach: str
    tells: tuple[str, ...]
    bars: Bars
    most: Requests
    unreadable: tuple[str, ...] = ()
    extends: str = ""

    @property
    def calls(self) -> int:
        """All calls of the plan."""
        return self.n_variants * self.n_cases * self.trials

    @property
    def to_ask(self) -> int:
        """The calls that will really be made."""
        return max(0, self.calls - self.answered)

    @property
    def starts(self) -> str:
        """What the button says that starts it."""
        return f"Start {count(self.to_ask, self.most.noun)}"


class Anew(NamedTuple):
    """What asking everything again takes: calls, time and cost as sentences, and requests."""

    calls: int
    time: str
    cost: str
    most: Requests


def chosen_cases(
    store: Store, version_id: UUID, slices: Sequence[str], held_out: bool | None
) -> list[Case]:
    """The cases of a dataset version that a choice takes: what freezing it will freeze."""
    taken = set(store.experiments.chosen(version_id, slices, held_out))
    return [case for case in store.datasets.cases(version_id) if case.id in taken]


def of_plan(
    store: Store,
    variants: tuple[Variant, ...],
    cases: list[Case],
    criteria: Sequence[Criterion],
    trials: int,
    alike: Mapping[UUID, Alike],
    stop_rule: StopRule = StopRule.WHOLE_PLAN,
) -> Outlook:
    """What a plan would take and could show. `alike` is what is known of repeated trials."""
    # Looked at once: the form is drawn anew with every change, and there may be many cases.
    inputs = [(case, case.draft().cluster()) for case in cases]
    ids = [variant.id for variant in variants]
    answered = store.reports.experiments.answered(ids, [c.id for c in cases], trials)
    whole = forecast(store, variants, cases, trials)
    share = 1 - answered / whole.calls if whole.calls else 0.0
    is_sequential = stop_rule is StopRule.WHEN_DECIDED
    goes_on = _extensions(store, variants, cases, criteria, trials) if answered else {}
    reaches = [_of(c, inputs, alike, goes_on.get(c.id), is_sequential) for c in criteria]
    return Outlook(
        n_variants=len(variants),
        n_cases=len(cases),
        trials=trials,
        answered=answered,
        time=_time(whole, share),
        cost=_cost(whole, share),
        reach=_reach(inputs, reaches),
        tells=_tells(inputs, reaches, trials, whole),
        bars=_bars(reaches, trials),
        most=whole.most,
        unreadable=tuple(_unreadable(variants)),
        extends=_goes_on(goes_on, criteria),
    )


def _unreadable(variants: Sequence[Variant]) -> Iterator[str]:
    """Why every call of a variant would fail, where its prompt can't be read."""
    for variant in variants:
        why = None if variant.is_outside else flaw(variant.prompt.text)
        if why is not None:
            yield f"Variant {variant.label} can't be asked. {why}"


def of_experiment(store: Store, experiment: Experiment, alike: Mapping[UUID, Alike]) -> Outlook:
    """What is still to be asked of a frozen plan."""
    cases, criteria = (
        store.experiments.cases(experiment.id),
        store.criteria.of_experiment(experiment),
    )
    plan = (experiment.variants, cases, criteria, experiment.trials)
    return of_plan(store, *plan, alike, experiment.stop_rule)


def bars_of(store: Store, experiment: Experiment, alike: Mapping[UUID, Alike]) -> Bars:
    """Which of its bars a frozen plan could show, as its criteria are now."""
    cases, criteria = (
        store.experiments.cases(experiment.id),
        store.criteria.of_experiment(experiment),
    )
    inputs = [(case, case.draft().cluster()) for case in cases]
    plan = (experiment.variants, cases, criteria, experiment.trials)
    goes_on = _extensions(store, *plan)
    return _bars(
        [_of(c, inputs, alike, goes_on.get(c.id), experiment.is_sequential) for c in criteria],
        experiment.trials,
    )


def _bars(reaches: Sequence[Reach], trials: int) -> Bars:
    return Bars(len(reaches), tuple(w for reach in reaches if (w := cannot_show(reach, trials))))


def anew(store: Store, experiment: Experiment) -> Anew:
    """What asking all of an experiment again would take, but for results made elsewhere."""
    cases = store.experiments.cases(experiment.id)
    asked = tuple(variant for variant in experiment.variants if not variant.is_outside)
    whole = forecast(store, asked, cases, experiment.trials)
    return Anew(whole.calls, _time(whole, 1.0), _cost(whole, 1.0), whole.most)


def cannot_show(reach: Reach, trials: int) -> str:
    """Why a plan can never show a criterion's bar, whatever the answers; empty when it can."""
    criterion, n = reach.criterion, reach.n_cases
    draft = criterion.draft
    if not n:
        return f"{criterion.key} scores nothing here: no case carries {_tags(criterion)}."
    if trials < draft.fewest_trials:
        needs = needed_trials(criterion, trials)
        return f"{criterion.key} asks whether answers repeat: it {needs} per case or more."
    low, needed = _at_best(reach, trials)
    if low >= reach.level:
        return ""
    where = f" tagged {', '.join(draft.slices)}" if draft.slices else ""
    short = (
        f"{criterion.key} can't show {measures.bar(criterion)}: even without a failure, "
        f"{count(n, 'case')}{where} can only show "
    )
    if draft.measure.is_upper_bar:
        shown = f"at most {figures.measured(draft, 1 - low, ceil)}"
    else:
        shown = f"at least {figures.measured(draft, low, floor)}"
    return f"{short}{shown}. It takes {count(needed, 'case')}."


def needed_trials(criterion: Criterion, trials: int) -> str:
    """“needs 2 trials”, where a plan has fewer than a criterion takes; else empty."""
    fewest = criterion.draft.fewest_trials
    return f"needs {count(fewest, 'trial')}" if trials < fewest else ""


def needed_variants(criterion: Criterion, variants: Collection[Variant]) -> str:
    """“needs variant A”, where a plan lacks what a criterion compares with, or any other; else
    empty."""
    over = criterion.draft.scorer.over
    if over is None:
        return ""
    if not any(variant.label == over for variant in variants):
        return f"needs variant {over}"
    return "" if len(variants) > 1 else "needs another variant"


def _at_best(reach: Reach, trials: int) -> tuple[float, int]:
    """The bar that the cases show if none fails, and how many would show the criterion's."""
    if reach.is_sequential:
        flawless, confidence = [1.0] * reach.n_cases, reach.chosen_confidence()
        shown = bounds_at_any_time(flawless, flawless, confidence).low
        return shown, fewest_flawless(reach.level, confidence)
    draft = reach.criterion.draft
    best = Tally(uuid4(), "", 1, trials, trials, 0, 0, 0, reach.n_cases)
    found = estimates.estimate(draft, [best], trials)
    low = 1 - found.high if draft.measure.is_upper_bar else found.low
    fewest = fewest_best if draft.scale else zero_failure_minimum
    return low, fewest(reach.level, draft.confidence)


def _of(
    criterion: Criterion,
    inputs: Sequence[Input],
    alike: Mapping[UUID, Alike],
    extension: Extension | None,
    is_sequential: bool,
) -> Reach:
    shown = {cluster for case, cluster in inputs if criterion.applies_to(case.tags)}
    return Reach(
        criterion,
        len(shown),
        alike.get(criterion.id),
        is_sequential or extension is not None,
        extension.stricter(criterion.draft).confidence if extension else None,
    )


def _extensions(
    store: Store,
    variants: Sequence[Variant],
    cases: Sequence[Case],
    criteria: Sequence[Criterion],
    trials: int,
) -> dict[UUID, Extension]:
    """What a plan goes on from, by criterion: of several variants, the one with the least left."""
    found: dict[UUID, Extension] = {}
    by_id = {criterion.id: criterion.draft for criterion in criteria}
    ids = [case.id for case in cases]
    for (_, criterion_id), one in extensions.of_plan(
        store, criteria, variants, trials, ids
    ).items():
        draft, other = by_id[criterion_id], found.get(criterion_id)
        if other is None or one.stricter(draft).confidence > other.stricter(draft).confidence:
            found[criterion_id] = one
    return found


def _goes_on(found: Mapping[UUID, Extension], criteria: Sequence[Criterion]) -> str:
    keys = [criterion.key for criterion in criteria if criterion.id in found]
    if not keys:
        return ""
    looks = sorted({key for extension in found.values() for key in extension.keys})
    return (
        f"Goes on from {', '.join(looks)}: answers that were judged there count again for "
        f"{', '.join(keys)}, so the plan is judged by bounds that hold however often it is "
        "extended. A plan of new cases alone needs fewer."
    )


def _tells(
    inputs: Sequence[Input], reaches: Sequence[Reach], trials: int, whole: Forecast
) -> tuple[str, ...]:
    n = len({shown for _, shown in inputs})
    if not n or not whole.calls:
        return ()
    each = whole.calls // len(inputs)
    usd = None if whole.cost is None else whole.cost[0] / len(inputs)
    lines = outlook.tells(reaches, trials, outlook.Price(each, usd))
    rates = [r for r in reaches if r.criterion.draft.measure in _RATES]
    if each > trials:
        lines.append(outlook.difference(n, trials, outlook.mean_icc(rates)))
    lines += outlook.split(n, trials, rates)
    return tuple(line for line in lines if line)


def _reach(inputs: Sequence[Input], reaches: Sequence[Reach]) -> str:
    n = len({shown for _, shown in inputs})
    if not n:
        return "Without a case nothing can be shown."
    highest = best_bar(n)
    if reaches and all(reach.is_sequential for reach in reaches):
        # Of the criteria, the one that is judged least strictly: none can show more.
        confidence = min(reach.chosen_confidence() for reach in reaches)
        flawless = [1.0] * n
        highest = bounds_at_any_time(flawless, flawless, confidence).low
    different = "" if n == len(inputs) else " that count on their own"
    return (
        f"With {count(n, 'case')}{different}, the highest bar that can be shown is "
        f"{figures.at_least(highest)}, "
        "and only if not one answer fails (at 95% confidence)."
    )


def _time(found: Forecast, share: float) -> str:
    if not share or not found.calls:
        return "no time"
    if found.seconds is None:
        return UNPACED
    low, high = (seconds * share for seconds in found.seconds)
    return f"about {duration(low)}, at most {duration(high)}"


def _cost(found: Forecast, share: float) -> str:
    if found.cost is None:
        return "unknown: no price is known for one of the models"
    low, high = (usd * share for usd in found.cost)
    if high == 0:
        return "free"
    return f"about {money(low)}, at most {money(high)}"


def _tags(criterion: Criterion) -> str:
    return f"its tags ({', '.join(criterion.draft.slices)})"
