"""Scores and notes: the newest word of each rater counts, then the majority; all of it stays."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.building import Loop, loop
from tests.store.schemas import taken_back
from workbench.domain.scores import Judgement, Note, Outcome, Score
from workbench.domain.trials import Trial
from workbench.store.store import Store, open_store

PASS, FAIL, UNSCORED = Outcome.PASS, Outcome.FAIL, Outcome.UNSCORED


def one_trial(store: Store) -> tuple[Loop, Trial]:
    made = loop(store, n_cases=1)
    experiment = made.experiment()
    run_id = store.runs.start(experiment.id, "Ada").id
    (call,) = store.trials.missing(experiment.id)
    (kept,) = made.answer(run_id, [(call, UNSCORED)])
    return made, kept


def outcome(store: Store, kept: Trial) -> str | None:
    """What the trial's scores come to."""
    found: str | None = store.database.value(
        "select outcome from outcomes where trial_id = ?", [kept.id]
    )
    return found


def test_every_score_stays_on_record(store: Store) -> None:
    made, kept = one_trial(store)
    made.rate([kept], [PASS], "Ada", "fine")
    made.rate([kept], [FAIL], "Ada", "looked twice")
    found = store.scores.of_trial(kept.id)
    assert [(s.judgement.outcome, s.judgement.reason) for s in found] == [
        (UNSCORED, ""),
        (PASS, "fine"),
        (FAIL, "looked twice"),
    ]


def test_the_latest_word_of_a_rater_counts(store: Store) -> None:
    made, kept = one_trial(store)
    for said in (PASS, FAIL, PASS, FAIL):
        made.rate([kept], [said], "Ada")
        assert outcome(store, kept) == said


def test_a_rater_may_take_a_rating_back(store: Store) -> None:
    made, kept = one_trial(store)
    made.rate([kept], [PASS], "Ada")
    made.rate([kept], [UNSCORED], "Ada")
    assert outcome(store, kept) == UNSCORED


@pytest.mark.parametrize(
    ("said", "majority"),
    [
        ((PASS, PASS, FAIL), PASS),
        ((PASS, FAIL, FAIL), FAIL),
        ((PASS, FAIL), UNSCORED),
        ((PASS, UNSCORED), PASS),
        ((UNSCORED, UNSCORED), UNSCORED),
    ],
)
def test_the_majority_of_the_raters_decides_and_a_tie_is_unscored(
    store: Store, said: tuple[Outcome, ...], majority: Outcome
) -> None:
    made, kept = one_trial(store)
    for rater, one in enumerate(said):
        made.rate([kept], [one], f"rater {rater}")
    assert outcome(store, kept) == majority


def test_a_newer_word_without_a_value_leaves_none_of_the_older_value(store: Store) -> None:
    made, kept = one_trial(store)
    scorer = made.criterion.draft.scorer.fingerprint()
    for value in (0.8, None):
        said = Judgement(FAIL, "", value)
        store.scores.add([Score(kept.id, made.criterion.id, scorer, said)])
    assert store.database.row("select outcome, value from outcomes") == (FAIL, None)


def test_the_outcomes_of_one_scorer_are_those_of_all(store: Store) -> None:
    made, kept = one_trial(store)
    for rater, said in (("Ada", PASS), ("Bea", FAIL), ("Ada", FAIL), ("Cy", PASS)):
        made.rate([kept], [said], rater)
    scorer = made.criterion.draft.scorer.fingerprint()
    whole = store.database.rows("select trial_id, outcome from outcomes")
    own = store.database.rows("from outcomes_of(?, ?)", [made.criterion.id, scorer])
    assert own == whole == [(kept.id, FAIL)]


def test_a_scorer_with_other_settings_has_scores_of_its_own(store: Store) -> None:
    made, kept = one_trial(store)
    made.rate([kept], [PASS])
    draft = made.criterion.draft
    changed = replace(draft, scorer=replace(draft.scorer, settings={"texts": ["thanks"]}))
    store.criteria.revise(made.criterion.id, changed, 1, "Ada", "Shorter")
    experiment = store.experiments.of(made.feature_id)[0]
    new, old = changed.scorer.fingerprint(), draft.scorer.fingerprint()
    assert [t.id for t in store.trials.unscored(experiment.id, made.criterion.id, new, ())] == [
        kept.id
    ]
    assert store.trials.unscored(experiment.id, made.criterion.id, old, ()) == []
    (tally,) = store.tallies.of(experiment.id, made.criterion.id, new, ())
    assert (tally.passes, tally.fails, tally.unscored) == (0, 0, 1)


def test_notes_are_kept_by_trial_in_the_order_they_were_written(store: Store) -> None:
    _, kept = one_trial(store)
    for text in (" first ", "second"):
        store.scores.add_note(Note(kept.id, "Ada", text))
    found = store.scores.notes([kept.id])
    assert [note.text for note in found[kept.id]] == ["first", "second"]
    assert store.scores.notes([]) == {}


def test_scores_from_before_not_applicable_are_kept_and_still_vouched_for(tmp_path: Path) -> None:
    path = tmp_path / "app.duckdb"
    store = open_store(str(path), tmp_path)
    made = loop(store, 3)
    made.run([PASS, FAIL, Outcome.UNSCORED])
    held = store.database.rows("select * from scores order by all")
    store.close()
    taken_back(path, 21)
    again = open_store(str(path), tmp_path)
    assert again.database.rows("select * from scores order by all") == held
    assert again.audits.now().is_whole
    ((trial_id,),) = again.database.rows("select trial_id from scores where outcome = 'fail'")
    scorer = made.criterion.draft.scorer.fingerprint()
    said = Judgement(Outcome.NOT_APPLICABLE, "")
    again.scores.add([Score(trial_id, made.criterion.id, scorer, said)])
    again.close()
    once_more = open_store(str(path), tmp_path)
    newest = once_more.scores.of_trial(trial_id)[-1]
    assert newest.judgement.outcome is Outcome.NOT_APPLICABLE
    assert once_more.audits.now().is_whole
    once_more.close()
