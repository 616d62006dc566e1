"""What leaves: a feature as a spec for people or as a file for machines.

An export writes nothing into the database, so it leaves no line in the history, and a database
that can only be read can be exported.
"""

import os
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from workbench import private
from workbench.domain.verdicts import CriterionVerdict
from workbench.errors import StoreError
from workbench.exchange.feature import bundle
from workbench.exchange.feature import file as feature_file
from workbench.store.engine.files import other_kind
from workbench.store.store import Store

if TYPE_CHECKING:
    from workbench.evidence.guards import Guard


def spec(
    store: Store,
    feature_id: UUID,
    rows: Sequence[CriterionVerdict] | None = None,
    keep_in_mind: "Sequence[Guard] | None" = None,
) -> str:
    """A feature's spec as Markdown, as of now. `rows` are its verdicts and `keep_in_mind` the
    guards of those that decide, where they were read already. Raises NotFound."""
    # Imported here: who exports a file judges nothing.
    from workbench.evidence import guards, verdicts
    from workbench.evidence.words import sentences
    from workbench.exchange.spec import markdown

    if rows is None:
        rows = verdicts.of_feature(store, feature_id)
    if keep_in_mind is None:
        deciding = verdicts.deciding(rows, store.features.candidate(feature_id))
        experiments = store.experiments.of(feature_id)
        keep_in_mind = guards.of_feature(store, experiments, deciding, rows)
    cautions = store.audits.latest().cautions()
    cautions += [guard.sentence() for guard in keep_in_mind]
    now = datetime.now(UTC)
    return markdown.markdown(store, feature_id, rows, sentences.explain, now, cautions)


def feature_yaml(store: Store, feature_id: UUID) -> str:
    """A feature as the file that the command line runs, and that another database takes in."""
    return feature_file.export(store, feature_id)


def feature_zip(store: Store, feature_id: UUID) -> bytes:
    """The same as a ZIP archive, with the files that its cases attach."""
    return bundle.of_feature(store, feature_id)


def files_beside(store: Store, feature_id: UUID) -> dict[str, bytes]:
    """What a feature's cases attach, by the names of files in the folder beside its YAML."""
    return bundle.contents(store, feature_id)


def exported(store: Store, feature_id: UUID, form: str) -> str:
    """A feature in a form of text that the command line names: yaml or md."""
    return feature_yaml(store, feature_id) if form == "yaml" else spec(store, feature_id)


def write_beside(path: Path, files: Mapping[str, bytes]) -> None:
    """Write what cases attach into the folder beside a feature's YAML. Raises StoreError."""
    for name, data in files.items():
        write_whole(path.parent / bundle.FOLDER / name, data)


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that it is there whole or not at all. Raises StoreError when it can't be."""
    try:
        kind = other_kind(path)
        if kind:
            raise StoreError(
                f"{path} is {kind}: a file would take its place.",
                "Name a file, or leave --out away to have it on the standard output.",
            )
        private.folder(path.parent)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content.encode() if isinstance(content, str) else content)
                file.flush()
                os.fsync(file.fileno())
            # Whom its owner lets read a file that is there, may go on.
            Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else private.FILE)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StoreError(
            f"{path} could not be written: {error.strerror}.", "Check the folder and free space."
        ) from error
