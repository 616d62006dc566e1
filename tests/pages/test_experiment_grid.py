"""The grid of an experiment: cases × variants, and the outputs behind a cell."""

from streamlit.testing.v1 import AppTest

from tests.building import AUTHOR, FAILED, Loop, loop
from workbench.domain.calls import Parameters
from workbench.domain.experiments import Experiment, Plan
from workbench.domain.scores import Outcome
from workbench.ui.experiments import grid
from workbench.ui.parts.resources import services

PASS, FAIL = Outcome.PASS, Outcome.FAIL
NAME = "Replies in the grid"


def two_variants() -> tuple[Loop, Experiment]:
    """Three cases × two variants × two trials in the app's store: B fails more."""
    store = services().store
    made = loop(store, 3, name=NAME)
    other = store.variants.save(
        made.variant.prompt, made.variant.connection, made.variant.model, Parameters(seed=7)
    )
    variants = (made.variant.id, other.id)
    plan = Plan("Which?", made.dataset.id, variants, (made.criterion.id,), 2)
    experiment = store.experiments.add(made.feature_id, plan, AUTHOR)
    places = {c.id: c.number - 1 for c in store.datasets.cases(made.dataset.id)}
    ended = {
        made.variant.id: [(PASS, PASS), (PASS, PASS), (PASS, FAILED)],
        other.id: [(PASS, PASS), (PASS, FAIL), (FAIL, FAIL)],
    }
    run = store.runs.start(experiment.id, AUTHOR)
    made.answer(
        run.id,
        [
            (call, ended[call.variant_id][places[call.case_id]][call.number - 1])
            for call in store.trials.missing(experiment.id)
        ],
    )
    return made, experiment


def shown(app: AppTest) -> AppTest:
    """The grid of the feature's experiment."""
    app.run()  # The choice of features learns of the new one.
    app.session_state["feature"] = NAME
    app.session_state["experiments_view"] = "Grid"
    app.switch_page("pages/experiment/experiments.py").run()
    assert not app.exception
    return app


def test_each_cell_shows_a_sign_for_each_trial(app: AppTest) -> None:
    two_variants()
    frame = shown(app).dataframe[-1].value
    assert list(frame["A"]) == ["●●", "●●", "●△"]
    assert list(frame["B"]) == ["●●", "●✕", "✕✕"]
    assert list(frame["Input"]) == ["Message 0", "Message 1", "Message 2"]


def test_only_the_cases_that_flicker_are_shown_when_asked_for(app: AppTest) -> None:
    two_variants()
    app.session_state["experiments_grid_show"] = "flickers"
    assert list(shown(app).dataframe[-1].value["Case"]) == ["case-001-0"]


def test_filters_that_fit_nothing_can_be_cleared(app: AppTest) -> None:
    two_variants()
    app.session_state["experiments_grid_search"] = "nowhere"
    assert "No case fits these filters." in [info.value for info in shown(app).info]
    app.button("experiments_grid_clear").click().run()
    assert len(app.dataframe[-1].value) == 3


def test_a_chosen_case_shows_the_same_trial_of_each_variant_beside_each_other(
    app: AppTest,
) -> None:
    made, _ = two_variants()
    last = made.store.datasets.cases(made.dataset.id)[-1]
    app.session_state[grid.OPEN] = str(last.id)
    key = f"experiments_grid_trial_{last.id}"
    app.session_state[key] = "2"
    said = [box.value for box in shown(app).markdown]
    assert said.count("**case-002-0**") == 2
    assert said.count(":gray[trial 2]") == 2
    assert any("This call failed" in error.value for error in app.error)
