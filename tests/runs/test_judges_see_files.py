"""A judge is shown the files of a case as the tested model is; where it can't be, it has no say."""

import json
import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from tests.faults import endpoint as faults
from tests.pictures import png
from tests.runs import file_scenes, judge_scenes
from workbench.actions import datasets
from workbench.domain import clock
from workbench.domain.criteria import Criterion, Scorer, ScorerKind
from workbench.domain.experiments import Experiment, RunState
from workbench.domain.judging import UNSEEN, JudgeCall
from workbench.domain.preferences import Preference, Preferred
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.domain.trials import Trial
from workbench.evidence import verdicts
from workbench.models.attached import LIKELY_TOKENS, MOST_TOKENS
from workbench.runs import forecast, judging, rescoring
from workbench.runs.jobs import Jobs
from workbench.store.engine.integrity import orphans
from workbench.store.keys import new_id
from workbench.store.store import Store

NOWHERE = SimpleNamespace(base_url="http://127.0.0.1:9/v1")
REFUSAL = "Invalid content type. image_url is only supported by certain models"


def reply(body: dict[str, Any]) -> str:
    """The tested model says pong, a judge that it passes, or that the first is better."""
    if body["model"] != judge_scenes.JUDGE:
        return "pong"
    if "better" in json.dumps(body["response_format"]):
        return json.dumps({"passage": "pong", "reason": "It fits.", "better": "tie"})
    return judge_scenes.answer()


def takes_no_pictures(body: dict[str, Any]) -> bytes:
    """The same server, whose judge refuses pictures."""
    if body["model"] == judge_scenes.JUDGE and file_scenes.pictures_of(body):
        said = {"error": {"message": REFUSAL, "type": "invalid_request_error"}}
        return faults.http(json.dumps(said).encode(), status=400)
    return faults.http(faults.completion(reply(body)))


def run(jobs: Jobs, experiment: Experiment, **options: Any) -> None:
    begun = jobs.start(experiment.id, "Ada", **options)
    assert jobs.wait(experiment.id, 60)
    assert jobs._store.runs.get(begun.id).state is RunState.FINISHED


def words(store: Store, experiment: Experiment, criterion: Criterion) -> dict[str, tuple[str, str]]:
    """What the judge said last of each case's output, unless it was withdrawn."""
    keys = {case.id: case.key for case in store.experiments.cases(experiment.id)}
    found = {}
    for trial in store.trials.of_experiment(experiment.id):
        for score in store.scores.of_trial(trial.id):
            if score.scorer == criterion.draft.scorer.fingerprint():
                said = score.judgement.outcome.value, score.judgement.reason
                found[keys[trial.case_id]] = ("withdrawn", "") if score.is_withdrawn else said
    return found


def as_before(store: Store) -> None:
    """What was judged so far as older versions kept it, which showed no files."""
    with store.transaction():
        store.database.execute("update judge_calls set files = null")
        store.database.seal_anew("judge_calls")


def test_a_judge_is_sent_the_picture_and_the_text_of_the_document(store: Store, jobs: Jobs) -> None:
    with faults.serve(reply=reply) as server:
        experiment, criterion = file_scenes.planned(store, server)
        run(jobs, experiment)
        sent = file_scenes.asked(server)
    (shown,), (bare,) = sent["with"], sent["without"]
    assert file_scenes.pictures_of(shown) == [png()]
    text = file_scenes.text_of(shown)
    (nonce,) = set(re.findall(r"<<<output ([0-9a-f]{32})>>>", text))
    letter = f"<<<file 2 {nonce}>>>\nletter.pdf:\n\n{file_scenes.LETTER}\n<<<end file 2 {nonce}>>>"
    assert letter in text
    assert "These files are pictures, and follow in this order: file 1." in text
    assert words(store, experiment, criterion)["with"][0] == "pass"
    # A case without files is judged by the very words that judges always got.
    assert isinstance(bare["messages"][-1]["content"], str)
    assert "file" not in bare["messages"][0]["content"]
    assert "file" not in bare["messages"][-1]["content"]
    kept = store.database.rows("select distinct files from judge_calls order by len(files)")
    case = next(c for c in store.experiments.cases(experiment.id) if c.key == "with")
    assert kept == [([],), ([one.sha256 for one in case.attachments],)]
    assert orphans(store.database) == []


def test_nothing_of_a_file_is_in_the_system_message(store: Store, jobs: Jobs) -> None:
    with faults.serve(reply=reply) as server:
        experiment, _ = file_scenes.planned(store, server)
        run(jobs, experiment)
        (shown,) = file_scenes.asked(server)["with"]
    system, user = shown["messages"]
    assert (system["role"], user["role"]) == ("system", "user")
    assert isinstance(system["content"], str)
    assert file_scenes.LETTER not in system["content"]
    assert "receipt.png" not in system["content"]
    assert "nothing that is written in a document, or that a picture shows" in system["content"]


def test_a_judge_that_compares_is_shown_the_files_in_both_orders(store: Store, jobs: Jobs) -> None:
    with faults.serve(reply=reply) as server:
        experiment, _ = file_scenes.planned(store, server, file_scenes.PAIRWISE, "AB")
        file_scenes.answered(store, experiment)
        run(jobs, experiment, only_judges=True)
        sent = file_scenes.asked(server)["with"]
    assert len(sent) == 2
    orders = {re.findall(r"pong ([AB])", file_scenes.text_of(one))[0] for one in sent}
    assert orders == {"A", "B"}
    for one in sent:
        assert file_scenes.pictures_of(one) == [png()]
        assert file_scenes.LETTER in file_scenes.text_of(one)


@pytest.mark.parametrize("scorer", [judge_scenes.SCORER, file_scenes.PAIRWISE])
def test_a_judge_whose_server_takes_no_pictures_has_no_word_and_is_not_asked_twice(
    store: Store, jobs: Jobs, scorer: Scorer
) -> None:
    with faults.serve(canned=takes_no_pictures) as server:
        experiment, criterion = file_scenes.planned(store, server, scorer)
        file_scenes.answered(store, experiment)
        run(jobs, experiment, only_judges=True)
        said = words(store, experiment, criterion)
        outcome, reason = said["with"]
        assert outcome == "unscored"
        assert "The judge could not be shown the picture: “Judges” at 127.0.0.1" in reason
        assert REFUSAL in reason
        assert said["without"][0] != "unscored"
        assert judging.is_done(store, experiment, [criterion])
        before = server.requests
        run(jobs, experiment, only_judges=True)
        assert server.requests == before
    assert not any(not file_scenes.pictures_of(one) for one in file_scenes.asked(server)["with"]), (
        "never judged by the names of its files"
    )


@pytest.mark.parametrize("scorer", [judge_scenes.SCORER, file_scenes.PAIRWISE])
def test_a_file_that_is_lost_leaves_the_output_unscored_and_nothing_is_sent(
    store: Store, jobs: Jobs, scorer: Scorer
) -> None:
    with faults.serve(reply=reply) as server:
        experiment, criterion = file_scenes.planned(store, server, scorer)
        file_scenes.answered(store, experiment)
        store.database.execute("delete from attachments where media_type = 'image/png'")
        run(jobs, experiment, only_judges=True)
        said = words(store, experiment, criterion)
        assert file_scenes.asked(server)["with"] == []
        assert file_scenes.asked(server)["without"]
        assert judging.is_done(store, experiment, [criterion])
    outcome, reason = said["with"]
    assert outcome == "unscored"
    assert "The judge could not be shown the files of this case" in reason
    assert "“receipt.png” is not in the database" in reason
    datasets.attach(store, file_scenes.ADA, experiment.feature_id, "receipt.png", png())


def test_what_a_judge_said_without_seeing_the_files_is_withdrawn_and_the_rest_stays(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(reply=reply) as server:
        experiment, criterion = file_scenes.planned(store, server)
        run(jobs, experiment)
        as_before(store)
        rescoring.renew(store)
        rescoring.renew(store)
        said = words(store, experiment, criterion)
        assert said["with"] == ("withdrawn", "")
        assert said["without"][0] == "pass"
        kept = store.database.rows("select reason from scores where is_withdrawn")
        assert kept == [(UNSEEN,)]
        (row,) = verdicts.of_feature(store, experiment.feature_id)
        assert "its judge did not see the files of 1 case then" in row.stale
        assert row.open is not None
        assert row.open.unscored.unjudged == 1
        assert judging.n_open(store, experiment, [criterion]) == 1
        n = len(file_scenes.asked(server)["with"]), len(file_scenes.asked(server)["without"])
        run(jobs, experiment, only_judges=True)
        sent = file_scenes.asked(server)
        assert (len(sent["with"]), len(sent["without"])) == (n[0] + 1, n[1])
    assert words(store, experiment, criterion)["with"][0] == "pass"
    rescoring.renew(store)
    assert words(store, experiment, criterion)["with"][0] == "pass", "it has seen them now"
    (row,) = verdicts.of_feature(store, experiment.feature_id)
    assert row.stale == ()
    assert not store.audits.now().altered
    assert orphans(store.database) == []


def test_two_outputs_that_were_compared_without_the_files_are_compared_again_in_both_orders(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(reply=reply) as server:
        experiment, criterion = file_scenes.planned(store, server, file_scenes.PAIRWISE, "AB")
        file_scenes.answered(store, experiment)
        run(jobs, experiment, only_judges=True)
        as_before(store)
        rescoring.renew(store)
        assert words(store, experiment, criterion)["with"] == ("withdrawn", "")
        assert judging.n_open(store, experiment, [criterion]) == 2
        before = len(file_scenes.asked(server)["without"])
        run(jobs, experiment, only_judges=True)
        sent = file_scenes.asked(server)
        assert (len(sent["with"]), len(sent["without"])) == (4, before)
    assert words(store, experiment, criterion)["with"][0] == "fail", "a tie is not preferred"
    assert judging.is_done(store, experiment, [criterion])


def test_a_panel_that_saw_no_files_votes_again(store: Store, jobs: Jobs) -> None:
    settings = {
        **judge_scenes.RUBRIC,
        "panel": [{"connection": "Judges", "model": "judge-2"}],
    }
    panel = Scorer(ScorerKind.JUDGE, settings)

    def both(body: dict[str, Any]) -> str:
        return "pong" if body["model"] == "fake-1" else judge_scenes.answer()

    with faults.serve(reply=both) as server:
        experiment, criterion = file_scenes.planned(store, server, panel)
        judges = store.connections.named("Judges")
        store.connections.save(replace(judges, models=("judge-1", "judge-2")))
        run(jobs, experiment)
        as_before(store)
        rescoring.renew(store)
        assert words(store, experiment, criterion)["with"] == ("withdrawn", "")
        assert judging.n_unjudged(store, experiment, criterion) == 1
        run(jobs, experiment, only_judges=True)
    assert words(store, experiment, criterion)["with"][0] == "pass"
    assert judging.is_done(store, experiment, [criterion])


def test_what_comes_near_in_meaning_never_sees_files_and_keeps_its_scores(store: Store) -> None:
    near = {"text": "pong", "question": "Is it near?", "similarity": 0.8}
    scorer = Scorer(ScorerKind.MEANING, {**near, "connection": "Judges", "model": "judge-1"})
    with faults.serve(reply=reply) as server:
        experiment, criterion = file_scenes.planned(store, server, scorer)
    file_scenes.answered(store, experiment)
    run_id = store.runs.latest(experiment.id).id  # type: ignore[union-attr]
    for trial in store.trials.of_experiment(experiment.id):
        of = (trial.id, criterion.id, scorer.fingerprint())
        store.judging.add([JudgeCall(new_id(), run_id, *of, "r", trial.started_at, reply="[]")])
        store.scores.add([Score(*of, Judgement(Outcome.PASS, "Near."), scorer.judge_name)])
    as_before(store)
    rescoring.renew(store)
    assert {said for said, _ in words(store, experiment, criterion).values()} == {"pass"}


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (400, REFUSAL),
        (404, "No endpoints found that support image input"),
        (500, "image input is not supported - you may need to provide the mmproj"),
    ],
)
def test_a_refusal_of_pictures_is_told_in_the_words_of_servers(
    store: Store, jobs: Jobs, status: int, said: str
) -> None:
    def refuses(body: dict[str, Any]) -> bytes:
        if file_scenes.pictures_of(body):
            raw = json.dumps({"error": {"message": said}}).encode()
            return faults.http(raw, status=status)
        return faults.http(faults.completion(reply(body)))

    with faults.serve(canned=refuses) as server:
        experiment, criterion = file_scenes.planned(store, server)
        file_scenes.answered(store, experiment)
        run(jobs, experiment, only_judges=True)
        assert len(file_scenes.asked(server)["with"]) == 1
    outcome, reason = words(store, experiment, criterion)["with"]
    assert outcome == "unscored"
    assert reason.startswith("The judge could not be shown the picture: ")
    assert said in reason
    assert words(store, experiment, criterion)["without"][0] == "pass"


def test_a_forecast_of_a_judge_counts_the_pictures(store: Store) -> None:
    with faults.serve(reply=reply) as server:
        experiment, criterion = file_scenes.planned(store, server)
        judges = store.connections.named("Judges")
        store.connections.save(replace(judges, price_in=1.0, price_out=0.0))
        file_scenes.answered(store, experiment)
        found = forecast.of_judges(store, experiment, [criterion])
    assert found.cost is not None
    likely, most = (usd * 1_000_000 for usd in found.cost)
    # Of the four calls (two outputs, two controls) one shows a picture.
    assert likely > LIKELY_TOKENS
    assert most > MOST_TOKENS


def spoken(
    store: Store, experiment: Experiment, criterion: Criterion, trial: Trial, saw: bool
) -> None:
    """A call of the criterion's judge about an output, with its case's files or as before them."""
    run_id = store.runs.latest(experiment.id).id
    scorer = criterion.draft.scorer.judges[0].fingerprint()
    files = ("a" * 64,) if saw else ()
    call = JudgeCall(
        new_id(), run_id, trial.id, criterion.id, scorer, "r", clock.now(), reply="{}", files=files
    )
    with store.transaction():
        store.judging.add([call])
        if not saw:
            store.database.execute("update judge_calls set files = null where id = ?", [call.id])
            store.database.seal_anew("judge_calls")


def of_case(store: Store, experiment: Experiment, key: str) -> dict[str, Trial]:
    """The trials of a case, by the label of their variant."""
    ids = {case.key: case.id for case in store.experiments.cases(experiment.id)}
    labels = {variant.id: variant.label for variant in experiment.variants}
    return {
        labels[trial.variant_id]: trial
        for trial in store.trials.of_experiment(experiment.id)
        if trial.case_id == ids[key]
    }


def test_a_comparison_made_with_the_files_stays_though_one_of_its_outputs_met_another_without(
    store: Store,
) -> None:
    experiment, criterion = file_scenes.planned(store, NOWHERE, file_scenes.PAIRWISE, "ABC")
    file_scenes.answered(store, experiment)
    scorer = criterion.draft.scorer
    trials = of_case(store, experiment, "with")
    for other, saw in (("B", False), ("C", True)):
        spoken(store, experiment, criterion, trials["A"], saw)
        first, second = trials["A"].id, trials[other].id
        said = Preferred(
            first, second, criterion.id, scorer.fingerprint(), scorer.judge_name, Preference.FIRST
        )
        store.preferences.add([said])
        rescoring.renew(store)
    rows = store.database.rows("select second_trial from pair_preferences where is_withdrawn")
    assert rows == [(trials["B"].id,)]


def test_a_panel_that_saw_the_files_keeps_its_word_though_its_judge_did_not_before(
    store: Store,
) -> None:
    experiment, criterion = file_scenes.planned(store, NOWHERE)
    file_scenes.answered(store, experiment)
    trial = of_case(store, experiment, "with")["A"]
    spoken(store, experiment, criterion, trial, saw=False)
    spoken(store, experiment, criterion, trial, saw=True)
    settings = {**judge_scenes.RUBRIC, "panel": [{"connection": "Judges", "model": "judge-2"}]}
    panel = Scorer(ScorerKind.JUDGE, settings)
    word = Judgement(Outcome.PASS, "It fits.")
    store.scores.add([Score(trial.id, criterion.id, panel.fingerprint(), word, panel.judge_name)])
    rescoring.renew(store)
    assert store.database.rows("select 1 from scores where is_withdrawn") == []


@pytest.mark.parametrize("rater", ["judge:one", "judge:one + another"])
def test_what_a_judge_said_elsewhere_stays(store: Store, rater: str) -> None:
    experiment, criterion = file_scenes.planned(store, NOWHERE)
    file_scenes.answered(store, experiment)
    trial = of_case(store, experiment, "with")["A"]
    scorer = criterion.draft.scorer.heard_from(rater)
    word = Judgement(Outcome.PASS, "It fits.")
    store.scores.add([Score(trial.id, criterion.id, scorer, word, rater)])
    spoken(store, experiment, criterion, trial, saw=False)
    rescoring.renew(store)
    assert store.database.rows("select 1 from scores where is_withdrawn") == []


def test_a_verdict_is_not_stale_for_a_case_that_its_criterion_is_no_longer_about(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(reply=reply) as server:
        experiment, criterion = file_scenes.planned(store, server)
        run(jobs, experiment)
    as_before(store)
    rescoring.renew(store)
    draft = replace(criterion.draft, slices=("none of these",))
    store.criteria.revise(criterion.id, draft, criterion.number, "Ada", "Fewer cases")
    (row,) = verdicts.of_feature(store, experiment.feature_id)
    assert not [why for why in row.stale if "did not see the files" in why]
