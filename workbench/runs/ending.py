"""How a run that was told to end is said to have ended: by what it left undone."""

from workbench.domain.experiments import RunState
from workbench.runs import judging
from workbench.runs.job import Job
from workbench.runs.planning import open_calls
from workbench.say import count
from workbench.store.store import Store


def ended_early(store: Store, job: Job) -> tuple[RunState, str]:
    """The state and the message of a run whose end was called for. What had nothing left to do
    then is finished all the same."""
    experiment, why = job.experiment, job.control.why
    spared = 0
    if not job.is_judging:
        spared = len(open_calls(store, experiment, older_than=job.older_than))
    if spared and job.is_decided:
        return RunState.FINISHED, f"{why} {spared:,} of {count(experiment.n_calls, 'call')} spared."
    if spared or (job.judges and judging.n_open(store, experiment, job.judges)):
        return RunState.STOPPED, why
    return RunState.FINISHED, ""
