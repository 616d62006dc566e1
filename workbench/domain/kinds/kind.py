"""The name of a kind of scorer, with its entry at hand; and which names are known."""

from collections.abc import Iterator

from workbench.domain.kinds.entry import By, KindEntry


class _Known(type):
    """Lets the kinds be listed and named: `list(ScorerKind)`, `ScorerKind.CONTAINS`."""

    def __iter__(cls) -> Iterator["ScorerKind"]:
        return iter(tuple(KINDS.values()))

    def __getattr__(cls, name: str) -> "ScorerKind":
        kind = KINDS.get(name.lower()) if name.isupper() else None
        if kind is None:
            raise AttributeError(f"There is no kind of scorer {name}.")
        return kind


class ScorerKind(str, metaclass=_Known):
    """The name of a kind of scorer, as it is stored; made from it, with its entry at hand.

    Raises ValueError for a name that no entry has.
    """

    entry: KindEntry

    def __new__(cls, name: str) -> "ScorerKind":
        kind = KINDS.get(name)
        if kind is None:
            raise ValueError(f"“{name}” is no kind of scorer.")
        return kind

    @staticmethod
    def of(entry: KindEntry) -> "ScorerKind":
        """The name of a new entry; known once it is in `KINDS`."""
        kind = str.__new__(ScorerKind, entry.name)
        kind.entry = entry
        return kind

    def __reduce__(self) -> tuple[type["ScorerKind"], tuple[str]]:
        return ScorerKind, (str(self),)

    @property
    def by(self) -> By:
        """Who or what gives the score."""
        return self.entry.by

    @property
    def value(self) -> str:
        """The name as plain text."""
        return str(self)


KINDS: dict[str, ScorerKind] = {}
"""By name, in the order in which they are offered."""
