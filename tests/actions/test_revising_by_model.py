"""A model proposes a revised prompt: a wording with a bet, tried like those of the rules."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.actions.scenes import MIRA, lines
from tests.actions.test_revising import TEXT, noted, proposed
from tests.faults import endpoint as faults
from workbench.actions import failures, revising, revising_by_model
from workbench.actions.revising import Proposal
from workbench.actions.revising_by_model import Suggested
from workbench.domain.drafting import Resolution
from workbench.domain.failures import ModeDraft
from workbench.domain.prompts import PromptText
from workbench.drafting import prompt_revision
from workbench.errors import InputError
from workbench.evidence import bets
from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.runs.jobs import Jobs
from workbench.store.store import Store

REPLY = {
    "system": "Be polite. Say what happens next, never that money comes back.",
    "user": "{{message}}",
    "why": "The prompt does not speak of money.",
    "expects": "No answer promises money.",
}


@pytest.fixture
def models(tmp_path: Path) -> Models:
    """Everybody who may be asked."""
    return Models(LocalModel(tmp_path))


def asked(store: Store, models: Models, found: Proposal) -> Suggested:
    """What asking the server came to."""
    revising_by_model.ask(store, models, MIRA, found, "Fake", "fake-1")
    suggested = revising_by_model.newest(store, found)
    assert suggested is not None
    return suggested


def test_it_is_one_more_way_with_its_own_bet_and_what_it_took(store: Store, models: Models) -> None:
    with faults.serve(text=json.dumps(REPLY)) as server:
        made, mode = noted(store, server.base_url)
        suggested = asked(store, models, proposed(store, made, mode))
        system, user = (m["content"] for m in server.last_body["messages"])
    way = suggested.way()
    assert way is not None
    assert way.name == "Suggested by fake-1"
    assert way.text.system == REPLY["system"]
    assert way.text.messages == TEXT.messages
    assert (way.why, way.expects) == (REPLY["why"], REPLY["expects"])
    assert suggested.reply.cost == 0.0
    assert "It promises money" not in system
    assert user.startswith("<<<prompt ")
    assert "Noted: It promises money" in user
    assert "Be polite." in user
    said = f"fake-1 asked to revise {made.variant.prompt.label} against {mode.key}"
    assert ("suggestion.ask", said) in lines(store, made.feature_id)


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("Here is a better prompt: be nice.", "is not one JSON object"),
        ({"system": "Be nice."}, "no object of system, user, why, expects"),
        ({**REPLY, "user": "Answer."}, "leaves out the variable “message”"),
        ({**REPLY, "system": "Be kind to {{name}}."}, "makes up the variable “name”"),
        ({**REPLY, "system": "{% macro x() %}"}, "can't be used"),
        ({**REPLY, "system": TEXT.system}, "is the one that is there"),
        ({**REPLY, "expects": ""}, "a expects in it is no text"),
        ({**REPLY, "system": 3}, "are no texts"),
    ],
)
def test_a_reply_that_cannot_be_used_says_so_and_is_no_way(
    store: Store, models: Models, reply: Any, why: str
) -> None:
    text = reply if isinstance(reply, str) else json.dumps(reply)
    with faults.serve(text=text) as server:
        made, mode = noted(store, server.base_url)
        suggested = asked(store, models, proposed(store, made, mode))
    assert suggested.way() is None
    assert why in suggested.wrong
    assert suggested.reply.reply == text


def test_trying_it_keeps_the_bet_and_tells_the_model_from_the_person(
    store: Store, models: Models, jobs: Jobs
) -> None:
    with faults.serve(text=json.dumps(REPLY)) as server:
        made, mode = noted(store, server.base_url)
        found = proposed(store, made, mode)
        suggested = asked(store, models, found)
        way = suggested.way()
        assert way is not None
        tried = revising_by_model.try_it(store, jobs, MIRA, found, suggested, way.text, way.expects)
        assert jobs.wait(tried.id, 60)
    assert len(tried.variants) == 2
    (bet,) = [each for each in bets.of_feature(store, made.feature_id) if each.expects]
    assert bet.expects == REPLY["expects"]
    now = revising_by_model.newest(store, found)
    assert now is not None
    assert now.resolved is not None
    assert (now.resolved.resolution, now.resolved.made) == (Resolution.ACCEPTED, tried.key)
    said = "The prompt suggested by fake-1 is tried"
    assert ("suggestion.answer", said) in lines(store, made.feature_id)


def test_one_that_was_rejected_is_no_way_any_more(store: Store, models: Models) -> None:
    with faults.serve(text=json.dumps(REPLY)) as server:
        made, mode = noted(store, server.base_url)
        found = proposed(store, made, mode)
        revising_by_model.reject(store, MIRA, found, asked(store, models, found))
    now = revising_by_model.newest(store, found)
    assert now is not None
    assert now.way() is None
    (fared,) = store.suggestions.acceptance(made.feature_id, "prompt")
    assert (fared.accepted, fared.rejected) == (0, 1)


def test_a_suggestion_for_another_failure_mode_is_not_shown(store: Store, models: Models) -> None:
    with faults.serve(text=json.dumps(REPLY)) as server:
        made, mode = noted(store, server.base_url)
        asked(store, models, proposed(store, made, mode))
    other = failures.add_mode(store, MIRA, made.feature_id, ModeDraft("Is rude"))
    trial = store.trials.of_experiment(store.experiments.of(made.feature_id)[0].id)[2]
    failures.read(store, MIRA, made.feature_id, trial.id, "It is rude", other.id)
    assert revising_by_model.newest(store, proposed(store, made, other)) is None


def test_several_failure_modes_are_revised_against_at_once(store: Store) -> None:
    made, mode = noted(store)
    other = failures.add_mode(store, MIRA, made.feature_id, ModeDraft("Is rude"))
    (experiment,) = store.experiments.of(made.feature_id)
    trial = store.trials.of_experiment(experiment.id)[2]
    failures.read(store, MIRA, made.feature_id, trial.id, "It is rude", other.id)
    assert revising.beside(store, proposed(store, made, mode)) == [other]
    both = revising.proposal(store, mode, experiment, [other])
    assert both is not None
    assert (len(both.failing), len(both.passing)) == (3, 1)
    assert "“Promises a refund” or “Is rude”" in both.expects()
    assert both.ways[0].text.system.endswith("Make sure that this does not happen: Is rude.")


def test_a_reply_with_half_of_a_letter_is_no_revision(store: Store, models: Models) -> None:
    reply = json.dumps({**REPLY, "system": "Be \ud83d polite."})
    with faults.serve(text=reply) as server:
        made, mode = noted(store, server.base_url)
        suggested = asked(store, models, proposed(store, made, mode))
    assert suggested.revised is None
    assert "half of a letter" in suggested.wrong


def test_a_small_model_is_not_asked_for_what_it_has_no_room_for() -> None:
    long = PromptText("x" * 501, "{{message}}")
    with pytest.raises(InputError, match="too long to be rewritten"):
        prompt_revision.request("local", long, [], [], "0" * 32, is_small=True)
    assert prompt_revision.request("large", long, [], [], "0" * 32, is_small=False)


def test_a_revision_that_ends_where_there_was_no_more_room_is_none() -> None:
    short = PromptText("Be polite.", "{{message}}")
    reply = json.dumps({**REPLY, "system": "x" * 500})
    with pytest.raises(InputError, match="no more room"):
        prompt_revision.read(reply, short, is_small=True)
    assert prompt_revision.read(reply, short, is_small=False).text.system == "x" * 500
