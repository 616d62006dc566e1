"""Who acts: made once at the door, and handed to every deed."""

from dataclasses import dataclass

NOBODY = "Somebody"
"""Who acts before a name was chosen."""


@dataclass(frozen=True)
class Person:
    """Somebody at a browser or a command line.

    `id` is what a browser or an account is known by; `name` is what others read, and never a key.
    """

    id: str
    name: str

    @property
    def is_named(self) -> bool:
        """Whether others can tell who this is."""
        return self.name.strip().casefold() not in ("", NOBODY.casefold())
