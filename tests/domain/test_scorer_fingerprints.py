"""Scorers keep their fingerprints: scores that were given before still count."""

from dataclasses import replace
from typing import Any

import pytest

from workbench.domain.criteria import Scorer, ScorerKind

# As they were before a kind became one entry: kind, settings, fingerprint.
RECORDED: list[tuple[str, dict[str, Any], str]] = [
    (
        "contains",
        {"texts": ["a"]},
        "eb168e2974db989591b817ea7c27f2865cd56017bda6f46f01550b45862dc49a",
    ),
    (
        "contains",
        {"texts": ["a", "{{x}}"], "mode": "any", "ignore_case": False, "exact": True},
        "ffa1863ea20129835a1f8bac576d0ed0426f5aa2fe70dc79c7846f547dfe018d",
    ),
    (
        "not_contains",
        {"texts": ["a"], "ignore_case": True},
        "ba3ec49a3570bc6f08f10dcb3a314630b63feaea1d664803c4fe873e2ff65642",
    ),
    ("equals", {}, "465a0bae91c8b527b2a8c0b12cce0e5c4623c59dfb65b275e7b57ae18f4b920a"),
    (
        "equals",
        {"text": "{{order}}", "exact": True},
        "dc7047b6a7afeb3239b32df8fb8948af68e8cd2dd8cf346a7df0fe21bccaf829",
    ),
    (
        "regex",
        {"pattern": "TB-\\d+", "ignore_case": True, "must_match": False},
        "9c6f631bf1c4a0707545d1321d6b578d385cbfa15e44b20a3d48ac1e4b13a396",
    ),
    ("json_schema", {}, "0c308afd62e95053de97a7c209efabff13a57270eb573999936c82040fbbb3f7"),
    (
        "json_schema",
        {"schema": {"type": "object", "required": ["n"]}},
        "5a7d9123ff993f5c143d7715c46d0fd38eb11f727d948fe81cb887bf48709df4",
    ),
    (
        "refusal",
        {"expected": "answers"},
        "1cdde0a03e9a4a2119380acb9c73b2ed15841369b9009e8bbb3e2cc867eecce7",
    ),
    (
        "refusal",
        {"expected": "refuses", "phrases": ["I pass"]},
        "b92c18d67016ca5a104d8c057ae030a093e6af489e015331d70a98fc5cefe9b0",
    ),
    (
        "length",
        {"unit": "words", "max": 80},
        "566f99809c4536f147ca7c18336c64ab4f01215c48dde1fad98ce59b66d5f665",
    ),
    (
        "length",
        {"unit": "sentences", "min": 1, "max": 3},
        "fd647bb1007bcf7f27c79c5e2dbaa816cd01420fefda54c95670219b844db5a1",
    ),
    (
        "latency",
        {"max_ms": 3000},
        "0b2776d4eefdce1e555ceda3e7108c18879a315a4e878bfe4560d7d345abdeee",
    ),
    ("cost", {"max_usd": 0.01}, "5be535ab16b3c4a4ae7b4eb4c5b4895eab25951b926781d3e9a95660053861d7"),
    ("rating", {}, "b785f8633e1ac08a4aed676696167c8747b27be0d2de90c7fa2c126e61696851"),
    (
        "rating",
        {"question": "Send it?"},
        "b6128da83f018281010b103b9d88e625190501aa12f48a61c1d52398d3f61840",
    ),
    (
        "rating",
        {"scale": [1, 5], "passes_from": 4},
        "7c60c8aef1b31e3d377aacde72172b4a811962a737124cf494e5cea9633660dd",
    ),
]


@pytest.mark.parametrize(("kind", "settings", "recorded"), RECORDED)
def test_a_scorer_keeps_the_fingerprint_that_its_scores_have(
    kind: str, settings: dict[str, Any], recorded: str
) -> None:
    assert Scorer(ScorerKind(kind), settings).fingerprint() == recorded


def test_every_kind_of_that_time_was_recorded() -> None:
    assert len({kind for kind, _, _ in RECORDED}) == 10


def test_a_scorer_that_was_changed_has_a_fingerprint_of_its_own() -> None:
    scorer = Scorer(ScorerKind.CONTAINS, {"texts": ["a"]})
    before = scorer.fingerprint()
    changed = replace(scorer, settings={"texts": ["b"]})
    assert changed.fingerprint() == Scorer(ScorerKind.CONTAINS, {"texts": ["b"]}).fingerprint()
    assert changed.fingerprint() != before
    assert scorer == Scorer(ScorerKind.CONTAINS, {"texts": ["a"]}), (
        "what was asked tells none apart"
    )
