"""Look at the tools that were called in a trial: by name, in order, with arguments."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from workbench.domain import json_text
from workbench.domain.kinds.settings import Settings
from workbench.domain.kinds.tool_calls import ALL, AMONG, EXACTLY
from workbench.domain.scores import Judgement
from workbench.domain.tools import ToolCall, is_same
from workbench.errors import InputError
from workbench.scoring import schemas
from workbench.scoring.kinds.check import Check, Subject, failed, listed, passed
from workbench.scoring.wanted import wanted
from workbench.scoring.wording import quoted

_SHOWN = 5


def _known(subject: Subject) -> Sequence[ToolCall]:
    if subject.calls is None:
        raise InputError("Which tools were called is not known of an output made elsewhere.")
    return subject.calls


def _said(calls: Sequence[ToolCall]) -> str:
    if not calls:
        return "No tool was called."
    more = f" and {len(calls) - _SHOWN:,} more" if len(calls) > _SHOWN else ""
    return f"Called {', '.join(quoted(call.said()) for call in calls[:_SHOWN])}{more}."


def _called(settings: Settings, subject: Subject) -> Judgement:
    calls = _known(subject)
    names = [call.name for call in calls]
    tools = [wanted(str(tool), subject.names).texts for tool in settings.get("tools", ())]
    how = settings.get("called", ALL)
    if how == ALL:
        missing = [options[0] for options in tools if not set(options) & set(names)]
    else:
        missing, at = [], 0
        for options in tools:
            found = next((i for i in range(at, len(names)) if names[i] in options), None)
            if found is None:
                missing.append(options[0])
            else:
                at = found + 1
    if missing:
        order = " in this order" if how != ALL else ""
        return failed(f"Did not call {listed(missing)}{order}. {_said(calls)}", len(calls))
    if how == EXACTLY and len(names) != len(tools):
        return failed(f"Called more than was wanted. {_said(calls)}", len(calls))
    return passed(_said(calls), len(calls))


def _arguments(settings: Settings, subject: Subject) -> Judgement:
    calls = _known(subject)
    tools = wanted(str(settings.get("tool", "")), subject.names).texts
    mine = [call for call in calls if call.name in tools]
    if not mine:
        return failed(f"Did not call {listed(tools)}. {_said(calls)}")
    reasons = [_misfit(settings, subject, call) for call in mine]
    if "" in reasons:
        return passed(f"Called {quoted(mine[reasons.index('')].said())}.")
    return failed(f"{_said(mine)} {reasons[-1]}")


def _misfit(settings: Settings, subject: Subject, call: ToolCall) -> str:
    """What is wrong with the arguments of a call, as a sentence; empty when nothing is."""
    try:
        given = call.read()
    except ValueError as error:
        return f"Its arguments can't be read: {error}."
    template = str(settings.get("arguments") or "")
    if template.strip():
        asked = [_object(text) for text in wanted(template, subject.names).texts]
        among = settings.get("arguments_are") == AMONG
        if not any(_fits(given, one, among=among) for one in asked):
            wants = listed(json.dumps(one, ensure_ascii=False) for one in asked)
            return f"Its arguments are not {wants}."
    schema = settings.get("schema")
    if schema:
        misfit = schemas.misfit(schema, given, call.arguments or "{}")
        if misfit is not None:
            return f"Its arguments do not fit the schema at {misfit.place}: {misfit.message}."
    return ""


def _object(text: str) -> Mapping[str, Any]:
    try:
        found = json_text.read(text)
    except ValueError as error:
        raise InputError(f"The arguments to compare with are not JSON: {error}.") from error
    if not isinstance(found, dict):
        raise InputError("The arguments to compare with are JSON, but no object.")
    return found


def _fits(given: Mapping[str, Any], wants: Mapping[str, Any], *, among: bool) -> bool:
    some = {name: given[name] for name in wants if name in given} if among else given
    return is_same(some, wants)


def _refuse_schema(settings: Settings) -> None:
    schemas.refuse_unusable(settings.get("schema") or {})


def _none(_: Settings, subject: Subject) -> Judgement:
    calls = _known(subject)
    return failed(_said(calls), len(calls)) if calls else passed("No tool was called.", 0)


CHECKS = {
    "tools_called": Check(_called),
    "tool_arguments": Check(_arguments, _refuse_schema),
    "no_tool_called": Check(_none),
}
