"""Look for data of people: patterns with their checksums, never names or addresses."""

import ipaddress
import re
from collections.abc import Callable

from workbench.domain.kinds.contents import PERSONAL
from workbench.domain.kinds.settings import Settings
from workbench.domain.scores import Judgement
from workbench.scoring.kinds.check import Check, Subject, failed, passed
from workbench.scoring.wanted import wanted
from workbench.scoring.wording import folded

_MOST_SHOWN = 5
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
    digits = [int(c) for c in text if c.isdecimal()]
    # Luhn: every second digit from the end counts double, and the sum ends with 0.
    doubled = [2 * d - 9 * (d > 4) for d in digits[-2::-2]]
    is_sound = (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
    number = "".join(map(str, digits))
    is_issued = any(number.startswith(begin) and len(number) in long for begin, long in _ISSUERS)
    return text if is_sound and is_issued else ""


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


def _personal_data(settings: Settings, subject: Subject) -> Judgement:
    # As it reads: what hides a character in an address, or sets it wide, holds it all the same.
    plain = folded(subject.output, ignore_case=False)
    allowed = {
        folded(text)
        for template in settings.get("allowed") or ()
        for text in wanted(str(template), subject.names).texts
    }
    types = set(settings.get("types") or PERSONAL)
    found = [
        (name, text)
        for name, text in _found(plain)
        if name in types and folded(text) not in allowed
    ]
    if not found:
        return passed("Holds no pattern of personal data (names are not looked for).", 0)
    shown = ", ".join(f"{PERSONAL[name]} ({_masked(text)})" for name, text in found[:_MOST_SHOWN])
    more = f" and {len(found) - _MOST_SHOWN:,} more" if len(found) > _MOST_SHOWN else ""
    return failed(f"Holds {shown}{more}.", len(found))


def _found(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, pattern, part_of in _FINDERS:
        left, begin = [], 0
        for match in pattern.finditer(text):
            real = part_of(match.group())
            if real:
                found.append((name, real))
                left += [text[begin : match.start()], " \N{BULLET} "]
                begin = match.end()
        text = "".join([*left, text[begin:]])
    return found


def _masked(text: str) -> str:
    """Enough to find it again in the output: a reason must not spread what should not be there."""
    return f"{text[:3]}…{text[-2:]}"


CHECKS = {"personal_data": Check(_personal_data)}
