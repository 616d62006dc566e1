"""How the cases that a criterion lacks are to be had: kept, changed and given up, on record."""

from datetime import date

import pytest

from tests import building
from tests.actions import lines
from workbench.actions import data_plans
from workbench.domain.data_plans import DataPlan
from workbench.domain.datasets import CaseDraft
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.domain.scores import Outcome
from workbench.errors import Conflict, InputError
from workbench.store.store import Store

ADA = Person("browser-1", "Ada")


def _keep(store: Store, made: building.Loop, plan: DataPlan) -> None:
    """Keep a plan, by somebody who read the one before."""
    before = store.data_plans.of(made.feature_id).get(made.criterion.id, DataPlan(""))
    data_plans.keep(store, ADA, made.feature_id, made.criterion, plan, based_on=before)


def test_a_plan_is_kept_tidied_and_the_newest_counts(store: Store) -> None:
    made = building.loop(store, 2)
    for how, owner in ((" From the\n inbox ", " Ben "), ("From the shop", "")):
        _keep(store, made, DataPlan(how, date(2026, 12, 1), owner))
    kept = store.data_plans.of(made.feature_id)
    assert kept == {made.criterion.id: DataPlan("From the shop", date(2026, 12, 1), "")}
    said = [line.why for line in lines.of_all(store) if line.deed is Deed.DATA_PLAN_KEEP]
    assert said == ["From the inbox", "From the shop"]


def test_the_same_plan_again_changes_nothing_and_an_empty_one_ends_it(store: Store) -> None:
    made = building.loop(store, 2)
    for plan in (DataPlan("Inbox"), DataPlan("Inbox"), DataPlan(" "), DataPlan("")):
        _keep(store, made, plan)
    assert store.data_plans.of(made.feature_id) == {}
    what = [line.what for line in lines.of_all(store) if line.deed is Deed.DATA_PLAN_KEEP]
    assert [text.split(maxsplit=3)[-1] for text in what] == ["planned", "planned no more"]


@pytest.mark.parametrize("plan", [DataPlan("", date(2026, 12, 1)), DataPlan(" ", None, "Ben")])
def test_a_plan_says_how(store: Store, plan: DataPlan) -> None:
    made = building.loop(store, 2)
    with pytest.raises(InputError, match="does not say how"):
        _keep(store, made, plan)


def test_a_plan_that_a_colleague_kept_meanwhile_is_not_replaced(store: Store) -> None:
    made = building.loop(store, 2)
    read = DataPlan("")
    deed = store, ADA, made.feature_id, made.criterion
    data_plans.keep(*deed, DataPlan("From Ben's inbox"), based_on=read)
    with pytest.raises(Conflict) as raised:
        data_plans.keep(*deed, DataPlan("From mine", date(2026, 12, 1), "Ada"), based_on=read)
    assert raised.value.mine == "From mine · by 2026-12-01 · Ada"
    assert raised.value.theirs == "From Ben's inbox"
    assert store.data_plans.of(made.feature_id)[made.criterion.id].how == "From Ben's inbox"


def test_held_out_cases_that_were_shown_or_asked_about_are_counted(store: Store) -> None:
    made = building.loop(store, 2)
    shown = store.datasets.cases(made.dataset.id)[0].draft()
    version = store.datasets.add(
        made.feature_id,
        "Held",
        [
            CaseDraft("same", shown.variables, held_out=True),
            CaseDraft("other", {"message": "Never seen"}, held_out=True),
        ],
        "Ada",
    )
    held_out = store.reports.datasets.held_out
    assert held_out(made.feature_id, version.id) == (2, 1, 0)
    assert held_out(made.feature_id, made.dataset.id) == (0, 0, 0)
    made.dataset = version
    made.run([Outcome.PASS] * 2)
    assert held_out(made.feature_id, version.id) == (2, 1, 1)
