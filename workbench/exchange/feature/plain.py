"""Pieces that several parts of a feature file are written with."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from workbench.domain import attachments, conversations, tool_replies
from workbench.domain.datasets import CaseDraft
from workbench.domain.prompts import PromptText
from workbench.domain.requirements import Evidence


def kept(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that say something: no empty text, list or group, and no None."""
    return {name: value for name, value in values.items() if value not in ("", [], {}, None)}


def who(item: Any) -> dict[str, Any]:
    """Author and time. An empty author is written: a missing one would be the importer."""
    return {"author": item.author, "created_at": _time(item.created_at)}


def evidence(piece: Evidence) -> dict[str, Any]:
    """What caused something, by value."""
    return {"summary": piece.summary, **kept(asdict(piece))}


def case(draft: CaseDraft) -> dict[str, Any]:
    """A case, without the versions that held it. One without a conversation or a file has
    variables, even if it has none."""
    said = conversations.plain(draft.messages)
    files = attachments.plain(draft.attachments)
    given = dict(sorted(draft.variables.items()))
    return {
        "key": draft.key,
        **({"variables": given} if given or not (said or files) else {}),
        **kept({"messages": said, "attachments": files}),
        **kept({"tool_replies": tool_replies.plain(draft.tool_replies)}),
        **({} if draft.user is None else {"simulated_user": draft.user.plain()}),
        **({} if draft.reference is None else {"reference": draft.reference}),
        **kept({"tags": list(draft.tags), "source": draft.source}),
        **({"held_out": True} if draft.held_out else {}),
        **kept({"group": draft.group}),
    }


def prompt_text(text: PromptText) -> dict[str, Any]:
    """A prompt's messages, in the order in which they are sent, and the tools that it offers."""
    said = kept({"system": text.system, "messages": text.plain(), "user": text.user})
    return {**said, **text.tools.plain()}


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
