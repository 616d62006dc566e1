"""Whether answers were asked for as planned, and judged alone: what to keep in mind if not."""

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from workbench.say import count
from workbench.store.store import Store


class Remark(NamedTuple):
    """What was found, and what to do about it."""

    said: str
    do: str


def not_sent(store: Store, experiment_id: UUID) -> Iterator[Remark]:
    """What the servers of an experiment refuse, so that the models were asked something else."""
    for found in store.reports.sending.adapted(experiment_id):
        if found.adaptation.changes_the_question:
            yield Remark(
                f"{found.variant} was not asked as it says ({_answers(found.answers)}): "
                f"its server refuses that, so {found.adaptation.words}.",
                "Take it out of the variant, or choose a model that takes it, before you compare.",
            )


def thoughts_judged(store: Store, experiment_id: UUID) -> Iterator[Remark]:
    """Answers from before thoughts were kept apart, which are judged as they stand."""
    found = store.reports.sending.thoughts_inside(experiment_id)
    if found:
        yield Remark(
            f"{_answers(found)} begin with what the model thought, from before thoughts "
            "were kept apart. They are judged as they stand, thoughts included.",
            "Ask again, so that the answers alone are judged.",
        )


def _answers(n: int) -> str:
    return count(n, "answer")
