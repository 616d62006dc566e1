"""What Data reads of a version of a dataset: once, for a version stays as it is."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from workbench.actions import datasets
from workbench.store.reports.datasets import DatasetReports, Overview
from workbench.ui.parts import session

T = TypeVar("T")


def overview(version_id: UUID) -> Overview:
    """What the version comes to."""
    return _of(version_id, "overview", lambda reports: reports.overview(version_id))


def tags(version_id: UUID) -> list[str]:
    """The version's tags, in alphabetical order."""
    return _of(version_id, "tags", lambda reports: reports.tags(version_id))


def variables(version_id: UUID) -> list[str]:
    """The names of the variables that any case of the version has."""
    return _of(version_id, "variables", lambda reports: reports.variables(version_id))


def has_conversations(version_id: UUID) -> bool:
    """Whether some case of the version goes on with a conversation."""
    return _of(version_id, "conversations", lambda reports: reports.has_conversations(version_id))


def has_attachments(version_id: UUID) -> bool:
    """Whether some case of the version attaches a file."""
    return _of(version_id, "attachments", lambda reports: reports.has_attachments(version_id))


def wanted_variables() -> list[str]:
    """The names that the open feature's prompts ask for."""
    opened = session.feature_id()
    return session.remembered(
        "data_wanted",
        opened,
        lambda: datasets.wanted_variables(session.store(), opened),
        feature=opened,
    )


def _of(version_id: UUID, what: str, read: Callable[[DatasetReports], T]) -> T:
    reports = session.store().reports.datasets
    return session.remembered(
        f"data_{what}", version_id, lambda: read(reports), feature=session.feature_id()
    )
