"""What rests on rows that were changed behind our back is never met, and can be left out."""

import json
from pathlib import Path

import duckdb
import pytest

from tests import preferences
from tests.building import AUTHOR, a_turn, loop
from tests.empty import empty_store, store_with
from tests.store.test_seals import CHANGES, LETTER, OF_JUDGES, fill, first_of
from workbench.cli.main import main
from workbench.domain.scores import Outcome
from workbench.domain.trials import PlannedCall
from workbench.domain.verdicts import Verdict
from workbench.errors import InputError
from workbench.evidence import preferences as evidence
from workbench.evidence import verdicts
from workbench.evidence.words import sentences
from workbench.runs.rescoring import leave_out_changed
from workbench.store.audit import _BESIDE
from workbench.store.engine.integrity import orphans
from workbench.store.store import Store, open_store
from workbench.store.turns import KeptTurn

JUDGED = sorted(CHANGES.keys() - _BESIDE - OF_JUDGES)


def verdict(store: Store) -> verdicts.CriterionVerdict:
    (feature,) = store.features.all()
    assert feature.id is not None
    (found,) = verdicts.of_feature(store, feature.id)
    return found


def met(store: Store) -> Store:
    """The store, with a verdict that its bar is met."""
    meet(store)
    return store


def meet(store: Store) -> None:
    """Keep what makes the verdict."""
    store.attachments.keep(LETTER)
    made = loop(store, 30, attached=(LETTER.named("a.pdf"),))
    experiment = made.run([Outcome.PASS] * 30)
    first = store.trials.of_experiment(experiment.id)[0]
    call = PlannedCall(first.variant_id, first.case_id, first.number)
    store.turns.add([KeptTurn(first.run_id, call, first.id, a_turn(first.id))])
    assert verdict(store).verdict is Verdict.MET


@pytest.mark.parametrize("table", JUDGED)
def test_a_verdict_whose_evidence_was_changed_is_not_met(tmp_path: Path, table: str) -> None:
    store, _ = store_with(tmp_path, meet)
    store.database.execute(first_of(table))
    found = verdict(store)
    assert found.verdict is Verdict.NOT_ENOUGH_EVIDENCE
    if found.is_evaluated:
        assert "were changed since they were written" in sentences.conclusion(found)
        assert "leave out what rests on the changed rows" in sentences.explain(found)
    store.close()


@pytest.mark.parametrize("table", sorted(OF_JUDGES))
def test_a_changed_control_of_a_judge_bears_on_what_it_judges(tmp_path: Path, table: str) -> None:
    store, _ = store_with(tmp_path, fill)
    assert not verdict(store).is_altered
    store.database.execute(first_of(table))
    assert verdict(store).is_altered
    store.close()


def test_a_verdict_of_not_met_does_not_stand_on_changed_rows_either(tmp_path: Path) -> None:
    store = empty_store(tmp_path)
    loop(store, 30).run([Outcome.FAIL] * 30)
    assert verdict(store).verdict is Verdict.NOT_MET
    store.database.execute(first_of("scores"))
    assert verdict(store).verdict is Verdict.NOT_ENOUGH_EVIDENCE
    store.close()


def test_a_verdict_is_not_met_where_rows_are_gone(tmp_path: Path) -> None:
    store = empty_store(tmp_path)
    loop(store, 30).run([Outcome.PASS] * 29 + [Outcome.FAIL])
    store.database.execute("delete from scores where outcome = 'fail'")
    assert verdict(store).verdict is Verdict.NOT_ENOUGH_EVIDENCE
    store.close()


def test_the_command_line_says_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "app.duckdb"
    met(open_store(str(path), tmp_path)).close()
    assert main(["verdicts", "Support replies", "--db", str(path), "--json"]) == 0
    with duckdb.connect(str(path)) as connection:
        connection.execute(first_of("outputs"))
    capsys.readouterr()
    assert main(["verdicts", "Support replies", "--db", str(path), "--json"]) == 3
    (said,) = json.loads(capsys.readouterr().out)["verdicts"]
    assert (said["verdict"], said["is_altered"]) == ("not_enough_evidence", True)
    assert main(["verdicts", "Support replies", "--db", str(path)]) == 3
    assert "rows that this rests on were changed" in capsys.readouterr().out


@pytest.mark.parametrize("table", sorted(CHANGES))
def test_what_was_changed_can_be_left_out_once_and_is_kept_as_found(
    tmp_path: Path, table: str
) -> None:
    store, _ = store_with(tmp_path, fill)
    store.database.execute(first_of(table))
    before = orphans(store.database)
    leave_out_changed(store, AUTHOR)
    assert store.audits.now().is_whole
    assert orphans(store.database) == before
    kept = store.database.rows(
        "select author, found from left_out where table_name = ? and found <> ''", [table]
    )
    assert any(json.loads(found) and author == AUTHOR for author, found in kept)
    with pytest.raises(InputError, match="No row"):
        store.leaving_out.leave_out(AUTHOR)
    store.close()


@pytest.mark.parametrize(("table", "n"), [("trials", 1), ("outputs", 1), ("variants", 30)])
def test_answers_that_were_left_out_are_missing_and_asked_again(
    tmp_path: Path, table: str, n: int
) -> None:
    store = empty_store(tmp_path)
    made = loop(store, 30)
    experiment = made.run([Outcome.PASS] * 30)
    if table == "outputs":
        # Each its own text.
        store.database.execute(
            "insert into outputs select md5(id::varchar), id::varchar from trials"
        )
        store.database.execute("update trials set output = md5(id::varchar)")
        for each in ("outputs", "trials"):
            with store.transaction():
                store.database.seal_anew(each)
        store.database.execute(
            "update outputs set body = 'x' where hash = (select min(output) from trials)"
        )
    else:
        store.database.execute(first_of(table))
    forecast = store.leaving_out.forecast()
    done = leave_out_changed(store, AUTHOR)
    assert (done, done.trials) == (forecast, n)
    missing = store.trials.missing(experiment.id)
    assert len(missing) == n
    assert verdict(store).verdict is not Verdict.NOT_MET
    run_id = store.runs.start(experiment.id, AUTHOR).id
    made.answer(run_id, [(call, Outcome.PASS) for call in missing])
    assert verdict(store).verdict is Verdict.MET
    assert store.audits.now().is_whole
    store.close()


def test_checks_look_again_at_once_where_their_scores_were_changed(tmp_path: Path) -> None:
    store, _ = store_with(tmp_path, meet)
    store.database.execute("update scores set outcome = 'fail'")
    done = leave_out_changed(store, AUTHOR)
    assert (done.trials, done.scores) == (0, 30)
    # The outputs, not the changed scores, say what is so.
    outcomes = store.database.rows("select outcome, count(*) from scores group by all")
    texts = store.database.value("select count(*) from outputs where body ilike '%thank you%'")
    assert dict(outcomes) == ({"pass": 30} if texts else {"fail": 30})
    assert not verdict(store).is_altered
    store.close()


def test_an_older_rating_does_not_count_again_for_a_changed_one(tmp_path: Path) -> None:
    store = empty_store(tmp_path)
    made = loop(store, 2)
    kept = store.trials.of_experiment(made.run([Outcome.PASS] * 2).id)
    made.rate(kept[:1], [Outcome.FAIL], rater="Ada")
    made.rate(kept[:1], [Outcome.PASS], rater="Ada")
    store.database.execute(
        "update scores set reason = 'x' where rater = 'Ada' and outcome = 'pass'"
    )
    store.leaving_out.leave_out(AUTHOR)
    assert store.scores.of_trial(kept[0].id) == []
    assert len(store.scores.of_trial(kept[1].id)) == 1
    store.close()


def test_a_preference_whose_score_was_changed_is_to_be_said_again(tmp_path: Path) -> None:
    store = empty_store(tmp_path)
    experiment, criterion = preferences.compared(store, 2)
    preferences.say(store, experiment, criterion, ["B", "A"])
    store.database.execute("update scores set outcome = 'pass' where outcome = 'fail'")
    store.leaving_out.leave_out(AUTHOR)
    asked = evidence.asked_of(experiment, criterion)
    assert store.reports.preferences.waiting(asked) == 1
    assert store.audits.now().is_whole
    store.close()


def test_what_was_left_out_stays_out_when_the_file_is_opened_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "app.duckdb"
    met(open_store(str(path), tmp_path)).close()
    with duckdb.connect(str(path)) as connection:
        connection.execute(first_of("trials"))
        connection.execute("delete from scores where rowid = 5")
    main(["doctor", "--db", str(path), "--leave-out-changed"])
    said = capsys.readouterr().out
    assert "Left out: 1 answer and 29 scores." in said
    assert "ok   left out, because it was changed:" in said
    assert "rows of evidence are as they were written" in said
    main(["doctor", "--db", str(path)])
    assert "rows of evidence are as they were written" in capsys.readouterr().out
    store = open_store(str(path), tmp_path)
    (experiment,) = store.experiments.of(store.features.all()[0].id)
    assert len(store.trials.missing(experiment.id)) == 1
    store.close()


def test_there_is_nothing_to_leave_out_of_evidence_that_is_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "app.duckdb"
    met(open_store(str(path), tmp_path)).close()
    assert main(["doctor", "--db", str(path), "--leave-out-changed"]) == 2
    assert "No row of evidence was changed" in capsys.readouterr().err
