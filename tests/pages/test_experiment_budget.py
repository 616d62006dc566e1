"""The budget of a feature, set beside the button that starts a run."""

from streamlit.testing.v1 import AppTest

from tests.pages.test_experiments import newest, opened, store


def test_only_the_field_that_somebody_changed_sets_the_budget(app: AppTest) -> None:
    experiment = newest()
    page = opened(app)
    page.number_input(key=f"experiments_start_{experiment.id}_feature").set_value(5.0).run()
    assert store().features.budget(experiment.feature_id) == 5.0
    store().features.set_budget(experiment.feature_id, 7.0, "Bo")
    page.run()
    assert store().features.budget(experiment.feature_id) == 7.0
    field = page.number_input(key=f"experiments_start_{experiment.id}_feature")
    assert field.value == 7.0


def test_a_budget_of_nothing_can_not_be_entered(app: AppTest) -> None:
    experiment = newest()
    page = opened(app)
    for name in ("usd", "feature"):
        field = page.number_input(key=f"experiments_start_{experiment.id}_{name}")
        assert field.min is not None
        assert field.min > 0
