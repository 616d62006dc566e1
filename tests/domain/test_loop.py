"""The next best action and the five steps: what each page says at its top."""

from dataclasses import replace

import pytest

from workbench.domain.loop import LoopCounts, NextAction, Step, StepState, next_action, steps

NOTHING = LoopCounts(*[0] * 12)
DONE = LoopCounts(
    requirements=3,
    measurable=3,
    cases=20,
    prompts=1,
    experiments=2,
    experiments_run=2,
    outputs=40,
    ratings_open=0,
    met=3,
    not_met=0,
    undecided=0,
    stale=0,
)


def step(now: LoopCounts, which: Step) -> StepState:
    return next(state for state in steps(now) if state.step is which)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (
            NOTHING,
            NextAction("Draft the first requirement", "nothing is asked for yet", "requirements"),
        ),
        (
            replace(DONE, measurable=2),
            NextAction("Add a criterion", "1 requirement cannot be measured yet", "requirements"),
        ),
        (
            replace(DONE, cases=0),
            NextAction("Add cases", "there is nothing to try the prompts on", "data"),
        ),
        (
            replace(DONE, prompts=0),
            NextAction("Write a prompt", "there is nothing to try yet", "playground"),
        ),
        (
            replace(DONE, running=True),
            NextAction("Watch the run", "answers are coming in", "experiments"),
        ),
        (
            replace(DONE, experiments=0, experiments_run=0),
            NextAction(
                "Set up an experiment", "no verdict rests on real answers yet", "experiments"
            ),
        ),
        (
            replace(DONE, experiments_run=0),
            NextAction("Run the experiment", "no verdict rests on real answers yet", "experiments"),
        ),
        (
            replace(DONE, stale=2, revised=1),
            NextAction(
                "Run again with the new criteria",
                "1 requirement changed after the answers",
                "experiments",
            ),
        ),
        (
            replace(DONE, not_met=2),
            NextAction("Read the failures and revise", "2 requirements missed the bar", "verdicts"),
        ),
        (
            replace(DONE, ratings_open=7),
            NextAction("Rate the outputs", "7 wait for a person", "rating"),
        ),
        (
            replace(DONE, pairs_open=1),
            NextAction("Say which output is better", "1 pair to be compared by a person", "rating"),
        ),
        (
            replace(DONE, undecided=1),
            NextAction("Gather more evidence", "1 requirement without enough evidence", "verdicts"),
        ),
        (
            replace(DONE, stale=1),
            NextAction("Run again", "verdicts are older than what they judge", "experiments"),
        ),
        (DONE, NextAction("Export the spec", "every bar is met", "spec")),
    ],
    ids=lambda value: value.what if isinstance(value, NextAction) else "",
)
def test_the_next_action_is_what_the_feature_lacks_first(
    now: LoopCounts, expected: NextAction
) -> None:
    assert next_action(now) == expected


@pytest.mark.parametrize(
    ("lack", "instead"),
    [
        ({"requirements": 0, "measurable": 0}, {"cases": 0}),
        ({"measurable": 1}, {"cases": 0}),
        ({"cases": 0}, {"prompts": 0}),
        ({"prompts": 0}, {"running": True}),
        ({"running": True}, {"experiments_run": 0}),
        ({"experiments_run": 0}, {"revised": 1}),
        ({"revised": 1}, {"not_met": 1}),
        ({"not_met": 1}, {"ratings_open": 1}),
        ({"ratings_open": 1}, {"pairs_open": 1}),
        ({"pairs_open": 1}, {"undecided": 1}),
        ({"undecided": 1}, {"stale": 1}),
    ],
)
def test_what_comes_first_in_the_loop_is_asked_for_first(
    lack: dict[str, int], instead: dict[str, int]
) -> None:
    both = replace(DONE, **(lack | instead))
    assert next_action(both) == next_action(replace(DONE, **lack))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (NOTHING, StepState(Step.DEFINE, "", "no cases yet", False)),
        (
            replace(DONE, measurable=1),
            StepState(
                Step.DEFINE, "3 requirements, 20 cases", "2 requirements without a measure", False
            ),
        ),
        (replace(DONE, cases=0), StepState(Step.DEFINE, "3 requirements", "no cases yet", False)),
        (DONE, StepState(Step.DEFINE, "3 requirements, 20 cases", "", True)),
        (NOTHING, StepState(Step.EXPERIMENT, "", "nothing tried yet", False)),
        (
            replace(DONE, experiments_run=1, running=True),
            StepState(Step.EXPERIMENT, "1 experiment run", "running now", True),
        ),
        (NOTHING, StepState(Step.SCORE, "", "no outputs yet", False)),
        (
            replace(DONE, outputs=0, running=True),
            StepState(Step.SCORE, "", "outputs are coming in", False),
        ),
        (
            replace(DONE, outputs=1_200, ratings_open=6),
            StepState(Step.SCORE, "1,200 outputs", "6 to rate", False),
        ),
        (
            replace(DONE, ratings_open=6, pairs_open=28),
            StepState(Step.SCORE, "40 outputs", "6 to rate, 28 pairs to compare", False),
        ),
        (DONE, StepState(Step.SCORE, "40 outputs", "", True)),
        (NOTHING, StepState(Step.DECIDE, "", "nothing to decide yet", False)),
        (
            replace(DONE, met=1, undecided=2),
            StepState(Step.DECIDE, "1 met, 0 not met", "2 undecided", False),
        ),
        (
            replace(DONE, met=2, not_met=1),
            StepState(Step.DECIDE, "2 met, 1 not met", "", False),
        ),
        (DONE, StepState(Step.DECIDE, "3 met, 0 not met", "", True)),
        (
            replace(DONE, met=0, not_met=2),
            StepState(Step.DECIDE, "0 met, 2 not met", "", False),
        ),
        (
            replace(DONE, met=1, not_met=1),
            StepState(Step.DECIDE, "1 met, 1 not met", "", False),
        ),
        (replace(DONE, met=1), StepState(Step.DECIDE, "1 met, 0 not met", "", True)),
        (replace(DONE, outputs=1), StepState(Step.SCORE, "1 output", "", True)),
        (DONE, StepState(Step.EXPERIMENT, "2 experiments run", "", True)),
        (DONE, StepState(Step.WATCH, "", "starts with a release", False)),
    ],
)
def test_a_step_says_what_it_has_and_what_it_lacks(now: LoopCounts, expected: StepState) -> None:
    assert step(now, expected.step) == expected


def test_the_steps_are_in_the_order_of_the_loop() -> None:
    assert [state.step for state in steps(DONE)] == list(Step)
