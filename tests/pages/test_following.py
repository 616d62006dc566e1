"""Following somebody: the address of a page names what is open on it, and opens it elsewhere."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages import results
from workbench.ui.parts.resources import services


def _linked(app: AppTest, parameter: str) -> str:
    """What the address says; a value that code gave is no list yet."""
    found = app.query_params[parameter]
    return found if isinstance(found, str) else found[0]


@pytest.mark.parametrize(
    ("page", "view", "key"),
    [
        ("experiment/experiments", "Outputs", "experiments_trial"),
        ("score/failures", "", "failures_at"),
    ],
)
def test_an_output_that_somebody_points_at_opens_elsewhere(
    app: AppTest, page: str, view: str, key: str
) -> None:
    experiment = results.answered(services().store, cases=3)
    wanted = str(services().store.trials.of_experiment(experiment.id)[3].id)
    app.query_params["experiment"] = experiment.key
    app.query_params["output"] = wanted
    if view:
        app.query_params["show"] = view
    found = app.switch_page(f"pages/{page}.py").run()
    assert not found.exception
    assert found.session_state[key] == wanted
    assert _linked(found, "output") == wanted


@pytest.mark.parametrize("wrong", ["nonsense", "0190f4d5-0000-7000-8000-000000000000"])
def test_an_output_that_is_nowhere_opens_nothing(app: AppTest, wrong: str) -> None:
    experiment = results.answered(services().store, cases=3)
    app.query_params["experiment"] = experiment.key
    app.query_params["output"] = wrong
    app.query_params["show"] = "Outputs"
    found = app.switch_page("pages/experiment/experiments.py").run()
    assert not found.exception
    assert "output" not in found.query_params
    assert any("Select a row" in info.value for info in found.info)


def test_the_case_that_somebody_rates_opens_elsewhere(app: AppTest) -> None:
    store = services().store
    experiment = results.answered(store, cases=3)
    wanted = store.experiments.case_ids(experiment.id)[2]
    app.session_state["person"] = "Ben"
    app.query_params["experiment"] = experiment.key
    app.query_params["criterion"] = results.rated(store).key
    app.query_params["case"] = str(wanted)
    found = app.switch_page("pages/score/rating.py").run()
    assert not found.exception
    assert f"Input of {store.datasets.case(wanted).key}" in [c.value for c in found.caption]
    next_one = found.button(key="score_previous").click().run()
    assert _linked(next_one, "case") == str(store.experiments.case_ids(experiment.id)[1])


def test_the_side_of_the_data_and_the_requirement_to_decide_travel_too(app: AppTest) -> None:
    app.query_params["show"] = "coverage"
    data = app.switch_page("pages/define/data.py").run()
    assert not data.exception
    assert data.session_state["data_view"] == "coverage"
    del app.query_params["show"]
    app.query_params["requirement"] = "R3"
    decide = app.switch_page("pages/decide/verdicts.py").run()
    assert not decide.exception
    assert any(heading.value.startswith("R3") for heading in decide.subheader) or any(
        "**R3**" in m.value for m in decide.markdown
    )
