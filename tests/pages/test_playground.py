"""The playground: a prompt is edited, asked, and its answers are kept."""

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from tests.faults import endpoint as faults
from tests.pages import sessions
from tests.pages.folds import unfolded
from workbench.domain.calls import Parameters
from workbench.domain.connections import Connection
from workbench.domain.datasets import DatasetVersion
from workbench.domain.experiments import Experiment, Plan, Purpose
from workbench.domain.features import Feature
from workbench.store.store import Store
from workbench.ui.parts.resources import services
from workbench.ui.playground.prompt import EXPERIMENT

PAGE = "pages/experiment/playground.py"
ASK = "playground_ask"
USER = "playground_user"
FOLD = "playground_parameters"


@pytest.fixture
def server() -> Iterator[faults.Endpoint]:
    with faults.serve(text="Which order is it?") as running:
        yield running


@pytest.fixture
def page(app: AppTest, server: faults.Endpoint) -> Iterator[AppTest]:
    """The playground, set to one case and a model that answers at once."""
    store().connections.add(Connection("Fake", server.base_url, ("fake-1",)))
    yield from opened(app, "Fake · fake-1")


@pytest.fixture
def local_page(app: AppTest) -> Iterator[AppTest]:
    """The same with the model that is asked where nobody has chosen one: the local one."""
    yield from opened(app)


def opened(app: AppTest, *models: str) -> Iterator[AppTest]:
    app.switch_page(PAGE).run()
    assert not app.exception
    if models:
        app.multiselect("playground_models").set_value(list(models))
    unfolded(app, "Parameters")
    app.number_input("playground_max_tokens").set_value(6)
    app.number_input("playground_temperature").set_value(0.0)
    first = app.multiselect("playground_cases").value[:1]
    app.multiselect("playground_cases").set_value(first).run()
    yield app
    assert not app.exception


def store() -> Store:
    return services().store


def feature() -> Feature:
    return store().features.all()[0]


def asked() -> list[Experiment]:
    assert feature().id is not None
    return store().experiments.of(feature().id, Purpose.PLAYGROUND)


def main_dataset() -> DatasetVersion:
    return store().datasets.of(feature().id)[0]


def ask(page: AppTest) -> Experiment:
    """Press Ask and wait for the answers."""
    page.button(ASK).click().run()
    assert not page.exception
    found = asked()[-1]
    assert services().jobs.wait(found.id, 30)
    page.run()
    return found


def errors(page: AppTest) -> str:
    return " ".join(error.value for error in page.error)


def test_parameters_that_are_folded_away_again_are_asked_with_all_the_same(page: AppTest) -> None:
    page.session_state[FOLD] = False
    page.run()
    assert "playground_temperature" not in {each.key for each in page.number_input}
    page.switch_page("pages/setup/settings.py").run()
    page.switch_page(PAGE).run()
    (variant,) = ask(page).variants
    parameters = variant.parameters
    assert (parameters.temperature, parameters.max_tokens) == (0.0, 6)


def test_what_is_wrong_with_folded_parameters_keeps_them_from_being_asked(page: AppTest) -> None:
    page.text_area("playground_headers").set_value("X-Team Alpha").run()
    page.session_state[FOLD] = False
    page.run()
    assert "Repair the parameters first" in " ".join(each.value for each in page.caption)
    assert page.button(ASK).disabled


def test_an_answer_is_shown_with_what_the_checks_think(local_page: AppTest) -> None:
    page = local_page
    experiment = ask(page)
    assert [variant.connection for variant in experiment.variants] == ["Local model"]
    (trial,) = store().trials.of_experiment(experiment.id)
    assert trial.output is not None
    assert trial.output in [code.value for code in page.code]
    assert experiment.criteria
    assert store().scores.of_trial(trial.id)


def test_asking_twice_saves_no_second_version(page: AppTest) -> None:
    page.text_area(USER).set_value("Answer: {{ message }}").run()
    before = len(store().prompts.versions(feature().id))
    ask(page)
    ask(page)
    assert len(store().prompts.versions(feature().id)) == before + 1
    assert len(asked()) == 1


def test_an_unchanged_prompt_saves_no_version(page: AppTest) -> None:
    before = store().prompts.versions(feature().id)
    ask(page)
    assert store().prompts.versions(feature().id) == before


def test_an_unknown_variable_is_flagged_with_those_that_exist(page: AppTest) -> None:
    page.text_area(USER).set_value("Answer: {{ mesage }}").run()
    assert "“mesage”" in errors(page)
    assert "message" in errors(page).split("Available:")[1]
    assert page.button(ASK).disabled


def test_a_broken_template_cannot_be_asked(page: AppTest) -> None:
    page.text_area(USER).set_value("Answer: {{ message").run()
    assert "User message: Line 1 of the template" in errors(page)
    assert page.button(ASK).disabled


def test_held_out_cases_are_never_offered(page: AppTest) -> None:
    cases = store().datasets.cases(main_dataset().id)
    offered = " ".join(page.multiselect("playground_cases").options)
    assert any(case.held_out for case in cases)
    assert not [case.key for case in cases if case.held_out and f"{case.key}:" in offered]


def test_a_typed_input_is_kept_as_a_case_once(page: AppTest) -> None:
    page.text_area(USER).set_value("Say hello to {{ guest }}").run()
    page.segmented_control("playground_mode").set_value("Type an input").run()
    page.text_area("playground_typed_guest").set_value("Ada").run()
    ask(page)
    ask(page)
    kept = next(v for v in store().datasets.of(feature().id) if v.name == "Playground inputs")
    (case,) = store().datasets.cases(kept.id)
    assert case.variables == {"guest": "Ada"}
    assert case.source == "typed in the playground"


def test_an_answer_becomes_a_case_with_itself_as_reference(page: AppTest) -> None:
    experiment = ask(page)
    (trial,) = store().trials.of_experiment(experiment.id)
    before = main_dataset()
    page.button(f"playground_case_{trial.id}").click().run()
    after = main_dataset()
    assert (after.number, after.n_cases) == (before.number + 1, before.n_cases + 1)
    added = store().datasets.cases(after.id)[-1]
    assert added.reference == trial.output
    assert added.variables == store().datasets.case(trial.case_id).variables


def test_making_it_a_case_twice_adds_one(page: AppTest) -> None:
    experiment = ask(page)
    (trial,) = store().trials.of_experiment(experiment.id)
    page.button(f"playground_case_{trial.id}").click().run()
    number = main_dataset().number
    page.button(f"playground_case_{trial.id}").click().run()
    assert main_dataset().number == number


def test_a_note_is_kept_and_shown(page: AppTest) -> None:
    experiment = ask(page)
    (trial,) = store().trials.of_experiment(experiment.id)
    page.text_area(f"playground_note_{trial.id}").set_value("Far too short")
    page.button(f"playground_keep_note_{trial.id}").click().run()
    assert [n.text for n in store().scores.notes([trial.id])[trial.id]] == ["Far too short"]
    assert "Far too short" in [found.value for found in page.markdown]


def test_an_answer_leads_to_a_criterion(page: AppTest) -> None:
    experiment = ask(page)
    (trial,) = store().trials.of_experiment(experiment.id)
    page.button(f"playground_criterion_{trial.id}").click().run()
    assert page.header[0].value == "Requirements"


def test_the_variants_lead_to_an_experiment(page: AppTest) -> None:
    ask(page)
    page.button("playground_experiment_from").click().run()
    assert page.header[0].value == "New experiment"


def test_a_reload_brings_back_the_draft_and_the_newest_answers(page: AppTest) -> None:
    experiment = ask(page)
    page.text_area(USER).set_value("Half written {{ message }}").run()
    again = sessions.opened().switch_page(PAGE).run()
    assert again.text_area(USER).value == "Half written {{ message }}"
    assert again.session_state["playground_experiment"] == str(experiment.id)


def test_a_reload_begins_with_the_models_cases_and_times_that_were_asked_last(
    page: AppTest,
) -> None:
    options = page.multiselect("playground_cases").options
    page.slider("playground_trials").set_value(2)
    wanted = [options[1].split(":")[0], options[4].split(":")[0]]
    page.multiselect("playground_cases").set_value(wanted).run()
    ask(page)
    again = sessions.opened().switch_page(PAGE).run()
    assert not again.exception
    assert again.multiselect("playground_models").value == ["Fake · fake-1"]
    assert again.multiselect("playground_cases").value == wanted
    assert again.slider("playground_trials").value == 2


def test_a_reload_asks_with_the_parameters_that_were_asked_last_and_says_which(
    page: AppTest,
) -> None:
    page.number_input("playground_seed").set_value(20_261_201)
    page.text_area("playground_extra_body").set_value('{"top_k": 3}')
    page.text_input("playground_stop").set_value("END|STOP").run()
    (first,) = ask(page).variants
    again = sessions.opened().switch_page(PAGE).run()
    said = [each.value for each in again.caption]
    assert any(
        "temperature 0 · seed 20261201 · at most 6 tokens · stops at END or STOP · with fields"
        in each
        for each in said
    )
    again.text_area(USER).set_value("Another {{ message }}").run()
    (second,) = ask(again).variants
    assert second.prompt.id != first.prompt.id
    assert second.parameters == first.parameters


def test_choosing_another_version_can_be_undone(page: AppTest) -> None:
    page.text_area(USER).set_value("Mine {{ message }}").run()
    page.selectbox("playground_version").set_value(_another_version(page)).run()
    assert page.text_area(USER).value != "Mine {{ message }}"
    page.button("playground_bring_back").click().run()
    assert page.text_area(USER).value == "Mine {{ message }}"


def _another_version(page: AppTest) -> str:
    name = page.selectbox("playground_prompt").value
    return str(next(v for v in store().prompts.versions(feature().id) if v.name == name).id)


def test_a_text_that_made_room_for_another_version_can_be_had_back_after_a_reload(
    page: AppTest,
) -> None:
    page.text_area(USER).set_value("Mine {{ message }}").run()
    page.selectbox("playground_version").set_value(_another_version(page)).run()
    again = sessions.opened().switch_page(PAGE).run()
    again.button("playground_bring_back").click().run()
    assert not again.exception
    assert again.text_area(USER).value == "Mine {{ message }}"
    assert "playground_bring_back" not in [button.key for button in again.button]


def test_bringing_a_text_back_sets_aside_what_was_written_since(page: AppTest) -> None:
    page.text_area(USER).set_value("First {{ message }}").run()
    page.selectbox("playground_version").set_value(_another_version(page)).run()
    page.text_area(USER).set_value("Second {{ message }}").run()
    page.button("playground_bring_back").click().run()
    assert page.text_area(USER).value == "First {{ message }}"
    page.button("playground_bring_back").click().run()
    assert page.text_area(USER).value == "Second {{ message }}"


def test_four_variants_fit_beside_each_other(page: AppTest, server: faults.Endpoint) -> None:
    store().connections.add(Connection("More", server.base_url, ("m-1", "m-2", "m-3")))
    page.run()
    models = ["Fake · fake-1", *(f"More · m-{n}" for n in (1, 2, 3))]
    page.multiselect("playground_models").set_value(models).run()
    ask(page)
    grids = [
        block.proto
        for block in page.main
        if isinstance(block, Block) and block.type == "grid_container"
    ]
    (answers,) = (grid for grid in grids if grid.columns == 4)
    # So many pixels are within a page of 1,440.
    assert 4 * answers.min_column_width_px + 3 * 16 < 976


def test_everything_that_will_be_asked_is_in_sight(page: AppTest) -> None:
    for key in ("playground_models", "playground_others"):
        assert page.multiselect(key).proto.wrap


def test_a_version_is_saved_with_its_note(page: AppTest) -> None:
    page.text_area(USER).set_value("Shorter: {{ message }}").run()
    page.text_input("playground_save_note").set_value("Shorter").run()
    page.button("playground_save").click().run()
    newest = store().prompts.versions(feature().id)[-1]
    assert (newest.text.user, newest.note) == ("Shorter: {{ message }}", "Shorter")
    assert page.session_state["playground_version"] == str(newest.id)


def test_what_was_asked_before_is_said_to_cost_nothing_again(page: AppTest) -> None:
    ask(page)
    assert any("made before" in caption.value for caption in page.caption)


def test_a_failed_stream_says_why_and_shows_what_it_had_said(page: AppTest) -> None:
    broken = faults.stream(
        faults.delta("The refund was sen"), {"error": {"message": "flagged", "code": "moderation"}}
    )
    assert_shown(page, broken, "content filter", "flagged", "The refund was sen")


def test_a_refusal_and_an_end_that_is_not_stated_are_marked(page: AppTest) -> None:
    refused = faults.stream(faults.delta(None, refusal="I won't."), faults.delta(None, "stop"))
    assert_shown(page, refused, "the model refused", "I won't.")
    unstated = faults.stream(faults.delta("It left."), "data: [DONE]")
    assert_shown(page, unstated, "end not stated", "It left.")


def assert_shown(page: AppTest, reply: bytes, *words: str) -> None:
    """What the playground shows of an answer, streamed from a server that only says this."""
    feature_id = feature().id
    assert feature_id is not None
    with faults.serve(canned=lambda body: reply) as server:
        name = f"Fake {server.port}"
        store().connections.add(Connection(name, server.base_url, ("fake-1",)))
        prompt = store().prompts.versions(feature_id)[-1]
        variant = store().variants.save(prompt, name, "fake-1", Parameters())
        case = store().datasets.cases(main_dataset().id)[0]
        plan = Plan(
            "Look", main_dataset().id, (variant.id,), (), purpose=Purpose.PLAYGROUND,
            case_ids=(case.id,),
        )  # fmt: skip
        experiment = store().experiments.add(feature_id, plan, "Ada")
        services().jobs.start(experiment.id, "Ada")
        assert services().jobs.wait(experiment.id, 30)
    page.session_state[EXPERIMENT] = str(experiment.id)
    page.run()
    shown = [*page.markdown, *page.error, *page.code, *page.caption]
    text = " ".join(str(element.value) for element in shown)
    assert [word for word in words if word not in text] == []
