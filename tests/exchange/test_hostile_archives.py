"""Archives (workbooks) made to do harm: nothing is unpacked to the disk, nobody is held up."""

import io
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.exchange.test_tables import text_cell, xlsx
from tests.liveness import share_while
from workbench.errors import InputError
from workbench.exchange.tables import reading

ROWS = (
    f'<row r="1">{text_cell("A1", "q")}</row><row r="2">{text_cell("A2", "x")}</row>'
    f'<row r="3">{text_cell("A3", "y")}</row>'
)


def with_entries(add: Callable[[zipfile.ZipFile], None]) -> bytes:
    """A good workbook and what is added to its archive."""
    file = io.BytesIO(xlsx(ROWS))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        add(archive)
    return file.getvalue()


def read(name: str, data: bytes) -> reading.Table | InputError:
    """The table, or why there is none."""
    try:
        return reading.read(name, data)
    except InputError as error:
        return error


def links(archive: zipfile.ZipFile) -> None:
    """Links to files of the system, as entries."""
    for name in ("xl/sharedStrings.xml", "xl/media/link", "docProps/app.xml"):
        entry = zipfile.ZipInfo(name)
        entry.create_system = 3
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")


def slips(archive: zipfile.ZipFile) -> None:
    """Names that lead out of the archive."""
    for name in ("../../slipped.txt", "/slipped.txt", "..\\..\\slipped.txt", "C:\\slipped.txt"):
        archive.writestr(name, "slipped")


def many(archive: zipfile.ZipFile) -> None:
    """Fifty thousand entries."""
    for i in range(50_000):
        archive.writestr(f"xl/media/{i}", b"")


def many_sheets(archive: zipfile.ZipFile) -> None:
    """Entries that look like sheets."""
    for i in range(2, 20_000):
        archive.writestr(f"xl/worksheets/sheet{i}.xml", "<worksheet/>")


def large(archive: zipfile.ZipFile) -> None:
    """An entry beside the sheets that unpacks to 200 MB."""
    with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as entry:
        for _ in range(200):
            entry.write(b"<" * 1_000_000)


@pytest.mark.parametrize(
    ("add", "ending"),
    [
        *((each, "xlsx") for each in (links, slips, many, many_sheets, large)),
        *((many, "ods"), (slips, "xlsb")),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_what_an_archive_holds_beside_its_sheet_does_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    add: Callable[[zipfile.ZipFile], None],
    ending: str,
) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    data = with_entries(add)
    said: list[reading.Table | InputError] = []
    assert share_while(lambda: said.append(read(f"book.{ending}", data))) > 0.2
    found = said[0]
    if isinstance(found, InputError):
        assert found.message.startswith(f"book.{ending}")
        assert found.hint
    else:
        assert found.columns == ("q",)
        assert found.rows == (("x",), ("y",))
    assert "root:" not in str(found)
    assert [name for _, _, files in os.walk(tmp_path) for name in files] == []
    assert not Path("/slipped.txt").exists()


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.7z", "a.jar"])
def test_other_archives_are_not_read(name: str) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("cases.csv", "q\nx\n")
    found = read(name, file.getvalue())
    assert isinstance(found, InputError)
