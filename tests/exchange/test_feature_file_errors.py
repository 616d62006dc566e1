"""A feature file that is wrong, or hostile, is refused with the place and what to do."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import pace
from tests.empty import empty_store
from workbench.config import ROOT
from workbench.domain.criteria import Scorer, ScorerKind, problem_with
from workbench.errors import InputError
from workbench.exchange.feature import file
from workbench.exchange.feature.schema import schema
from workbench.store.store import Store

SAMPLE = (ROOT / "data/samples/support-reply.yaml").read_text(encoding="utf-8")
HEAD = "workbench: 1\nfeature:\n  name: Reply\n"
REQUIREMENT = f"{HEAD}requirements:\n- key: R1\n  statement: It works.\n"
CRITERION = f"{REQUIREMENT}  criteria:\n  - key: C1\n    title: Has it\n    scorer:\n      kind: "
CONTAINS = f"{CRITERION}contains\n      settings:\n        texts: [a]\n"
DATASET = f"{HEAD}datasets:\n- name: Cases\n  cases:\n  - key: c1\n    variables:\n      text: hi\n"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = empty_store(tmp_path)
    yield opened
    opened.close()


def _refusal(text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        file.load(text, "f.yaml")
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("just words", "not a feature file"),
        ("feature:\n  name: x\n", "“workbench” is missing"),
        ("workbench: 2\n", "format 2 is not known"),
        ("workbench: 1\n", "“feature” is missing"),
        ("workbench: 1\nfeature:\n  name: ''\n", "feature.name: "),
        (f"{HEAD}  problems: x\n", "line 4: feature: “problems” is not a key here"),
        (f"{REQUIREMENT}  kind: quallity\n", "line 7: requirements[0].kind: “quallity”"),
        (f"{REQUIREMENT}- key: R1\n  statement: x\n", "requirements[1].key: “R1” is there twice"),
        (f"{REQUIREMENT}- key: Z9\n  statement: x\n", "requirements[1].key: “Z9” is not a key"),
        (f"{REQUIREMENT}- key: R2\n  statement: ' '\n", "requirements[1]: The requirement has no"),
        (f"{REQUIREMENT}  created_at: soon\n", "requirements[0].created_at: “soon” is not a time"),
        (f"{CONTAINS}    bar: yes\n", "requirements[0].criteria[0].bar: “yes” is not a number"),
        (f"{CONTAINS}    bar: 007\n", "criteria[0].bar: “007” is not a number"),
        (f"{CONTAINS}    bar: 90%\n", "criteria[0].bar: “90%” is not a number"),
        (f"{CONTAINS}    bar: 90\n", "criteria[0].bar: 90 is greater than"),
        (f"{CONTAINS}    bar: 1\n", "criteria[0]: No number of trials can show a bar of 100%"),
        (f"{CONTAINS}        pattern: a\n", "settings"),
        (f"{CONTAINS}        ignore_case: yes\n", "ignore_case: “yes” is not true or false"),
        (f"{CRITERION}contains\n", "criteria[0]: The scorer of “Has it”: it names no text"),
        (f"{CRITERION}regex\n      settings: {{pattern: '(a'}}\n", "criteria[0].scorer.settings: "),
        (
            f"{CRITERION}length\n      settings: {{max: ten}}\n",
            "settings.max: “ten” is not a whole",
        ),
        (f"{DATASET}  - key: c1\n    variables: {{text: ho}}\n", "datasets[0]: Two cases have"),
        (f"{DATASET}    since: 2\n", "datasets[0].cases[0]: it was there from version 2 to 1"),
        (f"{DATASET}      none: null\n", "cases[0].variables.none: “null” means nothing"),
        (f"{DATASET}    tags: a\n", "cases[0].tags: “a” is not a list"),
        (f"{HEAD}candidate: B\n", "candidate: there is no variant “B”"),
        (SAMPLE.replace("  version: 2\n", "  version: 3\n"), "variants[1].version: “Reply” has no"),
        (SAMPLE.replace("criteria: [C6]", "criteria: [C6@2]"), "no criterion “C6@2”"),
        (SAMPLE.replace("variants: [B]", "variants: [D]"), "experiments[1].variants[0]: there is"),
        (SAMPLE.replace("dataset: Customer", "dataset: Costumer"), "experiments[0].dataset: there"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(text: str, said: str) -> None:
    assert said in _refusal(text).message


def test_a_misspelt_key_gets_a_suggestion() -> None:
    assert _refusal(f"{REQUIREMENT}  rationael: x\n").hint.startswith("Did you mean “rationale”?")
    wrong = _refusal(f"{CONTAINS}    measure: passrate\n")
    assert wrong.hint.startswith("Did you mean “pass_rate”? Known here: pass_rate, fail_rate")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{HEAD}  problem: a: b\n", "f.yaml, line 4: the text after “problem:” holds a colon"),
        (f"{HEAD}\tproblem: a\n", "line 4"),
        (f"{HEAD}  problem: 'open\n", "line 4: a quote that opens on line 4 is never closed"),
        (f"{HEAD}  problem: &a x\n  goal: *a\n", "line 4: an alias or anchor"),
        (f"{HEAD}  goal: *a\n", "line 4: an alias or anchor"),
        (f"{HEAD}  goal: !!python/object/apply:os.system [x]\n", "line 4: the tag"),
        (f"{HEAD}  goal: !!str 1\n", "line 4: the tag"),
        (f"{HEAD}  name: Again\n", "line 4: the key “name” a second time"),
        (f"{HEAD}---\n{HEAD}", "line 4: a second document"),
        (f"{HEAD}  ? [a]\n  : b\n", "line 4: a key that is not text"),
        (f"{HEAD}  goal: a\x07b\n", "is not YAML text"),
        (f"{HEAD}  goal: a\ud800b\n", "not valid Unicode"),
        (HEAD + "  goal: " + "[" * 200 + "]" * 200, "more than 100 levels"),
    ],
)
def test_yaml_that_a_feature_file_never_needs_is_refused_with_its_line(
    text: str, said: str
) -> None:
    assert said in _refusal(text).message


@pytest.mark.parametrize(
    "text",
    [
        "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{f'*a{i - 1},' * 9}]\n" for i in range(1, 12)),
        HEAD + "  goal: " + "[" * 1_000_000,
        HEAD + "  goal: " + "{a: " * 1_000_000,
        HEAD + "  goal:\n" + "".join(" " * i + "- a:\n" for i in range(2, 3000, 2)),
        HEAD + "  goal: " + "x" * 20_000_001,
        HEAD + "requirements:\n" + "- a\n" * 4_900_000,
        HEAD + "".join(f"k{i}: x\n" for i in range(200_000)),
        f"{HEAD}datasets:\n- name: Cases\n  versions:\n"
        + "  - {}\n" * 50_000
        + "  cases:\n"
        + "".join(f"  - {{key: c{i}, variables: {{t: x}}}}\n" for i in range(2_000)),
    ],
    ids=["aliases", "lists", "groups", "indents", "size", "letters", "keys", "versions"],
)
def test_bombs_are_refused_before_they_cost_much(text: str) -> None:
    assert pace.is_at_most(4000, lambda: _refusal(text))


def test_text_that_looks_like_something_else_stays_text(store: Store) -> None:
    text = f"{HEAD}  problem: 007\n  user: yes\n  job: 1e3\n  goal: 2026-11-03\n  stakes: no\n"
    feature = file.import_feature(store, text, "ada")
    assert (feature.problem, feature.user, feature.job) == ("007", "yes", "1e3")
    assert (feature.goal, feature.stakes) == ("2026-11-03", "no")


def test_nothing_is_kept_of_a_file_that_fails_late(store: Store) -> None:
    doubled = SAMPLE.replace("version: 2\n  connection", "version: 1\n  connection")
    with pytest.raises(InputError, match="B is the same as A"):
        file.import_feature(store, doubled, "ada")
    assert store.features.all() == []
    assert store.database.value("select count(*) from requirements") == 0


def test_an_experiment_without_cases_is_refused_with_its_place(store: Store) -> None:
    text = SAMPLE.replace("slices: [consistency]\n  held_out", "slices: [nowhere]\n  held_out")
    with pytest.raises(InputError, match=r"experiments\[1\]: No case of the dataset"):
        file.import_feature(store, text, "ada")
    assert store.features.all() == []


@pytest.mark.parametrize("kind", ScorerKind)
def test_the_schema_knows_the_same_settings_as_the_domain(kind: ScorerKind) -> None:
    scorer = schema()["$defs"]["scorer"]
    every = {*scorer["properties"]["settings"]["properties"], "nonsense"}
    refused = {n for n in every if "is not a setting" in problem_with(Scorer(kind, {n: 1}))}
    (rule,) = (r for r in scorer["allOf"] if r["if"]["properties"]["kind"]["const"] == kind)
    assert every - refused == set(rule["then"]["properties"]["settings"]["propertyNames"]["enum"])


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (f"{CONTAINS}    bar: 90\n", "write 0.9 for 90%"),
        (f"{CONTAINS}    bar: 900\n", "Shares are written as 0.9"),
        (f"{CRITERION}length\n      settings: {{max: -10}}\n    bar: 0.9\n", "Write 0 or more."),
    ],
)
def test_a_number_beyond_a_limit_is_told_what_may_stand_there(text: str, hint: str) -> None:
    assert hint in _refusal(text).hint
