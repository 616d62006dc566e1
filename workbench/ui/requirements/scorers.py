"""A scorer in a form: what each kind means, its settings as fields, and back to a criterion."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import streamlit as st

from workbench.domain import json_text
from workbench.domain.criteria import (
    REFUSAL_EXPECTED,
    Criterion,
    CriterionDraft,
    Lane,
    Measure,
    Scorer,
    ScorerKind,
)
from workbench.domain.fingerprint import canonical
from workbench.errors import InputError
from workbench.ui.parts.form import Form

MEANING = {
    ScorerKind.CONTAINS: "Passes when the answer holds the texts you list.",
    ScorerKind.NOT_CONTAINS: "Passes when the answer holds none of the texts you list.",
    ScorerKind.EQUALS: (
        "Passes when the answer says the expected text; case and spaces do not matter."
    ),
    ScorerKind.REGEX: "Passes when a piece of the answer matches a pattern (RE2 syntax).",
    ScorerKind.JSON_SCHEMA: "Passes when the answer is valid JSON of the shape you describe.",
    ScorerKind.REFUSAL: (
        "Tells by its wording whether the answer refuses. Two criteria belong together: refuses "
        "what it should not do (on those slices), and answers what it should."
    ),
    ScorerKind.LENGTH: "Passes when the answer is neither too short nor too long.",
    ScorerKind.LATENCY: "Passes when the whole answer was there in time.",
    ScorerKind.COST: "Passes when the answer cost no more than this.",
    ScorerKind.RATING: "A person who does not know the variant reads each answer and rates it.",
}
_SCALE, _PASSES_FROM = (1, 5), 4
_ENDS = {
    "Lowest score": "scale_low",
    "Highest score": "scale_high",
    "Passes from": "passes_from",
}
_EXACT_NOTE = (
    "Off: compared as people read it, so that apostrophes, quotation marks, dashes and spaces of "
    "any kind are the same. On: each character as it was written."
)
_CASE_NOTE = "May name a case's values, such as {{order_id}} or {{reference}}."


def fields(draft: CriterionDraft) -> dict[str, Any]:
    """A criterion as the plain values of a form."""
    settings = draft.scorer.settings
    schema = settings.get("schema")
    return {
        "title": draft.title,
        "kind": draft.scorer.kind.value,
        "texts": "\n".join(str(text) for text in settings.get("texts", ())),
        "mode": settings.get("mode", "all"),
        "ignore_case": settings.get("ignore_case", draft.scorer.kind is not ScorerKind.REGEX),
        "exact": settings.get("exact", False),
        "text": settings.get("text", ""),
        "pattern": settings.get("pattern", ""),
        "must_match": settings.get("must_match", True),
        "schema": _written(schema),
        "expected": settings.get("expected", REFUSAL_EXPECTED[0]),
        "phrases": "\n".join(str(text) for text in settings.get("phrases", ())),
        "unit": settings.get("unit", "words"),
        "min": settings.get("min"),
        "max": settings.get("max"),
        "max_s": settings["max_ms"] / 1000 if "max_ms" in settings else 3.0,
        "max_usd": float(settings.get("max_usd", 0.01)),
        "question": settings.get("question", ""),
        "is_scale": "scale" in settings,
        "scale_low": float(settings.get("scale", _SCALE)[0]),
        "scale_high": float(settings.get("scale", _SCALE)[1]),
        "passes_from": float(settings.get("passes_from", _PASSES_FROM)),
        "measure": draft.measure.value,
        "bar": _percent(draft.bar),
        "target": None if draft.target is None else _percent(draft.target),
        "confidence": _percent(draft.confidence),
        "slices": list(draft.slices),
        "lane": draft.lane.value,
        "origin": draft.origin,
    }


def draw(form: Form, kind: ScorerKind) -> None:
    """The settings of one kind of scorer."""
    if kind in (ScorerKind.CONTAINS, ScorerKind.NOT_CONTAINS):
        st.text_area(
            "Texts, one per line", **form.bind("texts"), height=100,
            help=_CASE_NOTE,
        )  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if kind is ScorerKind.CONTAINS:
                st.segmented_control(
                    "How many of them", ["all", "any"], **form.bind_pills("mode"), required=True,
                )  # fmt: skip
            st.toggle("Ignore case", **form.bind("ignore_case"))
            st.toggle("Letter for letter", **form.bind("exact"), help=_EXACT_NOTE)
    elif kind is ScorerKind.EQUALS:
        st.text_input(
            "Expected text", **form.bind("text"),
            placeholder="{{reference}}", help=f"Empty: the case's reference. {_CASE_NOTE}",
        )  # fmt: skip
        st.toggle("Letter for letter", **form.bind("exact"), help=_EXACT_NOTE)
    elif kind is ScorerKind.REGEX:
        st.text_input(
            "Pattern", **form.bind("pattern"), live=True,
            placeholder=r"order (number|id)",
            help=(
                "RE2 syntax: no look-around and no back-references, so that every check ends. It "
                "meets the answer as the model wrote it: models often write ’ for ', “ for \", – "
                "for - and spaces that do not break. ['’] takes both."
            ),
        )  # fmt: skip
        with st.container(horizontal=True):
            st.toggle("Ignore case", **form.bind("ignore_case"))
            st.toggle(
                "Must match", **form.bind("must_match"),
                help="Off: passes when nothing matches.",
            )  # fmt: skip
    elif kind is ScorerKind.JSON_SCHEMA:
        st.text_area(
            "JSON schema", **form.bind("schema"), height=160,
            placeholder='{"type": "object", "required": ["reply"]}',
            help="Empty: any valid JSON passes. References to other addresses are not followed.",
        )  # fmt: skip
    elif kind is ScorerKind.REFUSAL:
        st.segmented_control(
            "It passes when it", list(REFUSAL_EXPECTED), **form.bind_pills("expected"),
            required=True,
        )  # fmt: skip
        st.text_area(
            "Other wordings of a refusal, one per line", **form.bind("phrases"), height=80,
            placeholder="I have to pass on this one",
            help=(
                "The usual ones are known in English, German, French, Spanish, Portuguese, "
                "Italian, Dutch, Polish, Chinese and Japanese. Name others here, and those of "
                "other languages: until you do, answers in these stay unscored."
            ),
        )  # fmt: skip
    elif kind is ScorerKind.LENGTH:
        with st.container(horizontal=True):
            _whole("Shortest", form, "min")
            _whole("Longest", form, "max")
            st.selectbox(
                "Unit", **form.bind_choice("unit", ["words", "characters", "sentences"]),
            )  # fmt: skip
    elif kind is ScorerKind.LATENCY:
        st.number_input(
            "At most (seconds)", min_value=0.01, step=0.5, **form.bind("max_s"),
        )  # fmt: skip
    elif kind is ScorerKind.COST:
        st.number_input(
            "At most (USD for one answer)", min_value=0.000001, step=0.001, format="%.6f",
            **form.bind("max_usd"),
        )  # fmt: skip
    else:
        st.text_input(
            "Question to the rater", **form.bind("question"),
            placeholder="Would you send this draft after one edit or none?",
            help="Empty: the title is asked.",
        )  # fmt: skip
        st.toggle(
            "On a scale", **form.bind("is_scale"),
            help="Off: yes (pass) or no (fail). The mean score of a scale can have a bar, too.",
        )  # fmt: skip
        if form.value("is_scale"):
            with st.container(horizontal=True):
                for label, field in _ENDS.items():
                    st.number_input(label, step=1.0, format="%g", **form.bind(field))


def draft(body: Mapping[str, Any]) -> CriterionDraft:
    """The criterion that the fields describe. Raises InputError where they do not make one."""
    target = body["target"]
    return CriterionDraft(
        title=str(body["title"]),
        scorer=scorer(body),
        measure=Measure(body["measure"]),
        bar=_share(body["bar"] or 0),
        target=None if target is None else _share(target),
        confidence=_share(body["confidence"] or 0),
        slices=tuple(body["slices"]),
        lane=Lane(body["lane"]),
        origin=str(body["origin"]).strip() if body["lane"] == Lane.DISCOVERED else "",
    ).checked()


def scorer(body: Mapping[str, Any]) -> Scorer:
    """The scorer that the fields describe. Raises InputError for a schema that is not JSON."""
    kind = ScorerKind(body["kind"])
    texts = [line for line in str(body["texts"]).splitlines() if line.strip()]
    phrases = [line.strip() for line in str(body["phrases"]).splitlines() if line.strip()]
    exact = {"exact": True} if body["exact"] else {}
    settings: dict[ScorerKind, dict[str, Any]] = {
        ScorerKind.CONTAINS: {
            "texts": texts, "mode": body["mode"], "ignore_case": body["ignore_case"], **exact,
        },
        ScorerKind.NOT_CONTAINS: {"texts": texts, "ignore_case": body["ignore_case"], **exact},
        ScorerKind.EQUALS: {**({"text": body["text"]} if body["text"].strip() else {}), **exact},
        ScorerKind.REGEX: {
            "pattern": body["pattern"], "ignore_case": body["ignore_case"],
            "must_match": body["must_match"],
        },
        ScorerKind.REFUSAL: {
            "expected": body["expected"], **({"phrases": phrases} if phrases else {}),
        },
        ScorerKind.LENGTH: {
            "unit": body["unit"],
            **{end: int(body[end]) for end in ("min", "max") if body[end] is not None},
        },
        ScorerKind.LATENCY: {"max_ms": round((body["max_s"] or 0) * 1000)},
        ScorerKind.COST: {"max_usd": body["max_usd"] or 0},
        ScorerKind.RATING: _rating(body),
    }  # fmt: skip
    if kind is ScorerKind.JSON_SCHEMA:
        return Scorer(kind, _schema(str(body["schema"])))
    return Scorer(kind, settings[kind])


def _rating(body: Mapping[str, Any]) -> dict[str, Any]:
    question = body["question"].strip()
    settings: dict[str, Any] = {"question": question} if question else {}
    if body["is_scale"]:
        low, high, least = (_number(body[field]) for field in _ENDS.values())
        settings |= {"scale": [low, high], "passes_from": least}
    return settings


def _number(typed: float | None) -> float | int:
    """Whole numbers stay whole, so that a scale is the same scale however it was written."""
    number = typed or 0.0
    return int(number) if number == int(number) else number


def revised(draft: CriterionDraft, saved: CriterionDraft) -> CriterionDraft:
    """The draft, with the saved scorer where it still means the same.

    A form fills in every default: without this, a new title alone would make another scorer, and
    the ratings given to the old one would be lost.
    """
    is_same = scorer(fields(saved)) == draft.scorer
    return replace(draft, scorer=saved.scorer) if is_same else draft


def preview(draft: CriterionDraft) -> Criterion:
    """The draft as a criterion that is not kept, so that it can be put into words."""
    nobody = UUID(int=0)
    return Criterion(nobody, nobody, "C0", 0, draft, "", datetime.now(UTC))


def _schema(text: str) -> dict[str, Any]:
    if not text.strip():
        return {}
    try:
        return {"schema": json_text.read(text)}
    except json_text.Unreadable as error:
        raise InputError(
            f"The JSON schema cannot be used. {error.message}", "Make it simpler."
        ) from error
    except ValueError as error:
        raise InputError(
            f"The JSON schema is not valid JSON: {error}.", "Check quotes, commas and brackets."
        ) from error


def _written(schema: Any) -> str:
    if not schema:
        return ""
    # Older workbenches kept schemas that are too deep to be written with indentation.
    is_deep = json_text.size(schema).levels > json_text.MOST_LEVELS
    return canonical(schema) if is_deep else json.dumps(schema, indent=2, ensure_ascii=False)


def _whole(label: str, form: Form, field: str) -> None:
    st.number_input(
        label, min_value=0, step=1, **form.bind_number(field),
        placeholder="any",
    )  # fmt: skip


def _percent(share: float) -> float:
    return round(share * 100, 6)


def _share(percent: float) -> float:
    return round(percent / 100, 8)
