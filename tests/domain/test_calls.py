"""A request's fingerprint is everything that determines the call, and nothing else."""

from dataclasses import replace

import pytest

from workbench.domain.calls import Parameters, Request
from workbench.domain.conversations import Message

ASKED = Request("m", (Message("system", "Be kind."), Message("user", "Hello")), Parameters())


def test_the_same_question_has_the_same_fingerprint() -> None:
    again = Request("m", (Message("system", "Be kind."), Message("user", "Hello")))
    assert again.fingerprint() == ASKED.fingerprint()


@pytest.mark.parametrize(
    "other",
    [
        replace(ASKED, model="n"),
        replace(ASKED, messages=(Message("user", "Be kind."), Message("user", "Hello"))),
        replace(ASKED, messages=(Message("system", "Be kind."), Message("user", "Hello!"))),
        replace(ASKED, messages=ASKED.messages[::-1]),
        replace(ASKED, messages=ASKED.messages[1:]),
        replace(ASKED, parameters=Parameters(temperature=0.0)),
        replace(ASKED, parameters=Parameters(seed=0)),
        replace(ASKED, parameters=Parameters(stop=("END",))),
        replace(ASKED, parameters=Parameters(max_tokens=257)),
        replace(ASKED, parameters=Parameters(extra_body={"reasoning_effort": "low"})),
    ],
)
def test_another_question_has_another_fingerprint(other: Request) -> None:
    assert other.fingerprint() != ASKED.fingerprint()


@pytest.mark.parametrize(
    "parameters",
    [
        Parameters(),
        Parameters(0.0, 0.5, 12, 0, ("a", "b"), {"type": "object"}, {"n": 1}),
        Parameters(json_schema={}),
    ],
)
def test_parameters_are_read_back_as_they_were_written(parameters: Parameters) -> None:
    read = Parameters.parse(parameters.compact())
    assert read.compact() == parameters.compact()
    assert (read.temperature, read.max_tokens, read.seed, read.stop) == (
        parameters.temperature,
        parameters.max_tokens,
        parameters.seed,
        parameters.stop,
    )


def test_what_becomes_of_parameters_in_a_file_does_not_reach_the_next_call() -> None:
    parameters = Parameters(0.5)
    parameters.compact()["temperature"] = 1.0
    assert parameters.compact() == {"temperature": 0.5}
    assert replace(parameters, seed=3).compact() == {"temperature": 0.5, "seed": 3}
