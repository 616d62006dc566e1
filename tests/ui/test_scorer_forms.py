"""Every kind of scorer has a form that gives back what was put in, and words for people."""

from typing import Any

import pytest

from workbench.domain.criteria import CriterionDraft, Scorer, ScorerKind, problem_with
from workbench.errors import InputError
from workbench.evidence.words import measures
from workbench.ui.requirements import scorers

TEXTS = {"texts": ["a", "b"], "ignore_case": True}
MISSING = {
    **dict.fromkeys(("contains", "not_contains", "starts_with", "ends_with"), "it names no text"),
    **dict.fromkeys(("one_of", "ordered"), "it names no text"),
    **dict.fromkeys(("all_of", "any_of", "none_of", "at_least"), "it names no checks"),
    "regex": "it has no pattern",
    "judge": "it asks its judge nothing",
    "pairwise_judge": "it asks its judge nothing",
    "meaning": "it asks people nothing",
    "python": "it names no file",
    "json_path": "it has no path",
    "tools_called": "it names no tool",
    "tool_arguments": "it names no tool",
    "length": "it has neither",
    "items": "it has neither",
    "language": "it names no language",
}
CHECKS = [{"kind": "equals"}, {"kind": "contains", "settings": {"texts": ["a"]}}]
WHOLE: dict[str, tuple[dict[str, Any], str]] = {
    "contains": ({**TEXTS, "mode": "any"}, "contains any of “a”, “b”"),
    "not_contains": (TEXTS, "contains none of “a”, “b”"),
    "equals": ({"text": "a", "exact": True}, "equals “a”, letter for letter"),
    "regex": ({"pattern": "a", "ignore_case": True, "must_match": False}, "does not match"),
    "starts_with": (TEXTS, "begins with any of “a”, “b”"),
    "ends_with": ({**TEXTS, "ignore_case": False}, "ends with any of “a”, “b”, capital letters"),
    "one_of": ({"texts": ["a", "b"]}, "says one of “a”, “b” and nothing else"),
    "ordered": (TEXTS, "contains “a”, “b” in this order"),
    "similar": ({"similarity": 0.75, "compare": "words"}, "at least 75% the same as the reference"),
    "number": (
        {
            "text": "12 km", "tolerance": 2.0, "tolerance_in": "percent",
            "which": "last", "decimal": "comma",
        },
        "has its last number within 2% of “12 km”",
    ),
    "items": ({"min": 2, "max": 3, "counted": "json"}, "at least 2 and at most 3 items"),
    "json_schema": ({"schema": {"type": "object"}}, "fits a schema"),
    "json_path": ({"path": "$.a", "text": "1"}, "is JSON with “1” at $.a"),
    "xml": ({"root": "a", "elements": ["b"]}, "with the root element a that has b"),
    "sql": ({"dialect": "postgres", "reads_only": True}, "is SQL (postgres) that only reads"),
    "refusal": ({"expected": "answers", "phrases": ["I pass"]}, "does not refuse"),
    "length": ({"unit": "words", "max": 80}, "has at most 80 words"),
    "language": ({"languages": ["en", "de"]}, "is in English or German"),
    "readability": ({"max_lix": 40.0}, "LIX of at most 40"),
    "personal_data": ({"types": ["email"], "allowed": ["a@b.de"]}, "but for “a@b.de”"),
    "citations": ({"sources": "{{documents.id}}", "cited_as": "links"}, "links to at least one"),
    "latency": ({"max_ms": 2500}, "arrives within 2.5 s"),
    "cost": ({"max_usd": 0.02}, "costs at most $0.02"),
    "all_of": ({"checks": CHECKS}, "passes all of these: (1) equals the reference"),
    "any_of": ({"checks": CHECKS}, "(2) contains “a”"),
    "none_of": ({"checks": CHECKS}, "passes none of these"),
    "at_least": ({"checks": CHECKS, "least": 2}, "passes at least 2 of these 2"),
    "judge": (
        {
            "question": "Send it?", "passes": "It is polite.", "fails": "It is rude.",
            "connection": "Local model", "model": "small",
        },
        "gets a pass from small on “Send it?”",
    ),
    "rating": ({"question": "Send it?", "scale": [1, 5], "passes_from": 4}, "4 or more of 1 to 5"),
    "preference": (
        {"over": "A", "question": "Send it?"}, "is preferred over that of A by a person"
    ),
    "pairwise_judge": (
        {
            "over": "A", "question": "Send it?", "better": "It is polite.",
            "connection": "Local model", "model": "small",
        },
        "is preferred over that of A by small, asked in both orders, on “Send it?”",
    ),
    "tools_called": (
        {"tools": ["get_weather"], "called": "exactly these"}, "“get_weather” and no other tool"
    ),
    "tool_arguments": (
        {
            "tool": "get_weather", "arguments": '{"city": "{{city}}"}',
            "arguments_are": "these among others", "schema": {"type": "object"},
        },
        "with the arguments {\"city\": \"{{city}}\"}, among others and arguments that fit",
    ),
    "no_tool_called": ({}, "calls no tool"),
    "python": ({"file": "tone.py"}, "passes the check tone.py"),
    "same": (
        {"others": "most", "compare": "words", "similarity": 0.9},
        "says what most answers to its case say (at least 90% the same",
    ),
    "meaning": (
        {
            "text": "{{reference}}", "question": "Same meaning?", "connection": "Local model",
            "model": "small", "similarity": 0.7,
        },
        "is close in meaning to the reference (from 0.7 by small)",
    ),
}  # fmt: skip


def test_every_kind_is_looked_at() -> None:
    assert set(WHOLE) == set(ScorerKind)


@pytest.mark.parametrize("kind", WHOLE)
def test_a_form_gives_back_the_scorer_that_was_put_in(kind: str) -> None:
    settings, said = WHOLE[kind]
    draft = CriterionDraft("Title", Scorer(ScorerKind(kind), settings)).checked()
    body = scorers.fields(draft)
    assert scorers.scorer(body) == draft.scorer
    assert said in measures.describe_scorer(scorers.preview(draft))
    # What other kinds are typed in is there too, so that another kind can be chosen.
    assert {f.name for k in ScorerKind for f in k.entry.fields()} <= set(body)


@pytest.mark.parametrize("kind", WHOLE)
def test_an_empty_form_of_any_kind_says_what_is_missing_or_is_whole(kind: str) -> None:
    body = scorers.fields(CriterionDraft("Title", Scorer(ScorerKind("equals"))))
    empty = scorers.scorer(body | {"kind": kind})
    problem = problem_with(empty)
    if kind in MISSING:
        assert problem.startswith(MISSING[kind])
    else:
        assert problem == ""


def test_checks_that_are_no_json_are_told() -> None:
    body = scorers.fields(CriterionDraft("Title", Scorer(ScorerKind("equals"))))
    with pytest.raises(InputError, match="The checks are not valid JSON"):
        scorers.draft(body | {"kind": "all_of", "checks": "contains: a"})


def test_the_form_of_a_judge_holds_the_levels_of_a_scale_instead_of_what_passes() -> None:
    levels = [{"score": 1, "description": "Rude"}, {"score": 3, "description": "Kind"}]
    settings = {"scale": [1, 3], "passes_from": 3, "levels": levels, "question": "Send it?"}
    asked = {"connection": "Local model", "model": "small"}
    draft = CriterionDraft("Title", Scorer(ScorerKind.JUDGE, {**settings, **asked})).checked()
    body = scorers.fields(draft)
    assert scorers.scorer(body) == draft.scorer
    # What passes is said by the levels: a text that was typed before is not kept.
    assert scorers.scorer(body | {"passes": "It is kind."}) == draft.scorer
    assert "gets 3 or more from small" in measures.describe_scorer(scorers.preview(draft))


def test_a_judge_with_a_scale_needs_to_be_told_what_its_scores_mean() -> None:
    rubric = {"question": "Kind?", "connection": "Local model", "model": "small"}
    scale = {**rubric, "scale": [1, 5], "passes_from": 4}
    assert "describe its levels" in problem_with(Scorer(ScorerKind.JUDGE, scale))
    levels = [{"score": 1, "description": "Rude"}, {"score": 5, "description": "Kind"}]
    whole = {**scale, "passes_from": 5, "levels": levels}
    assert problem_with(Scorer(ScorerKind.JUDGE, whole)) == ""
    both = {**whole, "passes": "It is kind."}
    assert "leave out “passes”" in problem_with(Scorer(ScorerKind.JUDGE, both))


def test_the_form_of_a_judge_holds_a_panel_of_two_or_three() -> None:
    rubric = {"question": "Kind?", "passes": "It is.", "connection": "Local model", "model": "a"}
    for models in (["b"], ["b", "c"]):
        panel = [{"connection": "Local model", "model": model} for model in models]
        scorer = Scorer(ScorerKind.JUDGE, {**rubric, "panel": panel})
        draft = CriterionDraft("Title", scorer).checked()
        assert scorers.scorer(scorers.fields(draft)) == scorer
    assert "from most of a, b and c on" in measures.describe_scorer(scorers.preview(draft))
    nobody = scorers.fields(draft) | dict.fromkeys(("connection_2", "model_2"), "")
    left = scorers.scorer(nobody | dict.fromkeys(("connection_3", "model_3"), ""))
    assert "a connection and a model" in problem_with(left)
