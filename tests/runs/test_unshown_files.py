"""A file or picture that a judge can't be shown: what lasts of that, and what passes."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.faults import endpoint as faults
from tests.pictures import png
from tests.runs import file_scenes, judge_scenes
from tests.runs import test_judges_see_files as scenes
from workbench.actions import datasets
from workbench.domain.attachments import Attachment
from workbench.domain.criteria import CriterionDraft, Scorer, ScorerKind
from workbench.domain.judging import ASKED_AGAIN
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.errors import StoreUnavailable
from workbench.evidence import controls as stood
from workbench.runs import judging, shown_files
from workbench.runs.jobs import Jobs
from workbench.scoring import controls
from workbench.store.store import Store


def test_a_passing_trouble_with_a_picture_is_asked_again_and_leaves_no_word(
    store: Store, jobs: Jobs
) -> None:
    troubles = ["division by zero"]

    def stumbles(body: dict[str, Any]) -> bytes:
        if file_scenes.pictures_of(body) and troubles:
            return faults.http(faults.error(troubles.pop()), status=503, more="Retry-After: 0\r\n")
        return faults.http(faults.completion(scenes.reply(body)))

    with faults.serve(canned=stumbles) as server:
        experiment, criterion = file_scenes.planned(store, server)
        file_scenes.answered(store, experiment)
        scenes.run(jobs, experiment, only_judges=True)
        assert troubles == []
    assert scenes.words(store, experiment, criterion)["with"][0] == "pass"
    assert store.database.value("select count(*) from scores where outcome = 'unscored'") == 0


@pytest.mark.parametrize("scorer", [judge_scenes.SCORER, file_scenes.PAIRWISE])
def test_a_database_in_trouble_is_no_file_that_is_lost(
    store: Store, scorer: Scorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise StoreUnavailable("The disk is full.")

    with faults.serve(reply=scenes.reply) as server:
        experiment, criterion = file_scenes.planned(store, server, scorer)
    file_scenes.answered(store, experiment)
    run_id = store.runs.latest(experiment.id).id  # type: ignore[union-attr]
    monkeypatch.setattr(store.attachments, "loaded", full)
    with pytest.raises(StoreUnavailable):
        judging.begin(store, experiment, [criterion], run_id)
    assert scenes.words(store, experiment, criterion) == {}


@pytest.mark.parametrize("is_here", [True, False])
def test_a_file_is_read_once_however_many_judges_wait_to_see_it(
    store: Store, monkeypatch: pytest.MonkeyPatch, is_here: bool
) -> None:
    with faults.serve(reply=scenes.reply) as server:
        experiment, of_pairs = file_scenes.planned(store, server, file_scenes.PAIRWISE)
    others = [
        store.criteria.add(of_pairs.requirement_id, CriterionDraft(title, scorer), "Ada")
        for title, scorer in (
            ("Answers", judge_scenes.SCORER),
            ("Answers well", file_scenes.PAIRWISE),
        )
    ]
    file_scenes.answered(store, experiment)
    if not is_here:
        store.database.execute("delete from attachments where media_type = 'image/png'")
    read, data = [], store.attachments.data

    def noted(file: Attachment) -> bytes:
        read.append(file.name)
        return data(file)

    monkeypatch.setattr(store.attachments, "data", noted)
    run_id = store.runs.latest(experiment.id).id  # type: ignore[union-attr]
    judging.begin(store, experiment, [of_pairs, *others], run_id)
    assert read == ["receipt.png"]
    for criterion in (of_pairs, *others):
        assert ("with" in scenes.words(store, experiment, criterion)) is not is_here
    if not is_here:
        datasets.attach(store, file_scenes.ADA, experiment.feature_id, "receipt.png", png())


def charmed(body: dict[str, Any]) -> str:
    """A judge that passes whatever it sees, and likes what comes first."""
    said = {"passage": "", "reason": "It fits."}
    is_pair = "better" in json.dumps(body["response_format"])
    return json.dumps(said | ({"better": "first"} if is_pair else {"verdict": "pass"}))


def charmed_and_blind(body: dict[str, Any]) -> bytes:
    """The same where the server takes no pictures."""
    if file_scenes.pictures_of(body):
        return scenes.takes_no_pictures(body)
    return faults.http(faults.completion(charmed(body)))


@pytest.mark.parametrize("scorer", [judge_scenes.SCORER, file_scenes.PAIRWISE])
@pytest.mark.parametrize("every", [True, False])
def test_a_judge_that_passes_all_is_found_though_its_server_takes_no_pictures(
    store: Store, jobs: Jobs, scorer: Scorer, every: bool
) -> None:
    with faults.serve(canned=charmed_and_blind) as server:
        experiment, criterion = file_scenes.planned(store, server, scorer, every=every)
        file_scenes.answered(store, experiment)
        scenes.run(jobs, experiment, only_judges=True)
    assert stood.broken(store, experiment, criterion)
    for table in ("judge_controls", "judge_pair_controls"):
        n = store.database.value(f"select count(*) from {table} where outcome = 'unscored'")
        assert n == 0
    assert judging.is_done(store, experiment, [criterion])


@pytest.mark.parametrize("scorer", [judge_scenes.SCORER, file_scenes.PAIRWISE])
@pytest.mark.parametrize("every", [True, False])
def test_planted_controls_stand_in_a_case_without_files_or_are_shown_none(
    store: Store, jobs: Jobs, scorer: Scorer, every: bool
) -> None:
    with faults.serve(reply=scenes.reply) as server:
        experiment, _ = file_scenes.planned(store, server, scorer, every=every)
        file_scenes.answered(store, experiment)
        scenes.run(jobs, experiment, only_judges=True)
        planted = [json.loads(body) for body in server.bodies if controls.UNFIT in body.decode()]
    assert planted
    for one in planted:
        assert file_scenes.pictures_of(one) == []
        text = file_scenes.text_of(one)
        assert file_scenes.LETTER not in text
        assert ("What do I owe?" in text) is every
    kept = store.database.rows(
        """
        select distinct len(files) from judge_calls
        where id in (select id from judge_controls union select id from judge_pair_controls)
        """
    )
    assert kept == [(0,)]


@pytest.mark.parametrize("trouble", ["lost", "refused"])
def test_a_labelled_output_is_asked_again_with_its_files_or_not_at_all(
    store: Store, jobs: Jobs, trouble: str
) -> None:
    taken = [True]

    def answers(body: dict[str, Any]) -> bytes:
        if taken:
            return faults.http(faults.completion(scenes.reply(body)))
        return scenes.takes_no_pictures(body)

    with faults.serve(canned=answers) as server:
        experiment, criterion = file_scenes.planned(store, server, variants="AB")
        first, _ = experiment.variants
        file_scenes.answered(store, experiment, of=first.label)
        scenes.run(jobs, experiment, only_judges=True)
        labels = criterion.draft.scorer.labels()
        passes = Judgement(Outcome.PASS, "")
        store.scores.add(
            Score(trial.id, criterion.id, labels, passes, "Ada")
            for trial in store.trials.of_experiment(experiment.id)
        )
        file_scenes.answered(store, experiment)
        if trouble == "lost":
            store.database.execute("delete from attachments where media_type = 'image/png'")
        taken.clear()
        before = len(server.bodies)
        scenes.run(jobs, experiment, only_judges=True)
        sent = [json.loads(body) for body in list(server.bodies)[before:]]
    # The output without files once more, and that with files only if its picture is shown.
    kept = store.database.rows("select outcome from judge_controls where kind = 'repeated'")
    assert kept == [("pass",)]
    about = [one for one in sent if "What do I owe?" in file_scenes.text_of(one)]
    assert all(file_scenes.pictures_of(one) for one in about)
    assert bool(about) is (trouble == "refused")
    datasets.attach(store, file_scenes.ADA, experiment.feature_id, "receipt.png", png())


@pytest.mark.parametrize("scorer", [judge_scenes.SCORER, file_scenes.PAIRWISE])
def test_a_file_that_is_attached_again_is_shown_by_the_next_run(
    store: Store, jobs: Jobs, scorer: Scorer
) -> None:
    with faults.serve(reply=scenes.reply) as server:
        experiment, criterion = file_scenes.planned(store, server, scorer)
        file_scenes.answered(store, experiment)
        store.database.execute("delete from attachments where media_type = 'image/png'")
        scenes.run(jobs, experiment, only_judges=True)
        outcome, reason = scenes.words(store, experiment, criterion)["with"]
        assert (outcome, "Attach it again." in reason) == ("unscored", True)
        scenes.run(jobs, experiment, only_judges=True)
        assert scenes.words(store, experiment, criterion)["with"] == (outcome, reason)
        assert file_scenes.asked(server)["with"] == []
        datasets.attach(store, file_scenes.ADA, experiment.feature_id, "receipt.png", png())
        scenes.run(jobs, experiment, only_judges=True)
        sent = file_scenes.asked(server)
    assert [file_scenes.pictures_of(one) for one in sent["with"]] == [[png()]] * len(
        experiment.variants
    )
    assert len(sent["without"]) == len(experiment.variants)
    assert scenes.words(store, experiment, criterion)["with"][0] in ("pass", "fail")
    assert store.database.rows("select distinct reason from scores where is_withdrawn") == [
        (ASKED_AGAIN,)
    ]
    assert shown_files.unseen(store, experiment, [criterion]).outputs == 0
    assert judging.is_done(store, experiment, [criterion])
    altered = {one.table for one in store.audits.now().altered}
    assert altered == {"attachments"}, "the row that was taken away above"


@pytest.mark.parametrize("kind", ["one", "pair", "panel"])
def test_whoever_asks_again_what_failed_asks_a_server_that_took_no_pictures(
    store: Store, jobs: Jobs, kind: str
) -> None:
    panel = Scorer(
        ScorerKind.JUDGE,
        {**judge_scenes.RUBRIC, "panel": [{"connection": "Judges", "model": "judge-2"}]},
    )
    scorer = {"one": judge_scenes.SCORER, "pair": file_scenes.PAIRWISE, "panel": panel}[kind]
    is_blind = [True]

    def answers(body: dict[str, Any]) -> bytes:
        if is_blind:
            return scenes.takes_no_pictures(body)
        return faults.http(faults.completion(scenes.reply({**body, "model": judge_scenes.JUDGE})))

    def takes_some(body: dict[str, Any]) -> bytes:
        if body["model"] == "judge-2":
            return faults.http(faults.completion(judge_scenes.answer()))
        return answers(body)

    with faults.serve(canned=takes_some) as server:
        experiment, criterion = file_scenes.planned(store, server, scorer)
        judges = store.connections.named("Judges")
        store.connections.save(replace(judges, models=("judge-1", "judge-2")))
        file_scenes.answered(store, experiment)
        scenes.run(jobs, experiment, only_judges=True)
        outcome, reason = scenes.words(store, experiment, criterion)["with"]
        assert outcome == "unscored"
        assert "Choose a model that reads pictures" in reason
        assert shown_files.unseen(store, experiment, [criterion]).outputs == 1
        before = server.requests
        scenes.run(jobs, experiment, only_judges=True)
        assert server.requests == before, "nobody wished it"
        is_blind.clear()
        scenes.run(jobs, experiment, only_judges=True, retry_failed=True)
    assert scenes.words(store, experiment, criterion)["with"][0] in ("pass", "fail")
    assert shown_files.unseen(store, experiment, [criterion]).outputs == 0
    assert judging.is_done(store, experiment, [criterion])
    words = store.database.rows("select distinct scorer from scores where is_withdrawn")
    assert len(words) == (2 if kind == "panel" else 1), "the member that saw it keeps its word"


def test_a_run_that_has_nothing_to_say_of_files_commits_nothing(store: Store) -> None:
    with faults.serve(reply=scenes.reply) as server:
        experiment, criterion = file_scenes.planned(store, server)
    file_scenes.answered(store, experiment)
    before = store.database.generation
    shown_files.ask_again(store, experiment, [criterion], pictures=True)
    shown_files.settle(store, experiment, [criterion], shown_files.Lost(store))
    assert store.database.generation == before
