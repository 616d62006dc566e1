"""Who may do what. Today everybody who can open the workbench may do everything."""

from uuid import UUID

from workbench.domain.history import Deed
from workbench.domain.people import Person


def ask(who: Person, deed: Deed, feature_id: UUID | None) -> None:
    """The one place that every deed asks before it writes. It lets everybody do everything until
    there are roles; then it raises for those who may not."""
