"""Find data of people in a text: patterns with their checksums, never names or addresses."""

import ipaddress
import re
from collections.abc import Callable
from typing import NamedTuple

_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}+@[\w-]{1,63}+(?:\.[\w-]{1,63}+){1,8}")
# With a country's code (+ or 00), or as written in North America.
_PHONE = re.compile(
    r"(?<![\w+.])(?:\+|00)[1-9](?:[ ./()-]{0,2}\d){7,14}(?![\w])"
    r"|(?<![\w+.-])(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?![\w-])"
)
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?!\w)")
_CARD = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])")
_SSN = re.compile(r"(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])")
_IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])")
_KEY = re.compile(
    r"(?<![\w-])(?:sk-[\w-]{20,200}|gh[pousr]_\w{30,200}|github_pat_\w{30,200}|AKIA[0-9A-Z]{16}"
    r"|xox[abprs]-[\w-]{10,200}|AIza[\w-]{35}|glpat-[\w-]{20,100}|hf_[A-Za-z0-9]{30,100}"
    r"|eyJ[\w-]{8,2000}\.eyJ[\w-]{8,2000}\.[\w-]{8,2000})|-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----"
)
# A country's length (SWIFT's register of IBANs): 1 in 97 of other texts would pass the checksum.
_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22,
    "BR": 29, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18,
    "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "HR": 21, "HU": 28,
    "IE": 22, "IL": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LI": 21,
    "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MT": 31, "NL": 18,
    "NO": 15, "PK": 24, "PL": 28, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SE": 24,
    "SI": 19, "SK": 24, "SM": 27, "TN": 24, "TR": 26, "UA": 29, "XK": 20,
}  # fmt: skip
# How the numbers of an issuer begin, and how long they are: Visa, Mastercard, American Express,
# Diners, Discover, JCB, UnionPay.
_ISSUERS: tuple[tuple[tuple[str, ...], tuple[int, ...]], ...] = (
    (("4",), (13, 16, 19)),
    ((*map(str, range(51, 56)), *map(str, range(2221, 2721))), (16,)),
    (("34", "37"), (15,)),
    (("36", "38", "300", "301", "302", "303", "304", "305"), (14,)),
    (("6011", "644", "645", "646", "647", "648", "649", "65", "35", "62"), (16, 17, 18, 19)),
)


def _as_it_is(text: str) -> str:
    return text


def _address(text: str) -> str:
    return text.rstrip(".-")


def _iban(text: str) -> str:
    """The part of a text that has the length of its country and the right checksum."""
    length = _LENGTHS.get(text[:2], 0)
    bare = text.replace(" ", "")[:length]
    if not bare or len(bare) < length:
        return ""
    digits = "".join(str(int(c, 36)) for c in bare[4:] + bare[:4])
    return bare if int(digits) % 97 == 1 else ""


def _card(text: str) -> str:
    """The part of a text that is as long as its issuer's numbers are and has the right checksum:
    what follows a number may begin with digits, too."""
    digits = [(place, int(c)) for place, c in enumerate(text, 1) if c.isdecimal()]
    number = "".join(str(digit) for _, digit in digits)
    for begins, lengths in _ISSUERS:
        if number.startswith(begins):
            for n in lengths:
                if n <= len(number) and _is_sound([digit for _, digit in digits[:n]]):
                    return text[: digits[n - 1][0]]
    return ""


def _is_sound(digits: list[int]) -> bool:
    # Luhn: every second digit from the end counts double, and the sum ends with 0.
    doubled = [2 * d - 9 * (d > 4) for d in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _ip(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return ""
    # Those of a home or an example are nobody's.
    return text if address.is_global else ""


# In this order: what was taken for one thing is not looked at for the next, so that four digits
# of a bank account are no beginning of a phone number.
_FINDERS: tuple[tuple[str, re.Pattern[str], Callable[[str], str]], ...] = (
    ("key", _KEY, _as_it_is),
    ("email", _EMAIL, _address),
    ("iban", _IBAN, _iban),
    ("card", _CARD, _card),
    ("ssn", _SSN, _as_it_is),
    ("ip", _IPV6, _ip),
    ("ip", _IPV4, _ip),
    ("phone", _PHONE, _as_it_is),
)


class Found(NamedTuple):
    """Something personal: which type of it, the text of it, and where that begins and ends."""

    type: str
    text: str
    begin: int
    end: int


def find(text: str) -> list[Found]:
    """Everything in a text that has the pattern and, where there is one, the checksum of something
    personal, in the order in which its types are looked for."""
    found: list[Found] = []
    for name, pattern, part_of in _FINDERS:
        left, since = [], 0
        for match in pattern.finditer(text):
            real = part_of(match.group())
            if real:
                begin = match.start()
                end = begin + _length(match.group(), real)
                found.append(Found(name, real, begin, end))
                left += [text[since:begin], " " + "\N{BULLET}" * (end - begin - 2) + " "]
                since = end
        text = "".join([*left, text[since:]])
    return found


def _length(text: str, real: str) -> int:
    """How much of the text `real` is, which has none of its spaces."""
    if text.startswith(real):
        return len(real)
    n = 0
    for length, character in enumerate(text, 1):
        n += character != " "
        if n == len(real):
            return length
    return len(text)
