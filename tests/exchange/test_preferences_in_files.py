"""Preferences in files: the criterion in a feature file, and what was said in downloads."""

import json

from tests.preferences import compared, say
from workbench.actions import findings
from workbench.domain.criteria import ScorerKind
from workbench.exchange.feature import file
from workbench.exchange.results import outputs
from workbench.store.store import Store

FILE = """\
workbench: 1
feature:
  name: Replies
requirements:
- key: R1
  statement: It is liked better than before
  criteria:
  - key: C1
    title: Better than before
    scorer:
      kind: preference
      settings:
        over: A
        question: Which would you send?
    bar: 0.6
  - key: C2
    title: Better, by a model
    scorer:
      kind: pairwise_judge
      settings:
        over: A
        question: Which would you send?
        better: It says what comes next.
        connection: Local model
        model: small
    bar: 0.6
"""


def test_criteria_that_compare_come_back_byte_for_byte(store: Store) -> None:
    feature = file.import_feature(store, FILE, "ada")
    assert feature.id is not None
    first, second = store.criteria.of(feature.id)
    assert (first.draft.scorer.kind, first.draft.scorer.over) == (ScorerKind.PREFERENCE, "A")
    assert second.draft.scorer.kind is ScorerKind.PAIRWISE_JUDGE
    written = file.export(store, feature.id)
    again = file.import_feature(store, written, "ada", name="Again")
    assert again.id is not None
    back = file.export(store, again.id)
    assert back.replace("name: Again", "name: Replies", 1) == written


def test_downloads_say_what_was_said_of_each_output_beside_another(store: Store) -> None:
    experiment, criterion = compared(store, 1, "ABC")
    say(store, experiment, criterion, ["tie", "tie", "tie"])
    rows = [json.loads(line) for line in outputs.as_jsonl(store, experiment.id).splitlines()]
    assert {row["variant"]: {w["beside"] for w in row["preferences"]} for row in rows} == {
        "A": {"B", "C"},
        "B": {"A", "C"},
        "C": {"A", "B"},
    }
    assert {w["word"] for row in rows for w in row["preferences"]} == {"tie"}
    header, first, *_ = outputs.as_csv(store, experiment.id).splitlines()
    assert {f"{criterion.key} beside {label}" for label in "ABC"} <= set(header.split(","))
    assert "tie (Mira)" in first


def test_who_was_liked_better_is_in_what_machines_read(store: Store) -> None:
    experiment, criterion = compared(store, 4)
    say(store, experiment, criterion, ["B", "B", "A", "tie"])
    found = findings.of_feature(store, experiment.feature_id).as_json()
    (row,) = [row for row in found["verdicts"] if row["criterion"] == criterion.key]
    assert (row["variant"], row["preferred_over"], row["estimate"]) == ("B", "A", 0.5)
    (ranking,) = found["preferences"]
    assert ranking["pairs"][0]["b_better"] == 2
    assert [each["variant"] for each in ranking["strengths"]] == ["B", "A"]


def test_a_feature_without_preferences_has_no_list_of_them(store: Store) -> None:
    experiment, criterion = compared(store, 2)
    store.criteria.archive(criterion.id, "Ada", "Not needed")
    assert "preferences" not in findings.of_feature(store, experiment.feature_id).as_json()
