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


def test_a_budget_that_was_typed_is_seen_when_its_fields_are_folded_away(app: AppTest) -> None:
    experiment = newest()
    page = opened(app)
    key = f"experiments_start_{experiment.id}"

    def said() -> list[str]:
        popovers = [each.proto.popover for each in page.main.get("popover")]
        return [each.label for each in popovers if each.label.startswith("Budget")]

    assert "Budget: $0.0005" not in said()
    page.number_input(key=f"{key}_usd").set_value(0.0005).run()
    page.number_input(key=f"{key}_calls").set_value(12).run()
    assert "Budget: $0.0005, 12 calls" in said()
