"""Whether a case's answers are the same each time is told from all that there are, and told anew
when another comes."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.building import AUTHOR, Loop, loop, trial
from workbench.actions.outlook import needed_trials
from workbench.domain.calls import Parameters
from workbench.domain.criteria import CriterionDraft, Scorer, ScorerKind
from workbench.domain.experiments import Experiment
from workbench.domain.scores import Outcome
from workbench.domain.verdicts import Verdict
from workbench.errors import CallFailure
from workbench.evidence import verdicts
from workbench.runs import second_pass
from workbench.runs.rescoring import catch_up, leave_out_changed
from workbench.scoring.checks import Subject, check
from workbench.store.store import Store

PASS, FAIL, UNSCORED = Outcome.PASS, Outcome.FAIL, Outcome.UNSCORED
SAME = Scorer(ScorerKind.SAME)
FAILED = None


def judged(output: str, *others: str, **settings: object) -> tuple[Outcome, float | None]:
    """What is said of an output beside its siblings."""
    said = check(Scorer(ScorerKind.SAME, settings), Subject(output, {}, others=others))
    return said.outcome, said.value


def test_it_compares_as_people_read() -> None:
    assert judged("Paris.", "paris", "“Paris”") == (PASS, 1.0)
    assert judged("Paris.", "Paris", "Lyon") == (FAIL, 0.5)


def test_it_names_another_answer_where_they_differ() -> None:
    said = check(SAME, Subject("Paris", {}, others=("Paris", "Lyon")))
    assert said.reason == (
        "Says the same as 1 of the 2 other answers to its case. Another says “Lyon”."
    )


@pytest.mark.parametrize(
    ("output", "others", "outcome"),
    [
        ("a", ("a", "b"), PASS),
        ("b", ("a", "a"), FAIL),
        ("a", ("b",), FAIL),
        ("a", ("a", "b", "b"), FAIL),
        ("a", ("a", "a", "b", "b"), PASS),
    ],
)
def test_most_are_more_than_half_of_the_answers(
    output: str, others: Sequence[str], outcome: Outcome
) -> None:
    assert judged(output, *others, others="most")[0] is outcome


def test_from_a_level_on_wordings_may_differ() -> None:
    texts = ("The order ships on Monday", "The order ships on Mondays")
    assert judged(*texts)[0] is FAIL
    assert judged(*texts, similarity=0.9)[0] is PASS
    assert judged("a b c", "c b a", similarity=0.9, compare="words")[0] is PASS
    assert judged("a b c", "c b a", similarity=0.9)[0] is FAIL


def test_one_answer_alone_is_unscored() -> None:
    assert judged("Paris")[0] is UNSCORED


def planned(store: Store) -> Loop:
    """Two cases, and a criterion that their answers are the same each time."""
    made = loop(store, 2)
    store.criteria.archive(made.criterion.id, AUTHOR)
    draft = CriterionDraft("Says the same each time", SAME)
    made.criterion = store.criteria.add(made.requirement.id, draft, AUTHOR)
    return made


def answer(
    store: Store, made: Loop, experiment: Experiment, said: dict[tuple[int, int], str | None]
) -> None:
    """Answer the calls that are named by case and number, of those that are missing."""
    numbers = {c.id: c.number for c in store.datasets.cases(made.dataset.id)}
    run = store.runs.start(experiment.id, AUTHOR)
    kept = []
    for call in store.trials.missing(experiment.id):
        key = (numbers[call.case_id], call.number)
        if key in said:
            output = said[key]
            failure = CallFailure.TIMEOUT if output is FAILED else None
            kept.append(trial(run.id, call, output=output or "", failure=failure))
    store.trials.add(kept)


def outcomes(store: Store, made: Loop) -> list[Outcome]:
    """The newest word on each output, by case and number."""
    numbers = {c.id: c.number for c in store.datasets.cases(made.dataset.id)}
    found = store.second_looks.answered(made.feature_id, made.criterion.id, SAME.fingerprint(), ())
    return [e.word.outcome for e in sorted(found, key=lambda e: numbers[e.case_id]) if e.word]


def test_a_run_that_is_resumed_is_told_from_all_its_answers(store: Store) -> None:
    made = planned(store)
    experiment = made.experiment(trials=2)
    answer(store, made, experiment, {(1, 1): "yes", (2, 1): "yes"})
    catch_up(store, made.feature_id)
    assert outcomes(store, made) == [UNSCORED, UNSCORED]
    answer(store, made, experiment, {(1, 2): "yes", (2, 2): "no"})
    catch_up(store, made.feature_id)
    assert outcomes(store, made) == [PASS, PASS, FAIL, FAIL]
    assert catch_up(store, made.feature_id) == 0


def test_a_failed_trial_leaves_its_sibling_unscored(store: Store) -> None:
    made = planned(store)
    experiment = made.experiment(trials=2)
    said = {(1, 1): "yes", (1, 2): "yes", (2, 1): "yes", (2, 2): FAILED}
    answer(store, made, experiment, said)
    catch_up(store, made.feature_id)
    assert outcomes(store, made) == [PASS, PASS, UNSCORED]


def test_a_longer_plan_tells_the_old_answers_anew(store: Store) -> None:
    made = planned(store)
    short = made.experiment(trials=2)
    answer(store, made, short, {(n, k): "yes" for n in (1, 2) for k in (1, 2)})
    catch_up(store, made.feature_id)
    longer = made.experiment(trials=3)
    answer(store, made, longer, {(1, 3): "no", (2, 3): "yes"})
    assert catch_up(store, made.feature_id) == 6
    assert outcomes(store, made) == [FAIL, FAIL, FAIL, PASS, PASS, PASS]


def test_another_variants_answers_are_no_siblings(store: Store) -> None:
    made = planned(store)
    other = store.variants.save(made.variant.prompt, "Local model", "large", Parameters())
    plan = replace(made.plan(trials=2), variant_ids=(made.variant.id, other.id))
    experiment = store.experiments.add(made.feature_id, plan, AUTHOR)
    run = store.runs.start(experiment.id, AUTHOR)
    store.trials.add(
        [
            trial(run.id, call, output=str(call.variant_id))
            for call in store.trials.missing(experiment.id)
        ]
    )
    catch_up(store, made.feature_id)
    assert outcomes(store, made) == [PASS] * 8


def test_it_is_told_while_a_run_goes_on(store: Store) -> None:
    made = planned(store)
    experiment = made.experiment(trials=2)
    answer(store, made, experiment, {(1, 1): "yes", (1, 2): "yes"})
    second_pass.look(store, experiment)
    assert outcomes(store, made) == [PASS, PASS]


def test_an_answer_that_was_left_out_is_no_sibling_any_more(store: Store) -> None:
    made = planned(store)
    experiment = made.experiment(trials=2)
    answer(store, made, experiment, {(1, 1): "yes", (1, 2): "no"})
    catch_up(store, made.feature_id)
    assert outcomes(store, made) == [FAIL, FAIL]
    other = store.trials.of_experiment(experiment.id)[1]
    store.database.execute("update trials set number = 2, model = 'x' where id = ?", [other.id])
    leave_out_changed(store, AUTHOR)
    assert outcomes(store, made) == [UNSCORED]


def test_the_verdict_counts_it_and_a_plan_of_one_trial_is_told_that_it_needs_two(
    store: Store,
) -> None:
    made = planned(store)
    experiment = made.experiment(trials=2)
    answer(store, made, experiment, {(n, k): "yes" for n in (1, 2) for k in (1, 2)})
    catch_up(store, made.feature_id)
    (found,) = verdicts.of_feature(store, made.feature_id)
    assert found.estimate is not None
    assert found.estimate.value == 1.0
    assert found.verdict is Verdict.NOT_ENOUGH_EVIDENCE
    assert needed_trials(made.criterion, 1) == "needs 2 trials"
    assert needed_trials(made.criterion, 2) == ""
