"""What comes after an answer in a trial of several requests: the next one, or the trial's end."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING

from workbench.domain import transcripts
from workbench.domain.calls import Answer, Request
from workbench.domain.conversations import Conversation, Message
from workbench.domain.datasets import Case
from workbench.domain.prompts import Variant
from workbench.domain.transcripts import Turn, message_of
from workbench.domain.trials import Ending, ending_of
from workbench.runs import simulated

if TYPE_CHECKING:
    from workbench.runs.call import Result


def said_in(turns: Sequence[Turn]) -> Conversation:
    """All that was said in some turns."""
    return tuple(message for turn in turns for message in turn.said)


def turn_of(result: "Result", said: Conversation) -> Turn:
    """An answered request as a turn, with what follows it. Of a refusal that the server marked in
    another way its finish reason says so: a turn has no other place for it."""
    answer = result.ended
    assert isinstance(answer, Answer)
    return Turn(
        id=result.attempt.id,
        place=len(result.call.turns) + 1,
        said=said,
        model=answer.model,
        finish_reason=Ending.REFUSED.value if answer.is_refusal else answer.finish_reason,
        latency_ms=answer.latency_ms,
        first_token_ms=answer.first_token_ms,
        input_tokens=answer.input_tokens,
        output_tokens=answer.output_tokens,
        cost=result.cost,
        reasoning=answer.reasoning,
        adaptations=answer.adaptations,
        started_at=result.started_at,
    )


def next_turn(result: "Result", variant: Variant, case: Case) -> Turn | None:
    """The turn that an answer is, where the trial goes on after it: the case has replies to all of
    its calls, and the prompt allows one more request, or its user has something to say. None where
    the answer ends the trial."""
    answer, turns = result.ended, result.call.turns
    assert isinstance(answer, Answer)
    if result.call.is_user:
        said = (Message("user", answer.text),)
        return None if simulated.is_done(answer) else turn_of(result, said)
    message = message_of(answer, len(turns) + 1)
    if not answer.calls:
        goes_on = simulated.has_a_turn(variant, case, turns)
        return turn_of(result, (message,)) if goes_on else None
    # What a prompt allows is for each answer to a user.
    since = list(takewhile(lambda turn: not turn.is_users, reversed(turns)))
    if len(since) + 1 >= variant.prompt.text.tools.most_requests:
        return None
    replies = transcripts.replies_to(message, said_in(turns), case.tool_replies)
    return None if replies is None else turn_of(result, (message, *replies))


def ended(result: "Result") -> tuple[Answer, float | None, Conversation, Turn | None]:
    """A trial that its last answer ends: the answer with the time and tokens of all requests to the
    tested model, what they cost (None where one is unknown), what was said after the prompt
    (nothing where an answer is all that was), and the last turn, where there were others.

    What a user said last is no answer: that is what the tested model said before. What the user's
    model took stands with its turns, where budgets count it."""
    answer, turns = result.ended, result.call.turns
    assert isinstance(answer, Answer)
    if not turns:
        return answer, result.cost, (message_of(answer),) if answer.calls else (), None
    if result.call.is_user:
        last = turn_of(result, (Message("user", answer.text),))
        answer = _answer_of(answer, turns[-1])
    else:
        last = turn_of(result, (message_of(answer, len(turns) + 1),))
    every = tuple(turn for turn in (*turns, last) if not turn.is_users)
    thoughts = "\n\n".join(turn.reasoning for turn in every if turn.reasoning)
    whole = replace(
        answer,
        latency_ms=sum(turn.latency_ms for turn in every),
        first_token_ms=turns[0].first_token_ms,
        input_tokens=_sum([turn.input_tokens for turn in every]),
        output_tokens=_sum([turn.output_tokens for turn in every]),
        reasoning=thoughts,
        adaptations=tuple(dict.fromkeys(one for turn in every for one in turn.adaptations)),
    )
    costs = [turn.cost for turn in every if turn.cost is not None]
    cost = sum(costs) if len(costs) == len(every) else None
    return whole, cost, said_in((*turns, last)), last


def _answer_of(heard: Answer, turn: Turn) -> Answer:
    """What the tested model answered in a turn, in the place of what was `heard` of its user."""
    return replace(
        heard,
        text=turn.said[-1].content,
        finish_reason=turn.finish_reason,
        model=turn.model,
        is_refusal=ending_of(turn.finish_reason) is Ending.REFUSED,
    )


def asked_after(first: Request, turns: Sequence[Turn]) -> Request:
    """The request that goes on with what was said. A tool that was to be called in any case was:
    from then on the model chooses, or it could never answer."""
    if not turns:
        return first
    tools = first.tools
    if tools.choice not in ("auto", "none"):
        tools = replace(tools, choice="auto")
    return replace(first, messages=(*first.messages, *said_in(turns)), tools=tools)


def _sum(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None
