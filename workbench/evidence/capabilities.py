"""What a capability pack shows of each model: its criteria's verdicts, and what answers took."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from uuid import UUID

from workbench.domain.experiments import Experiment
from workbench.domain.packs import Pack
from workbench.domain.prompts import Variant
from workbench.domain.verdicts import CriterionVerdict
from workbench.evidence import origins, verdicts
from workbench.evidence.counting import Counted
from workbench.store.reports.comparison import Taken
from workbench.store.store import Store


@dataclass(frozen=True)
class Capability:
    """One criterion of a pack for one model.

    Latency (mean, in milliseconds, of the calls that were answered) and cost (USD, of all answers;
    None where a price is not known) are those of the model's answers to the whole pack.
    `answered_as` are the names by which the server called the model, `newest` is when it last
    answered.
    """

    pack: Pack
    row: CriterionVerdict
    variant: Variant
    experiment: Experiment
    mean_latency_ms: float | None
    cost: float | None
    answered_as: tuple[str, ...]
    newest: datetime | None

    @property
    def model(self) -> str:
        """The model's name, as it was asked for."""
        return self.variant.model

    @property
    def steady(self) -> tuple[int, int] | None:
        """Of how many cases (the second) the answers came to the same every time (the first);
        None where no case was asked twice."""
        spread = self.row.spread
        if spread is None or spread.trials < 2 or not spread.cases:
            return None
        return spread.never + spread.always, spread.cases


def of_experiment(
    store: Store, pack: Pack, experiment: Experiment, counted: Counted | None = None
) -> list[Capability]:
    """What one run of a pack shows, criterion by criterion and model by model."""
    rows = verdicts.of_experiment(store, experiment, counted)
    return _joined(store, pack, rows, [experiment])


def of_pack(store: Store, pack: Pack, counted: Counted | None = None) -> list[Capability]:
    """The same of everything that was asked of a pack: of each model its newest run counts."""
    assert pack.feature_id is not None
    rows = verdicts.of_feature(store, pack.feature_id, counted)
    return _joined(store, pack, rows, store.experiments.of(pack.feature_id))


def _joined(
    store: Store, pack: Pack, rows: Iterable[CriterionVerdict], experiments: Iterable[Experiment]
) -> list[Capability]:
    by_id = {experiment.id: experiment for experiment in experiments}
    taken: dict[UUID, dict[UUID, Taken]] = {}
    came: dict[UUID, dict[UUID, origins.Origin]] = {}
    found = []
    for row in rows:
        experiment = by_id.get(row.experiment_id) if row.experiment_id else None
        if experiment is None or row.variant_id is None:
            continue
        if experiment.id not in taken:
            taken[experiment.id] = store.reports.comparison.taken(experiment.id)
            came[experiment.id] = {
                one.variant.id: one for one in origins.of_experiment(store, experiment)
            }
        took, origin = taken[experiment.id].get(row.variant_id), came[experiment.id][row.variant_id]
        found.append(
            Capability(
                pack,
                row,
                origin.variant,
                experiment,
                _mean_latency(took),
                None if took is None or took.unpriced or not took.answers else took.spent,
                tuple(model for model, n in origin.models if model and n),
                origin.newest,
            )
        )
    return found


def _mean_latency(took: Taken | None) -> float | None:
    # A call that failed took infinitely long there.
    times = [] if took is None else [float(t) for t in took.latencies_ms if isfinite(t)]
    return sum(times) / len(times) if times else None
