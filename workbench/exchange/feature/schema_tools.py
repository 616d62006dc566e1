"""The shape of tools and of simulated users in a feature file."""

from workbench.domain import simulated_users, tool_replies, tools
from workbench.exchange.feature.schema_parts import JSON_OBJECT, LINE, TEXT, Shape, record, some

_NAME: Shape = {"type": "string", "pattern": f"^{tools.NAME}$"}

_TOOL = record({"name": _NAME, "description": TEXT, "parameters": JSON_OBJECT}, "name")
_REPLY = record({"tool": _NAME, "arguments": JSON_OBJECT, "reply": TEXT}, "tool", "reply")
DEFINITIONS: dict[str, Shape] = {"tool": _TOOL, "tool_reply": _REPLY}
"""What is referred to by name."""

TOOLS: dict[str, Shape] = {
    "tools": some({"$ref": "#/$defs/tool"}),
    "tool_choice": {
        "type": "string",
        "description": "auto, required, none, or the name of a tool.",
    },
    "most_requests": {
        "type": "integer",
        "minimum": 1,
        "maximum": tools.MOST_REQUESTS,
        "description": "How often the model is asked at most for one trial.",
    },
}
"""What a version of a prompt says of them."""

_REPLIES: Shape = {
    **some({"$ref": "#/$defs/tool_reply"}),
    "maxItems": tool_replies.MOST_REPLIES,
    "description": "What tools reply that the model calls, in order.",
}

_WHO: Shape = {**LINE, "maxLength": simulated_users.MOST_TEXT}
_USER: Shape = {
    **record(
        {
            "persona": _WHO,
            "goal": _WHO,
            "turns": {
                "type": "integer",
                "minimum": 1,
                "maximum": simulated_users.MOST_TURNS,
                "description": f"How often they answer at most; else {simulated_users.TURNS}.",
            },
        },
        "persona",
        "goal",
    ),
    "description": "Whom a second model plays, so that a trial is a whole conversation.",
}
PLAYER: Shape = {
    **record({"connection": LINE, "model": LINE}, "connection", "model"),
    "description": "Who plays the simulated users of cases.",
}

CASE_PARTS: dict[str, Shape] = {"tool_replies": _REPLIES, "simulated_user": _USER}
"""What a case says of them."""
