"""Stored outputs are scored by the criteria as they are now; what has its scores is left alone."""

from tests.building import AUTHOR, POLITE, loop
from tests.store.test_progress import statements
from workbench.domain.criteria import CriterionDraft
from workbench.domain.requirements import RequirementDraft
from workbench.domain.scores import Outcome
from workbench.runs.rescoring import catch_up
from workbench.store.store import Store


def test_only_where_outputs_lack_scores_are_they_read(store: Store) -> None:
    made = loop(store)
    made.run([Outcome.PASS] * 3)
    waiting = made.run([Outcome.PASS])
    store.database.execute(
        """
        delete from scores where trial_id in
            (select id from experiment_trials where experiment_id = ? order by id limit 1)
        """,
        [waiting.id],
    )
    requirement = store.requirements.add(made.feature_id, RequirementDraft("Is kind"), AUTHOR)
    for tag in ("inbox", "a tag of no case"):
        draft = CriterionDraft(f"Thanks for {tag}", POLITE, bar=0.5, slices=(tag,))
        store.criteria.add(requirement.id, draft, AUTHOR)
    asked = [
        (c.id, c.draft.scorer.fingerprint(), c.draft.slices)
        for c in store.criteria.of(made.feature_id)
    ]
    found = {
        (experiment.id, criterion_id)
        for experiment in store.experiments.of(made.feature_id)
        for criterion_id, scorer, slices in asked
        if store.trials.unscored(experiment.id, criterion_id, scorer, slices)
    }
    assert found
    assert store.trials.waiting(made.feature_id, asked) == found
    assert catch_up(store, made.feature_id) > 0
    assert store.trials.waiting(made.feature_id, asked) == set()


def test_what_is_scored_is_not_asked_for_by_experiment_and_criterion(store: Store) -> None:
    made = loop(store)
    made.run([Outcome.PASS] * 3)
    catch_up(store, made.feature_id)
    with statements() as asked:
        assert catch_up(store, made.feature_id) == 0
    assert not [sql for sql in asked if "s.hash = t.transcript" in sql]
