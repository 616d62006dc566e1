"""A prompt that was stored before today's limits: every page lives, and shows it with its text."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from tests.faults import endpoint as faults
from tests.pages.conftest import ROOT
from tests.pages.test_overview import words
from workbench.domain.calls import Parameters
from workbench.domain.connections import Connection
from workbench.domain.experiments import Experiment, Plan
from workbench.domain.prompts import PromptText
from workbench.errors import InputError
from workbench.runs.planning import refuse_unaskable
from workbench.ui.parts.resources import services

BOMBS = {
    "operators": "With words of its own: {{ " + "- " * 20_000 + "1 }}.",
    "branches": "With words of its own: {% if no %}" + "{% elif no %}" * 20_000 + "{% endif %}.",
}
PAGES = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("pages/*/*.py"))
PATIENCE_S = 120.0


@pytest.fixture
def planned(app: AppTest) -> Experiment:
    """A frozen plan of the sample that asks with such prompts, one of them the candidate."""
    store = services().store
    feature_id = store.features.all()[0].id
    assert feature_id is not None
    store.connections.add(Connection("Fake", "http://127.0.0.1:9/v1", ("fake-1",)))
    variants = []
    for name, text in BOMBS.items():
        prompt = store.prompts.save(feature_id, name, PromptText("", text), "Ada", "first")
        variants.append(store.variants.save(prompt, "Fake", "fake-1", Parameters()).id)
    store.features.choose_candidate(feature_id, variants[0], "Ada", "")
    dataset = store.datasets.of(feature_id)[0]
    criteria = tuple(criterion.id for criterion in store.criteria.of(feature_id))
    plan = Plan("Does it answer?", dataset.id, tuple(variants), criteria, 1)
    return store.experiments.add(feature_id, plan, "Ada")


def test_every_page_opens_beside_a_stored_prompt_that_would_end_the_process(
    app: AppTest, planned: Experiment
) -> None:
    for page in PAGES:
        app.switch_page(page).run()
        assert not app.exception, page


def test_the_playground_shows_why_and_the_text_to_repair(app: AppTest, planned: Experiment) -> None:
    app.switch_page("pages/experiment/playground.py").run()
    assert "of the template" in app.error[0].value
    assert app.text_area("playground_user").value in BOMBS.values()
    app.text_area("playground_user").set_value("Answer {{ message }}").run()
    assert not app.error


def test_the_plan_says_that_its_variant_cannot_be_asked_and_shows_its_words(
    app: AppTest, planned: Experiment
) -> None:
    app.switch_page("pages/experiment/experiments.py")
    app.query_params["experiment"] = planned.key
    app.run()
    said = words(app)
    for variant in planned.variants:
        assert f"Variant {variant.label} can't be asked" in said
    app.segmented_control("experiments_view").set_value("Plan").run()
    said = words(app)
    assert said.count("This prompt can't be read") == len(BOMBS)
    assert "With words of its own" in said


def test_the_spec_says_that_its_candidate_cannot_be_asked(
    app: AppTest, planned: Experiment
) -> None:
    app.switch_page("pages/decide/spec.py").run()
    assert "Nothing can be asked with its prompt" in words(app)


def test_a_run_of_it_does_not_start_and_sends_nothing(app: AppTest, planned: Experiment) -> None:
    held = services()
    with faults.serve() as server:
        fake = held.store.connections.named("Fake")
        held.store.connections.save(replace(fake, base_url=server.base_url))
        with pytest.raises(InputError, match="can't be asked") as caught:
            held.jobs.start(planned.id, "Ada")
    assert "of the template" in caught.value.message
    assert server.requests == 0
    assert held.store.runs.latest(planned.id) is None


def test_the_command_line_refuses_to_run_it_and_says_why(app: AppTest, planned: Experiment) -> None:
    with pytest.raises(InputError, match="of the template"):
        refuse_unaskable(services().store, planned)
