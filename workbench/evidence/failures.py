"""How often each failure mode happens among the outputs that were read, and where."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from workbench.domain.experiments import Experiment
from workbench.domain.failures import FailureMode, ReadOutput
from workbench.stats.intervals import Interval, pass_rate
from workbench.store.reports.failures import OnCases, Order
from workbench.store.store import Store


class ToRead(NamedTuple):
    """Where reading stands: outputs in all, those read, how many of each fail by a criterion, and
    the trials to read next, best first."""

    outputs: int
    read: int
    failing: int
    failing_read: int
    upcoming: tuple[UUID, ...]


def to_read(order: Order, read: Collection[str], *, limit: int = 200) -> ToRead:
    """What is still to be read, in its order."""
    waiting = (trial_id for trial_id in order.trial_ids if trial_id not in read)
    places = [
        turn
        for trial_id, turn in zip(order.trial_ids, order.turns, strict=True)
        if trial_id in read
    ]
    return ToRead(
        len(order.trial_ids),
        len(places),
        order.turns.count(0),
        places.count(0),
        tuple(UUID(trial_id) for trial_id in islice(waiting, limit)),
    )


class Slice(NamedTuple):
    """A tag, how many outputs with it were read, and how many of those have the mode."""

    tag: str
    read: int
    having: int


@dataclass(frozen=True)
class Seen:
    """A failure mode in an experiment: the share of the outputs read that have it, clustered by
    case, and the slices it hits, the hardest hit first."""

    mode: FailureMode
    having: int
    read: int
    likelihood: Interval
    slices: tuple[Slice, ...]

    @property
    def harm(self) -> float:
        """Likelihood times the weight of the severity: what harm is ranked by."""
        return (self.likelihood.estimate or 0.0) * self.mode.draft.severity.weight


class Shown(NamedTuple):
    """What a fallback's criterion says of a variant's outputs for the mode's own cases."""

    variant: str
    passes: int
    outputs: int
    unscored: int
    interval: Interval


def seen(store: Store, experiment: Experiment) -> list[Seen]:
    """Every failure mode of a feature as one experiment shows it, the most frequent first."""
    outputs = store.reports.failures.read_outputs(experiment.feature_id, experiment.id)
    modes = store.failures.of(experiment.feature_id)
    return by_count([of_outputs(mode, outputs) for mode in modes])


def of_outputs(mode: FailureMode, outputs: Sequence[ReadOutput]) -> Seen:
    """One failure mode among the outputs that were read."""
    having = [output for output in outputs if mode.id in output.modes]
    read_by, having_by = _tags(outputs), _tags(having)
    slices = [Slice(tag, read_by[tag], n) for tag, n in having_by.items()]
    slices.sort(key=lambda found: (-found.having / found.read, -found.having, found.tag))
    return Seen(mode, len(having), len(outputs), likelihood(mode.id, outputs), tuple(slices))


def likelihood(mode_id: UUID, outputs: Iterable[ReadOutput]) -> Interval:
    """The share of these outputs that have a mode, with the interval that pass rates have: cases
    with the same input, or of one group, are one."""
    read: Counter[str] = Counter()
    having: Counter[str] = Counter()
    for output in outputs:
        read[output.cluster] += 1
        having[output.cluster] += mode_id in output.modes
    return pass_rate([having[each] for each in read], list(read.values()))


def shown(store: Store, mode: FailureMode) -> list[Shown]:
    """What the criterion of a mode's fallback says of the outputs for the mode's own cases, by
    variant. Empty without such a criterion, case or output."""
    criterion_id = mode.draft.fallback.criterion_id
    notes = store.reports.failures.notes(mode.feature_id)
    case_ids = list(dict.fromkeys(note.case_id for note in notes if note.mode_id == mode.id))
    if criterion_id is None or not case_ids:
        return []
    criterion = store.criteria.get(criterion_id)
    rows = store.reports.failures.on_cases(
        mode.feature_id, criterion_id, criterion.draft.scorer.fingerprint(), case_ids
    )
    by_variant: dict[str, list[OnCases]] = {}
    for row in rows:
        by_variant.setdefault(row.variant, []).append(row)
    return [
        Shown(
            variant,
            sum(row.passes for row in of_it),
            sum(row.outputs for row in of_it),
            sum(row.outputs - row.passes - row.fails for row in of_it),
            pass_rate([row.passes for row in of_it], [row.passes + row.fails for row in of_it]),
        )
        for variant, of_it in by_variant.items()
        if any(row.outputs for row in of_it)
    ]


def by_count(found: Sequence[Seen]) -> list[Seen]:
    """The most frequent first."""
    return sorted(found, key=_then_by_key(lambda each: -each.having))


def by_harm(found: Sequence[Seen]) -> list[Seen]:
    """The most harmful first: severity times likelihood."""
    return sorted(found, key=_then_by_key(lambda each: -each.harm))


def _then_by_key(first: Callable[[Seen], float]) -> Callable[[Seen], tuple[float, int, str]]:
    return lambda each: (first(each), len(each.mode.key), each.mode.key)


def _tags(outputs: Iterable[ReadOutput]) -> Counter[str]:
    return Counter(tag for output in outputs for tag in dict.fromkeys(output.tags))
