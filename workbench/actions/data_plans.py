"""Plan the data: how the cases that a criterion lacks are to be had, by when, and by whom."""

from uuid import UUID

from workbench.actions.deeds import doing
from workbench.domain.criteria import Criterion
from workbench.domain.data_plans import DataPlan
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.errors import Conflict
from workbench.store.store import Store

CHANGED = "Somebody changed this plan while you were editing it."


def keep(
    store: Store,
    who: Person,
    feature_id: UUID,
    criterion: Criterion,
    plan: DataPlan,
    *,
    based_on: DataPlan,
) -> None:
    """Keep the plan for a criterion's cases; the same again changes nothing, an empty one ends it.
    `based_on` is the one that was read before.

    Raises InputError for a plan that does not say how, Conflict where somebody kept another since.
    """
    tidy = plan.checked()
    with doing(store, who, Deed.DATA_PLAN_KEEP, feature_id) as line:
        before = store.data_plans.of(feature_id).get(criterion.id, DataPlan(""))
        if tidy == before:
            return
        if before != based_on:
            raise Conflict(CHANGED, mine=tidy.said(), theirs=before.said())
        store.data_plans.keep(criterion.id, tidy, who.name)
        how = "planned" if tidy.how else "planned no more"
        line.say(criterion.key, f"Cases for {criterion.key} {how}", tidy.how)
