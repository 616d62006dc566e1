"""What the app holds open while it runs: the store, the models and the runs, shared by all."""

import logging
import threading
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

from workbench import config, private
from workbench.actions import features
from workbench.domain.people import Person
from workbench.evidence.ending import is_decided
from workbench.evidence.kept_verdicts import keep
from workbench.exchange.feature.reader import FeatureFile, load
from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.runs.errands import Errands
from workbench.runs.jobs import Jobs
from workbench.runs.rescoring import renew
from workbench.store.store import Store, open_store
from workbench.ui.parts.memory import Memory
from workbench.ui.parts.presence import Presence

SAMPLE = config.ROOT / "data" / "samples" / "support-reply.yaml"


SAMPLER = Person("sample", "Sample")
"""Who brought the sample in that a new database starts with."""


def sample() -> FeatureFile:
    """The sample feature, read and checked."""
    return load(SAMPLE.read_text("utf-8"), SAMPLE.name)


@dataclass
class Services:
    """Opened once for the process. `memo` keeps what pages have read, `presence` who is here."""

    store: Store
    models: Models
    jobs: Jobs
    errands: Errands
    home: Path
    memo: Memory
    presence: Presence = field(default_factory=Presence)

    def close(self) -> None:
        """Stop the errands and the runs (what was answered is kept), the local model, the store."""
        _at_hand.clear()
        self.errands.close()
        self.jobs.close()
        self.models.local.close()
        self.store.close()


_opening = threading.Lock()
_at_hand: list[Services] = []
"""What is open, for who need not wait: a page asks dozens of times while it is drawn."""


@st.cache_resource(show_spinner=False, on_release=lambda services: services.close())
def _services() -> Services:
    settings = config.load()
    private.own_folder(settings.logs)
    store = open_store(settings.database, settings.home)
    store.take_over()
    renew(store)
    is_new = not store.is_read_only and not store.features.all()
    if is_new and store.drafts.preference("welcomed") == "":
        features.bring_in(store, SAMPLER, sample())
        store.drafts.prefer("welcomed", "yes")
    return hold(store, settings.home)


def hold(store: Store, home: Path) -> Services:
    """Hold an open store, with what asks models for it, until it is closed."""
    models = Models(LocalModel(home))
    jobs = Jobs(store, models, is_decided=is_decided, at_end=keep)
    memo = Memory(store.condition.changes)
    found = Services(store, models, jobs, Errands(), home, memo)
    _at_hand[:] = [found]
    return found


def at_hand() -> Services | None:
    """What is held open; None where nothing is."""
    return _at_hand[0] if _at_hand else None


def services() -> Services:
    """What is held open; opened on first use. Raises StoreError where the file can't be used."""
    found = at_hand()
    if found is not None:
        return found
    with _opening:
        return _services()


def open_all() -> None:
    """Open what the pages need. Raises a `WorkbenchError` if that cannot be had."""
    # Streamlit warns that no session is there. That is so: the server opens it before any is.
    logger = logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context")
    was_disabled, logger.disabled = logger.disabled, True
    try:
        services()
    finally:
        logger.disabled = was_disabled


def close_all() -> None:
    """Close what `open_all` opened."""
    _services.clear()
