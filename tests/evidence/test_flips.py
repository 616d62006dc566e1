"""A criterion that was changed: what it thinks now of outputs that were scored before."""

from dataclasses import replace

from tests.building import AUTHOR, Loop, loop
from workbench.domain.criteria import Criterion, Scorer, ScorerKind
from workbench.domain.scores import Outcome
from workbench.evidence.words import flips as words_flips
from workbench.store.reports.flips import Flips
from workbench.store.store import Store

PASS, FAIL, UNSCORED = Outcome.PASS, Outcome.FAIL, Outcome.UNSCORED
STRICTER = Scorer(ScorerKind.CONTAINS, {"texts": ["thank you so much"]})


def revised(made: Loop, **changes: object) -> tuple[Criterion, Criterion]:
    """The criterion before and after a change."""
    draft = replace(made.criterion.draft, **changes)  # type: ignore[arg-type]  # by name
    return made.criterion, made.store.criteria.revise(
        made.criterion.id, draft, made.criterion.number, AUTHOR, "Readers missed it"
    )


def flips(made: Loop, before: Criterion, after: Criterion, limit: int = 20) -> Flips:
    """What both versions think of the stored outputs."""
    scorers = (before.draft.scorer.fingerprint(), after.draft.scorer.fingerprint())
    return made.store.reports.flips.flips(made.criterion.id, *scorers, limit)


def test_flips_are_counted_each_way_on_outputs_that_both_versions_scored(store: Store) -> None:
    made = loop(store, 6)
    experiment = made.run([PASS, PASS, PASS, FAIL, FAIL, UNSCORED])
    before, after = revised(made, scorer=STRICTER)
    kept = store.trials.of_experiment(experiment.id)
    by_outcome = {t.id: store.scores.of_trial(t.id)[0].judgement.outcome for t in kept}
    passed = [t for t in kept if by_outcome[t.id] is PASS]
    failed = [t for t in kept if by_outcome[t.id] is FAIL]
    made.rate([*passed, failed[0]], [FAIL, FAIL, PASS, PASS], why="by the new words")
    found = flips(made, before, after)
    assert (found.scored_by_both, found.to_fail, found.to_pass) == (4, 2, 1)
    assert [flip.after for flip in found.examples] == ["fail", "fail", "pass"]
    assert found.examples[0].reason == "by the new words"
    assert "Of 4 outputs that both versions have scored, 3 flipped: 2 from pass to fail, 1" in (
        words_flips.flipped(before, after, found)
    )
    assert len(flips(made, before, after, limit=1).examples) == 1


def test_a_new_bar_leaves_scores_as_they_are_and_says_so(store: Store) -> None:
    made = loop(store, 3)
    made.run([PASS, PASS, FAIL])
    before, after = revised(made, bar=0.95)
    found = flips(made, before, after)
    assert (found.scored_by_both, found.to_fail, found.to_pass) == (3, 0, 0)
    assert "earlier scores count for both" in words_flips.flipped(before, after, found)
    assert words_flips.changed(before, after) == "bar at least 80% → at least 95%"


def test_where_no_output_has_both_scores_nothing_is_claimed(store: Store) -> None:
    made = loop(store, 3)
    made.run([PASS, PASS, FAIL])
    before, after = revised(made, scorer=STRICTER)
    said = words_flips.flipped(before, after, flips(made, before, after))
    assert said.startswith("No output was scored by both versions")


def test_agreement_is_said_too(store: Store) -> None:
    made = loop(store, 3)
    experiment = made.run([PASS] * 3)
    before, after = revised(made, scorer=STRICTER)
    made.rate(store.trials.of_experiment(experiment.id), [PASS] * 3)
    said = words_flips.flipped(before, after, flips(made, before, after))
    assert said == "Both versions agree on all 3 outputs that both have scored."
