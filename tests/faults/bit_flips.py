"""Flip single bits of a database file, and see that none passes unnoticed.

    python -m tests.faults.bit_flips --flips 100

A file with a whole loop is closed, and one bit of a copy of it is flipped at a random place, again
and again. Each copy is examined as `python -m workbench doctor` does it, and given to `restore`.
Either the flip is named, in our words, or every row of every table is as it was (the bit lay where
nothing is kept). A restore that is refused has replaced nothing.

Prints how many were named and how many lay in free space. Exits with 1 if one passed unnoticed.
"""

import argparse
import random
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.building import loop
from workbench.domain.scores import Outcome
from workbench.errors import WorkbenchError
from workbench.store.engine.backup import restore
from workbench.store.engine.integrity import counts, orphans
from workbench.store.store import open_store

NAMED, FREE, UNNOTICED, REPLACED = "named", "in free space", "unnoticed", "replaced by a bad file"


def flipped(folder: Path, flips: int, seed: int = 0) -> Counter[str]:
    """How many of so many flips ended how."""
    draw, found = random.Random(seed), Counter[str]()
    whole = folder / "whole" / "app.duckdb"
    store = open_store(str(whole), folder)
    made = loop(store, 200)
    made.run([Outcome.PASS, Outcome.FAIL] * 100)
    store.database.checkpoint()
    store.close()
    content = whole.read_bytes()
    store = open_store(str(whole), folder)
    before = counts(store.database.rows)
    store.close()
    for _ in range(flips):
        place, bit = draw.randrange(len(content)), 1 << draw.randrange(8)
        changed = bytearray(content)
        changed[place] ^= bit
        shutil.rmtree(folder / "flipped", ignore_errors=True)
        (folder / "flipped").mkdir()
        copy = folder / "flipped" / "app.duckdb"
        copy.write_bytes(changed)
        found[_restored(copy, folder / "flipped" / "new.duckdb", before)] += 1
        found[_examined(copy, before)] += 1
    return found


def _examined(copy: Path, before: dict[str, tuple[int, int]]) -> str:
    """What a look at everything in the file says."""
    try:
        store = open_store(str(copy), copy.parent)
        try:
            now = counts(store.database.rows)
            if orphans(store.database) or not store.audits.now().is_whole:
                return NAMED
        finally:
            store.close()
    except WorkbenchError:
        return NAMED
    return FREE if now == before else UNNOTICED


def _restored(copy: Path, new: Path, before: dict[str, tuple[int, int]]) -> str:
    """Whether a restore refuses the file; one that does must leave nothing."""
    try:
        restore(copy, str(new))
    except WorkbenchError:
        return REPLACED if new.exists() else NAMED
    return _examined(new, before)


def main() -> int:
    """Flip as many as asked, say how it went."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--flips", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = flipped(Path(folder), chosen.flips, chosen.seed)
    print(f"{chosen.flips} flips, each examined and restored: {dict(found)}")
    return 1 if found[UNNOTICED] or found[REPLACED] else 0


if __name__ == "__main__":
    sys.exit(main())
