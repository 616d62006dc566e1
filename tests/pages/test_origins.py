"""Whose answers are shown, and what people can do when a connection moved or answers are old."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from tests.faults import endpoint as faults
from tests.pages.test_experiments import PATIENCE_S, opened, page_text, plan, store
from workbench.domain.experiments import Experiment
from workbench.ui.parts.resources import services


@pytest.fixture
def here() -> Iterator[faults.Endpoint]:
    """Where the connection is first."""
    with faults.serve(text="your order number?") as found:
        yield found


@pytest.fixture
def there() -> Iterator[faults.Endpoint]:
    """Where it moves to."""
    with faults.serve(text="something else") as found:
        yield found


def asked(server: faults.Endpoint) -> Experiment:
    """A plan of three calls, answered by a server."""
    experiment = plan(server)
    finish(experiment)
    return experiment


def drawn(app: AppTest) -> str:
    """What is written anywhere, in a dialog too."""
    return "\n".join(str(element.value) for element in app.get("markdown"))


def finish(experiment: Experiment) -> None:
    services().jobs.start(experiment.id, "Ada")
    assert services().jobs.wait(experiment.id, PATIENCE_S)


def move(server: faults.Endpoint) -> None:
    known = store().connections.named("Fake")
    store().connections.save(replace(known, base_url=server.base_url), author="Grace")


def test_an_experiment_says_host_model_and_day_of_its_answers(
    app: AppTest, here: faults.Endpoint
) -> None:
    page = opened(app, asked(here).key)
    assert f"3 answers of 127.0.0.1:{here.port} as fake-1, " in page_text(page)


def test_asking_again_says_what_it_takes_and_the_new_answers_count(
    app: AppTest, here: faults.Endpoint
) -> None:
    experiment = asked(here)
    page = opened(app, experiment.key)
    page.button(key=f"experiments_again_{experiment.id}").click().run()
    assert "Asks 3 calls of" in drawn(page)
    assert "Cost: unknown" in drawn(page)
    assert here.requests == 3
    page.button(key="experiments_again_sure").click().run()
    assert services().jobs.wait(experiment.id, PATIENCE_S)
    assert here.requests == 6
    page.run()
    assert "3 older answers asked again: kept, not counted" in page_text(page)


def test_the_plan_of_an_answered_experiment_opens_and_is_a_starting_point(
    app: AppTest, here: faults.Endpoint
) -> None:
    experiment = asked(here)
    page = opened(app, experiment.key)
    page.segmented_control(key="experiments_view").set_value("Plan").run()
    assert "went wrong" not in page_text(page)
    assert page.button(key=f"experiments_again_{experiment.id}").label == "Ask again"
    page.button(key=f"experiments_start_from_{experiment.id}").click().run()
    assert page.text_area(key="experiments_setup_question").value == experiment.question


def test_asking_again_can_be_thought_better_of(app: AppTest, here: faults.Endpoint) -> None:
    experiment = asked(here)
    page = opened(app, experiment.key)
    page.button(key=f"experiments_again_{experiment.id}").click().run()
    assert "Asks 3 calls of" in drawn(page)
    page.button(key="experiments_again_cancel").click().run()
    assert "Asks 3 calls of" not in drawn(page)
    assert here.requests == 3


def test_an_experiment_whose_connection_moved_keeps_its_answers_and_is_set_up_again(
    app: AppTest, here: faults.Endpoint, there: faults.Endpoint
) -> None:
    experiment = asked(here)
    move(there)
    page = opened(app, experiment.key)
    text = page_text(page)
    assert f"3 answers of 127.0.0.1:{here.port}" in text
    assert f"is at 127.0.0.1:{there.port} now" in text
    page.button(key=f"experiments_moved_{experiment.id}").click().run()
    assert there.requests == 0
    copy = store().experiments.of(experiment.feature_id)[-1]
    assert copy.question == f"{experiment.question} (after Fake moved)"
    page.button(key=f"experiments_start_{copy.id}").click().run()
    assert services().jobs.wait(copy.id, PATIENCE_S)
    assert (here.requests, there.requests) == (3, 3)


def test_a_set_up_offers_where_the_connection_is_now(
    app: AppTest, here: faults.Endpoint, there: faults.Endpoint
) -> None:
    experiment = asked(here)
    variant = experiment.variants[0]
    move(there)
    app.session_state["experiments_variants"] = [str(variant.id)]
    app.session_state["experiments_new"] = True
    page = opened(app)
    assert page.button(key="experiments_setup_start").disabled
    page.button(key=f"experiments_setup_swap_{variant.id}").click().run()
    assert not page.button(key="experiments_setup_start").disabled
    (chosen,) = page.multiselect(key="experiments_setup_variants").value
    assert chosen != str(variant.id)


def test_settings_lists_where_a_connection_was(
    app: AppTest, here: faults.Endpoint, there: faults.Endpoint
) -> None:
    asked(here)
    app.switch_page("pages/setup/settings.py").run()
    assert not [e for e in app.main.expander if "here since" in e.label]
    move(there)
    app.run()
    (versions,) = [e for e in app.main.expander if "here since" in e.label]
    assert versions.label.startswith("Version 2")
    frame = versions.dataframe[0].value
    assert list(frame["Address"]) == [there.base_url, here.base_url]
    assert list(frame["By"]) == ["Grace", "unknown"]
