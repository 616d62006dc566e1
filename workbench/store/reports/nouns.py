"""Read models for the pages: aggregated and paged by DuckDB, as DataFrames or small tuples."""

from workbench.store.engine.database import Database
from workbench.store.reports.agreement import AgreementReports
from workbench.store.reports.calibration import CalibrationReports
from workbench.store.reports.calls import CallReports
from workbench.store.reports.comparison import ComparisonReports
from workbench.store.reports.datasets import DatasetReports
from workbench.store.reports.experiments import ExperimentReports
from workbench.store.reports.failures import FailureReports
from workbench.store.reports.flips import FlipReports
from workbench.store.reports.grid import GridReports
from workbench.store.reports.guards import GuardReports
from workbench.store.reports.home import HomeReports
from workbench.store.reports.origins import OriginReports
from workbench.store.reports.outputs import OutputReports
from workbench.store.reports.playground import PlaygroundReports
from workbench.store.reports.preferences import PreferenceReports
from workbench.store.reports.progress import ProgressReports
from workbench.store.reports.rating import RatingReports
from workbench.store.reports.sending import SendingReports


class Reports:
    """What is read across nouns, by what it is about: `store.reports.<noun>`."""

    def __init__(self, database: Database) -> None:
        self.agreement = AgreementReports(database)
        self.calibration = CalibrationReports(database)
        self.calls = CallReports(database)
        self.comparison = ComparisonReports(database)
        self.datasets = DatasetReports(database)
        self.experiments = ExperimentReports(database)
        self.failures = FailureReports(database)
        self.flips = FlipReports(database)
        self.grid = GridReports(database)
        self.guards = GuardReports(database)
        self.home = HomeReports(database)
        self.origins = OriginReports(database)
        self.outputs = OutputReports(database)
        self.playground = PlaygroundReports(database)
        self.preferences = PreferenceReports(database)
        self.progress = ProgressReports(database)
        self.rating = RatingReports(database)
        self.sending = SendingReports(database)
