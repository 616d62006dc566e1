"""Scorers that look at the calls of tools: which, in what order, with what arguments."""

from workbench.domain.kinds.entry import By, KindEntry
from workbench.domain.kinds.settings import Choice, Line, Settings, Texts
from workbench.domain.kinds.shapes import JsonSchema
from workbench.domain.kinds.words import listed

ALL, IN_ORDER, EXACTLY = "all of them", "in this order", "exactly these"
EQUAL, AMONG = "equal to these", "these among others"


def _called(settings: Settings, _: str) -> str:
    tools = listed(settings.get("tools", ()))
    how = settings.get("called", ALL)
    if how == EXACTLY:
        return f"calls {tools} and no other tool, in this order"
    return f"calls {tools}{' in this order' if how == IN_ORDER else ''}"


def _arguments(settings: Settings, _: str) -> str:
    tool = f"calls “{settings.get('tool', '')}”"
    said = str(settings.get("arguments") or "")
    also = ", among others" if settings.get("arguments_are") == AMONG else ""
    what = [f"the arguments {said}{also}"] if said else []
    if settings.get("schema"):
        what.append("arguments that fit a schema")
    return f"{tool} with {' and '.join(what)}" if what else f"{tool} with arguments that are JSON"


def _none(_: Settings, __: str) -> str:
    return "calls no tool"


ENTRIES = (
    KindEntry(
        "tools_called",
        By.CODE,
        "calls tools",
        "Passes when the model called the tools that you name, at any time of its trial. The "
        "prompt has to offer them.",
        _called,
        (
            Texts(
                "tools", "Names of tools, one per line", missing="it names no tool.",
                placeholder="get_weather", names_values=True, height=80,
            ),
            Choice(
                "called", "Called", (ALL, IN_ORDER, EXACTLY),
                wrong=f"its “called” is none of {ALL}, {IN_ORDER}, {EXACTLY}.",
            ),
        ),
        is_measured=True,
    ),
    KindEntry(
        "tool_arguments",
        By.CODE,
        "calls a tool with arguments",
        "Passes when one of the calls of a tool has the arguments that you give, or such as fit a "
        "JSON schema. Arguments that can't be read fail.",
        _arguments,
        (
            Line(
                "tool", "Tool", missing="it names no tool.", placeholder="get_weather",
                names_values=True,
            ),
            Line(
                "arguments", "Arguments, as JSON", placeholder='{"city": "{{city}}"}',
                help="Empty: any arguments. {{reference.arguments|tojson}} takes those of a "
                "reference.",
                names_values=True,
            ),
            Choice(
                "arguments_are", "Its arguments are", (EQUAL, AMONG),
                wrong=f"its “arguments_are” is neither {EQUAL} nor {AMONG}.",
            ),
            JsonSchema("schema", "JSON schema of the arguments"),
        ),
        is_measured=True,
    ),
    KindEntry(
        "no_tool_called",
        By.CODE,
        "calls no tool",
        "Passes when the model answered without calling a tool.",
        _none,
        is_measured=True,
    ),
)  # fmt: skip
