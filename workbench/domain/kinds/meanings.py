"""The scorer that asks an embedding model how near in meaning an output is to a text."""

from workbench.domain.kinds.entry import By, KindEntry
from workbench.domain.kinds.fields import Widget
from workbench.domain.kinds.judges import Asked, Words
from workbench.domain.kinds.settings import Line, Settings, Share
from workbench.domain.kinds.words import REFERENCE, is_reference, several


def _said(settings: Settings, _: str) -> str:
    text = settings.get("text") or REFERENCE
    meant = "the reference" if is_reference(text) else f"“{text}”"
    level, model = settings.get("similarity", 0), settings.get("model")
    return f"is close in meaning to {meant} (from {level:g} by {model}){several([text])}"


ENTRIES = (
    KindEntry(
        "meaning",
        By.MODEL,
        "is close in meaning to the reference",
        "An embedding model says how near the answer is to the expected text (cosine similarity). "
        "No level is right by itself: models differ, and opposites are often near each other. Look "
        "at values of answers you know, set the level between good and bad ones, and let people "
        "label some: it decides nothing until their labels show how often it errs.",
        _said,
        (
            Line(
                "text", "Expected text", help="Empty: the case's reference.",
                names_values=True, if_empty=REFERENCE,
            ),
            Words(
                "question", "What people who label are asked",
                missing="it asks people nothing, so its errors can't be told.",
                placeholder="Does it mean the same as the reference?", height=68,
            ),
            Asked(
                "connection", "Connection", missing="it names no connection.",
                widget=Widget.CONNECTION,
            ),
            Asked(
                "model", "Embedding model", missing="it names no model.", widget=Widget.MODEL,
                help="A model that the connection offers under /embeddings.",
            ),
            Share("similarity", "Near enough from (%)", "min_nearness", start=80.0),
        ),
    ),
)  # fmt: skip
