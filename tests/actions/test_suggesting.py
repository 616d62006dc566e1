"""A model suggests failure modes for notes; what it says is data, and people decide."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests import building
from tests.actions.scenes import MIRA, lines
from tests.building import Loop
from tests.faults import endpoint as faults
from tests.faults.endpoint import Endpoint
from workbench.actions import failures, suggesting
from workbench.actions.suggesting import Answered
from workbench.domain.connections import Connection
from workbench.domain.experiments import RunState
from workbench.domain.failures import ModeDraft, SortedNote
from workbench.domain.scores import Outcome
from workbench.errors import InputError, ModelError
from workbench.models.connect import Models
from workbench.models.local import LocalModel
from workbench.scoring import note_groups
from workbench.store.store import Store

NOTES = ("Promises a refund", "Says we will pay it back", "Too long", "Promises money")
GROUPS = [
    {"name": "Promises money", "definition": "It promises what we may refuse.", "notes": [1, 2]},
    {"name": "Too long", "definition": "It rambles.", "notes": [3, 2]},
]


def answer(groups: Any = GROUPS) -> str:
    """A model's reply with these groups."""
    return json.dumps({"groups": groups})


@pytest.fixture
def models(tmp_path: Path) -> Models:
    """Everybody who may be asked."""
    return Models(LocalModel(tmp_path))


def noted(store: Store, server: Endpoint) -> Loop:
    """Four outputs with a note each, and a connection that costs something."""
    made = building.loop(store, 4)
    experiment = made.run([Outcome.FAIL] * 4)
    for trial, text in zip(store.trials.of_experiment(experiment.id), NOTES, strict=True):
        failures.read(store, MIRA, made.feature_id, trial.id, text)
    priced = Connection("Fake", server.base_url, ("fake-1",), price_in=1.0, price_out=2.0)
    store.connections.add(priced)
    return made


def notes(made: Loop) -> list[SortedNote]:
    return made.store.reports.failures.notes(made.feature_id)


def asked(made: Loop, models: Models) -> Answered:
    """What asking once came to."""
    waiting = notes(made)
    suggesting.ask(made.store, models, MIRA, made.feature_id, "Fake", "fake-1", waiting)
    found = suggesting.newest(made.store, made.feature_id, notes(made))
    assert found is not None
    return found


def test_each_group_names_a_failure_mode_and_its_notes(store: Store, models: Models) -> None:
    with faults.serve(text=answer()) as server:
        made = noted(store, server)
        found = asked(made, models)
    texts = {each.mode.name: [note.text for note in each.notes] for each in found.modes}
    assert texts == {"Promises money": list(NOTES[:2]), "Too long": [NOTES[2]]}
    assert found.wrong == ""
    assert found.reply.cost is not None
    asked_for = ("suggestion.ask", "fake-1 asked to sort 4 notes")
    assert lines(store, made.feature_id)[-1] == asked_for


def test_nothing_is_sorted_before_somebody_accepts_it(store: Store, models: Models) -> None:
    with faults.serve(text=answer()) as server:
        made = noted(store, server)
        found = asked(made, models)
    assert store.failures.of(made.feature_id) == []
    first = found.modes[0]
    kept = suggesting.accept(store, MIRA, made.feature_id, first, "Pays back", "It promises it.")
    assert (kept.draft.name, kept.draft.definition) == ("Pays back", "It promises it.")
    assert [note.text for note in notes(made) if note.mode_id == kept.id] == list(NOTES[:2])
    left = suggesting.newest(store, made.feature_id, notes(made))
    assert left is not None
    assert [each.mode.name for each in left.modes] == ["Too long"]


def test_a_name_that_is_there_takes_the_notes(store: Store, models: Models) -> None:
    with faults.serve(text=answer()) as server:
        made = noted(store, server)
        there = failures.add_mode(store, MIRA, made.feature_id, ModeDraft("Promises Money"))
        found = asked(made, models)
        assert "Known failure modes: Promises Money" in server.bodies[0].decode()
    first = found.modes[0]
    assert first.there == there
    again = suggesting.accept(store, MIRA, made.feature_id, first, "promises money", "")
    assert again.id == there.id
    assert len(store.failures.of(made.feature_id)) == 1


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("Sure! Here they are.", "is not one JSON object"),
        (f"Sure: {answer()}", "is not one JSON object"),
        (answer([{"name": "A", "definition": "", "notes": [9]}]), "was not given"),
        (answer([{"name": " ", "definition": "", "notes": [1]}]), "has no name"),
        (answer([{"name": "A", "notes": [1]}]), "no name, definition and notes"),
        (answer("none"), "has no list of groups"),
    ],
)
def test_a_reply_that_cannot_be_read_says_so(
    store: Store, models: Models, reply: str, said: str
) -> None:
    with faults.serve(text=reply) as server:
        found = asked(noted(store, server), models)
    assert found.modes == ()
    assert said in found.wrong


def test_notes_stand_between_marks_that_nobody_could_know(store: Store, models: Models) -> None:
    with faults.serve(text=answer()) as server:
        made = noted(store, server)
        asked(made, models)
        asked(made, models)
        sent = [json.loads(body)["messages"] for body in server.bodies]
    found = [re.findall(r"<<<notes ([0-9a-f]{32})>>>", each[1]["content"]) for each in sent]
    assert len({nonce for (nonce,) in found}) == 2
    assert all(text not in each[0]["content"] for each in sent for text in NOTES)


def test_it_is_written_down_before_it_is_sent_and_counts_towards_the_budget(
    store: Store, models: Models
) -> None:
    before: list[float] = []

    def reply(_: dict[str, Any]) -> str:
        before.append(store.attempts.spent_on(made.feature_id).usd)
        return answer()

    with faults.serve(reply=reply) as server:
        made = noted(store, server)
        spent = store.attempts.spent_on(made.feature_id).usd
        found = asked(made, models)
    assert found.call.most_cost is not None
    assert before == [pytest.approx(spent + found.call.most_cost)]
    assert found.reply.cost is not None
    after = store.attempts.spent_on(made.feature_id).usd
    assert after == pytest.approx(spent + found.reply.cost)


def test_a_budget_without_room_for_it_is_not_passed(store: Store, models: Models) -> None:
    with faults.serve(text=answer()) as server:
        made = noted(store, server)
        store.features.set_budget(made.feature_id, 0.0001, "Ada")
        with pytest.raises(InputError, match="A run of this feature goes on"):
            asked(made, models)
        (run,) = store.runs.newest(made.feature_id).values()
        store.runs.note(run.id, RunState.FINISHED)
        with pytest.raises(InputError, match="has no room"):
            asked(made, models)
        assert server.requests == 0


def test_a_model_that_fails_leaves_its_words(store: Store, models: Models) -> None:
    with faults.serve("server_error") as server:
        made = noted(store, server)
        with pytest.raises(ModelError):
            asked(made, models)
    found = suggesting.newest(store, made.feature_id, notes(made))
    assert found is not None
    assert found.wrong == found.reply.message != ""


def test_what_it_will_cost_is_said_before(store: Store) -> None:
    with faults.serve(text=answer()) as server:
        made = noted(store, server)
        found = suggesting.expected(store, made.feature_id, "Fake", "fake-1", notes(made))
        many = suggesting.expected(store, made.feature_id, "Fake", "fake-1", notes(made) * 100)
    assert found.notes == 4
    assert found.cost is not None
    assert 0 < found.cost[0] < found.cost[1]
    assert many.notes == note_groups.MOST_NOTES
