"""What came back from `/embeddings`: how near the first text is to each of the others."""

import json
import math
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

from workbench.domain.calls import Answer
from workbench.models import complaints
from workbench.models.replies import Clock, Complained, malformed

_MAX_BODY = 8 * 1024 * 1024
Vector = list[float]


async def read(chunks: AsyncIterator[bytes], model: str, n_texts: int, clock: Clock) -> Answer:
    """An answer that says, as a JSON list, the cosine similarity of the first of the texts with
    each of the others. The vectors themselves are not kept.

    Raises Complained where the reply holds an error, and ModelError(MALFORMED).
    """
    parts, size = [], 0
    async for chunk in chunks:
        size += len(chunk)
        parts.append(chunk)
        if size > _MAX_BODY:
            raise malformed("it is larger than embeddings are")
    latency_ms = clock.ms()
    reply = _parsed(b"".join(parts))
    complaint = complaints.within(reply)
    if complaint is not None:
        raise Complained(complaint)
    vectors = _vectors(reply, n_texts)
    near = [_cosine(vectors[0], other) for other in vectors[1:]]
    said = reply.get("model")
    usage = reply.get("usage")
    tokens = usage.get("prompt_tokens") if isinstance(usage, dict) else None
    return Answer(
        json.dumps([round(each, 6) for each in near]),
        "stop",
        said if isinstance(said, str) and said else model,
        latency_ms,
        None,
        tokens if isinstance(tokens, int) and tokens >= 0 else None,
        0,
    )


def _parsed(raw: bytes) -> dict[str, Any]:
    try:
        reply = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise malformed("it is no JSON") from error
    if not isinstance(reply, dict):
        raise malformed("it is no JSON object")
    return reply


def _vectors(reply: dict[str, Any], n_texts: int) -> list[Vector]:
    data = reply.get("data")
    if not isinstance(data, list) or len(data) != n_texts:
        raise malformed(f"it has no embeddings of the {n_texts} texts")
    try:
        placed = sorted(data, key=lambda each: int(each["index"]))
        found = [[float(number) for number in each["embedding"]] for each in placed]
    except (KeyError, TypeError, ValueError) as error:
        raise malformed("its embeddings are no lists of numbers") from error
    is_fit = all(len(a) == len(b) for a, b in pairwise(found))
    if not is_fit or not all(any(vector) and all(map(math.isfinite, vector)) for vector in found):
        raise malformed("its embeddings can't be compared")
    return found


def _cosine(one: Vector, other: Vector) -> float:
    dot = math.fsum(a * b for a, b in zip(one, other, strict=True))
    return max(-1.0, min(1.0, dot / (math.hypot(*one) * math.hypot(*other))))
