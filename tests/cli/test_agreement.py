"""`agreement`: what the command says of scorers who differ, for people and for machines."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from statsmodels.stats.inter_rater import cohens_kappa

from workbench.cli import main

Row = tuple[str, str, str]
HEAD = ("requirement", "criterion", "variant", "case", "trial", "value", "rater", "output")


def imported(tmp_path: Path, rows: list[Row]) -> list[str]:
    """Import results (case, rater, value) and give the arguments that name their database."""
    file, database = tmp_path / "results.csv", tmp_path / "a.duckdb"
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(HEAD)
        for case, rater, value in rows:
            writer.writerow(("R1", "Refuses", "A", case, "1", value, rater, f"Answer to {case}"))
    where = ["--db", str(database)]
    assert main.main(["import-results", str(file), "--feature", "Refusals", *where]) in (0, 1, 3)
    return where


def machine(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    """What the command prints for machines."""
    capsys.readouterr()
    assert main.main(["agreement", "Refusals", *arguments, "--json"]) == 0
    (criterion,) = json.loads(capsys.readouterr().out)["criteria"]
    found: dict[str, object] = criterion
    return found


@pytest.fixture
def rows() -> list[Row]:
    """Forty cases, two people who differ on six, and a judge that says yes to nearly all."""
    made: list[Row] = []
    for n in range(40):
        ada = n % 2
        ben = ada if n >= 6 else 1 - ada
        judge = "" if n == 39 else str(int(n > 3))
        made += [(f"c{n}", "Ada", str(ada)), (f"c{n}", "Ben", str(ben))]
        made.append((f"c{n}", "judge:large", judge))
    return made


def test_each_pair_has_its_agreement_and_kappa_and_all_have_alpha(
    tmp_path: Path, rows: list[Row], capsys: pytest.CaptureFixture[str]
) -> None:
    found = machine(capsys, *imported(tmp_path, rows))
    pairs = {(pair["a"], pair["b"]): pair for pair in found["pairs"]}  # type: ignore[attr-defined]
    both = pairs["Ada", "Ben"]
    reference = cohens_kappa(np.array([[17, 3], [3, 17]]))
    assert (both["n"], both["observed_agreement"]) == (40, pytest.approx(34 / 40))
    assert both["kappa"] == pytest.approx(reference.kappa)
    assert both["kappa_low"] == pytest.approx(reference.kappa_low)
    assert both["kappa_high"] == pytest.approx(reference.kappa_upp)
    assert both["disagreements"] == [f"c{n}" for n in range(6)]
    alpha = found["alpha"]
    assert alpha["low"] < alpha["estimate"] < alpha["high"]  # type: ignore[index]


def test_a_judge_is_told_from_people_and_an_empty_value_is_unscored(
    tmp_path: Path, rows: list[Row], capsys: pytest.CaptureFixture[str]
) -> None:
    found = machine(capsys, *imported(tmp_path, rows))
    kinds = {one["scorer"]: (one["kind"], one["n_scored"]) for one in found["scorers"]}  # type: ignore[attr-defined]
    assert kinds == {"Ada": ("person", 40), "Ben": ("person", 40), "judge:large": ("judge", 39)}


def test_people_read_in_a_sentence_where_two_differ(
    tmp_path: Path, rows: list[Row], capsys: pytest.CaptureFixture[str]
) -> None:
    where = imported(tmp_path, rows)
    capsys.readouterr()
    assert main.main(["agreement", *where]) == 0
    said = capsys.readouterr().out
    assert "Ada and Ben agree on 85% of 40 outputs" in said
    assert "They differ on c0, c1, c2, c3, c4, c5." in said


def test_a_criterion_with_one_scorer_has_nothing_to_agree_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = imported(tmp_path, [(f"c{n}", "Ada", "1") for n in range(5)])
    capsys.readouterr()
    assert main.main(["agreement", *where]) == 0
    assert "nothing can agree" in capsys.readouterr().out


def test_a_score_without_a_name_is_no_second_person_who_reads_it_alike(
    tmp_path: Path, rows: list[Row], capsys: pytest.CaptureFixture[str]
) -> None:
    ada = [row for row in rows if row[1] == "Ada"]
    where = imported(tmp_path, [*ada, *((case, "", value) for case, _, value in ada)])
    found = machine(capsys, *where)
    kinds = {each["scorer"]: each["kind"] for each in found["scorers"]}  # type: ignore[attr-defined]
    assert kinds == {"Ada": "person", "outside": "check"}
    assert main.main(["agreement", "Refusals", *where]) == 0
    assert "People read this sentence alike" not in capsys.readouterr().out
