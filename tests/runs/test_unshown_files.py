"""A file or picture that a judge can't be shown: what lasts of that, and what passes."""

from typing import Any

import pytest

from tests.faults import endpoint as faults
from tests.runs import file_scenes, judge_scenes
from tests.runs import test_judges_see_files as scenes
from workbench.domain.criteria import Scorer
from workbench.errors import StoreUnavailable
from workbench.runs import judging
from workbench.runs.jobs import Jobs
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
        labels = "AB" if scorer is file_scenes.PAIRWISE else "A"
        experiment, criterion = file_scenes.planned(store, server, scorer, labels)
    file_scenes.answered(store, experiment)
    run_id = store.runs.latest(experiment.id).id  # type: ignore[union-attr]
    monkeypatch.setattr(store.attachments, "loaded", full)
    with pytest.raises(StoreUnavailable):
        judging.begin(store, experiment, [criterion], run_id)
    assert scenes.words(store, experiment, criterion) == {}
