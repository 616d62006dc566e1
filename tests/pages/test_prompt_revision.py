"""On Failures a failure mode leads to a revised prompt, with its bet, to be tried at once."""

import json
from typing import Any

from streamlit.testing.v1 import AppTest

from tests.faults import endpoint as faults
from tests.pages import results
from workbench.actions import failures
from workbench.domain.connections import Connection
from workbench.domain.failures import FailureMode, ModeDraft
from workbench.domain.people import Person
from workbench.ui.parts.resources import services

PAGE = "pages/score/failures.py"
MIRA = Person("browser-1", "Mira")


def _opened(app: AppTest, *, is_noted: bool = True) -> AppTest:
    store = services().store
    experiment = results.answered(store, labels=("ZEBRA",))
    mode = failures.add_mode(store, MIRA, experiment.feature_id, ModeDraft("Promises money"))
    for place, trial in enumerate(store.trials.of_experiment(experiment.id)):
        said = "It promises money" if place == 0 and is_noted else ""
        failures.read(store, MIRA, experiment.feature_id, trial.id, said, mode.id if said else None)
    app.session_state["failures_view"] = "modes"
    app.session_state[f"failures_revise_{mode.id}"] = True
    return app.switch_page(PAGE).run()


def _shown(app: AppTest) -> str:
    assert not app.exception
    kinds = (app.markdown, app.caption, app.warning, app.error)
    return "\n".join(str(each.value) for kind in kinds for each in kind)


def test_a_failure_mode_offers_a_revised_prompt_with_its_bet(app: AppTest) -> None:
    page = _opened(app)
    said = _shown(page)
    assert "1 that had it and" in said
    assert "others have to confirm it" in said
    system: Any = next(each for each in page.text_area if each.label == "System message")
    assert system.value.endswith("Make sure that this does not happen: Promises money.")
    bet: Any = next(each for each in page.text_input if each.label == "What should the change do?")
    assert bet.value.startswith("Of 1 case that had “Promises money” fewer have it")


def test_one_that_nobody_noted_says_what_to_do(app: AppTest) -> None:
    assert "Nobody has noted it in an output of" in _shown(_opened(app, is_noted=False))


def _mode() -> FailureMode:
    store = services().store
    feature_id = store.features.all()[0].id
    assert feature_id is not None
    (mode,) = store.failures.of(feature_id)
    return mode


def _asked(page: AppTest, reply: str) -> AppTest:
    """The page once a model has been asked for a revision and has replied so."""
    with faults.serve(text=reply) as server:
        services().store.connections.add(Connection("Fake", server.base_url, ("fake-1",)))
        page = page.run()
        page = page.selectbox(key="failures_revise_connection").set_value("Fake").run()
        assert "in one call" in _shown(page)
        button: Any = next(each for each in page.button if each.key == "failures_revise_ask")
        button.click().run()
        errand = services().errands.of(("prompt", _mode().id))
        assert errand is not None
        assert errand.wait(60)
        return page.run()


def test_a_model_is_asked_for_a_revision_which_stands_word_by_word_beside_the_prompt(
    app: AppTest,
) -> None:
    page = _opened(app)
    version = services().store.prompts.versions(_mode().feature_id)[-1]
    reply = {
        "system": f"{version.text.system} Never speak of money.",
        "user": version.text.user,
        "why": "It is unsaid.",
        "expects": "Nobody is promised money.",
    }
    page = _asked(page, json.dumps(reply))
    said = _shown(page)
    assert "Suggested by fake-1" in said
    assert ":green-background[**Never speak of money.**]" in said
    bet: Any = next(each for each in page.text_input if each.label == "What should the change do?")
    assert bet.value == "Nobody is promised money."


def test_a_reply_that_is_no_revision_is_said_to_be_unreadable_and_shown(app: AppTest) -> None:
    page = _asked(_opened(app), "Sure! Just be nicer.")
    assert "could not be read" in _shown(page)
    assert "Sure! Just be nicer." in [each.value for each in page.code]
