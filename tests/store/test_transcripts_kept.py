"""What was said in a trial is read with it, however it is looked up."""

from dataclasses import replace

from tests.building import loop
from workbench.domain.conversations import Message
from workbench.domain.scores import Outcome
from workbench.store.keys import new_id
from workbench.store.store import Store

SAID = (
    Message("assistant", "Which order?"),
    Message("user", "A-17"),
    Message("assistant", "On its way."),
)


def test_a_trial_that_is_read_alone_has_its_transcript(store: Store) -> None:
    experiment = loop(store, 1).run([Outcome.PASS])
    (first,) = store.trials.of_experiment(experiment.id)
    talk = replace(first, id=new_id(), supersedes=first.id, transcript=SAID)
    store.trials.add([talk])
    assert store.trials.get(talk.id).transcript == SAID
    assert [t.transcript for t in store.trials.of_case(experiment.id, talk.case_id)] == [SAID]
    assert [t.transcript for t in store.trials.of_experiment(experiment.id)] == [SAID]
