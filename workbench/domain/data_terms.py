"""Under which terms a dataset may be used: licence, consent or other basis, origin, until when."""

from dataclasses import astuple, dataclass
from datetime import date

from workbench.errors import InputError

MOST = 300


@dataclass(frozen=True)
class DataTerms:
    """What somebody said of a dataset. `basis` is why it may be used at all: consent, a contract,
    that it was written for this; `expires` the last day on which it may be."""

    licence: str = ""
    basis: str = ""
    collected_from: str = ""
    expires: date | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said."""
        return not any(astuple(self))

    def checked(self) -> "DataTerms":
        """The terms, tidied. Raises InputError for a text that is too long."""
        texts = (self.licence, self.basis, self.collected_from)
        licence, basis, origin = (" ".join(text.split()) for text in texts)
        for text in (licence, basis, origin):
            if len(text) > MOST:
                raise InputError(f"A field has {len(text):,} characters.", f"Write at most {MOST}.")
        return DataTerms(licence, basis, origin, self.expires)

    def lack(self, today: date) -> str:
        """What keeps cases under these terms from a release, in words; empty where nothing does."""
        if not self.basis:
            return "nobody has said on what basis they may be used"
        if self.expires is not None and self.expires < today:
            return f"the time for which they may be used ran out on {self.expires.isoformat()}"
        return ""

    def said(self) -> str:
        """The terms in a line; empty where nothing is said."""
        parts = [
            f"{label}: {text}"
            for label, text in (
                ("Licence", self.licence),
                ("Basis for use", self.basis),
                ("Collected from", self.collected_from),
            )
            if text
        ]
        if self.expires is not None:
            parts.append(f"May be used until {self.expires.isoformat()}")
        return ". ".join(parts)
