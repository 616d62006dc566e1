"""What a workbook's XML says beside the values: number formats, hidden rows, cells without value.

Read with expat, which resolves nothing from outside; a document with entities of its own is
refused.
"""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from xml.parsers import expat

from workbench.errors import InputError

MAX_UNPACKED = 128 * 1024 * 1024

# Of a number format: a longer one is no format that anybody made.
_CODE = 200
_CHUNK = 1024 * 1024
# A cell beyond column GZ (208) or row 299,999: the reader would make room for all before it.
_FAR_CELL = re.compile(
    rb"<(?:\w+:)?c\s[^>]{0,99}?r=[\"'](?:[A-Z]{3}|[H-Z][A-Z]|[A-Z]*(?:[3-9]\d{5}|\d{7}))"
)
# What makes a second look worth its time: an error, something hidden, a formula without a value
# (as it is written without spaces), a long number. Searching for it takes a tenth of that time.
_TELLING = (
    b't="e"', b"t='e'", b'hidden="', b"hidden='",
    b"</f></c>", b"/></c>", b"</f><v/>", b"</f><v />", b"</f><v></v>", b"</f>\n",
    b"</f> ", b"</f>\r",
)  # fmt: skip
_LONG = re.compile(rb">-?\d{16}")
_STYLE = re.compile(rb"\ss=[\"'](\d+)[\"']")
_PREFIX = re.compile(rb"<\w+:(?:worksheet|workbook|styleSheet|Relationships)\b")
_FILLED = re.compile(rb"<(?:\w+:)?(?:v|t|f)[\s>]")
_BUILT_IN = {9: "0%", 10: "0.00%", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mmss.0"}
_DAMAGED = ("The workbook is damaged.", "Save it again, or as CSV.")


@dataclass
class Sheet:
    """What the XML of a sheet says; rows and columns are counted from 0.

    `raw` holds the text of numbers by (row, column), as far as it may differ from what a value
    tells, with the cell's format; `valueless` are formulas without a stored value, `errors` the
    cells that show one, with whether they are formulas.
    """

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    raw: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)
    valueless: list[tuple[int, int]] = field(default_factory=list)
    errors: dict[tuple[int, int], tuple[str, bool]] = field(default_factory=dict)


def refuse_bomb(data: bytes) -> None:
    """Unpack everything once, in pieces, counting what really comes out: headers may lie.

    Raises InputError.
    """
    budget = MAX_UNPACKED
    with _opened(data) as archive:
        names = archive.namelist()
        if "[Content_Types].xml" not in names and "content.xml" not in names:
            raise InputError("It is a ZIP archive, not a workbook.", "Unpack it first.")
        for entry in archive.infolist():
            for piece in _pieces(archive, entry):
                budget -= len(piece)
                if budget < 0:
                    raise InputError(
                        f"The workbook unpacks to more than {MAX_UNPACKED >> 20} MB.",
                        "Save only the sheet with the cases, or save it as CSV.",
                    )


def has_far_cell(part: bytes) -> bool:
    """Whether a sheet has a cell beyond what is read: all before it would take memory."""
    return _FAR_CELL.search(part) is not None


def has_cells(part: bytes) -> bool:
    """Whether a sheet has a cell with something in it."""
    return _FILLED.search(part) is not None


def sheet_parts(data: bytes) -> dict[str, bytes]:
    """The XML of the sheets of a workbook by their names, as far as it says where they are."""
    with _opened(data) as archive:
        book = _part(archive, "xl/workbook.xml")
        relations = _part(archive, "xl/_rels/workbook.xml.rels")
        if book is None or relations is None:
            return {}
        ids: dict[str, str] = {}
        targets: dict[str, str] = {}

        def sheet(tag: str, given: Mapping[str, str]) -> None:
            if tag == "sheet":
                ids.setdefault(given.get("name", ""), _relation(given))

        def relation(tag: str, given: Mapping[str, str]) -> None:
            if tag == "Relationship":
                targets[given.get("Id", "")] = given.get("Target", "")

        _parse(book, sheet)
        _parse(relations, relation)
        found = {}
        for name, relation_id in ids.items():
            target = targets.get(relation_id, "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
            part = _part(archive, posixpath.normpath(path))
            if part is not None:
                found[name] = part
        return found


def formats(data: bytes) -> list[str]:
    """The number format of each cell style of a workbook, by its place."""
    with _opened(data) as archive:
        styles = _part(archive, "xl/styles.xml")
    if styles is None:
        return []
    codes = dict(_BUILT_IN)
    found: list[str] = []
    within: list[str] = []

    def start(tag: str, given: Mapping[str, str]) -> None:
        if tag == "numFmt":
            codes[_whole(given.get("numFmtId"))] = given.get("formatCode", "")[:_CODE]
        elif tag in ("cellXfs", "cellStyleXfs"):
            within.append(tag)
        elif tag == "xf" and within[-1:] == ["cellXfs"]:
            found.append(codes.get(_whole(given.get("numFmtId")), ""))

    _parse(styles, start)
    return found


def look(part: bytes, codes: list[str], is_telling: Callable[[str], bool]) -> Sheet:
    """What a sheet's XML says; of numbers those in formats that are telling, and long ones."""
    telling = {str(place) for place, code in enumerate(codes) if code and is_telling(code)}
    if telling:
        telling &= {style.decode() for style in set(_STYLE.findall(part))}
    is_plain = not _PREFIX.search(part, 0, 2_000) and not any(sign in part for sign in _TELLING)
    if not telling and is_plain and not _LONG.search(part):
        return Sheet()
    return _Look(codes, telling).read(part)


class _Look:
    """A pass over a sheet. A cell is judged when the next one begins: there are millions, and
    hearing of the end of each part of them would take as long again."""

    def __init__(self, codes: list[str], telling: set[str]) -> None:
        self._sheet = Sheet()
        self._codes = codes
        self._telling = telling
        self._parser = expat.ParserCreate()
        self._row = self._column = -1
        self._kind = self._style = ""
        self._is_formula = self._is_value = False
        self._text: list[str] = []

    def read(self, part: bytes) -> Sheet:
        """The whole part. Raises InputError."""
        _parse(part, self._start, self._parser)
        self._judge()
        return self._sheet

    def _start(self, tag: str, given: Mapping[str, str]) -> None:
        if tag == "c":
            if self._is_value or self._is_formula:
                self._judge()
            place = given.get("r", "")
            self._column = _column(place) if place else self._column + 1
            self._kind, self._style = given.get("t", "n"), given.get("s", "")
        elif tag == "v":
            self._is_value = True
            self._text.clear()
            self._parser.CharacterDataHandler = self._text.append
        elif tag == "f":
            self._is_formula = True
        elif tag == "row":
            self._judge()
            self._row = _whole(given.get("r"), self._row + 2) - 1
            self._column = -1
            if given.get("hidden") in ("1", "true"):
                self._sheet.hidden_rows.add(self._row)
        elif tag == "col" and given.get("hidden") in ("1", "true"):
            first, last = _whole(given.get("min")), _whole(given.get("max"))
            self._sheet.hidden_columns.update(range(first - 1, min(last, first + 500)))

    def _judge(self) -> None:
        """The cell that was met last."""
        self._parser.CharacterDataHandler = None
        place, text = (self._row, self._column), "".join(self._text).strip()
        if self._kind == "e" and self._is_value:
            self._sheet.errors[place] = (text[:20] or "an error", self._is_formula)
        elif self._is_formula and not (self._is_value and (text or self._kind == "str")):
            self._sheet.valueless.append(place)
        elif self._kind == "n" and (self._style in self._telling or len(text) > 15):
            code = self._codes[int(self._style)] if self._style in self._telling else ""
            self._sheet.raw[place] = (text, code)
        self._is_formula = self._is_value = False
        self._text.clear()


def _parse(
    part: bytes,
    start: Callable[[str, Mapping[str, str]], None],
    parser: expat.XMLParserType | None = None,
) -> None:
    """Call for the beginning of each element, by its name without a prefix. Raises InputError."""
    parser = parser or expat.ParserCreate()
    parser.buffer_text = True

    def started(tag: str, given: Mapping[str, str]) -> None:
        start(tag.rpartition(":")[2], given)

    parser.StartElementHandler = started if _PREFIX.search(part, 0, 2_000) else start
    parser.EntityDeclHandler = _refuse_entity
    try:
        parser.Parse(part, True)
    except expat.ExpatError as error:
        raise InputError(*_DAMAGED) from error


def _refuse_entity(*_: object) -> None:
    raise InputError("The workbook defines entities, which no spreadsheet does.", _DAMAGED[1])


def _relation(given: Mapping[str, str]) -> str:
    return next((value for key, value in given.items() if key.rpartition(":")[2] == "id"), "")


def _whole(text: str | None, otherwise: int = 0) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else otherwise


def _column(place: str) -> int:
    number = 0
    for letter in place[:3]:
        if not "A" <= letter <= "Z":
            break
        number = 26 * number + ord(letter) - 64
    return number - 1


def _part(archive: zipfile.ZipFile, path: str) -> bytes | None:
    wanted = path.casefold()
    entry = next((e for e in archive.infolist() if e.filename.casefold() == wanted), None)
    return None if entry is None else b"".join(_pieces(archive, entry))


def _pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    # Else unpacking would end, in silence, where the header says.
    entry.file_size = 1 << 62
    try:
        with archive.open(entry) as unpacked:
            while piece := unpacked.read(_CHUNK):
                yield piece
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise InputError(*_DAMAGED) from error


def _opened(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(BytesIO(data))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise InputError(*_DAMAGED) from error
