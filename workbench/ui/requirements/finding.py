"""Which requirements the list shows, and in which order: searched, filtered, arranged."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

import streamlit as st

from workbench.domain.requirements import Horizon, Kind, priority
from workbench.domain.verdicts import Verdict
from workbench.evidence.verdicts import RequirementVerdict
from workbench.ui.parts import look as looks
from workbench.ui.parts.look import Look

_SEARCH = "requirements_search"
_STANDING = "requirements_filter_verdict"
_KIND = "requirements_filter_kind"
_HORIZON = "requirements_filter_horizon"
_ORDER = "requirements_order"


class VerdictFilter(StrEnum):
    """How a requirement stands, in the words of the list."""

    MET = "met"
    NOT_MET = "not met"
    NOT_ENOUGH_EVIDENCE = "not enough evidence"
    NOT_EVALUATED = "not evaluated"
    NO_CRITERION = "no criterion yet"


class Order(StrEnum):
    """What comes first within a horizon."""

    WORTH = "Most worthwhile first"
    ARRANGED = "As arranged"


LOOKS = {
    VerdictFilter.MET: looks.verdict(Verdict.MET),
    VerdictFilter.NOT_MET: looks.verdict(Verdict.NOT_MET),
    VerdictFilter.NOT_ENOUGH_EVIDENCE: looks.verdict(Verdict.NOT_ENOUGH_EVIDENCE),
    VerdictFilter.NOT_EVALUATED: looks.verdict(Verdict.NOT_ENOUGH_EVIDENCE, is_evaluated=False),
    VerdictFilter.NO_CRITERION: Look("orange", "straighten", VerdictFilter.NO_CRITERION.value),
}
_OF_VERDICT = {
    Verdict.MET: VerdictFilter.MET,
    Verdict.NOT_MET: VerdictFilter.NOT_MET,
    Verdict.NOT_ENOUGH_EVIDENCE: VerdictFilter.NOT_ENOUGH_EVIDENCE,
}


@dataclass(frozen=True)
class Wanted:
    """What is looked for; an empty collection asks for nothing of that sort."""

    words: str = ""
    standings: Collection[VerdictFilter] = ()
    kinds: Collection[Kind] = ()
    horizons: Collection[Horizon] = ()

    @property
    def n_filters(self) -> int:
        """How many sorts of filter are set, the search apart."""
        return sum(bool(each) for each in (self.standings, self.kinds, self.horizons))

    def fits(self, row: RequirementVerdict) -> bool:
        """Whether a requirement is what is looked for: by each filter, and with every word in its
        key, its texts or its criteria."""
        draft = row.requirement.draft
        asked = (
            (self.standings, standing(row)),
            (self.kinds, draft.kind),
            (self.horizons, draft.horizon),
        )
        if any(wanted and found not in wanted for wanted, found in asked):
            return False
        titles = (f"{c.criterion.key} {c.criterion.draft.title}" for c in row.criteria)
        text = " ".join((row.requirement.key, draft.statement, draft.rationale, *titles))
        return all(word in text.casefold() for word in self.words.casefold().split())


@dataclass(frozen=True)
class Group:
    """The requirements of one horizon, in order."""

    horizon: Horizon
    rows: tuple[RequirementVerdict, ...]


def standing(row: RequirementVerdict) -> VerdictFilter:
    """How a requirement stands."""
    if not row.criteria:
        return VerdictFilter.NO_CRITERION
    return _OF_VERDICT[row.verdict] if row.is_evaluated else VerdictFilter.NOT_EVALUATED


def groups(
    rows: Sequence[RequirementVerdict], order: Order = Order.WORTH, wanted: Wanted | None = None
) -> list[Group]:
    """Now, next and later; those that hold something that is wanted."""
    fitting = [row for row in rows if wanted is None or wanted.fits(row)]
    if order is Order.WORTH:
        fitting.sort(key=lambda row: priority(row.requirement))
    found = [
        Group(horizon, tuple(r for r in fitting if r.requirement.draft.horizon == horizon))
        for horizon in Horizon
    ]
    return [group for group in found if group.rows]


class Beside(NamedTuple):
    """What stands before and after a requirement in the list."""

    before: UUID | None
    after: UUID | None


def neighbours(requirement_id: UUID, shown: Sequence[Group]) -> Beside:
    """The requirements beside one, of those that are shown of its horizon."""
    for group in shown:
        ids = [row.requirement.id for row in group.rows]
        if requirement_id in ids:
            place = ids.index(requirement_id)
            return Beside(
                ids[place - 1] if place else None,
                ids[place + 1] if place + 1 < len(ids) else None,
            )
    return Beside(None, None)


def wanted() -> Wanted:
    """What the fields ask for, before they are drawn."""
    state = st.session_state
    return Wanted(
        str(state.get(_SEARCH) or ""),
        tuple(VerdictFilter(each) for each in state.get(_STANDING) or ()),
        tuple(Kind(each) for each in state.get(_KIND) or ()),
        tuple(Horizon(each) for each in state.get(_HORIZON) or ()),
    )


def order() -> Order:
    """The order that was chosen."""
    return Order(st.session_state.get(_ORDER) or Order.WORTH)


def draw() -> None:
    """The search and what opens the filters."""
    n_filters = wanted().n_filters
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input(
            "Search", key=_SEARCH, live=True, type="search", icon=":material/search:",
            placeholder="Search", label_visibility="collapsed", persist_state="session",
        )  # fmt: skip
        with st.popover(
            f"Filter ({n_filters})" if n_filters else "Filter",
            icon=":material/tune:",
            key="requirements_filters",
        ):
            st.pills(
                "Verdict", [each.value for each in VerdictFilter], selection_mode="multi",
                key=_STANDING, format_func=_looks, persist_state="session",
            )  # fmt: skip
            st.pills(
                "Kind", [kind.value for kind in Kind], selection_mode="multi",
                key=_KIND, persist_state="session",
            )  # fmt: skip
            st.pills(
                "Horizon", [horizon.value for horizon in Horizon], selection_mode="multi",
                key=_HORIZON, persist_state="session",
            )  # fmt: skip
            st.segmented_control(
                "Order",
                [each.value for each in Order],
                key=_ORDER,
                default=Order.WORTH.value,
                required=True,
                persist_state="session",
                help="As arranged: an open requirement can be moved up and down in its horizon.",
            )


def clear() -> None:
    """Show all again; for callbacks."""
    st.session_state[_SEARCH] = ""
    for key in (_STANDING, _KIND, _HORIZON):
        st.session_state[key] = []


def _looks(standing: str) -> str:
    look = LOOKS[VerdictFilter(standing)]
    return look.text
