"""The chosen variant in the spec: its model, its prompt and its tools, to be built as they are."""

import json

from workbench.domain.prompts import Variant
from workbench.domain.tools import AUTO, NONE, REQUIRED, Tools
from workbench.exchange.safe.markdown import escape, fenced
from workbench.models.templates import flaw
from workbench.say import count


def written(candidate: Variant | None, sent_as: str) -> list[str]:
    """What it is, how it is asked and what it may call, or that there is none yet. `sent_as` says
    what its user message is."""
    if candidate is None:
        return ["## Candidate", "No variant is chosen yet."]
    text, parameters = candidate.prompt.text, candidate.parameters.compact()
    rows = [
        f"- Variant {escape(candidate.label)}: {escape(candidate.prompt.label)}",
        f"- Model {escape(candidate.model)} on the connection {escape(candidate.connection)}",
        *(f"- {escape(name)}: {_value(value)}" for name, value in parameters.items()),
    ]
    why = None if candidate.is_outside else flaw(text)
    if why is not None:
        rows.append(f"- Nothing can be asked with its prompt. {escape(str(why))}")
    parts = ["## Candidate", "\n".join(rows)]
    if text.system:
        parts += ["System message:", fenced(text.system)]
    for message in text.messages:
        if message.is_place:
            parts += ["Here goes the conversation so far, of cases that have one."]
        else:
            parts += [
                f"{message.role.capitalize()} message, as an example:",
                fenced(message.content),
            ]
    if text.user:
        parts += [sent_as, fenced(text.user)]
    return [*parts, *_tools(text.tools)]


def _value(value: object) -> str:
    """A parameter as it is sent: engineers copy it."""
    return escape(json.dumps(value, ensure_ascii=False))


def _tools(tools: Tools) -> list[str]:
    """What the prompt lets the model call."""
    if not tools:
        return []
    choices = {AUTO: "as it likes", REQUIRED: "at least one", NONE: "none"}
    choice = choices.get(tools.choice, f"{tools.choice}, in any case")
    rows = [
        f"- {escape(tool.name)}: {escape(tool.description or 'not described')}"
        for tool in tools.offered
    ]
    schemas = [tool.plain() for tool in tools.offered if tool.parameters]
    shown = [fenced(json.dumps(schemas, indent=2, ensure_ascii=False))] if schemas else []
    most = count(tools.most_requests, "request")
    said = f"Tools (the model calls {escape(choice)}; at most {most} in one trial):"
    return [said, "\n".join(rows), *shown]
