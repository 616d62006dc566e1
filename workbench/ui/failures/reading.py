"""What there is to read and sort for whoever is here, read from the store once for each change."""

from workbench.domain.criteria import Criterion
from workbench.domain.experiments import Experiment
from workbench.domain.failures import FailureMode, SortedNote
from workbench.evidence import failure_trends, failures
from workbench.evidence.failure_trends import Reads
from workbench.evidence.failures import Seen, Shown, ToRead
from workbench.ui.parts import session


def experiments() -> list[Experiment]:
    """The open feature's experiments that have outputs, newest first; those that were only planned,
    and have the outputs of others, come last."""
    states = session.experiment_states()
    return sorted(session.answered(), key=lambda e: not states[e.id].state)


def criteria(experiment: Experiment) -> list[Criterion]:
    """The criteria in force that an experiment was to judge by."""
    return session.criteria_of(experiment)


def shown(mode: FailureMode) -> list[Shown]:
    """What the check of a mode's fallback says of its own cases."""
    return session.remembered(
        "failures_shown",
        (mode.id, mode.number),
        lambda: failures.shown(session.store(), mode),
        feature=mode.feature_id,
    )


def to_read(experiment: Experiment, *, at_random: bool) -> ToRead:
    """What to read next of an experiment, and how far reading has come."""
    scorers = tuple((c.id, c.draft.scorer.fingerprint()) for c in criteria(experiment))
    reports, feature_id = session.store().reports.failures, experiment.feature_id
    order = session.remembered(
        "failures_order",
        (experiment.id, scorers, at_random),
        lambda: reports.order(experiment.id, scorers, at_random=at_random),
        feature=feature_id,
    )
    # Apart: a reading changes it, and leaves the order as it is.
    read = session.remembered(
        "failures_read_in",
        experiment.id,
        lambda: reports.read_in(experiment.id),
        feature=feature_id,
    )
    return failures.to_read(order, read)


def notes() -> list[SortedNote]:
    """The notes on outputs of the open feature's experiments."""
    opened = session.feature_id()
    return session.remembered(
        "failures_notes",
        opened,
        lambda: session.store().reports.failures.notes(opened),
        feature=opened,
    )


def seen(experiment: Experiment) -> list[Seen]:
    """Each failure mode as the experiment shows it, the most frequent first."""
    return session.remembered(
        "failures_seen",
        experiment.id,
        lambda: failures.seen(session.store(), experiment),
        feature=experiment.feature_id,
    )


def reads() -> Reads:
    """All that was read of the open feature."""
    opened = session.feature_id()
    return session.remembered(
        "failures_reads",
        opened,
        lambda: failure_trends.reads(session.store(), opened),
        feature=opened,
    )


def alike() -> list[list[SortedNote]]:
    """Groups of notes that wait to be sorted and say alike things."""
    opened = session.feature_id()
    return session.remembered(
        "failures_alike",
        opened,
        lambda: failure_trends.alike([note for note in notes() if note.mode_id is None]),
        feature=opened,
    )
