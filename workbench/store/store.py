"""The store: one open database and, by noun, everything that is kept in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from workbench import private
from workbench.domain import clock
from workbench.errors import StoreError
from workbench.store import scorer_rules
from workbench.store.askings import Askings
from workbench.store.attempts import Attempts
from workbench.store.audit import Audits
from workbench.store.connections import Connections
from workbench.store.courses import Courses
from workbench.store.criteria import Criteria
from workbench.store.datasets import Datasets
from workbench.store.drafts import Drafts
from workbench.store.engine import files
from workbench.store.engine.backup import Backups
from workbench.store.engine.database import MEMORY, Database
from workbench.store.engine.lock import FileLock
from workbench.store.engine.migrations import inspect, migrate
from workbench.store.engine.opening import PARTS, make_private, place_of, refuse_other_kinds
from workbench.store.experiments import Experiments
from workbench.store.features import Features
from workbench.store.freshness import Freshness
from workbench.store.habits import Habits
from workbench.store.history import History
from workbench.store.looks import Looks
from workbench.store.open_trials import OpenTrials
from workbench.store.outside import Outside
from workbench.store.prompts import Prompts
from workbench.store.reports.nouns import Reports
from workbench.store.requirements import Requirements
from workbench.store.runs import Runs
from workbench.store.scores import Scores
from workbench.store.tallies import Tallies
from workbench.store.trials import Trials
from workbench.store.variants import Variants

# Of what the clock orders; times that a feature file brings are not among them.
_NEWEST = """
    select max(kept_at) from (
        select max(created_at) as kept_at from scores
        union all select max(created_at) from trials
        union all select max(created_at) from run_events
        union all select max(created_at) from candidates
        union all select max(started_at) from attempts
    )
"""


class Store:
    """Opened once a process. Each attribute keeps one noun; `reports` reads for the pages."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.audits = Audits(database)
        self.features = Features(database, self.audits)
        self.requirements = Requirements(database)
        self.criteria = Criteria(database)
        self.datasets = Datasets(database)
        self.prompts = Prompts(database)
        self.connections = Connections(database)
        self.habits = Habits(database)
        self.variants = Variants(database, self.connections)
        self.history = History(database)
        self.experiments = Experiments(database, self.variants)
        self.runs = Runs(database)
        self.attempts = Attempts(database)
        self.trials = Trials(database)
        self.scores = Scores(database)
        self.drafts = Drafts(database)
        self.reports = Reports(database)
        self.open_trials = OpenTrials(database)
        self.outside = Outside(database)
        self.tallies = Tallies(database)
        self.courses = Courses(database)
        self.freshness = Freshness(database)
        self.looks = Looks(database)
        self.askings = Askings(database)
        self.backups = Backups(database)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Several changes that belong together: all of them, or none."""
        with self.database.transaction():
            yield

    def renew_scorers(self) -> set[UUID]:
        """The features with checks whose rules changed with the code (see `scorer_rules`)."""
        return scorer_rules.renew(self.database)

    def take_over(self) -> int:
        """Write down how the last process left it: runs interrupted, requests lost.

        Called once when the file is opened for work: one process owns it, so nothing can be going
        on then. Returns how many runs were interrupted.
        """
        with self.transaction():
            self.attempts.settle_lost()
            return self.runs.mark_interrupted()

    def close(self) -> None:
        """Let go of the file."""
        self.database.close()


def open_store(path: str, home: Path) -> Store:
    """Open (or create) the database and bring its schema up to date.

    `path` is a file or ":memory:". Raises StoreLocked when another process has the file (naming
    it), StoreTooNew when a newer workbench wrote it, StoreUnavailable when the disk is full or
    fails, StoreError when it is not ours or recent work is missing from it.
    """
    if path == MEMORY:
        database = Database(MEMORY, home / "backups")
        migrate(database)
        database.follow_seals()
        database.follow_head()
        return Store(database)
    file = place_of(path)
    try:
        refuse_other_kinds(file)
        private.folder(file.parent)
        lock = FileLock(file)
        lock.acquire()
    except OSError as error:
        raise _unusable(file, error) from error
    opened: Database | None = None
    try:
        backups = file.parent / "backups"
        note = inspect(file, backups)
        if not file.exists():
            make_private(file)
        for part in PARTS:
            if Path(f"{file}{part}").exists():
                private.close_to_others(Path(f"{file}{part}"))
        files.make_room(file)
        opened = Database(str(file), backups, lock)
        migrate(opened)
        opened.follow_seals()
        opened.follow_head(note)
        clock.heard_of(opened.value(_NEWEST))
    except BaseException as error:
        if opened is not None:
            opened.close()
        lock.release()
        if isinstance(error, OSError):
            raise _unusable(file, error) from error
        raise
    return Store(opened)


def _unusable(file: Path, error: OSError) -> StoreError:
    return StoreError(
        f"{file} cannot be used: {error.strerror}.", "Choose a file and folder you may write to."
    )
