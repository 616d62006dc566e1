"""The spec says what is known with its evidence, and nothing that people wrote in it is live."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from markdown_it import MarkdownIt

from tests.conftest import sample
from tests.empty import empty_store
from workbench.domain.calls import Parameters
from workbench.domain.criteria import Criterion, CriterionDraft, Scorer, ScorerKind
from workbench.domain.datasets import CaseDraft
from workbench.domain.features import Feature
from workbench.domain.prompts import PromptText
from workbench.domain.requirements import Evidence, RequirementDraft
from workbench.domain.verdicts import CriterionVerdict, Estimate, Verdict
from workbench.evidence.words import measures
from workbench.exchange.feature import file
from workbench.exchange.safe.markdown import escape, fenced, paragraphs
from workbench.exchange.spec.markdown import markdown
from workbench.store.store import Store

ONE = UUID(int=1)
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
BEACONS = (
    "![x](http://evil.test/a.png)",
    "![x][r]\n\n[r]: http://evil.test/b.png",
    "[![x](http://evil.test/c.png)](http://evil.test)",
    "<img src=http://evil.test/d.png>",
    "<http://evil.test/e>",
    "http://evil.test/f www.evil.test/g",
    "HTTPS://EVIL.test/x",
    "[click](javascript:alert(1))",
    "[click](data:text/html,x)",
    "$\\href{http://evil.test}{x}$",
    "&lt;img src=x&gt; &#60;b&#62;",
    "a | b | ![x](http://evil.test)",
    "`code` ``![x](http://evil.test)``",
    "# heading\n- list\n> quote\n***\n```\nfence",
    "<script>alert(1)</script>",
    "\\![x](http://evil.test/h.png)",
    "\\\\[x](http://evil.test/i)",
)
LIVE = ("<img", "<a ", "<script", "<b>", "<h1>head", "<ul>", "<blockquote>", "<pre>", "<hr")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = empty_store(tmp_path)
    yield opened
    opened.close()


def _html(text: str) -> str:
    renderer = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return str(renderer.render(text))


def _verdict(
    store: Store, criterion: Criterion, verdict: Verdict, **more: object
) -> CriterionVerdict:
    estimate = Estimate(0.925, 0.8567, 0.9671, 0.95, 40, 80, 0, 55.0, "exact")
    found = CriterionVerdict(
        store.requirements.get(criterion.requirement_id), criterion, None, "B", estimate, verdict
    )
    return replace(found, **more)  # type: ignore[arg-type] # any field of a verdict


def _spec(store: Store, feature: Feature, verdicts: Sequence[CriterionVerdict] = ()) -> str:
    assert feature.id is not None
    return markdown(store, feature.id, verdicts, lambda v: f"Because of {v.criterion.key}.", NOW)


@pytest.mark.parametrize("text", BEACONS)
def test_escaped_text_is_never_live(text: str) -> None:
    for form in (escape(text), paragraphs(text), f"| a |\n|---|\n| {escape(text)} |"):
        html = _html(form)
        assert [mark for mark in LIVE if mark in html] == []


@pytest.mark.parametrize("text", ["a*b_c [d] <e> & `f` | g ~h~ $i$ #1", "1. one", "- two", "+3"])
def test_escaped_text_reads_as_it_was_written(text: str) -> None:
    html = _html(escape(text))
    shown = html.removeprefix("<p>").removesuffix("</p>\n")
    assert shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


def test_hidden_characters_are_named() -> None:
    assert escape("a\u202eb\u200bc") == "a⟨U+202E⟩b⟨U+200B⟩c"


@pytest.mark.parametrize(
    "address",
    [
        "a@b",
        "ann@example.com",
        "evil.com",
        "sub.evil.co.uk/x?y=1#z",
        "evil。com",
        "пример.рф",
        "xn--e1afmkfd.xn--p1ai",
        "//evil.test/x",
        "@org/team",
        "tel:+4930123",
        "vbscript:x",
        "weird+scheme.1://x",
        "www.evil",
        "evil.zip",
    ],
)
def test_no_address_is_left_where_a_renderer_would_link_it(address: str) -> None:
    for text in (
        address,
        f"see {address}, please",
        f"({address})",
        f"**{address}**",
        f"x\n{address}",
    ):
        for form in (escape(text), paragraphs(text)):
            outside = "".join(form.split("`")[::2])
            assert address not in outside
            assert f"<code>{address}" in _html(form)


@pytest.mark.parametrize(
    "text",
    ["e.g. this. And i.e. that...", "3.5 kg at 5:30", "cases.The", "a @ b", "a//b", "v1.2.3"],
)
def test_what_is_no_address_stays_text(text: str) -> None:
    assert "`" not in escape(text)


def test_a_letter_that_poses_as_another_is_named_in_names_and_not_in_prose() -> None:
    assert escape("pаypal") == "p⟨Cyrillic а⟩ypal"
    assert paragraphs("pаypal") == "pаypal"


@pytest.mark.parametrize("text", ["plain", "```\nfence", "a ````` b", "~~~", "`" * 9])
def test_a_fence_cannot_be_closed_from_inside(text: str) -> None:
    html = _html(fenced(text) + "\n\n*after*")
    assert html.count("<pre>") == 1
    assert html.endswith("</code></pre>\n<p><em>after</em></p>\n")


def test_nothing_in_a_spec_is_live(store: Store) -> None:
    bad = "\n\n".join(BEACONS)
    feature = store.features.add(Feature("![n](http://evil.test)", bad, bad, bad, bad, bad))
    assert feature.id is not None
    draft = RequirementDraft(bad, bad)
    requirement = store.requirements.add(feature.id, draft, bad, bad, [Evidence(bad)])
    pieces = [Evidence(bad, bad, bad, bad, bad, bad)]
    store.requirements.revise(requirement.id, draft, 1, bad, bad, pieces)
    scorer = Scorer(ScorerKind.CONTAINS, {"texts": [bad]})
    words = CriterionDraft(bad, scorer, slices=(bad,))
    criterion = store.criteria.add(requirement.id, words, bad)
    store.datasets.add(feature.id, bad, [CaseDraft("k", {"v": bad}, bad, (bad,), bad)], bad)
    prompt = store.prompts.save(feature.id, bad, PromptText(bad, bad), bad)
    variant = store.variants.save(prompt, bad, bad, Parameters(stop=(bad,)), bad)
    store.features.choose_candidate(feature.id, variant.id, bad, bad)
    verdict = _verdict(
        store, criterion, Verdict.NOT_MET, variant=bad, variant_id=variant.id, stale=(bad,)
    )
    text = markdown(store, feature.id, [verdict], lambda _: bad, NOW, [bad])
    html = _html(text)
    assert [
        mark for mark in ("<img", "<a ", "<script", "<b>", "<blockquote>") if mark in html
    ] == []
    assert html.count("<pre>") == 3


def test_a_verdict_comes_with_estimate_interval_and_n(store: Store) -> None:
    feature = file.keep(store, sample(), "ada")
    assert feature.id is not None
    first = store.criteria.of(feature.id)[3]
    text = _spec(store, feature, [_verdict(store, first, Verdict.MET)])
    assert "C4 B: met: 92% (85% to 97%, each bound at 95%; 40 cases, 80 trials)" in text
    assert "Because of C4." in text


def test_a_requirement_is_met_only_when_every_criterion_is(store: Store) -> None:
    feature = file.keep(store, sample(), "ada")
    assert feature.id is not None
    criteria = store.criteria.of(feature.id)[3:5]
    both = [_verdict(store, c, Verdict.MET) for c in criteria]
    row = next(line for line in _spec(store, feature, both[:1]).splitlines() if "| **R2** " in line)
    assert "**not enough evidence**" in row
    row = next(line for line in _spec(store, feature, both).splitlines() if "| **R2** " in line)
    assert "**met**" in row


def test_other_variants_do_not_speak_for_the_candidate(store: Store) -> None:
    feature = file.keep(store, sample(), "ada")
    assert feature.id is not None
    variant = store.variants.of(feature.id)
    other = next(v for v in variant if v.label == "A")
    first = store.criteria.of(feature.id)[0]
    verdict = _verdict(store, first, Verdict.MET, variant="A", variant_id=other.id)
    assert "A: met" not in _spec(store, feature, [verdict])


def test_the_limits_list_what_is_open_stale_and_unscored(store: Store) -> None:
    feature = file.keep(store, sample(), "ada")
    assert feature.id is not None
    first, second, *_ = store.criteria.of(feature.id)
    stale = _verdict(store, first, Verdict.MET, stale=("the prompt changed",))
    unscored = replace(stale.estimate, n_unscored=3)
    failed = _verdict(store, second, Verdict.NOT_MET, estimate=unscored)
    limits = _spec(store, feature, [stale, failed]).split("## Known limits")[1]
    assert "R1, C1: B: stale: the prompt changed" in limits
    assert "R1, C2: B: not met: 92% (85% to 97%" in limits
    assert "3 trials without a score" in limits
    assert "R1, C3: not evaluated yet." in limits


def test_the_spec_shows_how_a_requirement_changed(store: Store) -> None:
    feature = file.keep(store, sample(), "ada")
    assert feature.id is not None
    requirement = store.requirements.of(feature.id)[0]
    draft = replace(requirement.draft, statement="New words.")
    evidence = [Evidence("Half the drafts failed", "E1", "C1", "B", "late-01", "Dear sir")]
    store.requirements.revise(requirement.id, draft, 1, "bob", "It failed", evidence)
    text = _spec(store, feature)
    assert "bob: It failed" in text
    assert "Half the drafts failed (E1, C1, variant B, case late-01) Output: “Dear sir”" in text
    assert "It said: A draft takes up the right order" in text


def test_the_spec_holds_the_candidate_the_data_and_the_command(store: Store) -> None:
    text = _spec(store, file.keep(store, sample(), "ada"))
    assert "```text\nCustomer: {{ message }}\n" in text
    assert "Variant B: Reply v2" in text
    assert '- stop: \\["\\\\n\\\\n"\\]' in text
    assert "**Customer messages**, version 1: 90 cases, 6 of them held out." in text
    assert "| order-missing | 15 |" in text
    assert "python -m workbench run FILE.yaml" in text


@pytest.mark.parametrize("kind", ScorerKind)
def test_every_scorer_can_be_said_in_words(kind: ScorerKind) -> None:
    part = {"kind": "contains", "settings": {"texts": ["a"]}}
    settings = {"texts": ["a"], "pattern": "x", "max": 3, "max_ms": 1500, "max_usd": 0.01}
    settings |= {"checks": [part, part], "languages": ["de"], "least": 1, "tools": ["find"]}
    draft = CriterionDraft("Good", Scorer(kind, settings))
    criterion = Criterion(ONE, ONE, "C1", 1, draft, "Ada", NOW)
    said = measures.describe_scorer(criterion)
    assert said == "is SQL" if kind == "sql" else len(said) >= 12


def test_the_status_has_no_more_columns_than_a_narrow_page_bears(store: Store) -> None:
    feature = file.keep(store, sample(), "Ada")
    assert feature.id is not None
    status = _spec(store, feature).split("## Status")[1].split("## Requirements")[0]
    rows = [line for line in status.splitlines() if line.startswith("|")]
    assert len(rows) == 2 + len(store.requirements.of(feature.id))
    assert {len(row.replace("\\|", "").strip("|").split("|")) for row in rows} == {3}
    for requirement in store.requirements.of(feature.id):
        assert any(f"| **{requirement.key}** " in row for row in rows)
