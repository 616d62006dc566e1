"""Ends a run whose plan lets it stop as soon as every bar is decided."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

from workbench.domain.experiments import Experiment
from workbench.errors import StoreUnavailable
from workbench.runs import second_pass
from workbench.runs.job import Job
from workbench.store.store import Store

IsDecided = Callable[[Store, Experiment], bool]
"""Whether an experiment has shown what it was to show."""
AtEnd = Callable[[Store, Experiment, UUID], object]
"""What is done with an experiment whose run (by its id) has ended and was scored."""

_LOOK_EVERY_S = 1.0


async def end_when_decided(store: Store, job: Job, is_decided: IsDecided | None) -> None:
    """Look at a run while it goes on, and end it when it is decided. What is scored in a second
    pass is scored before each look."""
    if is_decided is None or not job.experiment.is_sequential:
        return

    async def look() -> bool:
        # A store that can't be read just now is looked at again.
        with suppress(StoreUnavailable):
            await asyncio.to_thread(second_pass.look, store, job.experiment)
            return await asyncio.to_thread(is_decided, store, job.experiment)
        return False

    clock = asyncio.get_running_loop().time
    began = clock()
    if await look():
        return  # It was decided before: whoever starts it again wants the rest of the plan.
    while True:
        # Looking at a million scores takes a while: a sixth of the time at most goes there.
        await asyncio.sleep(max(_LOOK_EVERY_S, 5 * (clock() - began)))
        began = clock()
        if await look():
            job.is_decided = True
            job.control.end("Every bar was decided.")
            return
