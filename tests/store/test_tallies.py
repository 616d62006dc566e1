"""Tallies: trials to cases to clusters, and clusters that ended alike in one row."""

import pytest

from tests.building import FAILED, loop
from workbench.domain.calls import Parameters
from workbench.domain.experiments import Plan
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.store import votes
from workbench.store.reports.guards import GuardReports
from workbench.store.store import Store
from workbench.store.tallies import Counting

PASS, FAIL, UNSCORED = Outcome.PASS, Outcome.FAIL, Outcome.UNSCORED


def test_clusters_that_ended_alike_are_one_tally(store: Store) -> None:
    made = loop(store, n_cases=5)
    experiment = made.run([PASS, PASS, FAIL, FAILED])
    scorer = made.criterion.draft.scorer.fingerprint()
    found = store.tallies.of(experiment.id, made.criterion.id, scorer, ())
    assert sorted((t.passes, t.fails, t.errors, t.waiting, t.alike) for t in found) == [
        (0, 0, 0, 1, 1),
        (0, 0, 1, 0, 1),
        (0, 1, 0, 0, 1),
        (1, 0, 0, 0, 2),
    ]
    assert {(t.cases, t.planned) for t in found} == {(1, 1)}


def test_cases_with_one_input_are_one_cluster(store: Store) -> None:
    made = loop(store, n_cases=2, copies=3)
    experiment = made.run([PASS] * 6)
    scorer = made.criterion.draft.scorer.fingerprint()
    (tally,) = store.tallies.of(experiment.id, made.criterion.id, scorer, ())
    assert (tally.cases, tally.planned, tally.passes, tally.alike) == (3, 3, 3, 2)


def test_the_tallies_of_two_variants_name_the_same_clusters_alike(store: Store) -> None:
    made = loop(store, n_cases=3)
    other = store.variants.save(made.variant.prompt, "Local model", "large", Parameters())
    plan = Plan("Which?", made.dataset.id, (made.variant.id, other.id), (made.criterion.id,))
    experiment = store.experiments.add(made.feature_id, plan, "Ada")
    run_id = store.runs.start(experiment.id, "Ada").id
    numbers = {case.id: case.number for case in store.datasets.cases(made.dataset.id)}
    said = {
        (made.variant.id, 1): PASS,
        (made.variant.id, 2): PASS,
        (made.variant.id, 3): PASS,
        (other.id, 1): PASS,
        (other.id, 2): FAIL,
        (other.id, 3): FAIL,
    }
    calls = store.trials.missing(experiment.id)
    made.answer(run_id, [(c, said[c.variant_id, numbers[c.case_id]]) for c in calls])
    scorer = made.criterion.draft.scorer.fingerprint()
    by_cluster: dict[str, dict[object, tuple[int, int]]] = {}
    for tally in store.tallies.of(experiment.id, made.criterion.id, scorer, ()):
        by_cluster.setdefault(tally.cluster, {})[tally.variant_id] = (tally.passes, tally.alike)
    assert sorted((c[made.variant.id], c[other.id]) for c in by_cluster.values()) == [
        ((1, 1), (1, 1)),
        ((1, 2), (0, 2)),
    ]


def test_criteria_that_are_counted_together_count_as_they_do_alone(store: Store) -> None:
    made = loop(store, n_cases=4)
    experiment = made.run([PASS, FAIL, PASS, FAILED])
    scorer = made.criterion.draft.scorer.fingerprint()
    wanted = [
        Counting(made.criterion.id, scorer),
        Counting(made.criterion.id, scorer, ("nowhere",)),
        Counting(made.criterion.id, "another scorer"),
    ]
    together = store.tallies.of_all(experiment.id, wanted)
    alone = [store.tallies.of(experiment.id, *counting) for counting in wanted]
    assert [[t._replace(cluster="") for t in found] for found in together] == [
        [t._replace(cluster="") for t in found] for found in alone
    ]
    assert together[1] == []
    assert {(t.passes, t.fails) for t in together[2]} == {(0, 0)}


def test_an_experiment_counts_its_own_trials_only(store: Store) -> None:
    made = loop(store, n_cases=2)
    narrow = made.run([PASS, PASS])
    made.run([PASS, PASS], trials=2)
    count = "select count(*) from experiment_trials where experiment_id = ?"
    assert store.database.value(count, [narrow.id]) == 2


def test_nothing_is_counted_where_nothing_was_planned(store: Store) -> None:
    made = loop(store)
    scorer = made.criterion.draft.scorer.fingerprint()
    assert store.tallies.of(made.feature_id, made.criterion.id, scorer, ()) == []


@pytest.mark.parametrize(
    ("words", "has_one_rater", "passes", "fails"),
    [
        pytest.param([], True, 0, 0, id="nobody"),
        pytest.param([("", PASS)], True, 1, 0, id="a check"),
        pytest.param([("", PASS), ("", FAIL)], True, 0, 1, id="a check's newer word"),
        pytest.param([("Ada", PASS), ("Ada", UNSCORED)], True, 0, 0, id="a word taken back"),
        pytest.param([("Ada", PASS), ("Ben", FAIL)], False, 0, 0, id="two who differ"),
        pytest.param(
            [("Ada", PASS), ("Ben", PASS), ("Cem", FAIL), ("Ada", FAIL)], False, 0, 1, id="three"
        ),
        pytest.param([("", PASS), ("Ada", FAIL)], False, 0, 0, id="a check and a person"),
        pytest.param(
            [("", PASS), ("Ada", PASS), ("Ada", FAIL)], False, 0, 0, id="a person's newer word"
        ),
    ],
)
def test_a_trial_counts_by_the_newest_words_of_its_raters_whoever_they_are(
    store: Store, words: list[tuple[str, Outcome]], has_one_rater: bool, passes: int, fails: int
) -> None:
    made = loop(store, n_cases=2)
    experiment = made.run([PASS, PASS])
    # A scorer of its own: what the loop's scorer said of its trials is of no matter.
    criterion, scorer = made.criterion.id, "these words"
    trial, _ = store.trials.of_experiment(experiment.id)
    for rater, outcome in words:
        store.scores.add([Score(trial.id, criterion, scorer, Judgement(outcome, ""), rater)])
    assert votes.has_one_rater(store.database, [(criterion, scorer)]) is has_one_rater
    counted = store.tallies.of(experiment.id, criterion, scorer, ())
    assert sum(t.passes * t.alike for t in counted) == passes
    assert sum(t.fails * t.alike for t in counted) == fails
    (slices,) = GuardReports(store.database).by_slice(experiment.id, [(criterion, scorer)])
    for tag in {tally.tag for tally in slices}:
        of_tag = [tally for tally in slices if tally.tag == tag]
        assert sum(t.passes * t.alike for t in of_tag) <= passes
        assert sum(t.fails * t.alike for t in of_tag) <= fails


def test_raters_of_another_criterion_do_not_count_here(store: Store) -> None:
    made = loop(store, n_cases=1)
    experiment = made.run([PASS])
    (trial,) = store.trials.of_experiment(experiment.id)
    for rater in ("Ada", "Ben"):
        judged = Score(trial.id, made.criterion.id, "another", Judgement(PASS, ""), rater)
        store.scores.add([judged])
    scorer = made.criterion.draft.scorer.fingerprint()
    assert votes.has_one_rater(store.database, [(made.criterion.id, scorer)])
    both = [(made.criterion.id, scorer), (made.criterion.id, "another")]
    assert not votes.has_one_rater(store.database, both)
