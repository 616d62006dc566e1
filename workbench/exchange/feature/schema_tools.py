"""The shape of tools in a feature file: what a prompt offers, and what a case lets them reply."""

from workbench.domain import tool_replies, tools
from workbench.exchange.feature.schema_parts import JSON_OBJECT, TEXT, Shape, record, some

_NAME: Shape = {"type": "string", "pattern": f"^{tools.NAME}$"}

TOOL = record({"name": _NAME, "description": TEXT, "parameters": JSON_OBJECT}, "name")
TOOL_REPLY = record({"tool": _NAME, "arguments": JSON_OBJECT, "reply": TEXT}, "tool", "reply")

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

TOOL_REPLIES: Shape = {
    **some({"$ref": "#/$defs/tool_reply"}),
    "maxItems": tool_replies.MOST_REPLIES,
    "description": "What tools reply that the model calls, in order.",
}
