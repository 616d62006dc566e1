"""Capability packs: those that come with the workbench, and those of files."""

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from workbench import config
from workbench.actions import features
from workbench.domain.packs import Pack
from workbench.domain.people import Person
from workbench.errors import InputError
from workbench.exchange.feature import bundle, kinds, reader
from workbench.exchange.feature.reader import FeatureFile
from workbench.store.store import Store

FOLDER = config.ROOT / "data" / "capabilities"


def built_in() -> dict[str, Path]:
    """The packs that come with the workbench, by name."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.yaml"))}


@dataclass(frozen=True)
class Offered:
    """A pack that can be tried: read from a `file`, and kept where its pack has a feature."""

    pack: Pack
    about: str
    n_cases: int
    file: FeatureFile | None = None


def offered(store: Store) -> list[Offered]:
    """Every pack that can be tried: those that come along, then those that somebody brought."""
    kept = {pack.label: pack for pack in store.packs.all()}
    found = []
    for path in built_in().values():
        file = _read_once(path, path.stat().st_mtime_ns)
        assert file.pack is not None
        own = kept.pop(file.pack.label, file.pack)
        cases = sum(len(dataset["cases"]) for dataset in file.entries("datasets"))
        found.append(Offered(own, file.data["feature"].get("problem", ""), cases, file))
    for pack in kept.values():
        assert pack.feature_id is not None
        n = max((v.n_cases for v in store.datasets.of(pack.feature_id)), default=0)
        found.append(Offered(pack, store.features.get(pack.feature_id).problem, n))
    return found


def kept(store: Store, who: Person, one: Offered) -> Pack:
    """A pack that is offered, kept. Raises InputError where its file says something else by now."""
    return one.pack if one.file is None else bring_in(store, who, one.file)


@lru_cache(maxsize=128)
def _read_once(path: Path, _: int) -> FeatureFile:
    """A pack that comes along: read here, not in a child process, because nobody else wrote it."""
    return checked(reader.read(kinds.read(path), path.name))


def read(name: str) -> FeatureFile:
    """A pack by its name or its file. Raises InputError where there is none, or it is wrong."""
    known = built_in()
    path = known.get(name) or Path(name)
    if path.suffix not in (".yaml", ".yml") and not path.exists():
        raise InputError(
            f"There is no capability pack “{name}”.",
            f"Name a file, or one of: {', '.join(known)}.",
        )
    return checked(bundle.read(path))


def checked(file: FeatureFile) -> FeatureFile:
    """A file that was read, and is a pack. Raises InputError."""
    if file.pack is None:
        raise InputError(
            f"{file.source_name or 'The file'} is a feature file, not a capability pack.",
            "A pack says “pack:” with its key, version and licence.",
        )
    return file


def bring_in(store: Store, who: Person, file: FeatureFile) -> Pack:
    """Keep a pack, or find it: as it is here already under its key and version.

    Raises InputError where the file is no pack, or that version is here and says something else.
    """
    pack = checked(file).pack
    assert pack is not None
    try:
        kept = features.keep_or_find(store, who, file)
    except InputError as error:
        if store.packs.labelled(pack.key, pack.version) is None:
            raise
        raise InputError(error.message, "Give the changed pack a higher version.") from error
    return replace(pack, feature_id=kept.id)
