"""A feature file brings a feature into a store and out again, whole and always the same."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import jsonschema_rs
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import sample
from tests.empty import empty_store
from workbench.config import ROOT
from workbench.domain.calls import Parameters
from workbench.domain.conversations import Message
from workbench.domain.criteria import CriterionDraft, Measure, Scorer, ScorerKind
from workbench.domain.datasets import CaseDraft
from workbench.domain.experiments import Plan, StopRule
from workbench.domain.features import Feature
from workbench.domain.prompts import CONVERSATION, MessageTemplate, PromptText
from workbench.domain.requirements import Evidence, Kind, RequirementDraft
from workbench.errors import InputError
from workbench.exchange.feature import file, found, yaml_reader, yaml_writer
from workbench.exchange.feature.schema import published, schema
from workbench.store.store import Store

SAMPLE = (ROOT / "data/samples/support-reply.yaml").read_text(encoding="utf-8")
NASTY = (
    "yes",
    "007",
    "1e3",
    "0x1F",
    "2026-11-03",
    "null",
    "~",
    "- a: b",
    "key: value",
    "#x",
    "a #b",
    "&a",
    "*a",
    "!!python/object:os.system x",
    "{{name}}",
    "[a](b)",
    '"',
    "'",
    "tab\there",
    "\tlead",
    " lead and trail ",
    "two\nlines",
    "two\n\n\nlines\n\n",
    "ends\n",
    "\n",
    "\n\nstarts",
    " first is indented\nsecond",
    "trailing \nspace",
    "a\r\nb\rc",
    "next\x85line",
    "line\u2028separator\u2029",
    "\ufeffmark",
    "emoji 👩‍💻 漢字 é",
    "\u202eflipped",
    "bell\x07",
    "---\nnot a document\n...",
    "% not a directive\n%YAML",
    "back\\slash \\n",
    "long " * 400,
    "<<",
    "=",
    "?",
    "ends with colon:",
    "a: ",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = empty_store(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    opened = empty_store(tmp_path)
    yield opened
    opened.close()


def _a_whole_feature(store: Store) -> Feature:
    """Everything the file can hold: histories, evidence, edited cases, awkward texts."""
    feature = store.features.add(Feature("Reply", problem="Slow\n\nvery slow", stakes="yes"))
    assert feature.id is not None
    draft = RequirementDraft("Names the order", "007", Kind.SAFETY)
    requirement = store.requirements.add(feature.id, draft, "ada", "First: draft")
    evidence = [Evidence("Fails on “é”", "E1", "C1", "A", "c1", "out\nput "), Evidence("no")]
    better = replace(draft, statement="Names the order\nwhen there is one")
    store.requirements.revise(requirement.id, better, 1, "bob", "- it failed", evidence)
    scorer = Scorer(ScorerKind.REGEX, {"pattern": "\\d+\\s#1", "ignore_case": True})
    criterion = store.criteria.add(requirement.id, CriterionDraft("Has it", scorer), "ada", "why")
    schema = {"type": "object", "properties": {"yes": {"const": None, "maximum": 1.0, "enum": [1]}}}
    newer = CriterionDraft(
        "Is JSON",
        Scorer(ScorerKind.JSON_SCHEMA, {"schema": schema}),
        Measure.FAIL_RATE,
        0.05,
        target=0.0,
        slices=("a, b", "c"),
        origin="E1",
    )
    store.criteria.revise(criterion.id, newer, 1, "", "stricter")
    cases = [CaseDraft(f"c{i}", {"text": t}, reference=t) for i, t in enumerate(NASTY)]
    first = store.datasets.add(feature.id, "Cases", cases, "ada")
    edited = [replace(cases[0], tags=("x", "yes")), *cases[2:], CaseDraft("new", {"text": ""})]
    store.datasets.save(first.dataset_id, edited, 1, "bob", "edited")
    again = [*edited, cases[1]]
    store.datasets.save(first.dataset_id, again, 2, "bob", "back again")
    prompt = store.prompts.save(feature.id, "Main", PromptText("", "Say {{text}}"), "ada")
    other = store.prompts.save(feature.id, "Main", PromptText("Be\nkind ", "{{text}}\n"), "ada")
    heat = Parameters(0.3, 0.9, 50, 7, ("\n\n", "- x"), {"type": "object"}, {"top_k": 3})
    a = store.variants.save(prompt, "A connection that is not here", "m", Parameters())
    b = store.variants.save(other, "Local model", "m: 1", heat)
    store.features.choose_candidate(feature.id, b.id, "ada", "best")
    plan = Plan("Which?", first.id, (a.id, b.id), (criterion.id,), trials=2, held_out=False)
    store.experiments.add(feature.id, plan, "ada", criteria=[(criterion.id, 1)])
    chosen = tuple(c.id for c in store.datasets.cases(first.id)[2:5])
    watched = replace(plan, case_ids=chosen, stop_rule=StopRule.WHEN_DECIDED)
    store.experiments.add(feature.id, watched, "ada")
    return feature


def test_a_feature_comes_back_byte_for_byte(store: Store, other: Store) -> None:
    feature = _a_whole_feature(store)
    text = file.export(store, feature.id)
    copy = file.import_feature(other, text, "someone else")
    assert file.export(other, copy.id) == text


def test_a_feature_comes_back_with_its_experiments_as_they_were(store: Store, other: Store) -> None:
    text = file.export(store, _a_whole_feature(store).id)
    copy = file.import_feature(other, text, "someone else")
    first, second = other.experiments.of(copy.id)
    assert (first.n_cases, first.criteria[0][1]) == (len(NASTY), 1)
    assert (second.n_cases, second.criteria[0][1]) == (3, 2)
    assert (first.is_sequential, second.is_sequential) == (False, True)


@settings(
    # Of many texts each: what takes the time is a feature, not a text.
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    database=None,
    derandomize=True,
)
@given(
    texts=st.lists(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
        | st.text(" \n\t:#-'\"\\a0\r\x85\u2028{}[],&*!|>%@`?", max_size=30)
        | st.sampled_from(NASTY),
        min_size=20,
        max_size=20,
    )
)
def test_any_text_survives_the_way_out_and_in(store: Store, other: Store, texts: list[str]) -> None:
    name = f"f{len(store.features.all())}"
    statement, why, system, user, stop, value, tag, key, *more = texts
    feature = store.features.add(Feature(name, problem=statement))
    draft = RequirementDraft(statement or "x", why)
    if statement.strip():
        store.requirements.add(feature.id, draft, why, system, [Evidence(user, output=value)])
    held = {"text": value, "parts": [key, {key: value}, 1, None], "free": "x"}
    said = (Message("user", value),) if value.strip() else ()
    case = CaseDraft("k", held, [stop, value], (tag,), messages=said)
    others = [CaseDraft(f"k{n}", {"text": t}, t, (t,)) for n, t in enumerate(more)]
    store.datasets.add(feature.id, tag, [case, *others], why)
    examples = (MessageTemplate("assistant", value), MessageTemplate(CONVERSATION))
    wording = PromptText(system, user, examples)
    prompt = store.prompts.save(feature.id, "p", wording, why, tag)
    store.variants.save(prompt, "c", "m", Parameters(stop=(stop,), extra_body={key: value}))
    text = file.export(store, feature.id)
    copy = file.import_feature(other, text, "x")
    assert file.export(other, copy.id) == text
    (version,) = other.prompts.versions(copy.id)
    assert version.text == wording
    (dataset,) = other.datasets.of(copy.id)
    back = other.datasets.cases(dataset.id)
    kept = store.datasets.cases(store.datasets.of(feature.id)[0].id)
    assert [one.draft() for one in back] == [one.draft() for one in kept]
    assert back[0].variables == held
    other.features.archive(copy.id)


@settings(max_examples=150, deadline=None, database=None, derandomize=True)
@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(NASTY),
        st.recursive(
            st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(NASTY),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(NASTY), inner, max_size=3)
            ),
            max_leaves=6,
        ),
        max_size=3,
        min_size=1,
    )
)
def test_written_yaml_reads_back_the_same_here_and_in_other_libraries(value: object) -> None:
    assert isinstance(value, dict)
    text = yaml_writer.document(value)
    assert yaml_reader.parse(text) == value
    assert yaml.load(text, Loader=yaml.CSafeLoader) == value


def test_the_hand_written_sample_loads_and_comes_back(store: Store, other: Store) -> None:
    feature = file.import_feature(store, SAMPLE, "ada")
    text = file.export(store, feature.id)
    copy = file.import_feature(other, text, "bob")
    assert file.export(other, copy.id) == text
    assert len(other.criteria.of(copy.id)) == 10
    assert [e.key for e in other.experiments.of(copy.id)] == ["E1", "E2", "E3"]


def test_the_short_form_gets_importer_and_first_versions(store: Store) -> None:
    feature = file.keep(store, sample(), "ada")
    (requirement, *_) = store.requirements.of(feature.id)
    assert (requirement.revision.number, requirement.revision.author) == (1, "ada")
    (dataset,) = store.datasets.of(feature.id)
    assert (dataset.number, dataset.author) == (1, "ada")


def test_multi_line_text_is_a_literal_block(store: Store) -> None:
    feature = file.keep(store, sample(), "ada")
    assert "    user: |-\n      Order number: {{ order_id }}\n" in file.export(store, feature.id)


def test_no_address_or_key_is_in_the_file(store: Store) -> None:
    text = file.export(store, _a_whole_feature(store).id)
    assert not re.search("base_url|api_key", text)
    with pytest.raises(InputError, match="“base_url” is not a key here"):
        file.load(
            SAMPLE.replace(
                "  connection: Local model", "  base_url: http://x\n  connection: Local model", 1
            )
        )


def test_what_was_put_away_is_left_out(store: Store, other: Store) -> None:
    feature = _a_whole_feature(store)
    (criterion,) = store.criteria.of(feature.id)
    store.criteria.archive(criterion.id, "Ada", "Not needed")
    text = file.export(store, feature.id)
    assert "criteria:" not in text
    assert "experiments:" not in text
    copy = file.import_feature(other, text, "x")
    assert file.export(other, copy.id) == text


def test_two_datasets_of_one_name_are_told_apart(store: Store, other: Store) -> None:
    feature = store.features.add(Feature("Twice"))
    for text in ("one", "two"):
        store.datasets.add(feature.id, "Cases", [CaseDraft("k", {"t": text})], "ada")
    text = file.export(store, feature.id)
    assert "- name: Cases (2)\n" in text
    copy = file.import_feature(other, text, "x")
    assert file.export(other, copy.id) == text


def test_a_file_imported_twice_is_the_same_feature(store: Store) -> None:
    first, is_new = file.import_or_find(store, SAMPLE, "ada")
    second, is_new_again = file.import_or_find(store, SAMPLE, "bob")
    assert (is_new, is_new_again) == (True, False)
    assert first.id == second.id


def test_an_export_finds_the_feature_it_came_from(store: Store) -> None:
    feature = _a_whole_feature(store)
    text = file.export(store, feature.id)
    assert file.import_or_find(store, text, "x")[0].id == feature.id


def test_variants_and_prompts_added_since_do_not_hide_the_feature(store: Store) -> None:
    feature, _ = file.keep_or_find(store, sample(), "ada")
    prompt = store.prompts.save(feature.id, "Reply", PromptText("", "Hi {{message}}"), "ada")
    variant = store.variants.save(prompt, "Elsewhere", "m", Parameters())
    first = store.experiments.of(feature.id)[0]
    plan = Plan("And now?", first.dataset_version_id, (variant.id,), (first.criteria[0][0],))
    store.experiments.add(feature.id, plan, "ada")
    assert file.keep_or_find(store, sample(), "ada") == (feature, False)


def test_a_requirement_revised_since_is_a_difference(store: Store) -> None:
    feature, _ = file.keep_or_find(store, sample(), "ada")
    (requirement, *_) = store.requirements.of(feature.id)
    draft = replace(requirement.draft, statement="Something else.")
    store.requirements.revise(requirement.id, draft, 1, "ada", "changed")
    with pytest.raises(InputError, match=r"requirements\[0\]\.statement differs") as caught:
        file.keep_or_find(store, sample(), "ada")
    assert "--as NAME" in caught.value.hint


def test_what_a_file_was_found_to_say_holds_for_the_code_that_read_it(tmp_path: Path) -> None:
    said: tuple[dict[str, object], None, dict[str, object]] = ({"a": 1}, None, {"b": 2})
    same, changed = tmp_path / "same", tmp_path / "changed"
    for copy in (same, changed):
        shutil.copytree(Path(found.__file__).parent, copy)
    entries = changed / "entries.py"
    entries.write_text(f"{entries.read_text('utf-8')}x = 1\n", "utf-8")
    assert found.digest(*said, same) == found.digest(*said)
    assert found.digest(*said, changed) != found.digest(*said)


def test_a_file_that_was_found_and_says_something_else_since_is_a_difference(store: Store) -> None:
    feature, _ = file.keep_or_find(store, sample(), "ada")
    assert file.keep_or_find(store, sample(), "ada") == (feature, False)
    said = feature.goal.partition(" ")[0]
    with pytest.raises(InputError, match=r"feature\.\w+ differs"):
        file.import_or_find(store, SAMPLE.replace(f" {said} ", f" Not {said} ", 1), "ada")
    assert file.keep_or_find(store, sample(), "ada") == (feature, False)


def test_a_file_is_found_again_after_it_was_refused_and_the_feature_put_right(store: Store) -> None:
    feature, _ = file.keep_or_find(store, sample(), "ada")
    edited = store.features.save(replace(feature, goal="Something else."))
    for _ in range(2):
        with pytest.raises(InputError, match=r"feature\.goal differs"):
            file.keep_or_find(store, sample(), "ada")
    store.features.save(replace(edited, goal=feature.goal))
    assert not file.keep_or_find(store, sample(), "ada")[1]


def test_a_taken_name_is_refused_and_another_one_works(store: Store) -> None:
    file.keep(store, sample(), "ada")
    with pytest.raises(InputError, match="Support reply assistant") as caught:
        file.keep(store, sample(), "ada")
    assert "--as NAME" in caught.value.hint
    assert file.keep(store, sample(), "ada", name="Other").name == "Other"


def test_the_published_schema_is_the_one_in_the_code() -> None:
    path = ROOT / "docs/feature-file.schema.json"
    assert path.read_text(encoding="utf-8") == published()


def test_exports_fit_the_published_schema_read_by_any_yaml_library(store: Store) -> None:
    data = yaml.load(file.export(store, _a_whole_feature(store).id), Loader=yaml.CSafeLoader)
    validator = jsonschema_rs.validator_for(json.loads(published()), offline=True)
    assert [error.message for error in validator.iter_errors(data)] == []
    assert schema()["properties"]["workbench"] == {"const": 1}


def test_times_are_utc(store: Store) -> None:
    text = SAMPLE.replace(
        "  why: First draft, from",
        "  created_at: 2026-11-03T13:00:00+01:00\n  why: First draft, from",
        1,
    )
    feature = file.import_feature(store, text, "ada")
    (requirement, *_) = store.requirements.of(feature.id)
    assert requirement.revision.created_at == datetime(2026, 11, 3, 12, tzinfo=UTC)
    assert 'created_at: "2026-11-03T12:00:00Z"' in file.export(store, feature.id)
