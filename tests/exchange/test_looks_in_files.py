"""What a criterion looks at leaves with it and comes back: in feature files, specs, downloads."""

from dataclasses import replace
from pathlib import Path

from tests.building import loop
from tests.empty import empty_store
from workbench.actions import exporting
from workbench.domain.criteria import CriterionDraft, Scorer, ScorerKind
from workbench.domain.criterion_changes import differences
from workbench.domain.scores import Outcome
from workbench.exchange.feature import file as feature_file
from workbench.exchange.results import outputs
from workbench.runs import rescoring
from workbench.store.store import Store

LOOKS = Scorer(ScorerKind.CONTAINS, {"texts": ["thank"], "looks_at": "transcript"})


def test_a_feature_file_keeps_what_is_looked_at_byte_for_byte(store: Store, tmp_path: Path) -> None:
    made = loop(store, 1)
    before = exporting.feature_yaml(store, made.feature_id)
    assert "looks_at" not in before
    store.criteria.add(made.requirement.id, CriterionDraft("All of it", LOOKS), "Ada")
    text = exporting.feature_yaml(store, made.feature_id)
    assert "looks_at: transcript" in text
    other = empty_store(tmp_path)
    feature = feature_file.import_feature(other, text, "Ada")
    assert feature.id is not None
    assert exporting.feature_yaml(other, feature.id) == text
    other.close()


def test_a_spec_says_what_is_looked_at(store: Store) -> None:
    made = loop(store, 1)
    store.criteria.add(made.requirement.id, CriterionDraft("All of it", LOOKS), "Ada")
    assert "looking at the whole conversation" in exporting.spec(store, made.feature_id)


def test_a_download_says_of_a_score_what_was_looked_at(store: Store) -> None:
    made = loop(store, 1)
    experiment = made.run([Outcome.PASS])
    draft = replace(made.criterion.draft, scorer=LOOKS)
    (row,) = store.reports.experiments.everything(experiment.id)
    assert "looks_at" not in row["scores"][0]
    store.criteria.revise(made.criterion.id, draft, 1, "Ada", "All that is said.")
    rescoring.catch_up(store, made.feature_id)
    (row,) = store.reports.experiments.everything(experiment.id)
    head, first = outputs.as_csv(store, experiment.id).splitlines()[:2]
    assert head.endswith("C1 looks at")
    assert first.endswith("transcript")
    assert '"looks_at": "transcript"' in outputs.as_jsonl(store, experiment.id)
    assert (row["scores"][0]["looks_at"], row["scores"][0]["outcome"]) == ("transcript", "pass")


def test_the_history_says_that_another_part_is_looked_at(store: Store) -> None:
    made = loop(store, 1)
    before = replace(made.criterion.draft, scorer=Scorer(ScorerKind.CONTAINS, {"texts": ["thank"]}))
    assert differences(before, replace(before, scorer=LOOKS)) == (
        "looks at the last answer → the whole conversation, with calls and replies of tools",
    )
