"""The store: one open database and, by noun, everything that is kept in it."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from workbench import private
from workbench.domain import clock
from workbench.errors import StoreError
from workbench.store import refiling, scorer_rules, shown_files
from workbench.store.archivings import Archivings
from workbench.store.askings import Askings
from workbench.store.attachments import Attachments
from workbench.store.attempts import Attempts
from workbench.store.audit import Audits
from workbench.store.claims import Claims
from workbench.store.condition import Condition
from workbench.store.connections import Connections
from workbench.store.courses import Courses
from workbench.store.criteria import Criteria
from workbench.store.data_plans import DataPlans
from workbench.store.data_terms import AllDataTerms
from workbench.store.datasets import Datasets
from workbench.store.drafting import Drafting
from workbench.store.drafts import Drafts
from workbench.store.engine import files
from workbench.store.engine.backup import Backups
from workbench.store.engine.database import MEMORY, Database
from workbench.store.engine.lock import FileLock
from workbench.store.engine.migrations import inspect, inspect_to_read, migrate
from workbench.store.engine.opening import PARTS, make_private, place_of, refuse_other_kinds
from workbench.store.experiments import Experiments
from workbench.store.failures import Failures
from workbench.store.features import Features
from workbench.store.freshness import Freshness
from workbench.store.habits import Habits
from workbench.store.history import History
from workbench.store.judging import Judging
from workbench.store.kept_verdicts import KeptVerdicts
from workbench.store.left_out import LeavingOut
from workbench.store.looks import Looks
from workbench.store.open_trials import OpenTrials
from workbench.store.outside import Outside
from workbench.store.packs import Packs
from workbench.store.pair_controls import PairControls
from workbench.store.preferences import Preferences
from workbench.store.prompts import Prompts
from workbench.store.reports.nouns import Reports
from workbench.store.requirements import Requirements
from workbench.store.reveals import Reveals
from workbench.store.runs import Runs
from workbench.store.scores import Scores
from workbench.store.second_looks import SecondLooks
from workbench.store.sessions import Sessions
from workbench.store.shown_files import ShownFiles
from workbench.store.suggestions import Suggestions
from workbench.store.tallies import Tallies
from workbench.store.trials import Trials
from workbench.store.turns import Turns
from workbench.store.unblindings import Unblindings
from workbench.store.variants import Variants

_MAY_BE_READ = (errno.EROFS, errno.EACCES, errno.EPERM)
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
        self.condition = Condition(database)
        self.audits = Audits(database)
        self.leaving_out = LeavingOut(database, self.audits)
        self.features = Features(database, self.audits)
        self.packs = Packs(database)
        self.requirements = Requirements(database)
        self.criteria = Criteria(database)
        self.datasets = Datasets(database)
        self.attachments = Attachments(database)
        self.data_plans = DataPlans(database)
        self.data_terms = AllDataTerms(database)
        self.prompts = Prompts(database)
        self.connections = Connections(database)
        self.habits = Habits(database)
        self.variants = Variants(database, self.connections)
        self.history = History(database)
        self.archivings = Archivings(database)
        self.experiments = Experiments(database, self.variants)
        self.runs = Runs(database)
        self.attempts = Attempts(database)
        self.trials = Trials(database)
        self.turns = Turns(database)
        self.scores = Scores(database)
        self.preferences = Preferences(database)
        self.second_looks = SecondLooks(database)
        self.judging = Judging(database)
        self.shown_files = ShownFiles(database)
        self.pair_controls = PairControls(database)
        self.claims = Claims(database)
        self.failures = Failures(database)
        self.kept_verdicts = KeptVerdicts(database)
        self.unblindings = Unblindings(database)
        self.reveals = Reveals(database)
        self.suggestions = Suggestions(database)
        self.drafting = Drafting(database)
        self.sessions = Sessions(database)
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

    @property
    def is_read_only(self) -> bool:
        """Whether nothing can be kept, because the file or its folder can't be written to."""
        return bool(self.database.unwritable)

    def scratch(self) -> "Store":
        """An empty store in memory, to be closed by who asks for it."""
        return open_store(MEMORY, self.database.backups.parent)

    @contextmanager
    def transaction(
        self, *, feature: UUID | None = None, is_running: bool = False
    ) -> Iterator[None]:
        """Several changes that belong together: all of them, or none. With a `feature` nothing
        inside is of another one; with `is_running` they are more of a run that goes on."""
        with self.database.transaction(feature=feature, is_running=is_running):
            yield

    def renew_scorers(self) -> set[UUID]:
        """The features with checks whose rules changed with the code (see `scorer_rules`); words
        that older code kept in a wrong place are put right (see `refiling`)."""
        refiling.refile(self.database)
        shown_files.withdraw(self.database)
        return scorer_rules.renew(self.database)

    def take_over(self) -> int:
        """Write down how the last process left it: runs interrupted, requests lost.

        Called once when the file is opened for work: one process owns it, so nothing can be going
        on then. Returns how many runs were interrupted.
        """
        if self.is_read_only:
            return 0
        with self.transaction():
            self.suggestions.settle_lost()
            self.attempts.settle_lost()
            return self.runs.mark_interrupted()

    def close(self) -> None:
        """Let go of the file."""
        self.database.close()


def open_store(path: str, home: Path) -> Store:
    """Open (or create) the database and bring its schema up to date.

    `path` is a file or ":memory:". A file that can't be written to is opened for reading only.
    Raises StoreLocked when another process has it (naming it), StoreTooNew when a newer workbench
    wrote it, StoreUnavailable when the disk is full or fails, StoreError when it is not ours or
    recent work is missing from it.
    """
    if path == MEMORY:
        database = Database(MEMORY, home / "backups")
        migrate(database)
        database.follow_seals()
        database.follow_head()
        return Store(database)
    file = place_of(path)
    try:
        return _opened(file)
    except OSError as error:
        why = error.strerror or str(error)
        try:
            if error.errno in _MAY_BE_READ and file.exists():
                return _opened_to_read(file, why)
        except OSError:
            why += ", and it can't be read either"
        raise _unusable(file, why) from error


def _opened(file: Path) -> Store:
    """A file that may be written to. Raises OSError where it may not be."""
    refuse_other_kinds(file)
    private.folder(file.parent)
    lock = FileLock(file)
    lock.acquire()
    opened: Database | None = None
    try:
        if file.exists() and not os.access(file, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
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
    except BaseException:
        if opened is not None:
            opened.close()
        lock.release()
        raise
    return Store(opened)


def _opened_to_read(file: Path, why: str) -> Store:
    """A file that can't be written to; no lock of ours keeps others out, DuckDB's own does."""
    backups = file.parent / "backups"
    note = inspect_to_read(file, backups)
    opened = Database(str(file), backups, unwritable=why)
    try:
        opened.follow_seals()
        opened.follow_head(note)
    except BaseException:
        opened.close()
        raise
    return Store(opened)


def _unusable(file: Path, why: str) -> StoreError:
    return StoreError(
        f"{file} cannot be used: {why}.", "Choose a file and folder you may write to."
    )
