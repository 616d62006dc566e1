"""Which feature file says the same as a feature, so that the two are compared once.

Comparing them takes a scratch store, a quarter of a second at each run of a file: longer than all
else before its first call. It holds until the file or the feature says something else.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from workbench.domain.fingerprint import fingerprint
from workbench.exchange.feature.schema import VERSION
from workbench.store.store import Store


def digest(file: Mapping[str, Any], name: str | None, feature: Mapping[str, Any]) -> str:
    """Of what a file says, by which name, and of what the feature is as a snapshot."""
    return fingerprint(VERSION, file, name, feature)


def is_noted(store: Store, feature_id: UUID, digest: str) -> bool:
    """Whether these two were found to say the same."""
    return store.drafts.preference(_key(feature_id)) == digest


def note(store: Store, feature_id: UUID, digest: str) -> None:
    """Keep that they do."""
    store.drafts.prefer(_key(feature_id), digest)


def _key(feature_id: UUID) -> str:
    return f"file of {feature_id}"
