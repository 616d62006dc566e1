"""A failure mode leads to a revised prompt: a bet, tried on what failed and what passed."""

from dataclasses import replace

import pytest

from tests import building
from tests.actions.scenes import MIRA
from tests.building import Loop
from tests.faults import endpoint as faults
from workbench.actions import failures, revising
from workbench.actions.revising import Proposal
from workbench.domain.calls import Parameters
from workbench.domain.connections import Connection
from workbench.domain.experiments import RunState
from workbench.domain.failures import FailureMode, Fallback, ModeDraft, Response
from workbench.domain.prompts import PromptText
from workbench.domain.scores import Outcome
from workbench.drafting import revision
from workbench.errors import InputError
from workbench.evidence import bets
from workbench.runs.jobs import Jobs
from workbench.store.store import Store

TEXT = PromptText("Be polite.", "{{message}}")
MODE = ModeDraft("Promises a refund", "It says that we pay back.")


def noted(store: Store, base_url: str = "http://127.0.0.1:9/v1") -> tuple[Loop, FailureMode]:
    """Four answers that were read: two have the failure mode, two nothing."""
    made = building.loop(store, 4)
    store.connections.add(Connection("Fake", base_url, ("fake-1",), price_in=0.0, price_out=0.0))
    parameters = Parameters(max_tokens=8)
    variant = store.variants.save(made.variant.prompt, "Fake", "fake-1", parameters)
    experiment = replace(made, variant=variant).run([Outcome.FAIL] * 4)
    mode = failures.add_mode(store, MIRA, made.feature_id, MODE)
    for place, trial in enumerate(store.trials.of_experiment(experiment.id)):
        said = "It promises money" if place < 2 else ""
        note_in = mode.id if said else None
        failures.read(store, MIRA, made.feature_id, trial.id, said, note_in)
    return made, mode


def proposed(store: Store, made: Loop, mode: FailureMode) -> Proposal:
    """What is proposed for the experiment that there is."""
    (experiment,) = store.experiments.of(made.feature_id)
    found = revising.proposal(store, mode, experiment)
    assert found is not None
    return found


def test_what_failed_and_what_passed_is_tried(store: Store) -> None:
    made, mode = noted(store)
    found = proposed(store, made, mode)
    assert (len(found.failing), len(found.passing)) == (2, 2)
    assert found.expects().startswith("Of 2 cases that had “Promises a refund” fewer have it")
    assert found.ways[0].text.system == (
        "Be polite.\n\nMake sure that this does not happen: Promises a refund. "
        "It says that we pay back."
    )


def test_an_example_is_an_answer_that_nobody_found_wrong(store: Store) -> None:
    made, mode = noted(store)
    way = proposed(store, made, mode).ways[-1]
    asked, answer = way.text.messages
    assert (asked.role, answer.role) == ("user", "assistant")
    assert asked.content.startswith("Message ")


def test_a_designed_fallback_is_told_to_the_model() -> None:
    fallback = Fallback("the customer asks for money", Response.HAND_OVER, "A colleague replies.")
    found = revision.ways(TEXT, replace(MODE, fallback=fallback), None)[1]
    assert found.text.system.endswith(
        "When the customer asks for money, hand over to a person and say so, in words such as: "
        "A colleague replies."
    )


def test_words_of_a_note_are_never_live_in_a_template() -> None:
    mode = ModeDraft("Says {{secret}}", "{% for x in y %}")
    (found,) = revision.ways(TEXT, mode, ("{{ message }}", "Hello"))
    assert "{{" not in found.text.system
    assert "{%" not in found.text.system


def test_one_click_keeps_the_bet_and_asks_the_cases_beside_the_old_version(
    store: Store, jobs: Jobs
) -> None:
    with faults.serve(text="thank you") as server:
        made, mode = noted(store, server.base_url)
        found = proposed(store, made, mode)
        experiment = revising.try_it(store, jobs, MIRA, found, found.ways[0].text, found.expects())
        jobs.wait(experiment.id)
        asked = len(server.bodies)
    assert asked == 4
    run = store.runs.latest(experiment.id)
    assert run is not None
    assert run.state is RunState.FINISHED
    kept = store.prompts.versions(made.feature_id)[-1]
    newest = max(store.prompts.versions(made.feature_id), key=lambda one: one.number)
    assert kept.name == newest.name
    assert (newest.number, newest.expects) == (2, found.expects())
    assert newest.note == f"Against {mode.label}"
    said = [bet.expects for bet in bets.of_feature(store, made.feature_id)]
    assert found.expects() in said


def test_a_prompt_that_is_as_it_was_is_not_kept(store: Store, jobs: Jobs) -> None:
    made, mode = noted(store)
    found = proposed(store, made, mode)
    with pytest.raises(InputError, match="the one that is there"):
        revising.try_it(store, jobs, MIRA, found, found.variant.prompt.text, "Less of it.")
    assert len(store.prompts.versions(made.feature_id)) == 1


def test_where_nobody_noted_it_there_is_nothing_to_try(store: Store) -> None:
    made, _ = noted(store)
    other = failures.add_mode(store, MIRA, made.feature_id, ModeDraft("Too long"))
    (experiment,) = store.experiments.of(made.feature_id)
    assert revising.proposal(store, other, experiment) is None
