"""The Experiments page: a question is set up, frozen, asked, answered and read."""

import csv
import io
import json
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from tests.faults import endpoint as faults
from tests.pages import results, sessions
from tests.pages.folds import unfolded
from tests.pages.losing import field, lose
from workbench.domain.calls import Parameters
from workbench.domain.connections import Connection
from workbench.domain.criteria import CriterionDraft, Scorer, ScorerKind
from workbench.domain.experiments import Experiment, Plan, RunState
from workbench.domain.features import Feature
from workbench.domain.scores import Outcome
from workbench.exchange.results import outputs
from workbench.runs.pointing import same_plan
from workbench.store.store import Store
from workbench.ui.parts.resources import services

PAGE = "pages/experiment/experiments.py"
PATIENCE_S = 120.0
SLICE = "invoice"


@pytest.fixture
def server() -> Iterator[faults.Endpoint]:
    """A model that answers at once with what a spreadsheet would run."""
    with faults.serve(text='=HYPERLINK("x") can you tell me your order number?') as found:
        yield found


def store() -> Store:
    """The app's own store."""
    return services().store


def feature() -> Feature:
    """The sample."""
    return store().features.all()[0]


def plan(server: faults.Endpoint, question: str = "Does it ask?", *, n: int = 3) -> Experiment:
    """A small frozen plan on the fake endpoint: one variant, `n` cases."""
    held, found = store(), feature()
    assert found.id is not None
    if "Fake" not in [c.name for c in held.connections.all()]:
        held.connections.add(Connection("Fake", server.base_url, ("fake-1",), concurrency=1))
    prompt = held.prompts.versions(found.id)[-1]
    variant = held.variants.save(prompt, "Fake", "fake-1", Parameters())
    (dataset,) = held.datasets.of(found.id)
    cases = tuple(case.id for case in held.datasets.cases(dataset.id)[:n])
    criteria = tuple(criterion.id for criterion in held.criteria.of(found.id))
    asked = Plan(question, dataset.id, (variant.id,), criteria, case_ids=cases)
    return held.experiments.add(found.id, asked, "Ada")


def opened(app: AppTest, key: str = "") -> AppTest:
    """The page, with an experiment open."""
    app.switch_page(PAGE)
    if key:
        app.query_params["experiment"] = key
    return app.run()


def answered(app: AppTest, experiment: Experiment) -> AppTest:
    """The page once a run has ended."""
    assert services().jobs.wait(experiment.id, PATIENCE_S)
    return app.run()


def page_text(app: AppTest) -> str:
    """Every word of the page that is not in a widget."""
    found = [*app.main.markdown, *app.main.caption, *app.main.info, *app.main.warning]
    return "\n".join(element.value for element in [*found, *app.main.error, *app.main.subheader])


def test_the_newest_experiment_is_open(app: AppTest) -> None:
    page = opened(app)
    assert not page.exception
    assert page.session_state["experiments_open"] == newest().key
    assert newest().plan_hash[:8] in page_text(page)


def lines(app: AppTest) -> list[str]:
    """What the list says of each experiment."""
    return [b.label for b in app.button if (b.key or "").startswith("experiments_open_")]


def test_the_state_of_an_experiment_stands_where_a_narrow_page_shows_it(app: AppTest) -> None:
    for line in lines(opened(app)):
        assert line.index("**E") < line.index("not started") < line.index("?")


def test_a_line_of_the_list_opens_its_experiment(app: AppTest) -> None:
    page = opened(app)
    first = store().experiments.of(newest().feature_id)[0]
    assert page.session_state["experiments_open"] != first.key
    page.button(key=f"experiments_open_{first.id}").click().run()
    assert page.session_state["experiments_open"] == first.key
    assert first.question in page.subheader[0].value


def test_of_very_many_experiments_the_newest_are_listed_and_the_rest_when_asked_for(
    app: AppTest,
) -> None:
    known = newest()
    plan = same_plan(store(), known)
    with store().transaction():
        for number in range(70):
            store().experiments.add(known.feature_id, replace(plan, question=f"Q{number}?"), "Ada")
    page = opened(app)
    assert len(lines(page)) == 60
    assert "Q69?" in lines(page)[0]
    page.button(key="experiments_show_all").click().run()
    assert len(lines(page)) == len(store().experiments.of(known.feature_id))


def test_an_experiment_that_was_not_started_says_how_to_get_results(
    app: AppTest, server: faults.Endpoint
) -> None:
    experiment = plan(server)
    assert "Start it above: the results appear here." in page_text(opened(app, experiment.key))


def test_what_other_experiments_answered_is_not_said_to_be_unstarted(
    app: AppTest, server: faults.Endpoint
) -> None:
    experiment = plan(server)
    services().jobs.start(experiment.id, "Ada")
    assert services().jobs.wait(experiment.id, PATIENCE_S)
    alike = plan(server, "Does it ask the same?")
    page = opened(app, alike.key)
    assert ":green-badge[:material/check_circle: answered]" in page_text(page)
    assert "not started" not in page_text(page)
    assert "answered" in lines(page)[0]


def test_each_requirement_stands_once_whatever_the_order_of_its_criteria(app: AppTest) -> None:
    (second,) = (r for r in store().requirements.of(newest().feature_id) if r.key == "R2")
    draft = CriterionDraft("Says text", Scorer(ScorerKind.CONTAINS, {"texts": ["text"]}))
    added = store().criteria.add(second.id, draft, "Ada")
    experiment = results.answered(store(), ("C4", "C8", added.key))
    for key in ("C4", "C8", added.key):
        results.score(store(), experiment, key, lambda trial: Outcome.PASS)
    said = page_text(opened(app, experiment.key))
    assert [said.count(f"**{key}** :gray[") for key in ("R2", "R5")] == [1, 1]


def test_all_numbers_stand_in_a_table_once_it_is_unfolded(app: AppTest) -> None:
    experiment = results.answered(store(), ("C4", "C5"), cases=6)
    results.score(store(), experiment, "C4", lambda trial: Outcome.PASS)
    page = opened(app, experiment.key)
    assert not [each for each in page.dataframe if "Estimate" in each.value]
    unfolded(page, "All numbers")
    (numbers,) = (each.value for each in page.dataframe if "Estimate" in each.value)
    said = dict(
        zip(
            zip(numbers["Criterion"], numbers["Variant"], strict=True),
            numbers["Estimate"],
            strict=True,
        )
    )
    assert set(said) == {(c, v) for c in ("C4", "C5") for v in ("ZEBRA", "KIWI")}
    assert said["C4", "ZEBRA"].startswith("100%")


def test_a_link_opens_the_experiment_it_names(app: AppTest, server: faults.Endpoint) -> None:
    first = newest()
    plan(server)
    page = opened(app, first.key)
    assert page.session_state["experiments_open"] == first.key


def test_a_link_to_no_experiment_says_so(app: AppTest) -> None:
    page = opened(app, "E99")
    assert "E99" in page_text(page)
    assert page.session_state["experiments_open"] == newest().key


def test_a_set_up_says_what_it_takes_before_it_starts(app: AppTest) -> None:
    page = set_up(app, trials=2)
    assert metric(page, "Calls to make") == "4"
    text = page_text(page)
    assert "1 variant × 2 cases × 2 trials = **4 calls**" in text
    assert "the highest bar that can be shown is 22%" in text
    assert "C1 can't show at least 80%" in text
    assert "scores nothing here" in text


def test_answers_that_are_there_already_are_not_counted_as_calls(
    app: AppTest, server: faults.Endpoint
) -> None:
    experiment = plan(server, n=84)
    services().jobs.start(experiment.id, "Ada")
    services().jobs.wait(experiment.id, PATIENCE_S)
    page = opened(app)
    page.button(key="experiments_new_button").click().run()
    variant = str(experiment.variants[0].id)
    page.multiselect(key="experiments_setup_variants").set_value([variant]).run()
    assert metric(page, "Calls to make") == "0"
    assert metric(page, "Answered already") == "84"


def test_a_plan_may_end_as_soon_as_it_is_decided_and_says_what_looking_costs(
    app: AppTest,
) -> None:
    page = set_up(app)
    assert "price of looking" not in page_text(page)
    page.segmented_control(key="experiments_setup_stop_rule").set_value("when_decided").run()
    assert "43 cases, instead of 29" in page_text(page)
    page.button(key="experiments_setup_start").click().run()
    assert newest().is_sequential


def test_a_half_written_set_up_survives_a_reload(app: AppTest) -> None:
    set_up(app, question="Half a thought")
    # A reload is a new session.
    page = opened(sessions.opened())
    page.button(key="experiments_new_button").click().run()
    assert page.text_area(key="experiments_setup_question").value == "Half a thought"
    assert page.multiselect(key="experiments_setup_slices").value == [SLICE]


@pytest.mark.parametrize("name", ["variants", "held_out", "stop_rule"])
def test_a_field_of_the_set_up_that_gets_lost_falls_back_on_what_it_held(
    app: AppTest, name: str
) -> None:
    page = set_up(app)
    key = f"experiments_setup_{name}"
    chosen = field(page, key).value
    lose(page, key)
    page.text_area(key="experiments_setup_question").set_value("Does it ask twice?").run()
    sent = field(page, key)
    assert sent.value == chosen
    # What the browser shows, and sends, where it has not got the value.
    assert [sent.options[place] for place in sent.proto.default] == [
        sent.options[place] for place in sent.indices
    ]


def test_variants_that_the_playground_chose_are_in_the_set_up(app: AppTest) -> None:
    wanted = [str(v.id) for v in store().variants.of(newest().feature_id)]
    app.session_state["experiments_variants"] = wanted
    page = opened(app)
    assert page.multiselect(key="experiments_setup_variants").value == wanted
    page.button(key="experiments_setup_back").click().run()
    assert page.session_state["experiments_open"] == newest().key


def test_a_variant_can_be_made_where_it_is_needed(app: AppTest) -> None:
    page = set_up(app)
    before = len(store().variants.of(newest().feature_id))
    page.number_input(key="experiments_variant_temperature").set_value(0.9)
    page.button(key="experiments_variant_add").click().run()
    after = store().variants.of(newest().feature_id)
    assert len(after) == before + 1
    assert str(after[-1].id) in page.multiselect(key="experiments_setup_variants").value


def test_a_question_is_needed(app: AppTest) -> None:
    page = set_up(app, question="")
    page.button(key="experiments_setup_start").click().run()
    assert "asks nothing" in page.main.error[0].value


@pytest.mark.slow
def test_an_experiment_goes_from_question_to_verdict_on_the_real_model(app: AppTest) -> None:
    if not services().models.local.availability().is_available:
        pytest.skip(services().models.local.availability().reason)
    page = set_up(app, question="Does it decline?")
    page.button(key="experiments_setup_start").click().run()
    experiment = newest()
    assert experiment.question == "Does it decline?"
    assert page.session_state["experiments_open"] == experiment.key
    page = answered(page, experiment)
    assert not page.exception
    run = store().runs.latest(experiment.id)
    assert run is not None
    assert run.state is RunState.FINISHED
    assert store().reports.progress.of(experiment.id).outputs == 2
    assert "2 cases" in page_text(page)
    page.segmented_control(key="experiments_view").set_value("Outputs").run()
    trial = store().trials.of_experiment(experiment.id)[0]
    page.session_state["experiments_trial"] = str(trial.id)
    page.run()
    assert trial.output in [code.value for code in page.main.code]


def test_starting_twice_is_one_run(app: AppTest, server: faults.Endpoint) -> None:
    experiment = plan(server)
    page = opened(app, experiment.key)
    start = page.button(key=f"experiments_start_{experiment.id}")
    start.click().run()
    services().jobs.start(experiment.id, "Ada")
    answered(page, experiment)
    assert server.requests == 3
    assert store().reports.progress.of(experiment.id).outputs == 3


def test_a_stopped_run_is_resumed_and_asks_no_call_twice(app: AppTest) -> None:
    may_answer = threading.Event()

    def reply(body: object) -> str:
        may_answer.wait(PATIENCE_S)
        return "pong"

    with faults.serve(reply=reply) as held:
        experiment = plan(held)
        page = opened(app, experiment.key)
        page.button(key=f"experiments_start_{experiment.id}").click().run()
        page.button(key=f"experiments_stop_{experiment.id}").click().run()
        may_answer.set()
        page = answered(page, experiment)
        assert "was stopped" in page_text(page)
        page.button(key=f"experiments_start_{experiment.id}").click().run()
        page = answered(page, experiment)
        assert held.requests == store().reports.progress.of(experiment.id).outputs == 3
    assert "was stopped" not in page_text(page)


def test_a_wrong_key_is_said_once_and_the_run_can_be_resumed(app: AppTest) -> None:
    with faults.serve("unauthorized") as closed:
        experiment = plan(closed)
        page = opened(app, experiment.key)
        page.button(key=f"experiments_start_{experiment.id}").click().run()
        page = answered(page, experiment)
    (said,) = page.main.error
    assert "The run failed" in said.value
    assert "key" in said.value
    assert page.button(key=f"experiments_start_{experiment.id}").label == "Resume 3 calls"


def test_failed_calls_are_listed_and_asked_again(app: AppTest) -> None:
    with faults.serve(["bad_request", "ok"]) as server:
        experiment = plan(server)
        services().jobs.start(experiment.id, "Ada")
        services().jobs.wait(experiment.id, PATIENCE_S)
        page = opened(app, experiment.key)
        assert "1 call failed" in page.main.expander[0].label
        page.button(key=f"experiments_retry_{experiment.id}").click().run()
        answered(page, experiment)
    progress = store().reports.progress.of(experiment.id)
    assert (progress.outputs, progress.failed) == (3, 0)


def test_the_results_name_the_verdict_and_the_interval(
    app: AppTest, server: faults.Endpoint
) -> None:
    page = finished(app, server)
    text = page_text(page)
    assert "not enough evidence" in text
    assert "3 cases)" in text


def test_outputs_are_filtered_by_outcome(app: AppTest, server: faults.Endpoint) -> None:
    page = finished(app, server)
    page.segmented_control(key="experiments_view").set_value("Outputs").run()
    criterion = next(c for c in store().criteria.of(newest().feature_id) if c.key == "C4")
    page.selectbox(key="experiments_filter_criterion").set_value(str(criterion.id)).run()
    page.segmented_control(key="experiments_filter_outcome").set_value("fail").run()
    assert "No output fits these filters." in page_text(page)
    page.button(key="experiments_filter_clear").click().run()
    assert "3 outputs" in page_text(page)


def test_one_output_shows_scores_and_takes_a_note_once(
    app: AppTest, server: faults.Endpoint
) -> None:
    page = finished(app, server)
    trial = store().trials.of_experiment(newest().id)[0]
    page.segmented_control(key="experiments_view").set_value("Outputs")
    page.session_state["experiments_trial"] = str(trial.id)
    page.run()
    assert "Promises no refund" in page_text(page)
    page.text_area(key=f"experiments_note_{trial.id}").set_value("Too short").run()
    add = page.button(key=f"experiments_note_add_{trial.id}")
    add.click().run()
    add.click().run()
    assert [note.text for note in store().scores.notes([trial.id])[trial.id]] == ["Too short"]


def test_a_cut_answer_is_flagged(app: AppTest) -> None:
    with faults.serve("length") as server:
        page = finished(app, server)
    trial = store().trials.of_experiment(newest().id)[0]
    page.segmented_control(key="experiments_view").set_value("Outputs")
    page.session_state["experiments_trial"] = str(trial.id)
    page.run()
    assert "Cut off at the token limit." in page_text(page)


def test_a_variant_becomes_the_candidate_with_a_reason(
    app: AppTest, server: faults.Endpoint
) -> None:
    page = finished(app, server)
    experiment = newest()
    page.text_input(key=f"experiments_candidate_why_{experiment.id}").set_value("Asks").run()
    page.button(key=f"experiments_candidate_choose_{experiment.id}").click().run()
    assert store().features.candidate(experiment.feature_id) == experiment.variants[0].id


def test_the_csv_runs_no_formula_and_the_jsonl_is_word_for_word(
    app: AppTest, server: faults.Endpoint
) -> None:
    finished(app, server)
    experiment = newest()
    text = outputs.as_csv(store(), experiment.id)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 3
    assert rows[0]["output"].startswith("'=HYPERLINK")
    assert rows[0]["C4"] == "pass"
    assert {"group", "C4 value", "C4 reason"} <= set(rows[0])
    lines = outputs.as_jsonl(store(), experiment.id).splitlines()
    assert json.loads(lines[0])["output"].startswith("=HYPERLINK")


def test_a_plan_is_a_starting_point_for_the_next(app: AppTest, server: faults.Endpoint) -> None:
    experiment = plan(server, "Is it kind?")
    page = opened(app, experiment.key)
    page.segmented_control(key="experiments_view").set_value("Plan").run()
    page.button(key=f"experiments_start_from_{experiment.id}").click().run()
    assert page.text_area(key="experiments_setup_question").value == "Is it kind?"
    assert page.multiselect(key="experiments_setup_variants").value == [
        str(experiment.variants[0].id)
    ]


def newest() -> Experiment:
    """The sample's newest experiment."""
    found = feature().id
    assert found is not None
    return store().experiments.of(found)[-1]


def metric(page: AppTest, label: str) -> str:
    """A metric's value by its label."""
    return next(m.value for m in page.main.metric if m.label == label)


def set_up(app: AppTest, question: str = "Does it decline?", trials: int = 1) -> AppTest:
    """The set-up on the page: the newest variant, on the two cases about invoices."""
    page = opened(app)
    page.button(key="experiments_new_button").click().run()
    page.text_area(key="experiments_setup_question").set_value(question)
    page.multiselect(key="experiments_setup_slices").set_value([SLICE])
    page.number_input(key="experiments_setup_trials").set_value(trials).run()
    return page


def finished(app: AppTest, server: faults.Endpoint) -> AppTest:
    """The page with a small experiment that was run on the fake endpoint."""
    experiment = plan(server)
    services().jobs.start(experiment.id, "Ada")
    assert services().jobs.wait(experiment.id, PATIENCE_S)
    return opened(app, experiment.key)


def test_after_a_revision_it_is_said_what_was_asked_before(
    app: AppTest, server: faults.Endpoint
) -> None:
    for label in results.LABELS:
        connection = Connection(f"connection {label}", server.base_url, (f"model-{label}",))
        store().connections.add(connection)
    experiment = results.answered(store(), ("C4",))
    results.score(store(), experiment, "C4", lambda trial: Outcome.FAIL)
    results.choose(store(), "ZEBRA")
    (revised,) = (r for r in store().requirements.of(results.sample_id(store())) if r.key == "R2")
    store().requirements.revise(revised.id, revised.draft, 1, "Test", "Clearer")
    shown = page_text(opened(app))
    assert "Asked before R2 was revised: E4." in shown
    assert "seen before the change, so they can't confirm it" in shown
