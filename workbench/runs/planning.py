"""From a frozen plan to calls: planned minus recorded, rendered, with what they may cost."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from workbench.domain.calls import Request
from workbench.domain.connections import Connection
from workbench.domain.datasets import Case
from workbench.domain.experiments import Experiment
from workbench.domain.prompts import Variant
from workbench.domain.trials import PlannedCall, Trial
from workbench.errors import CallFailure, TemplateError
from workbench.models import prices
from workbench.models.templates import render
from workbench.runs.runner import Call
from workbench.store.keys import new_id
from workbench.store.store import Store


@dataclass(frozen=True)
class Planned:
    """What a run has to do, and what it needs to know of its variants, cases and endpoints.

    `unaskable` are calls whose prompt cannot be rendered for their case: errors already.
    """

    calls: list[Call]
    unaskable: list[Trial]
    variants: dict[UUID, Variant]
    cases: dict[UUID, Case]
    connections: dict[str, Connection]

    def price(self, variant_id: UUID) -> prices.Price | None:
        """What a variant's model costs, where that is known."""
        variant = self.variants[variant_id]
        return prices.price(self.connections[variant.connection], variant.model)


def prepare(
    store: Store, experiment: Experiment, run_id: UUID, *, retry_failed: bool = False
) -> Planned:
    """The calls that an experiment still needs. Raises NotFound when a connection is gone."""
    variants = {variant.id: variant for variant in experiment.variants}
    cases = {case.id: case for case in store.datasets.cases(experiment.dataset_version_id)}
    connections = {
        name: store.connections.named(name) for name in {v.connection for v in variants.values()}
    }
    calls: list[Call] = []
    unaskable: list[Trial] = []
    for planned in store.trials.missing(experiment.id, retry_failed=retry_failed):
        variant, case = variants[planned.variant_id], cases[planned.case_id]
        try:
            calls.append(Call(planned, variant.connection, request(variant, case)))
        except TemplateError as error:
            unaskable.append(_unaskable(planned, run_id, str(error)))
    return Planned(calls, unaskable, variants, cases, connections)


def request(variant: Variant, case: Case) -> Request:
    """What a variant sends for a case. Raises TemplateError where the prompt needs more."""
    text = variant.prompt.text
    return Request(variant.model, render(text.system, text.user, case.names()), variant.parameters)


def requests(variants: tuple[Variant, ...], cases: list[Case]) -> Iterator[Request]:
    """Every distinct request of a plan that can be rendered, for forecasts."""
    for variant in variants:
        for case in cases:
            try:
                yield request(variant, case)
            except TemplateError:
                continue


def _unaskable(planned: PlannedCall, run_id: UUID, message: str) -> Trial:
    return Trial(
        id=new_id(),
        run_id=run_id,
        variant_id=planned.variant_id,
        case_id=planned.case_id,
        number=planned.number,
        request_hash="",
        attempts=0,
        started_at=datetime.now(UTC),
        failure=CallFailure.TEMPLATE,
        message=message,
        supersedes=planned.supersedes,
    )
