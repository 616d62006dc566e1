"""Runs as pages start and stop them: one way for all, with what goes wrong said on the page."""

import streamlit as st

from workbench.actions import experiments
from workbench.domain.experiments import Experiment, Limits
from workbench.errors import WorkbenchError
from workbench.ui.parts import session, trouble
from workbench.ui.parts.resources import services


def start(
    experiment: Experiment,
    *,
    retry_failed: bool = False,
    fresh: bool = False,
    limits: Limits | None = None,
    only_judges: bool = False,
) -> bool:
    """Set a run going, however often this is clicked. Whether it is; else the page says why not."""
    deed = session.store(), services().jobs, session.who(), experiment
    try:
        experiments.start(
            *deed, retry_failed=retry_failed, fresh=fresh, limits=limits, only_judges=only_judges
        )
    except WorkbenchError as error:
        trouble.show(error)
        return False
    return True


def stop_button(experiment: Experiment, key: str) -> None:
    """The one Stop of a run. It says “Stopping…” while calls in flight finish."""
    is_stopping = services().jobs.is_stopping(experiment.id)
    st.button(
        "Stopping…" if is_stopping else "Stop",
        key=key,
        icon=":material/stop_circle:",
        disabled=is_stopping,
        help="Answers on their way are kept; you can go on later.",
        on_click=stop,
        args=(experiment,),
    )


def stop(experiment: Experiment, *, cancel: bool = False) -> None:
    """Stop a run; for callbacks, whose errors the page shows."""
    experiments.stop(session.store(), services().jobs, session.who(), experiment, cancel=cancel)
