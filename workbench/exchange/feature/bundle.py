"""A feature with the files of its cases: a ZIP archive, or a folder `attachments` beside the YAML.

The feature file names each attachment by its content; its bytes stand under that name.
"""

from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from workbench.domain.attachments import MOST_BYTES, Attachment, Content
from workbench.errors import InputError
from workbench.exchange.archives import zips
from workbench.exchange.attachments import reading
from workbench.exchange.feature import kinds, reader
from workbench.exchange.feature.reader import FeatureFile
from workbench.exchange.feature.writer import export
from workbench.store.engine.files import read_file
from workbench.store.store import Store

FOLDER = "attachments"
FEATURE = "feature.yaml"
_FIRST = 5


def of_feature(store: Store, feature_id: UUID) -> bytes:
    """A feature as a ZIP archive: its file and all that its cases attach. The same bytes for the
    same content. Raises NotFound and StoreError."""
    files = {f"{FOLDER}/{name}": data for name, data in contents(store, feature_id).items()}
    return zips.pack({FEATURE: export(store, feature_id).encode(), **files})


def contents(store: Store, feature_id: UUID) -> dict[str, bytes]:
    """What the cases of a feature attach, by the name of each file, in order."""
    found = {
        one.file_name: one
        for version in store.datasets.of(feature_id)
        for span in store.datasets.spans(version.dataset_id)
        for one in span.case.attachments
    }
    return {name: store.attachments.data(found[name]) for name in sorted(found)}


def read(path: Path) -> FeatureFile:
    """A feature file on disk, with the files of its cases: a ZIP archive, or YAML with what lies in
    the folder `attachments` beside it. Raises InputError."""
    data = kinds.bytes_of(path, zips.MOST_BYTES)
    file = read_bytes(data, path.name)
    if file.files or zips.is_zip(data):
        return file
    return _with(file, _beside(path.parent / FOLDER, file.attachments().values()))


def read_bytes(data: bytes, name: str) -> FeatureFile:
    """The same of bytes that were uploaded: a ZIP archive, or YAML alone. Raises InputError."""
    if zips.is_zip(data) and name.lower().endswith(".zip"):
        return of_zip(data, name)
    return reader.load(kinds.text_of(data, name), name)


def of_zip(data: bytes, name: str) -> FeatureFile:
    """A feature file out of an archive, with the files of its cases. Raises InputError."""
    members = zips.unpack(data, name)
    documents = [one for one in members if one.endswith((".yaml", ".yml")) and "/" not in one]
    if len(documents) != 1:
        raise InputError(
            f"{name} is a ZIP with {len(documents) or 'no'} feature files (YAML) in it.",
            "Give the ZIP that “export --format zip” or the Spec page makes.",
        )
    file = reader.load(kinds.text_of(members[documents[0]], documents[0]), name)
    inside = {member.rpartition("/")[2]: content for member, content in members.items()}
    return _with(
        file,
        (inside[one.file_name] for one in file.attachments().values() if one.file_name in inside),
    )


def looked_at(store: Store, file: FeatureFile) -> list[Content]:
    """The files of a feature file that are not in the database yet, each looked at.

    Raises InputError for those that did not come along, and for one that is no picture or document
    or not what the feature file calls it.
    """
    wanted = file.attachments()
    known = store.attachments.known(wanted)
    missing = [one for digest, one in wanted.items() if digest not in {*known, *file.files}]
    if missing:
        names = ", ".join(f"“{one.name}”" for one in missing[:_FIRST])
        more = f" and {len(missing) - _FIRST:,} more" if len(missing) > _FIRST else ""
        raise InputError(
            f"{file.source_name or 'The feature file'} names files that did not come with it: "
            f"{names}{more}.",
            "Give the ZIP that holds them, or put the folder “attachments” beside the YAML file.",
        )
    new = [(one.name, file.files[digest]) for digest, one in wanted.items() if digest not in known]
    found = reading.look_at_all(new)
    kinds_of = {content.sha256: content.media_type for content in found}
    for digest, one in wanted.items():
        kind = known[digest].media_type if digest in known else kinds_of[digest]
        if kind != one.media_type:
            raise InputError(
                f"The file “{one.name}” is {kind}, and the feature file says {one.media_type}.",
                "Correct it in the feature file.",
            )
    return found


def _with(file: FeatureFile, files: Iterable[bytes]) -> FeatureFile:
    # Under what they are, whatever they are called.
    return replace(file, files={sha256(data).hexdigest(): data for data in files})


def _beside(folder: Path, wanted: Iterable[Attachment]) -> list[bytes]:
    """Those of the files that lie in a folder. Their names are ours, so none leads out of it; a
    link in it may."""
    found = []
    for one in wanted:
        path = folder / one.file_name
        if path.is_file() and not path.is_symlink():
            found.append(read_file(path, MOST_BYTES))
    return found
