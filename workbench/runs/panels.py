"""What a panel of judges says of an output: what more than half of its members say."""

from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median_low
from typing import NamedTuple

from workbench.domain.criteria import Criterion
from workbench.domain.experiments import Experiment
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.store.judging import Panel, Vote
from workbench.store.store import Store


def of(experiment: Experiment, criterion: Criterion) -> Panel:
    """The panel of a criterion that has one."""
    scorer = criterion.draft.scorer
    members = tuple(judge.fingerprint() for judge in scorer.judges)
    return Panel(experiment.id, criterion.id, scorer.fingerprint(), members)


def n_due(store: Store, experiment: Experiment, criteria: Sequence[Criterion]) -> int:
    """How many outputs have a word of each member, and none of their panel."""
    return sum(store.judging.n_due(panel) for _, panel in _panels(experiment, criteria))


def vote(store: Store, experiment: Experiment, criteria: Sequence[Criterion]) -> None:
    """Keep what panels say of the outputs that all their members have judged."""
    for criterion, panel in _panels(experiment, criteria):
        scorer = criterion.draft.scorer
        of = criterion.id, panel.scorer
        with store.transaction(feature=experiment.feature_id):
            store.scores.add(
                Score(
                    trial_id, *of, word(votes), scorer.judge_name,
                    question=scorer.settings["question"],
                )
                for trial_id, votes in store.judging.votes(panel).items()
            )  # fmt: skip


def word(votes: Sequence[Vote]) -> Judgement:
    """The word of most members, with what each said. Where no word has more than half of them, the
    panel has none: it is unscored, and counted as such. Of scores it is the middle one of those
    that agree on the outcome."""
    said = "; ".join(f"{vote.judge} says {vote.outcome.label}: {vote.reason}" for vote in votes)
    outcome, n = Counter(vote.outcome for vote in votes).most_common(1)[0]
    if outcome is Outcome.UNSCORED or 2 * n <= len(votes):
        return Judgement(Outcome.UNSCORED, f"The panel has no majority. {said}")
    scores = [v.value for v in votes if v.outcome is outcome and v.value is not None]
    return Judgement(
        outcome, f"{n} of {len(votes)}. {said}", median_low(scores) if scores else None
    )


class _Asked(NamedTuple):
    criterion: Criterion
    panel: Panel


def _panels(experiment: Experiment, criteria: Sequence[Criterion]) -> Iterator[_Asked]:
    for criterion in criteria:
        if criterion.draft.scorer.is_panel:
            yield _Asked(criterion, of(experiment, criterion))
