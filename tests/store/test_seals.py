"""What is evidence has checksums: a row that was changed behind our back is found and named."""

from pathlib import Path

import duckdb
import pytest

from tests.building import a_turn, loop
from tests.empty import empty_store, store_with
from workbench.actions.exporting import exported
from workbench.cli.main import main
from workbench.domain.attachments import Content
from workbench.domain.judging import (
    Control,
    ControlAnswer,
    ControlKind,
    JudgeCall,
    PairControl,
    PairControlAnswer,
)
from workbench.domain.preferences import Preference, Preferred
from workbench.domain.scores import Judgement, Note, Outcome
from workbench.domain.trials import PlannedCall
from workbench.domain.verdicts import Verdict
from workbench.errors import StoreError
from workbench.evidence import verdicts
from workbench.store.audit import _BEARS_ON, _BESIDE, _KEYS
from workbench.store.keys import new_id
from workbench.store.seals import SEALED
from workbench.store.store import Store, open_store
from workbench.store.turns import KeptTurn

CHANGES = {
    "outputs": "update outputs set body = body || '.'",
    "turns": "update turns set latency_ms = latency_ms + 1",
    "trials": "update trials set latency_ms = coalesce(latency_ms, 0) + 1",
    "scores": "update scores set outcome = 'pass', reason = 'x'",
    "notes": "update notes set text = 'other'",
    "attachments": "update attachments set text = 'other'",
    "cases": "update cases set tags = ['other']",
    "dataset_cases": "update dataset_cases set case_id = uuidv7()",
    "dataset_versions": "update dataset_versions set note = 'other'",
    "datasets": "update datasets set name = 'Other'",
    "prompts": "update prompts set name = 'Other'",
    "prompt_versions": "update prompt_versions set system_text = 'Be rude.'",
    "variants": "update variants set model = 'other'",
    "requirements": "update requirements set key = 'R9'",
    "requirement_revisions": "update requirement_revisions set statement = 'Other'",
    "criteria": "update criteria set created_at = created_at - interval 1 day",
    "criterion_versions": "update criterion_versions set bar = 0.1",
    "experiments": "update experiments set question = 'Other?'",
    "experiment_variants": "update experiment_variants set position = position + 1",
    "experiment_criteria": "update experiment_criteria set number = number + 1",
    "experiment_cases": "update experiment_cases set case_id = uuidv7()",
    "runs": "update runs set author = 'Eve'",
    "candidates": "update candidates set why = 'other'",
    "judge_calls": "update judge_calls set message = 'other'",
    "judge_controls": "update judge_controls set outcome = 'pass'",
    "judge_pair_controls": "update judge_pair_controls set outcome = 'second'",
    "pair_preferences": "update pair_preferences set outcome = 'first'",
}

LETTER = Content("0" * 64, "application/pdf", b"%PDF-", pages=1, text="Pay")
"""A file that cases hold."""

OF_JUDGES = {"judge_controls", "judge_pair_controls"}
"""Tables that bear on what a model judges alone."""


def filled(store: Store) -> Store:
    """The store, with a row in each table of evidence but `revision_evidence`."""
    fill(store)
    return store


def fill(store: Store) -> None:
    """Keep such rows."""
    store.attachments.keep(LETTER)
    made = loop(store, 20, attached=(LETTER.named("a.pdf"),))
    experiment = made.run([Outcome.PASS] * 12 + [Outcome.FAIL] * 8)
    kept = store.trials.of_experiment(experiment.id)
    store.scores.add_note(Note(kept[0].id, "Ada", "fine"))
    store.features.choose_candidate(made.feature_id, made.variant.id, "Ada", "")
    asked = (new_id(), kept[0].run_id, kept[0].id, made.criterion.id, "s", "r", kept[0].started_at)
    planted = Control(ControlKind.UNFIT, "Lorem", Outcome.FAIL)
    judged = ControlAnswer(asked[0], planted, Judgement(Outcome.FAIL, "It says nothing."))
    store.judging.add([JudgeCall(*asked, reply="{}")], [judged])
    of_pair = PairControl(ControlKind.UNFIT, "pong", "Lorem", Preference.FIRST)
    store.pair_controls.add([PairControlAnswer(asked[0], of_pair, Preference.FIRST, "It is.")])
    word = (kept[0].id, kept[1].id, made.criterion.id, "s", "Ada", Preference.TIE)
    store.preferences.add([Preferred(*word)])
    call = PlannedCall(kept[0].variant_id, kept[0].case_id, 1)
    store.turns.add([KeptTurn(kept[0].run_id, call, kept[0].id, a_turn(kept[0].id))])


def test_every_row_that_we_write_is_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "app.duckdb"
    store = filled(open_store(str(path), tmp_path))
    store.scores.add([])
    assert store.audits.now().is_whole
    store.close()
    again = open_store(str(path), tmp_path)
    assert again.audits.now().is_whole
    assert again.audits.now().rows > 80
    again.close()


def test_every_table_that_is_sealed_is_tried_and_has_a_bearing() -> None:
    assert {*CHANGES, "revision_evidence"} == SEALED.keys()
    assert _BEARS_ON.keys() | _BESIDE == SEALED.keys()


@pytest.mark.parametrize("table", CHANGES)
def test_a_row_that_was_changed_is_found_and_named_by_its_key(tmp_path: Path, table: str) -> None:
    store, _ = store_with(tmp_path, fill)
    keys = _KEYS.get(table, ("id",))
    row = store.database.row(f"select {', '.join(keys)} from {table} order by rowid limit 1")
    store.database.execute(first_of(table))
    (said,) = store.audits.now().sentences()
    assert said.startswith(f"{table}: 1 row was changed since written")
    assert row is not None
    if table not in ("dataset_cases", "experiment_cases"):
        assert f"{keys[0]} {row[0]}" in said
    store.close()


def test_doctor_names_what_another_program_changed_while_the_file_was_closed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "app.duckdb"
    filled(open_store(str(path), tmp_path)).close()
    with duckdb.connect(str(path)) as connection:
        connection.execute(first_of("trials"))
        connection.execute(first_of("prompt_versions"))
    assert main(["doctor", "--db", str(path)]) == 1
    bad = [line for line in capsys.readouterr().out.splitlines() if line.startswith("BAD")]
    for table in ("trials", "prompt_versions"):
        (line,) = [line for line in bad if f"{table}: 1 row was changed since written" in line]
        assert "Restore a backup from before" in line


def first_of(table: str) -> str:
    """The change of a table's first row."""
    return f"{CHANGES[table]} where rowid = (select min(rowid) from {table})"


def test_a_verdict_on_rows_as_they_were_written_says_nothing_of_changes(tmp_path: Path) -> None:
    store, _ = store_with(tmp_path, fill)
    (feature,) = store.features.all()
    assert feature.id is not None
    before = [verdict.warnings for verdict in verdicts.of_feature(store, feature.id)]
    assert before
    assert not any("were changed since" in said for warnings in before for said in warnings)
    assert "evidence was changed" not in exported(store, feature.id, "md")
    store.close()


@pytest.mark.parametrize("table", sorted(CHANGES.keys() - _BESIDE))
def test_a_verdict_says_that_its_rows_were_changed(tmp_path: Path, table: str) -> None:
    store, _ = store_with(tmp_path, fill)
    (feature,) = store.features.all()
    assert feature.id is not None
    store.database.execute(first_of(table))
    after = verdicts.of_feature(store, feature.id)
    if after and after[0].is_evaluated:
        assert any("were changed since they were written" in said for said in after[0].warnings)
    assert "evidence was changed since it was written" in exported(store, feature.id, "md")
    store.close()


def test_a_row_that_is_gone_is_missed(tmp_path: Path) -> None:
    store, _ = store_with(tmp_path, fill)
    (feature,) = store.features.all()
    assert feature.id is not None
    store.database.execute("delete from scores where outcome = 'fail'")
    assert store.audits.now().sentences() == ["scores: 8 rows are gone"]
    (found,) = verdicts.of_feature(store, feature.id)
    assert found.verdict is not Verdict.NOT_MET
    assert any("or are gone" in said for said in found.warnings)
    store.close()


def test_a_row_that_was_put_there_is_found(tmp_path: Path) -> None:
    store = filled(open_store(str(tmp_path / "app.duckdb"), tmp_path))
    store.close()
    with duckdb.connect(str(tmp_path / "app.duckdb")) as connection:
        connection.execute(
            "insert into scores by name "
            "select s.* replace (now() as created_at, 'pass' as outcome) "
            "from scores s where outcome = 'fail'"
        )
    again = open_store(str(tmp_path / "app.duckdb"), tmp_path)
    (said,) = again.audits.now().sentences()
    assert said.startswith("scores: 8 rows were changed since written, or put there by another")
    assert "and 3 more" in said
    again.close()


def test_no_candidate_is_chosen_on_evidence_that_was_changed(tmp_path: Path) -> None:
    store, _ = store_with(tmp_path, fill)
    (feature,) = store.features.all()
    assert feature.id is not None
    (variant,) = store.variants.of(feature.id)
    store.database.execute("update scores set outcome = 'pass'")
    with pytest.raises(StoreError) as caught:
        store.features.choose_candidate(feature.id, variant.id, "Ada", "It passes")
    assert "scores: 8 rows were changed" in caught.value.message
    assert "Restore a backup" in caught.value.hint
    assert store.database.value("select count(*) from candidates") == 1
    store.close()


def test_another_features_verdict_is_not_blamed(tmp_path: Path) -> None:
    store = empty_store(tmp_path)
    one, other = loop(store, 5), loop(store, 5, name="Refunds")
    for made in (one, other):
        made.run([Outcome.PASS] * 5)
    store.database.execute(
        "update scores set reason = 'x' where criterion_id = ?", [one.criterion.id]
    )
    (mine,) = verdicts.of_feature(store, one.feature_id)
    (theirs,) = verdicts.of_feature(store, other.feature_id)
    assert any("were changed" in said for said in mine.warnings)
    assert not any("were changed" in said for said in theirs.warnings)
    store.close()


def test_what_is_put_away_or_renewed_is_not_called_changed(tmp_path: Path) -> None:
    store, _ = store_with(tmp_path, fill)
    (feature,) = store.features.all()
    assert feature.id is not None
    (criterion,) = store.criteria.of(feature.id)
    store.database.execute("update criterion_versions set scorer = 'by older rules'")
    assert store.renew_scorers() == {feature.id}
    store.criteria.archive(criterion.id, "Ada", "Not needed")
    store.requirements.archive(criterion.requirement_id, "Ada", "Not needed")
    assert store.audits.now().is_whole
    store.close()


def test_an_older_column_list_still_vouches_for_its_rows(tmp_path: Path) -> None:
    store, _ = store_with(tmp_path, fill)
    # As a later migration would do it.
    store.database.execute("alter table notes add column is_pinned boolean default false")
    store.database.follow_seals()
    assert store.audits.now().is_whole
    (trial_id,) = store.database.rows("select trial_id from notes")[0]
    store.scores.add_note(Note(trial_id, "Ada", "more"))
    assert store.audits.now().is_whole
    store.database.execute("update notes set text = 'other'")
    assert "notes: 2 rows were changed" in store.audits.latest().sentences()[0]
    store.close()


def test_checksums_of_another_duckdb_are_made_anew_and_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "app.duckdb"
    filled(open_store(str(path), tmp_path)).close()
    with duckdb.connect(str(path)) as connection:
        connection.execute("update seals set made_by = 1")
    assert main(["doctor", "--db", str(path)]) in (0, 1)
    out = capsys.readouterr().out
    assert "checksums were made anew" in out
    assert "rows of evidence are as they were written" in out


def test_evidence_inside_an_open_transaction_is_not_called_changed(tmp_path: Path) -> None:
    store = empty_store(tmp_path)
    with store.transaction():
        made = loop(store, 5)
        made.run([Outcome.PASS] * 5)
        store.features.choose_candidate(made.feature_id, made.variant.id, "Ada", "")
    assert store.audits.now().is_whole
    store.close()
