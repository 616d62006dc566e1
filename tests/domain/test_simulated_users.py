"""Simulated users as they are written and read."""

import pytest

from workbench.domain import simulated_users
from workbench.domain.calls import Parameters
from workbench.domain.simulated_users import Player, SimulatedUser
from workbench.errors import InputError


@pytest.mark.parametrize(
    "user",
    [
        SimulatedUser("Anna", "Know when it comes"),
        SimulatedUser("Anna\nand Ben", "Know when", 12),
        SimulatedUser("Goal: none", "Persona: none", 1),
        SimulatedUser('"Anna"', "{x}"),
    ],
)
def test_what_was_written_is_read_as_it_was(user: SimulatedUser) -> None:
    assert simulated_users.read(user.written()) == user
    assert simulated_users.of(user.plain()) == user
    assert simulated_users.load(simulated_users.dump(user)) == user


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Persona: Anna", "has no goal"),
        ("Goal: Know", "has no persona"),
        ("Persona: A\nGoal: B\nTurns: 13", "“13”"),
        ("Persona: A\nGoal: B\nTurns: many", "“many”"),
        ("Persona: A\nPersona: C\nGoal: B", "two lines “persona”"),
        ("Anna wants to know", "says nothing of a simulated user"),
        ('{"persona": "A"', "not valid JSON"),
        (f"Persona: {'a' * 4001}\nGoal: B", "4,001 characters"),
    ],
)
def test_what_can_not_be_read_says_why(text: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        simulated_users.read(text)


def test_nothing_written_is_nobody() -> None:
    assert simulated_users.read(" \n") is None
    assert simulated_users.of(None) is None


def test_who_plays_is_part_of_the_parameters_and_comes_back() -> None:
    parameters = Parameters(user=Player("People", "person-1"))
    assert Parameters.parse(parameters.compact()) == parameters
    assert parameters.compact() != Parameters().compact()
