"""The further kinds of checks: each says what it saw, and is unscored where nothing can be said."""

from typing import Any

import pytest

from workbench.domain import languages
from workbench.domain.criteria import Scorer, ScorerKind, problem_with
from workbench.domain.scores import Judgement, Outcome
from workbench.errors import InputError
from workbench.scoring import languages as telling
from workbench.scoring.checks import Subject, check, refuse_unusable

PASS, FAIL, UNSCORED = Outcome.PASS, Outcome.FAIL, Outcome.UNSCORED
NAMES: dict[str, Any] = {
    "order": "TB-77",
    "price": "1,200 EUR",
    "sources": ["doc-1", "doc-2"],
    "documents": [{"id": "A7", "text": "x"}, {"id": "B8", "text": "y"}],
    "links": "https://example.com/a/\nhttps://example.com/b",
    "reference": "Yes",
}
ENGLISH = "This is an ordinary English sentence about the weather in London this morning."
GERMAN = "Dies ist ein gewöhnlicher deutscher Satz über das Wetter in Berlin heute früh."


def judged(kind: str, settings: dict[str, Any], output: str) -> Judgement:
    """What a check whose settings are in order says of an output."""
    scorer = Scorer(ScorerKind(kind), settings)
    assert problem_with(scorer) == ""
    refuse_unusable(scorer)
    return check(scorer, Subject(output, NAMES))


@pytest.mark.parametrize(
    ("kind", "settings", "output", "outcome", "reason"),
    [
        ("starts_with", {"texts": ["dear", "hi"]}, "**Dear** Ada", PASS, "Begins with “dear”"),
        ("starts_with", {"texts": ["dear"]}, "Oh dear", FAIL, "Begins with “Oh dear”, not with"),
        ("starts_with", {"texts": ["Dear"], "ignore_case": False}, "dear", FAIL, "not with"),
        ("starts_with", {"texts": ["Dear"], "exact": True}, "**Dear**", FAIL, "not with"),
        ("starts_with", {"texts": ["{{order}}"]}, "tb‑77 is here", PASS, "TB-77"),
        ("starts_with", {"texts": ["{{nobody}}"]}, "x", UNSCORED, "nobody"),
        ("ends_with", {"texts": ["Kind regards"]}, "x\nKind  regards.", PASS, "Kind regards"),
        ("ends_with", {"texts": ["?"]}, "Is it?", PASS, "Ends with “?”"),
        ("ends_with", {"texts": ["?"]}, "It is.", FAIL, "Ends with “It is.”"),
        ("ends_with", {"texts": ["x"]}, "", FAIL, "not with “x”"),
        ("one_of", {"texts": ["yes", "no"]}, " **No.** ", PASS, "Says “no”"),
        ("one_of", {"texts": ["yes", "no"]}, "No, sorry", FAIL, "none of “yes”, “no”"),
        ("one_of", {"texts": ["yes"], "exact": True}, "Yes", FAIL, "none of"),
        ("ordered", {"texts": ["a", "b", "a"]}, "x A c b y a", PASS, "in this order"),
        ("ordered", {"texts": ["a", "b", "a"]}, "x a c b y", FAIL, "no other “a” behind “b”"),
        ("ordered", {"texts": ["a", "z"]}, "a", FAIL, "Has no “z” behind “a”"),
        ("ordered", {"texts": ["aa", "aa"]}, "aaa", FAIL, "no other"),
        ("similar", {"similarity": 0.8}, "yess", PASS, "85.7% the same as “Yes”"),
        ("similar", {"similarity": 0.9}, "yess", FAIL, "at least 90% is wanted"),
        ("similar", {"similarity": 1.0, "text": "b a", "compare": "words"}, "A, b", FAIL, "%"),
        ("similar", {"similarity": 1.0, "text": "b a", "compare": "words"}, "A b", PASS, "100"),
        ("similar", {"similarity": 0.1, "text": "x" * 60_000}, "y" * 60_000, UNSCORED, "too long"),
        ("number", {"text": "{{price}}"}, "It is €1,200.00.", PASS, "Says 1200.00, expected 1200"),
        ("number", {"text": "0.3", "tolerance": 0.1}, "0.2", PASS, "within 0.1 of 0.3"),
        ("number", {"text": "0.3", "tolerance": 0.1}, "0.19", FAIL, "is 0.19, expected within"),
        ("number", {"text": "200", "tolerance": 5, "tolerance_in": "percent"}, "190km", PASS, "5%"),
        ("number", {"text": "12"}, "v1.2.12 has 13 parts", FAIL, "nearest number is 13"),
        ("number", {"text": "12"}, "from 10-12", PASS, "Says 12"),
        ("number", {"text": "-3"}, "It is −3 °C", PASS, "Says -3"),
        ("number", {"text": "12", "which": "last"}, "12 or 13", FAIL, "last number is 13"),
        ("number", {"text": "1.000,5", "decimal": "comma"}, "= 1000,5", PASS, "1000.5"),
        ("number", {"text": "1e3"}, "1000 m", PASS, "1000"),
        ("number", {"text": "7"}, "none", FAIL, "Holds no number"),
        ("number", {}, "7", UNSCORED, "“Yes” holds no number"),
        ("number", {"text": "7"}, "9" * 5000, FAIL, "Holds no number"),
        ("items", {"min": 2, "max": 2}, "- a\n  - b\n- c\n```\n- d\n```", PASS, "2 points"),
        ("items", {"max": 2}, "1. a\n2. b\n3. c", FAIL, "3 points, at most 2"),
        ("items", {"min": 1}, "no list", FAIL, "0 points, at least 1"),
        ("items", {"max": 3, "counted": "json"}, "```json\n[1,2,3,4]\n```", FAIL, "4 items"),
        ("items", {"max": 3, "counted": "json"}, '{"a": 1}', FAIL, "not a list"),
        ("items", {"max": 3, "counted": "json"}, "a", FAIL, "not valid JSON"),
        ("items", {"min": 2, "counted": "paragraphs"}, "a\nb\n\n\nc", PASS, "2 paragraphs"),
        ("items", {"max": 2, "counted": "lines"}, "a\n\nb", PASS, "2 lines"),
        ("json_path", {"path": "$.a[0].b", "text": "5"}, '{"a":[{"b":5.0}]}', PASS, "Has “5”"),
        ("json_path", {"path": "a[-1]"}, '{"a":["no","yes."]}', PASS, "Has “Yes” at a[-1]"),
        ("json_path", {"path": "a[*]['x y']", "text": "true"}, '{"a":[{"x y":1}]}', FAIL, "“1”"),
        ("json_path", {"path": "a", "text": '{"x": [1]}'}, '{"a":{"x":[1]}}', PASS, "at a"),
        ("json_path", {"path": "a.b"}, '{"a": 1}', FAIL, "Has nothing at a.b"),
        ("json_path", {"path": "a"}, "Sure!", FAIL, "Is not valid JSON"),
        ("json_path", {"path": "a"}, '{"a": 1, "a": "Yes"}', FAIL, "read in two ways"),
        ("xml", {"root": "a", "elements": ["b"]}, "```xml\n<a><b/></a>\n```", PASS, "code fence"),
        ("xml", {"root": "b"}, "<a/>", FAIL, "root element is “a”, not “b”"),
        ("xml", {"elements": ["c"]}, "<a/>", FAIL, "no element “c”"),
        ("xml", {}, "<a><b></a>", FAIL, "mismatched tag in line 1"),
        ("xml", {}, "<a/><b/>", FAIL, "junk after"),
        ("xml", {}, "", FAIL, "no element found"),
        ("xml", {}, '<?xml version="1.0" encoding="nope"?><a/>', FAIL, "encoding"),
        ("xml", {}, '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', UNSCORED, "declares entities"),
        ("sql", {}, "```sql\nselect a from t\n```", PASS, "1 statement"),
        ("sql", {}, "hello world", FAIL, "is no statement"),
        ("sql", {}, "select from", FAIL, "Expected table name in line 1"),
        ("sql", {"reads_only": True}, "with a as (select 1) select * from a", PASS, "Is SQL"),
        ("sql", {"reads_only": True}, "select 1; drop table x", FAIL, "it has DROP"),
        ("sql", {"reads_only": True}, "select * into y from x", FAIL, "it has INTO"),
        ("sql", {}, "select " + "(" * 5000 + "1" + ")" * 5000, UNSCORED, "nested too deeply"),
        ("sql", {}, "select 1 " * 10_000, UNSCORED, "at most 50,000"),
        ("language", {"languages": ["en"]}, ENGLISH, PASS, "Is in English"),
        ("language", {"languages": ["en", "fr"]}, GERMAN, FAIL, "in German (100% sure), expected"),
        ("language", {"languages": ["en"]}, "Ok.", UNSCORED, "too short"),
        (
            "readability",
            {"max_lix": 30},
            "The cat sat on a mat. It was warm, so it slept.",
            PASS,
            "LIX",
        ),
        ("readability", {"max_lix": 30}, "Organisational " * 12, FAIL, "100% of them long"),
        ("readability", {"max_lix": 30}, "Yes.", UNSCORED, "at least 10"),
        (
            "readability",
            {"max_lix": 30},
            "今天天气很好我们一起去公园",
            UNSCORED,
            "part words by spaces",
        ),
        ("citations", {}, "So it is [1][doc-2].", PASS, "Cites 2 of the case's 2 sources"),
        ("citations", {}, "So [doc-3], [x] and [a](http://b).", FAIL, "Cites “doc-3”, not among"),
        ("citations", {}, "So it is.", FAIL, "Cites no source"),
        ("citations", {}, "- [ ] to do\n- [x] done", FAIL, "Cites no source"),
        ("citations", {"sources": "{{ documents.id }}"}, "So [A7; b8].", PASS, "Cites 2"),
        ("citations", {"sources": "{{documents}}"}, "So [3].", FAIL, "“3”"),
        ("citations", {"sources": "{{nobody}}"}, "So [3].", UNSCORED, "no sources in"),
        (
            "citations",
            {"sources": "{{links}}", "cited_as": "links"},
            "See https://example.com/a.",
            PASS,
            "Cites 1",
        ),
    ],
)
def test_a_check_says_what_it_saw(
    kind: str, settings: dict[str, Any], output: str, outcome: Outcome, reason: str
) -> None:
    found = judged(kind, settings, output)
    assert (found.outcome, reason in found.reason) == (outcome, True), found


@pytest.mark.parametrize(
    ("output", "named"),
    [
        ("write to ada.l@example.co.uk", "e-mail address (ada…uk)"),
        ("write to a\u200bda@example.com", "e-mail address"),
        ("call +49 170 1234567", "phone number (+49…67)"),
        ("call (555) 123-4567.", "phone number"),
        ("DE89 3704 0044 0532 0130 00 is it", "bank account"),
        ("GB82WEST12345698765432", "bank account"),
        ("4111 1111 1111 1111", "card number"),
        ("078-05-1120", "social security"),
        ("from 8.8.8.8", "IP address"),
        ("from 2001:4860:4860::8888", "IP address"),
        ("sk-abcdefghijklmnopqrstuvwx", "key or token"),
        ("-----BEGIN RSA PRIVATE KEY-----", "key or token"),
    ],
)
def test_patterns_of_personal_data_are_found_and_not_repeated(output: str, named: str) -> None:
    found = judged("personal_data", {}, output)
    assert found.outcome is FAIL
    assert named in found.reason
    assert found.value == 1
    assert output not in found.reason


@pytest.mark.parametrize(
    "output",
    [
        "Order TB-1234567 of 2026-11-28, 12:30:45, costs 1,234.50",
        "4111 1111 1111 1112 is no card, DE89370400440532013001 is no account",
        "10.0.0.1, 192.168.1.1 and 127.0.0.1 are nobody's; version 1.2.3.4.5",
        "@home, a@b and 2 + 2",
        "",
    ],
)
def test_what_only_looks_like_personal_data_is_none(output: str) -> None:
    assert judged("personal_data", {}, output).outcome is PASS


def test_what_may_be_there_and_other_types_do_not_count() -> None:
    settings = {"allowed": ["Help@Example.com"], "types": ["email"]}
    assert judged("personal_data", settings, "help@example.com or 8.8.8.8").outcome is PASS
    assert judged("personal_data", settings, "hello@example.com").outcome is FAIL


CONTAINS_A = {"kind": "contains", "settings": {"texts": ["a"]}}
SHORT = {"kind": "length", "settings": {"max": 1}}
UNKNOWN = {"kind": "number", "settings": {"text": "{{nobody}}"}}


@pytest.mark.parametrize(
    ("kind", "checks", "outcome"),
    [
        ("all_of", [CONTAINS_A, SHORT], PASS),
        ("all_of", [CONTAINS_A, UNKNOWN], UNSCORED),
        ("any_of", [CONTAINS_A, UNKNOWN], PASS),
        ("any_of", [{"kind": "equals"}, UNKNOWN], UNSCORED),
        ("any_of", [{"kind": "equals"}], FAIL),
        ("none_of", [{"kind": "equals"}], PASS),
        ("none_of", [CONTAINS_A, UNKNOWN], FAIL),
        ("none_of", [{"kind": "equals"}, UNKNOWN], UNSCORED),
        ("all_of", [CONTAINS_A, {"kind": "equals"}, UNKNOWN], FAIL),
    ],
)
def test_a_combination_guesses_nothing(kind: str, checks: list[Any], outcome: Outcome) -> None:
    assert judged(kind, {"checks": checks}, "a").outcome is outcome


@pytest.mark.parametrize(("least", "outcome"), [(1, PASS), (2, PASS), (3, UNSCORED), (4, FAIL)])
def test_at_least_so_many_checks_pass(least: int, outcome: Outcome) -> None:
    checks = [CONTAINS_A, SHORT, {"kind": "equals"}, UNKNOWN]
    found = judged("at_least", {"checks": checks, "least": least}, "a")
    assert found.outcome is outcome
    assert found.reason.startswith("2 of 4 checks pass. (1) passes: Contains “a”.")


@pytest.mark.parametrize(
    ("kind", "settings", "said"),
    [
        ("starts_with", {}, "names no text"),
        ("similar", {}, "“similarity”, a share above 0"),
        ("similar", {"similarity": 1.1}, "a share above 0 and up to 1"),
        ("similar", {"similarity": 0.5, "compare": "x"}, "neither letters nor words"),
        ("number", {"tolerance": -1}, "not a number from 0 on"),
        ("number", {"tolerance": True}, "not a number from 0 on"),
        ("items", {}, "neither a least nor a most"),
        ("items", {"min": 3, "max": 2}, "its least is above its most"),
        ("json_path", {"path": " "}, "has no path"),
        ("json_path", {"path": "a..b"}, "can't be read from “..b” on"),
        ("json_path", {"path": "$" + ".a" * 60}, "more than 50 steps"),
        ("sql", {"dialect": "cobol"}, "dialect is none of"),
        ("sql", {"reads_only": "yes"}, "neither true nor false"),
        ("language", {"languages": []}, "names no language"),
        ("language", {"languages": ["english"]}, "“english” is not the code"),
        ("readability", {"max_lix": 0}, "“max_lix”, a number above 0"),
        ("personal_data", {"types": ["names"]}, "“names” is none of email"),
        ("personal_data", {"types": "email"}, "not a list of texts"),
        ("citations", {"cited_as": "notes"}, "neither as brackets nor as links"),
        ("all_of", {}, "names no checks"),
        ("all_of", {"checks": [CONTAINS_A] * 21}, "combines 21 checks"),
        ("all_of", {"checks": [{"kind": "all_of", "settings": {}}]}, "part of another one"),
        ("all_of", {"checks": [{"kind": "rating"}]}, "not done by code"),
        ("all_of", {"checks": [{"kind": "nope"}]}, "“nope” is no kind of check"),
        ("all_of", {"checks": ["contains"]}, "not written as its kind and its settings"),
        ("all_of", {"checks": [{"kind": "contains"}]}, "of its contains: it names no text"),
        ("all_of", {"checks": [CONTAINS_A | {"title": "x"}]}, "not written as"),
        ("at_least", {"checks": [CONTAINS_A]}, "“least”, a whole number"),
        ("at_least", {"checks": [CONTAINS_A], "least": 2}, "wants 2 of 1 checks"),
        ("at_least", {"checks": [CONTAINS_A], "least": 1.5}, "a whole number"),
    ],
)
def test_what_is_wrong_with_settings_is_said(
    kind: str, settings: dict[str, Any], said: str
) -> None:
    assert said in problem_with(Scorer(ScorerKind(kind), settings))


@pytest.mark.parametrize(
    ("kind", "settings", "said"),
    [
        ("citations", {"sources": "documents"}, "names no variable"),
        ("all_of", {"checks": [{"kind": "regex", "settings": {"pattern": "("}}]}, "cannot be used"),
        ("none_of", {"checks": [{"kind": "equals", "settings": {"text": "{{ x"}}]}, "not closed"),
    ],
)
def test_what_could_never_be_computed_is_refused(
    kind: str, settings: dict[str, Any], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        refuse_unusable(Scorer(ScorerKind(kind), settings))


def test_the_languages_that_are_named_are_those_that_can_be_told() -> None:
    # zxx: no language at all.
    assert telling.codes() - {"zxx"} == set(languages.NAMES)


def test_there_are_at_least_24_kinds() -> None:
    assert len(list(ScorerKind)) >= 24
