"""What every deed has in common: whether one may, one transaction, one line in the history."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from workbench.actions import permission
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.store.store import Store


@dataclass
class Line:
    """What the history will say of a deed. Without a `what`, nothing was changed: no line."""

    key: str = ""
    what: str = ""
    why: str = ""
    about: UUID | None = None

    def say(self, key: str, what: str, why: str = "", *, about: UUID | None = None) -> None:
        """`key` is the thing's short key, `what` a few words on what was done to it; `about` the
        feature that the deed made, where there was none before."""
        self.key, self.what, self.why, self.about = key, what, why, about


@contextmanager
def doing(store: Store, who: Person, deed: Deed, feature_id: UUID | None) -> Iterator[Line]:
    """Inside, a deed writes; its line follows in the same transaction. All of it, or nothing."""
    permission.ask(who, deed, feature_id)
    with store.transaction():
        line = Line()
        yield line
        if line.what:
            store.history.add(who, deed, feature_id or line.about, line.key, line.what, line.why)
