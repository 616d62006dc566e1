"""What a model judges is offered with what it takes, judged, and said beside its labels."""

from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.faults import endpoint as faults
from tests.pages import test_experiments
from tests.pages.conftest import ROOT
from tests.pages.folds import unfolded
from tests.runs import file_scenes, judge_scenes, test_judges_see_files
from workbench.domain.calls import Parameters
from workbench.domain.connections import Connection
from workbench.domain.criteria import CriterionDraft, Scorer, ScorerKind
from workbench.domain.experiments import Experiment, Plan
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.runs import rescoring
from workbench.store.store import Store
from workbench.ui.parts.resources import services

PATIENCE_S = 120.0


@pytest.fixture
def server() -> Iterator[faults.Endpoint]:
    """A model that answers “pong”, and a judge beside it."""
    with faults.serve(reply=judge_scenes.reply) as found:
        yield found


def _store() -> Store:
    return services().store


def _open_receipts(app: AppTest, experiment: Experiment) -> None:
    """Open an experiment on cases that have files, as Ada."""
    app.session_state["person"] = "Ada"
    app.query_params["feature"] = "Receipts"
    app.query_params["experiment"] = experiment.key
    app.switch_page(str(ROOT / "pages/experiment/experiments.py")).run()


def test_outputs_wait_for_their_judge_are_judged_and_disputes_are_decided(
    app: AppTest, server: faults.Endpoint
) -> None:
    store = _store()
    feature = store.features.all()[0]
    assert feature.id is not None
    store.connections.add(
        Connection("Judges", server.base_url, ("fake-1", "judge-1"), price_in=0.0, price_out=1.0)
    )
    prompt = store.prompts.versions(feature.id)[-1]
    variant = store.variants.save(prompt, "Judges", "fake-1", Parameters())
    (dataset,) = store.datasets.of(feature.id)
    cases = tuple(case.id for case in store.datasets.cases(dataset.id)[:3])
    (first, *_) = store.criteria.of(feature.id)
    plan = Plan("Is it fine?", dataset.id, (variant.id,), (first.id,), case_ids=cases)
    experiment = store.experiments.add(feature.id, plan, "Ada")
    services().jobs.start(experiment.id, "Ada")
    assert services().jobs.wait(experiment.id, PATIENCE_S)
    requirement = store.requirements.of(feature.id)[0]
    scorer = Scorer(ScorerKind.JUDGE, judge_scenes.RUBRIC)
    criterion = store.criteria.add(requirement.id, CriterionDraft("Answers", scorer), "Ada")

    app.session_state["person"] = "Ada"
    app.query_params["experiment"] = experiment.key
    app.switch_page(str(ROOT / "pages/experiment/experiments.py")).run()
    assert not app.exception
    said = " ".join(str(each.value) for each in (*app.caption, *app.markdown))
    assert "3 outputs for judge-1 to judge" in said
    assert "5 calls: about" in said
    button = app.button(key=f"experiments_judge_{experiment.id}")
    assert button.label == "Let the judge score 3 outputs"
    button.click().run()
    assert services().jobs.wait(experiment.id, PATIENCE_S)
    assert len(judge_scenes.words(store, experiment, criterion)) == 3
    trials = [t.id for t in store.trials.of_experiment(experiment.id)]
    store.scores.add(
        Score(trial, criterion.id, scorer.labels(), Judgement(outcome, ""), "Ada")
        for trial, outcome in zip(trials, (Outcome.FAIL, Outcome.PASS, Outcome.PASS), strict=True)
    )
    app.run()
    assert not app.exception
    assert not [b for b in app.button if b.key == f"experiments_judge_{experiment.id}"]
    store.features.choose_candidate(feature.id, variant.id, "Ada", "to be shipped")
    app.switch_page(str(ROOT / "pages/decide/verdicts.py")).run()
    app.button(key=f"decide_open_{requirement.id}").click().run()
    assert not app.exception
    unfolded(app, "1 disagreement with the judge: who was right?", "Details")
    assert "held against 3 labels of people" in " ".join(str(c.value) for c in app.caption)
    app.button(key=f"decide_settle_{criterion.id}_{trials[0]}_True").click().run()
    assert not app.exception
    said = " ".join(str(each.value) for each in app.caption)
    assert "The judge was right on 1, the label on 0; 0 open." in said


def test_outputs_that_two_judges_wait_for_are_not_said_to_be_twice_as_many(
    app: AppTest, server: faults.Endpoint
) -> None:
    store = _store()
    store.connections.add(Connection("Judges", server.base_url, ("judge-1",)))
    experiment = test_experiments.plan(server)
    services().jobs.start(experiment.id, "Ada")
    assert services().jobs.wait(experiment.id, PATIENCE_S)
    requirement = store.requirements.of(experiment.feature_id)[0]
    for title in ("Answers", "Helps"):
        scorer = Scorer(ScorerKind.JUDGE, judge_scenes.RUBRIC | {"question": f"{title}?"})
        store.criteria.add(requirement.id, CriterionDraft(title, scorer), "Ada")
    page = test_experiments.opened(app, experiment.key)
    button = page.button(key=f"experiments_judge_{experiment.id}")
    assert button.label == "Let the judges give 6 scores"


def test_an_output_says_that_its_judge_saw_the_files_or_has_to_look_again(
    app: AppTest, server: faults.Endpoint
) -> None:
    store = _store()
    experiment, criterion = file_scenes.planned(store, server)
    file_scenes.answered(store, experiment)
    _open_receipts(app, experiment)
    said = " ".join(str(each.value) for each in app.caption)
    assert "the files of 1 case are sent along" in said
    services().jobs.start(experiment.id, "Ada", only_judges=True)
    assert services().jobs.wait(experiment.id, PATIENCE_S)
    keys = {case.id: case.key for case in store.experiments.cases(experiment.id)}
    trials = {keys[t.case_id]: t for t in store.trials.of_experiment(experiment.id)}

    def shown(key: str) -> str:
        app.query_params["show"] = "Outputs"
        app.query_params["output"] = str(trials[key].id)
        app.run()
        assert not app.exception
        return " ".join(str(each.value) for each in app.markdown)

    assert "(the model judge-1), asked “Does it answer?”, who saw the case's files, too" in shown(
        "with"
    )
    assert "the case's files" not in shown("without")
    with store.transaction():
        store.database.execute("update judge_calls set files = null")
        store.database.seal_anew("judge_calls")
    rescoring.renew(store)
    assert "waits for its judge again. The judge did not see the files" in shown("with")
    assert "waits" not in shown("without")
    assert criterion.key in shown("with")


def test_a_judge_whose_server_took_no_pictures_can_be_let_try_again(app: AppTest) -> None:
    store, is_blind = _store(), [True]

    def answers(body: dict[str, Any]) -> bytes:
        if is_blind:
            return test_judges_see_files.takes_no_pictures(body)
        return faults.http(faults.completion(judge_scenes.reply(body)))

    with faults.serve(canned=answers) as server:
        experiment, criterion = file_scenes.planned(store, server)
        file_scenes.answered(store, experiment)
        services().jobs.start(experiment.id, "Ada", only_judges=True)
        assert services().jobs.wait(experiment.id, PATIENCE_S)
        _open_receipts(app, experiment)
        said = " ".join(str(each.value) for each in app.markdown)
        assert "1 output unscored: a judge could not be shown the files of the case" in said
        is_blind.clear()
        app.button(key=f"experiments_unshown_{experiment.id}").click().run()
        assert not app.exception
        assert services().jobs.wait(experiment.id, PATIENCE_S)
    app.run()
    assert "could not be shown" not in " ".join(str(each.value) for each in app.markdown)
    words = test_judges_see_files.words(store, experiment, criterion)
    assert words["with"][0] == "pass"


def test_what_is_still_missing_of_a_cases_files_is_said_until_it_is_attached_again(
    app: AppTest, server: faults.Endpoint
) -> None:
    store = _store()
    experiment, criterion = file_scenes.planned(store, server)
    file_scenes.answered(store, experiment)
    picture = store.database.row("select * from attachments where media_type = 'image/png'")
    store.database.execute("delete from attachments where media_type = 'image/png'")
    services().jobs.start(experiment.id, "Ada", only_judges=True)
    assert services().jobs.wait(experiment.id, PATIENCE_S)
    _open_receipts(app, experiment)
    again = app.button(key=f"experiments_unshown_{experiment.id}")
    assert again.disabled
    said = " ".join(str(each.value) for each in app.caption)
    assert "**with**: The file “receipt.png” is not in the database. Attach it again." in said
    assert picture is not None
    marks = ", ".join("?" * len(picture))
    store.database.execute(f"insert into attachments values ({marks})", picture)
    app.run()
    assert "is not in the database" not in " ".join(str(each.value) for each in app.caption)
    app.button(key=f"experiments_unshown_{experiment.id}").click().run()
    assert not app.exception
    assert services().jobs.wait(experiment.id, PATIENCE_S)
    words = test_judges_see_files.words(store, experiment, criterion)
    assert words["with"][0] == "pass"


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("unauthorized", "The run failed while judges were asked. “Judges” at "),
        ("bad_request", "Asked last, it gave no answer about 3 outputs: “Judges” at "),
    ],
)
def test_why_a_judge_gave_no_answer_is_said_beside_what_waits_for_it(
    app: AppTest, server: faults.Endpoint, mode: str, said: str
) -> None:
    store = _store()
    experiment = test_experiments.plan(server)
    services().jobs.start(experiment.id, "Ada")
    assert services().jobs.wait(experiment.id, PATIENCE_S)
    requirement = store.requirements.of(experiment.feature_id)[0]
    scorer = Scorer(ScorerKind.JUDGE, judge_scenes.RUBRIC)
    store.criteria.add(requirement.id, CriterionDraft("Answers", scorer), "Ada")
    with faults.serve(mode) as broken:
        store.connections.add(Connection("Judges", broken.base_url, ("judge-1",)))
        page = test_experiments.opened(app, experiment.key)
        assert "Asked last" not in test_experiments.page_text(page)
        page.button(key=f"experiments_judge_{experiment.id}").click().run()
        assert services().jobs.wait(experiment.id, PATIENCE_S)
        page = test_experiments.opened(app, experiment.key)
    told = test_experiments.page_text(page)
    assert "3 outputs for judge-1 to judge" in told
    assert said in told


def test_a_run_that_asks_all_anew_and_failed_at_its_judge_says_why(
    app: AppTest, server: faults.Endpoint
) -> None:
    store = _store()
    requirement = store.requirements.of(test_experiments.newest().feature_id)[0]
    scorer = Scorer(ScorerKind.JUDGE, judge_scenes.RUBRIC)
    with faults.serve("unauthorized") as broken:
        store.connections.add(Connection("Judges", broken.base_url, ("judge-1",)))
        store.criteria.add(requirement.id, CriterionDraft("Answers", scorer), "Ada")
        experiment = test_experiments.plan(server)
        services().jobs.start(experiment.id, "Ada", fresh=True)
        assert services().jobs.wait(experiment.id, PATIENCE_S)
        page = test_experiments.opened(app, experiment.key)
    told = test_experiments.page_text(page)
    assert "The run failed while judges were asked. “Judges” at " in told
    links = [str(link.proto.label) for link in page.get("page_link")]
    assert "See the connections in Settings" in links
