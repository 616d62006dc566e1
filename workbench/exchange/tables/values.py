"""How values of spreadsheets and columns are written, and what number formats make of them."""

import datetime
import re
from decimal import Decimal

from workbench.exchange.tables.shape import clean

_CURRENCY = re.compile(r"\[\$([^\]-]+)[^\]]*\]")
_BRACKETS = re.compile(r"\[[^\]]*\]")
_SPACES = re.compile(r"[_*].")
# Zeros that are always written, with what stands between them: 00000, 000-00-0000, (000) 000-0000.
_ZEROS = re.compile(r'(?:[-() /0]|\\.|"[^"]*")*00(?:[-() /0]|\\.|"[^"]*")*')
_ZERO_PIECE = re.compile(r'\\(.)|"([^"]*)"|(.)')
_PERCENT = re.compile(r"[#0?,. ]*%\s*")
_PLAIN = re.compile(r"[#0?,. E+)(-]*|General|@", re.IGNORECASE)


def text_of(value: object) -> str:
    """A value of a spreadsheet or a column as it reads: 7.0 is 7, 0.1 + 0.2 is 0.3, dates are
    ISO, durations hours, minutes and seconds, booleans true and false."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return duration(value)
    return clean(str(value))


def number(value: float) -> str:
    """The 15 digits that a sheet shows, without an exponent where few zeros do."""
    written = f"{value:.15g}"
    return plain(Decimal(written)) if "e-" in written and abs(value) > 1e-6 else written


def duration(value: datetime.timedelta) -> str:
    """Hours, minutes and seconds, however many hours: 26:30:00."""
    sign = "-" if value < datetime.timedelta() else ""
    seconds, rest = divmod(abs(value) // datetime.timedelta(microseconds=1), 1_000_000)
    part = f".{rest:06}".rstrip("0") if rest else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}{part}"


def formatted(value: float, raw: str, code: str) -> tuple[str, str]:
    """A number as its format shows it where that is more than the number, else empty; and what the
    format is: "percent", "zeros", "bare" (it shows what the number alone does not say) or empty.

    `raw` is the number as the file has it.
    """
    shown = _form(code)
    if raw and _PERCENT.fullmatch(shown):
        return f"{plain(Decimal(number(float(raw))) * 100)}%", "percent"
    if raw and _ZEROS.fullmatch(shown) and value >= 0 and float(value).is_integer():
        return _in_zeros(str(int(Decimal(raw))), shown), "zeros"
    return "", "" if _PLAIN.fullmatch(shown) else "bare"


def tells(code: str) -> bool:
    """Whether a format shows more, or otherwise, than its number."""
    shown = _form(code)
    return not _PLAIN.fullmatch(shown) or bool(_ZEROS.fullmatch(shown))


def _form(code: str) -> str:
    """The part of a format that numbers from 0 up are shown by, without colours and spaces."""
    return _SPACES.sub("", _BRACKETS.sub("", _CURRENCY.sub(r'"\1"', code.split(";")[0])))


def _in_zeros(digits: str, shown: str) -> str:
    """Digits put into the zeros of a format, from the right."""
    pieces = [
        (escaped or quoted or sign, sign == "0")
        for escaped, quoted, sign in _ZERO_PIECE.findall(shown)
    ]
    n_zeros = sum(is_zero for _, is_zero in pieces)
    digits = digits.rjust(n_zeros, "0")
    left = iter((digits[: len(digits) - n_zeros + 1], *digits[len(digits) - n_zeros + 1 :]))
    return "".join(next(left) if is_zero else piece for piece, is_zero in pieces)


def plain(value: Decimal) -> str:
    """A number without an exponent, and without zeros behind its point."""
    written = f"{value:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written
