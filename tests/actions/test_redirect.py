"""What the command line asks for instead of a feature's own models: each change with its line."""

from dataclasses import replace

import pytest

from tests.actions import lines
from tests.conftest import sample
from workbench.actions import redirect
from workbench.actions.redirect import Wanted
from workbench.domain.connections import LOCAL_NAME
from workbench.domain.experiments import Experiment
from workbench.domain.history import Deed
from workbench.domain.people import Person
from workbench.errors import InputError
from workbench.exchange.feature.file import keep
from workbench.store.store import Store

MIRA = Person("browser-1", "Mira")
ELSEWHERE = Wanted(
    connection="Mine", base_url="https://api.example.com/v1", model="m-1", api_key_env="MINE_KEY"
)


@pytest.fixture
def experiment(store: Store) -> Experiment:
    """The first experiment of the sample."""
    feature_id = keep(store, sample(), "Sample").id
    assert feature_id is not None
    return store.experiments.of(feature_id)[0]


def deeds(store: Store) -> list[tuple[Deed, str]]:
    return [(line.deed, line.what) for line in lines.of_all(store)]


@pytest.mark.parametrize(
    ("wanted", "may_be"),
    [
        (Wanted(), True),
        (Wanted(model="another"), True),
        (Wanted(user_model="another"), True),
        (Wanted(connection=LOCAL_NAME), True),
        (Wanted(connection="Mine"), False),
        (ELSEWHERE, False),
        (Wanted(base_url="http://127.0.0.1:9/v1"), False),
    ],
)
def test_the_built_in_model_is_met_wherever_it_may_be_asked(wanted: Wanted, may_be: bool) -> None:
    assert wanted.may_be_local is may_be


def test_a_connection_that_a_command_names_is_added_with_its_line(store: Store) -> None:
    kept = redirect.connection_of(store, ELSEWHERE, MIRA)
    assert store.connections.named("Mine") == kept
    assert deeds(store) == [
        (Deed.CONNECTION_ADD, "Connection Mine added, at https://api.example.com/v1")
    ]


def test_the_same_command_again_changes_nothing(store: Store) -> None:
    first = redirect.connection_of(store, ELSEWHERE, MIRA)
    assert redirect.connection_of(store, ELSEWHERE, MIRA) == first
    assert len(deeds(store)) == 1


def test_a_model_more_is_an_edit_of_the_connection(store: Store) -> None:
    redirect.connection_of(store, ELSEWHERE, MIRA)
    redirect.connection_of(store, replace(ELSEWHERE, model="m-2"), MIRA)
    assert store.connections.named("Mine").models == ("m-1", "m-2")
    assert deeds(store)[1:] == [(Deed.CONNECTION_EDIT, "Connection Mine: models changed")]


def test_an_experiment_on_another_model_is_frozen_once(
    store: Store, experiment: Experiment
) -> None:
    copy = redirect.redirected(store, experiment, ELSEWHERE, MIRA)
    assert {variant.model for variant in copy.variants} == {"m-1"}
    frozen = (Deed.EXPERIMENT_FREEZE, f"{copy.key} frozen")
    assert deeds(store)[-1] == frozen
    assert redirect.redirected(store, experiment, ELSEWHERE, MIRA).id == copy.id
    assert deeds(store).count(frozen) == 1


def test_an_experiment_that_is_asked_as_it_is_leaves_no_line(
    store: Store, experiment: Experiment
) -> None:
    assert redirect.redirected(store, experiment, Wanted(), MIRA).id == experiment.id
    assert deeds(store) == []


def test_where_a_key_may_go_is_confirmed_with_its_line_once(store: Store) -> None:
    redirect.connection_of(store, ELSEWHERE, MIRA)
    moved = replace(
        ELSEWHERE, connection="Other", base_url="https://b.example.com/v1",
        send_key_to="https://b.example.com",
    )  # fmt: skip
    redirect.connection_of(store, moved, MIRA)
    assert store.connections.named("Other").waiting == ()
    before = deeds(store)
    redirect.confirm(store, moved, MIRA)
    assert deeds(store) == before


def test_a_key_that_waits_goes_where_a_command_says(store: Store) -> None:
    redirect.connection_of(store, ELSEWHERE, MIRA)
    store.connections.confirm_only(())
    assert store.connections.named("Mine").waiting == ("MINE_KEY",)
    redirect.confirm(store, Wanted(send_key_to="https://api.example.com"), MIRA)
    assert store.connections.named("Mine").waiting == ()
    assert deeds(store)[-1] == (
        Deed.KEY_HOST_CONFIRM,
        "MINE_KEY may be sent to https://api.example.com",
    )


def test_a_model_needs_to_be_named_somewhere(store: Store, experiment: Experiment) -> None:
    wanted = replace(ELSEWHERE, model=None)
    with pytest.raises(InputError, match="No model is named"):
        redirect.redirected(store, experiment, wanted, MIRA)
