"""Which feature file says the same as a feature, so that the two are compared once.

Comparing them takes a scratch store, a quarter of a second at each run of a file: longer than all
else before its first call. It holds until the file or the feature says something else, or the code
of this folder is another one; where what that rests on reads otherwise, count `VERSION` up.
"""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from workbench.domain.fingerprint import fingerprint
from workbench.exchange.feature.schema import VERSION
from workbench.store.store import Store

_HERE = Path(__file__).parent


def digest(
    file: Mapping[str, Any], name: str | None, feature: Mapping[str, Any], reader: Path = _HERE
) -> str:
    """Of what a file says, by which name, of what the feature is as a snapshot, and of the code
    that reads the one and writes the other: the folder `reader`."""
    return fingerprint(VERSION, _code(reader), file, name, feature)


def is_noted(store: Store, feature_id: UUID, digest: str) -> bool:
    """Whether these two were found to say the same."""
    return store.drafts.preference(_key(feature_id)) == digest


def note(store: Store, feature_id: UUID, digest: str) -> None:
    """Keep that they do."""
    store.drafts.prefer(_key(feature_id), digest)


@cache
def _code(folder: Path) -> str:
    """A number for it would have to be counted up by hand; this takes less than a millisecond."""
    code = sha256()
    for file in sorted(folder.glob("*.py")):
        code.update(file.read_bytes())
    return code.hexdigest()


def _key(feature_id: UUID) -> str:
    return f"file of {feature_id}"
