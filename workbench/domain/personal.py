"""What counts as data of a person, and how each type of it is called, everywhere."""

from typing import NamedTuple


class Name(NamedTuple):
    """A type of personal data: with its article, of one and of several."""

    article: str
    one: str
    several: str

    @property
    def any(self) -> str:
        """One of them, in a sentence."""
        return f"{self.article} {self.one}"


NAMES = {
    "email": Name("an", "e-mail address", "e-mail addresses"),
    "phone": Name("a", "phone number", "phone numbers"),
    "iban": Name("a", "bank account", "bank accounts"),
    "card": Name("a", "card number", "card numbers"),
    "ssn": Name("a", "US social security number", "US social security numbers"),
    "ip": Name("an", "IP address", "IP addresses"),
    "key": Name("a", "key or token", "keys or tokens"),
}
"""By the name in settings."""
