"""What a plan will take and what it can show, before the first call is made."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor
from uuid import UUID, uuid4

from workbench.domain.criteria import Criterion, Measure
from workbench.domain.datasets import Case
from workbench.domain.experiments import Experiment
from workbench.domain.prompts import Variant
from workbench.domain.verdicts import Verdict
from workbench.evidence import estimates, outlook_words
from workbench.evidence.alikeness import Alike
from workbench.evidence.words import figures, measures
from workbench.runs.forecast import Forecast, forecast
from workbench.stats.mean_scores import fewest_best
from workbench.stats.planning import best_bar, zero_failure_minimum
from workbench.store.reports_experiments import ExperimentReports
from workbench.store.store import Store
from workbench.store.tallies import Tally
from workbench.ui.experiment_words import count, duration, money

Input = tuple[Case, str]
"""A case, and the identity of what it is counted with: its group, or cases with the same input."""


@dataclass(frozen=True)
class Outlook:
    """A plan's size, cost and reach. `answered` calls were made before and are not made again;
    `time` and `cost` are sentences on the rest, `tells` are on what it can tell apart. `warnings`
    name criteria that it can never show."""

    n_variants: int
    n_cases: int
    trials: int
    answered: int
    time: str
    cost: str
    reach: str
    tells: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def calls(self) -> int:
        """All calls of the plan."""
        return self.n_variants * self.n_cases * self.trials

    @property
    def to_ask(self) -> int:
        """The calls that will really be made."""
        return max(0, self.calls - self.answered)


def chosen_cases(
    store: Store, version_id: UUID, slices: Sequence[str], held_out: bool | None
) -> list[Case]:
    """The cases of a dataset version that a choice takes: what `Experiments.add` will freeze."""
    return [
        case
        for case in store.datasets.cases(version_id)
        if (not slices or not set(slices).isdisjoint(case.tags))
        and (held_out is None or case.held_out is held_out)
    ]


def of_plan(
    store: Store,
    variants: tuple[Variant, ...],
    cases: list[Case],
    criteria: Sequence[Criterion],
    trials: int,
    alike: Mapping[UUID, Alike],
) -> Outlook:
    """What a plan would take and could show. `alike` is what is known of repeated trials."""
    # Looked at once: the form is drawn anew with every change, and there may be many cases.
    inputs = [(case, case.draft().cluster()) for case in cases]
    ids = [variant.id for variant in variants]
    answered = ExperimentReports(store.database).answered(ids, [c.id for c in cases], trials)
    whole = forecast(store, variants, cases, trials)
    share = 1 - answered / whole.calls if whole.calls else 0.0
    return Outlook(
        n_variants=len(variants),
        n_cases=len(cases),
        trials=trials,
        answered=answered,
        time=_time(whole, share),
        cost=_cost(whole, share),
        reach=_reach(inputs),
        tells=_tells(inputs, criteria, trials, whole, alike),
        warnings=tuple(w for c in criteria if (w := cannot_show(c, inputs, trials))),
    )


def of_experiment(
    store: Store,
    experiment: Experiment,
    cases: list[Case],
    criteria: Sequence[Criterion],
    alike: Mapping[UUID, Alike],
) -> Outlook:
    """What is still to be asked of a frozen plan."""
    return of_plan(store, experiment.variants, cases, criteria, experiment.trials, alike)


def cannot_show(criterion: Criterion, inputs: Sequence[Input], trials: int) -> str:
    """Why a plan can never show a criterion's bar, whatever the answers; empty when it can."""
    draft = criterion.draft
    clusters = Counter(shown for case, shown in inputs if criterion.applies_to(case.tags))
    if not clusters:
        return f"{criterion.key} scores nothing here: no case carries {_tags(criterion)}."
    is_per_case = draft.measure in (Measure.PASS_HAT_K, Measure.AGREEMENT)
    if is_per_case and trials < 2:
        return f"{criterion.key} asks whether answers repeat: choose 2 trials per case or more."
    variant_id = uuid4()
    # The best that could happen: no failure anywhere, everything scored.
    tallies = []
    for cluster, n in clusters.items():
        asked = n * trials
        passes, fails = asked, 0
        tallies.append(Tally(variant_id, cluster, n, asked, passes, fails, 0, 0))
    best = estimates.estimate(draft, tallies, trials)
    if estimates.verdict(draft, best) is Verdict.MET:
        return ""
    n = len(clusters)
    where = f" tagged {', '.join(draft.slices)}" if draft.slices else ""
    short = (
        f"{criterion.key} can't show {measures.bar(criterion)}: even without a failure, "
        f"{count(n, 'case')}{where} can only show "
    )
    if draft.measure.is_upper_bar:
        shown = f"at most {figures.measured(draft, best.high, ceil)}"
    else:
        shown = f"at least {figures.measured(draft, best.low, floor)}"
    if is_per_case:
        return f"{short}{shown}. It takes more cases."
    level = 1 - draft.bar if draft.measure.is_upper_bar else draft.bar
    fewest = fewest_best if draft.scale else zero_failure_minimum
    return f"{short}{shown}. It takes {fewest(level, draft.confidence)} cases."


def _tells(
    inputs: Sequence[Input],
    criteria: Sequence[Criterion],
    trials: int,
    whole: Forecast,
    alike: Mapping[UUID, Alike],
) -> tuple[str, ...]:
    reaches = [
        outlook_words.Reach(
            c,
            len({shown for case, shown in inputs if c.applies_to(case.tags)}),
            alike.get(c.id),
        )
        for c in criteria
        if c.draft.measure in (Measure.PASS_RATE, Measure.FAIL_RATE)
    ]
    n = len({shown for _, shown in inputs})
    if not n or not whole.calls:
        return ()
    each = whole.calls // len(inputs)
    usd = None if whole.cost is None else whole.cost[0] / len(inputs)
    lines = outlook_words.tells(reaches, trials, outlook_words.Price(each, usd))
    if each > trials:
        lines.append(outlook_words.difference(n, trials, outlook_words.mean_icc(reaches)))
    lines += outlook_words.split(n, trials, reaches)
    return tuple(line for line in lines if line)


def _reach(inputs: Sequence[Input]) -> str:
    n = len({shown for _, shown in inputs})
    if not n:
        return "Without a case nothing can be shown."
    highest = figures.at_least(best_bar(n))
    different = "" if n == len(inputs) else " that count on their own"
    return (
        f"With {count(n, 'case')}{different}, the highest bar that can be shown is {highest}, "
        "and only if not one answer fails (at 95% confidence)."
    )


def _time(found: Forecast, share: float) -> str:
    low, high = (seconds * share for seconds in found.seconds)
    if not share or not found.calls:
        return "no time"
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
