"""What an embedding model is asked about an output, and when it is near enough."""

import json
from collections.abc import Mapping

from workbench.domain.calls import Parameters, Request
from workbench.domain.conversations import Message
from workbench.domain.kinds.settings import Settings
from workbench.domain.scores import Judgement, Outcome
from workbench.domain.values import Value
from workbench.errors import InputError, TemplateError
from workbench.scoring.judge import Reading
from workbench.scoring.wanted import wanted

_PARAMETERS = Parameters(max_tokens=1)
"""Nothing is answered: of the fields that a chat has, none is sent."""


def request(settings: Settings, names: Mapping[str, Value], output: str) -> Request:
    """The output and the texts that it may mean. Where the case gives none the output goes alone:
    what comes back says so."""
    try:
        texts = wanted(str(settings.get("text") or "{{reference}}"), names).texts
    except (InputError, TemplateError):
        texts = ()
    messages = tuple(Message("input", text) for text in (output, *texts))
    return Request(str(settings["model"]), messages, _PARAMETERS)


def read(reply: str, settings: Settings) -> Reading:
    """The nearest of the texts, held against the level; anything but numbers is unscored."""
    try:
        near = json.loads(reply)
    except ValueError:
        near = None
    if not isinstance(near, list) or not all(isinstance(each, float | int) for each in near):
        return Reading(Judgement(Outcome.UNSCORED, "The embeddings could not be read."))
    if not near:
        said = "The case gives no text that it could be close to."
        return Reading(Judgement(Outcome.UNSCORED, said))
    best, level = max(near), float(settings["similarity"])
    outcome = Outcome.PASS if best >= level else Outcome.FAIL
    said = f"Its similarity in meaning is {best:.3f}; near enough is {level:g} or more."
    return Reading(Judgement(outcome, said, best))
