"""What models say in a file of results: compared with people's words, counted by none of them."""

import csv
import io
import json

import pytest

from workbench.domain.criteria import CriterionDraft, Scorer, ScorerKind
from workbench.domain.features import Feature
from workbench.domain.requirements import RequirementDraft
from workbench.domain.scores import Outcome
from workbench.domain.verdicts import CriterionVerdict, Verdict
from workbench.errors import InputError
from workbench.evidence import agreement, verdicts
from workbench.exchange.results import file, keeping, outputs
from workbench.exchange.results.imported import Imported
from workbench.store.engine.integrity import counts
from workbench.store.store import Store

HEADER = "case,variant,trial,criterion,value,rater,output"
JUDGE = Scorer(
    ScorerKind.JUDGE,
    {"question": "Is it kind?", "passes": "It is.", "connection": "Local model", "model": "m"},
)


def kept(store: Store, words: dict[str, str]) -> Imported:
    """Import what raters said of as many outputs as their words have letters: p, f, or - for
    nothing said."""
    values = {"p": "pass", "f": "fail"}
    lines = [
        f"case-{i},X,1,Kind,{values[word]},{rater},Answer {i}"
        for rater, said in words.items()
        for i, word in enumerate(said)
        if word != "-"
    ]
    results = file.read("r.csv", "\n".join([HEADER, *lines]).encode())
    return keeping.keep(store, results, "Theirs", "Ada", 0.5)


def verdict(store: Store, imported: Imported) -> CriterionVerdict:
    """The only one."""
    (found,) = verdicts.of_feature(store, imported.feature_id)
    return found


def judged_feature(store: Store) -> None:
    """A feature whose criterion “Kind” is judged by the model m."""
    feature_id = store.features.add(Feature("Theirs")).id
    assert feature_id is not None
    requirement = store.requirements.add(feature_id, RequirementDraft("Is kind"), "Ada")
    store.criteria.add(requirement.id, CriterionDraft("Kind", JUDGE, bar=0.5), "Ada")


def as_older_code_kept_it(store: Store) -> None:
    """File all words under the criterion's own scorer, as imports once did."""
    store.database.execute(
        "update scores set scorer = (select any_value(scorer) from criterion_versions)"
    )


def test_a_judge_alone_gives_no_verdict_where_people_rate(store: Store) -> None:
    found = verdict(store, kept(store, {"judge:large": "p" * 40}))
    assert found.verdict is Verdict.NOT_ENOUGH_EVIDENCE
    assert (found.estimate.n_cases, found.estimate.n_unscored) == (0, 40)


def test_judges_turn_no_majority_of_people(store: Store) -> None:
    alone = verdict(store, kept(store, {"Ada": "p" * 40}))
    judges = {"judge:a": "f" * 40, "judge:b": "f" * 40}
    beside = verdict(store, kept(store, {"Ada": "p" * 40, **judges}))
    assert beside.verdict is alone.verdict is Verdict.MET
    assert beside.estimate == alone.estimate


def test_what_judges_say_is_compared_with_people(store: Store) -> None:
    imported = kept(store, {"Ada": "ppff" * 10, "judge:a": "pppf" * 10})
    (found,) = agreement.of_feature(store, imported.feature_id)
    (pair,) = found.pairs
    assert (pair.a, pair.b, pair.n, pair.observed.estimate) == ("Ada", "judge:a", 40, 0.75)
    kinds = agreement.as_json([found], "Theirs")["criteria"][0]["scorers"]
    assert [(one["scorer"], one["kind"]) for one in kinds] == [
        ("Ada", "person"),
        ("judge:a", "judge"),
    ]


def test_a_file_with_judges_imported_again_changes_nothing(store: Store) -> None:
    words = {"Ada": "pp-f", "judge:a": "ppff"}
    kept(store, words)
    before = counts(store.database.rows)
    again = kept(store, words)
    assert (again.added_trials, again.added_scores) == (0, 0)
    assert counts(store.database.rows) == before


def test_on_a_judged_criterion_its_own_model_is_heard_and_people_label(store: Store) -> None:
    judged_feature(store)
    imported = kept(store, {"judge:m": "p" * 30 + "f" * 10, "Ada": "p" * 30 + "f" * 10})
    found = verdict(store, imported)
    assert found.trust is not None
    assert (found.trust.n_labels, found.trust.n_good, found.trust.n_bad) == (40, 30, 10)
    assert found.trust.sensitivity.value == found.trust.specificity.value == 1.0
    assert found.estimate.method == "judge, corrected by labels"


def test_on_a_judged_criterion_another_model_is_only_compared(store: Store) -> None:
    judged_feature(store)
    imported = kept(store, {"judge:other": "p" * 40, "Ada": "p" * 40})
    assert verdict(store, imported).estimate.n_unscored == 40
    (found,) = agreement.of_feature(store, imported.feature_id)
    assert set(found.scored) == {"Ada", "judge:other"}


def test_words_that_older_imports_counted_are_put_beside_when_the_file_is_opened(
    store: Store,
) -> None:
    imported = kept(store, {"Ada": "pf" * 20, "judge:a": "p" * 40})
    right = verdict(store, imported).estimate
    as_older_code_kept_it(store)
    assert verdict(store, imported).estimate != right
    store.renew_scorers()
    assert verdict(store, imported).estimate == right
    (found,) = agreement.of_feature(store, imported.feature_id)
    assert found.scored == {"Ada": 40, "judge:a": 40}
    before = counts(store.database.rows)
    store.renew_scorers()
    assert kept(store, {"Ada": "pf" * 20, "judge:a": "p" * 40}).added_scores == 0
    assert counts(store.database.rows) == before


def test_labels_that_older_imports_gave_to_the_judge_are_labels_when_the_file_is_opened(
    store: Store,
) -> None:
    judged_feature(store)
    imported = kept(store, {"judge:m": "p" * 30 + "f" * 10, "Ada": "p" * 30 + "f" * 10})
    right = verdict(store, imported)
    as_older_code_kept_it(store)
    store.renew_scorers()
    found = verdict(store, imported)
    assert (found.estimate, found.trust) == (right.estimate, right.trust)


def test_exports_say_who_said_what_and_count_people_alone(store: Store) -> None:
    imported = kept(store, {"Ada": "p", "judge:a": "f"})
    (experiment,) = store.experiments.of(imported.feature_id)
    (row,) = map(json.loads, outputs.as_jsonl(store, experiment.id).splitlines())
    (score,) = row["scores"]
    assert score["outcome"] == Outcome.PASS
    assert [(one["rater"], one["kind"], one["outcome"]) for one in score["said"]] == [
        ("Ada", "person", "pass"),
        ("judge:a", "judge", "fail"),
    ]
    (line,) = csv.DictReader(io.StringIO(outputs.as_csv(store, experiment.id).lstrip("\ufeff")))
    assert line["C1"] == "pass"
    assert line["C1 said"] == "Ada: pass; judge:a: fail"


def test_nobody_settles_from_a_file_what_others_said(store: Store) -> None:
    with pytest.raises(InputError, match="Line 2: the rater “settled:Ada” would settle"):
        kept(store, {"settled:Ada": "p"})
    assert store.features.all() == []


def test_a_panel_is_heard_as_a_whole_and_by_its_members() -> None:
    settings = {**JUDGE.settings, "panel": [{"connection": "Local model", "model": "n"}]}
    panel = Scorer(ScorerKind.JUDGE, settings)
    assert panel.heard_from(panel.judge_name) == panel.fingerprint()
    first, second = panel.judges
    assert panel.heard_from("judge:m") == first.fingerprint() == JUDGE.fingerprint()
    assert panel.heard_from("judge:n") == second.fingerprint()
    assert panel.heard_from("judge:o") == panel.aside()
