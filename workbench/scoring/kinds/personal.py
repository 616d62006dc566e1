"""Look for data of people: patterns with their checksums, never names or addresses."""

from workbench.domain.kinds.settings import Settings
from workbench.domain.personal import NAMES
from workbench.domain.scores import Judgement
from workbench.scoring import personal
from workbench.scoring.kinds.check import Check, Subject, failed, passed
from workbench.scoring.wanted import wanted
from workbench.scoring.wording import folded

_MOST_SHOWN = 5


def _personal_data(settings: Settings, subject: Subject) -> Judgement:
    # As it reads: what hides a character in an address, or sets it wide, holds it all the same.
    plain = folded(subject.output, ignore_case=False)
    allowed = {
        folded(text)
        for template in settings.get("allowed") or ()
        for text in wanted(str(template), subject.names).texts
    }
    types = set(settings.get("types") or NAMES)
    found = [
        one for one in personal.find(plain) if one.type in types and folded(one.text) not in allowed
    ]
    if not found:
        return passed("Holds no pattern of personal data (names are not looked for).", 0)
    shown = ", ".join(f"{NAMES[one.type].any} ({_masked(one.text)})" for one in found[:_MOST_SHOWN])
    more = f" and {len(found) - _MOST_SHOWN:,} more" if len(found) > _MOST_SHOWN else ""
    return failed(f"Holds {shown}{more}.", len(found))


def _masked(text: str) -> str:
    """Enough to find it again in the output: a reason must not spread what should not be there."""
    return f"{text[:3]}…{text[-2:]}"


CHECKS = {"personal_data": Check(_personal_data)}
