"""Under which terms a dataset may be used, in a feature file, read and written."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from workbench.domain.data_terms import DataTerms
from workbench.errors import InputError
from workbench.exchange.feature.plain import kept
from workbench.exchange.feature.shape import ShapeError
from workbench.exchange.feature.yaml_reader import Path


def read(entry: Mapping[str, Any], path: Path) -> DataTerms:
    """A dataset's terms. Raises ShapeError."""
    said = dict(entry.get("terms", {}))
    expires = None
    if "expires" in said:
        try:
            expires = date.fromisoformat(said.pop("expires"))
        except ValueError as error:
            raise ShapeError(
                (*path, "terms", "expires"), "it is no day.", "Write it as 2026-12-31."
            ) from error
    try:
        return DataTerms(**said, expires=expires).checked()
    except InputError as error:
        raise ShapeError((*path, "terms"), error.message, error.hint) from error


def written(said: DataTerms) -> dict[str, Any]:
    """The terms as the file says them; empty where nothing is said."""
    expires = None if said.expires is None else said.expires.isoformat()
    return kept({**asdict(said), "expires": expires})
