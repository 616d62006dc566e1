"""Who acts: made once at the door, and handed to every deed."""

from dataclasses import dataclass

from workbench.domain import hidden, lookalikes

NOBODY = "Somebody"
"""Who works here before a name was chosen. Nobody's name, so nobody can take it."""


def tidy_name(typed: str) -> str:
    """What was typed as one's name, with single spaces. Empty where nothing can be seen of it, or
    where it reads as the word for those who have none."""
    name = " ".join(typed.split())
    seen = lookalikes.skeleton(name)
    is_none = not hidden.without(name).strip() or seen.casefold() == NOBODY.casefold()
    return "" if is_none else name


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
