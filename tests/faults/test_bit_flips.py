"""A bit that flipped on the disk is named, or lay where nothing is kept."""

from pathlib import Path

from tests.faults.bit_flips import FREE, NAMED, flipped


def test_no_flipped_bit_passes_unnoticed(tmp_path: Path) -> None:
    found = flipped(tmp_path, 6)
    assert found.keys() <= {NAMED, FREE}
    assert found[NAMED] > 0
    assert found.total() == 12
