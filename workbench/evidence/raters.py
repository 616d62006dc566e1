"""What people's ratings may flatter: each found in the data, as a sentence and what to do."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from uuid import UUID

from workbench.domain.criteria import Criterion
from workbench.domain.experiments import Experiment
from workbench.domain.kinds.entry import By
from workbench.domain.verdicts import CriterionVerdict
from workbench.store.reports.guards import GuardReports

Said = Iterable[tuple[str, str]]


def alone(
    reports: GuardReports, experiment: Experiment, scored: Sequence[CriterionVerdict]
) -> Said:
    """Criteria of which nobody knows whether another reader would agree."""
    one = [
        criterion.key
        for criterion, scorer in _by_people(scored)
        if reports.rated(experiment.id, criterion.id, scorer).by_two == 0
    ]
    if one:
        yield (
            f"No output was rated by two people for {', '.join(one)}: nobody knows whether "
            "another reader would agree.",
            "Let a second person rate 20 of them before you trust the rate.",
        )


def _counted_by_people(
    outputs: Callable[[UUID, UUID, str], int],
    experiment: Experiment,
    scored: Sequence[CriterionVerdict],
) -> str:
    """How many outputs there are of each criterion that people score, where there are some."""
    counted = [(outputs(experiment.id, c.id, scorer), c.key) for c, scorer in _by_people(scored)]
    return ", ".join(f"{n} for {key}" for n, key in counted if n)


def _by_people(scored: Sequence[CriterionVerdict]) -> Iterator[tuple[Criterion, str]]:
    """Each criterion that people score, once, with its scorer."""
    for criterion in {row.criterion.key: row.criterion for row in scored}.values():
        if criterion.draft.scorer.kind.by is By.PERSON:
            yield criterion, criterion.draft.scorer.fingerprint()


def not_blind(
    reports: GuardReports, experiment: Experiment, scored: Sequence[CriterionVerdict]
) -> Said:
    """Outputs whose rater knew which variant wrote them."""
    listed = _counted_by_people(reports.not_blind, experiment, scored)
    if listed:
        yield (
            f"Outputs were rated by somebody who had been told which variant wrote them: {listed}.",
            "Let another person rate those who does not know.",
        )


def swayed(
    reports: GuardReports, experiment: Experiment, scored: Sequence[CriterionVerdict]
) -> Said:
    """Outputs that were rated again after a look at what the others said."""
    listed = _counted_by_people(reports.swayed, experiment, scored)
    if listed:
        yield (
            f"Outputs were rated again by somebody who had seen what the others said: {listed}.",
            "Agreement is about what each said before; where a sentence was read in two ways, "
            "revise it and rate anew.",
        )
