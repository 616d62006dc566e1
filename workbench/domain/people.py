"""Who acts: made once at the door, and handed to every deed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """Somebody at a browser or a command line.

    `id` is what a browser or an account is known by; `name` is what others read, and never a key.
    """

    id: str
    name: str
