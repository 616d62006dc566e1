"""Files of results: any table that cases may be in, and numbers that keep their stated meaning."""

from pathlib import Path

import openpyxl
import pytest

from workbench.cli import main
from workbench.domain.criteria import Scale
from workbench.domain.scores import Outcome
from workbench.errors import InputError
from workbench.exchange.results import criteria, keeping
from workbench.exchange.results import file as results_file
from workbench.exchange.results.imported import Imported
from workbench.exchange.results.shape import Level, Results
from workbench.exchange.tables import reading
from workbench.exchange.tables.reading import Reading
from workbench.store.store import Store, open_store

CASES = Path(__file__).parents[1] / "cases" / "25-results-file-lead-in"
HEADER = "case,variant,trial,criterion,value"
PASS, FAIL = Outcome.PASS, Outcome.FAIL


def outcomes(results: Results) -> list[Outcome]:
    return [score.outcome for answer in results.answers for score in answer.scores]


def kept(store: Store, rows: str, passes_from: float | None = None, scale: str = "") -> Imported:
    """Import rows into the feature “Theirs”, as the command does."""
    known = criteria.levels(store, "Theirs")
    on = Scale(*map(float, scale.split("-"))) if scale else None
    text = f"{HEADER}\n{rows}".encode()
    results = results_file.read("r.csv", text, passes_from, on, known=known)
    return keeping.keep(store, results, "Theirs", "Ada", 0.8)


def recorded(store: Store, imported: Imported) -> list[tuple[str, float | None]]:
    """The outcomes and numbers of all scores of the newest experiment."""
    experiment = store.experiments.of(imported.feature_id)[-1]
    return [
        (score.judgement.outcome, score.judgement.value)
        for trial in store.trials.of_experiment(experiment.id)
        for score in store.scores.of_trial(trial.id)
    ]


@pytest.mark.parametrize("name", ["blank_line.csv", "sep.csv", "two_boms.csv", "utf16.csv"])
def test_what_is_forgiven_in_a_file_of_cases_is_forgiven_here(name: str) -> None:
    results = results_file.read(name, (CASES / name).read_bytes())
    assert (list(results.cases), outcomes(results)) == (["a"], [PASS])


def test_an_output_may_be_as_long_as_an_answer() -> None:
    for length in (150_000, 1_048_576):
        text = f'{HEADER},output\na,m,1,Good,true,"{"w" * length}"\n'
        (answer,) = results_file.read("r.csv", text.encode()).answers
        assert len(answer.output or "") == length
    with pytest.raises(InputError, match="Line 2 has a cell of more than 1,048,576 characters"):
        results_file.read("r.csv", f'{HEADER},output\na,m,1,Good,true,"{"w" * 1_048_577}"'.encode())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("r.jsonl", '{"case": "a", "variant": "m", "trial": 1, "criterion": "C", "value": true}'),
        (
            "r.json",
            '{"run": 7, "rows": [{"case": "a", "variant": "m", "trial": 1, "criterion": "C", '
            '"value": true}]}',
        ),
        ("r.csv", f"Export of March\n{HEADER}\na,m,1,C,true\n"),
        ("r.csv", 'case, variant, trial, criterion, "value"\na, m, 1, C, "true"\n'),
        ("r.tsv", f"{HEADER}\na,m,1,C,true\n".replace(",", "\t")),
    ],
)
def test_results_may_be_in_any_table(name: str, text: str) -> None:
    assert outcomes(results_file.read(name, text.encode())) == [PASS]


def test_rows_of_a_sheet_are_named_as_rows_and_shares_may_be_percentages(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(HEADER.split(","))
    book.active.append(["a", "m", 1, "C", 0.9])
    book.active["E2"].number_format = "0%"
    book.active.append(["b", "m", 0, "C", 1])
    book.save(tmp_path / "r.xlsx")
    data = (tmp_path / "r.xlsx").read_bytes()
    with pytest.raises(InputError, match="Row 3: the trial “0” is not a whole number"):
        results_file.read("r.xlsx", data)
    book.active["C3"] = 1
    book.save(tmp_path / "r.xlsx")
    results = results_file.read("r.xlsx", (tmp_path / "r.xlsx").read_bytes())
    assert [answer.scores[0].value for answer in results.answers] == [0.9, 1.0]
    assert results.notes == ("Percentages are written as the sheet shows them, such as 12.5%.",)


def test_what_the_reader_did_is_printed_by_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    book = openpyxl.Workbook()
    book.active.title = "Cover"
    book.active.append(["see the other sheet"])
    other = book.create_sheet("Scores")
    for row in (["From a vendor"], HEADER.split(","), ["é", "m", 1, "C", 1]):
        other.append(row)
    file = tmp_path / "r.xlsx"
    book.save(file)
    asked = ["import-results", str(file), "--feature", "T", "--db", str(tmp_path / "a.duckdb")]
    assert main.main(asked) == 2
    assert "Or choose another sheet.\nHere: --sheet." in capsys.readouterr().err
    assert main.main([*asked, "--sheet", "scores"]) == 0
    assert "1 row above the column names was left out: “From a vendor”." in capsys.readouterr().out
    text = tmp_path / "r.csv"
    text.write_bytes(f"{HEADER}\né,m,1,D,1\n".encode("cp1252"))
    asked[1] = str(text)
    assert main.main(asked) == 2
    assert "Choose the encoding" in (said := capsys.readouterr().err)
    assert "Here: --encoding." in said
    assert main.main([*asked, "--encoding", "cp1252", "--json"]) == 0
    assert '"notes": []' in capsys.readouterr().out
    store = open_store(str(tmp_path / "a.duckdb"), tmp_path)
    (version,) = store.datasets.of(store.features.all()[0].id)
    assert {case.key for case in store.datasets.cases(version.id)} == {"é"}
    store.close()


def test_a_criterion_that_only_has_the_lowest_score_keeps_its_scale(store: Store) -> None:
    kept(store, "a,X,1,Stars,5\nb,X,1,Stars,1\n", 4.0, "1-5")
    again = kept(store, "c,Y,1,Stars,1\nd,Y,1,Stars,1\n")
    assert recorded(store, again) == [("fail", 1.0), ("fail", 1.0)]
    assert again.levels == {"Stars": Level(4.0, Scale(1.0, 5.0))}
    assert again.passes_from == 4


def test_a_scale_of_a_criterion_needs_not_be_said_again_and_bounds_its_numbers(
    store: Store,
) -> None:
    kept(store, "a,X,1,Stars,5\n", 4.0, "1-5")
    assert recorded(store, kept(store, "c,Y,1,stars,3\n")) == [("fail", 3.0)]
    with pytest.raises(InputError, match="Line 2: the value 0 is not from 1 to 5; if it means fai"):
        kept(store, "c,Z,1,Stars,0\n")
    with pytest.raises(InputError, match=r"pass from 4 on; here it would be 3"):
        kept(store, "c,Z,1,Stars,1\n", 3.0)
    with pytest.raises(InputError, match=r"is scored from 1 to 5, but the file's numbers are not"):
        kept(store, "c,Z,1,Stars,4\n", 4.0, "1-10")


def test_a_level_without_a_scale_is_kept_too(store: Store) -> None:
    kept(store, "a,X,1,Stars,5\n", 4.0)
    assert recorded(store, kept(store, "c,Y,1,Stars,1\n")) == [("fail", 1.0)]


def test_a_criterion_of_pass_and_fail_stays_one_beside_a_stated_scale(store: Store) -> None:
    kept(store, "a,X,1,Polite,1\n")
    again = kept(store, "c,Y,1,Polite,1\nc,Y,1,Stars,1\nd,Y,1,Polite,0\n", 4.0, "1-5")
    assert again.levels == {"Stars": Level(4.0, Scale(1.0, 5.0))}
    assert set(recorded(store, again)) == {("fail", None), ("fail", 1.0), ("pass", None)}


def test_a_stated_scale_holds_where_only_its_lowest_score_occurs() -> None:
    text = f"{HEADER}\na,X,1,Stars,1\nb,X,1,Stars,1\n".encode()
    results = results_file.read("r.csv", text, 4.0, Scale(1.0, 5.0))
    assert outcomes(results) == [FAIL, FAIL]
    assert results.levels == {0: Level(4.0, Scale(1.0, 5.0))}


def test_ones_that_could_be_passes_or_lowest_scores_are_not_guessed() -> None:
    with pytest.raises(InputError, match="is 1 a number, or does it mean pass"):
        results_file.read("r.csv", f"{HEADER}\na,X,1,Stars,1\nb,X,1,Stars,1\n".encode(), 4.0)
    both = results_file.read("r.csv", f"{HEADER}\na,X,1,C,1\nb,X,1,C,0\n".encode(), 4.0)
    assert outcomes(both) == [PASS, FAIL]
    assert both.notes == (
        "The values of “C” are only 0 and 1: read as fail and pass, not as numbers that pass from "
        "4 on.",
    )


def test_a_stated_separator_and_list_hold_for_results_too() -> None:
    row = '[{"case": "a", "variant": "m", "trial": 1, "criterion": "C", "value": false}]'
    text = f'{{"rows": {row}, "others": [{{"x": 1}}]}}'.encode()
    with pytest.raises(reading.NeedsChoice):
        results_file.read("r.json", text)
    results = results_file.read("r.json", text, stated=Reading(rows_at="rows"))
    assert outcomes(results) == [FAIL]
