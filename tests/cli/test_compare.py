"""`compare` on the command line: one pair or all of them, under the same correction."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import copied, working_in
from workbench.cli import main


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Outside results of three variants on two criteria; Z lacks one case that the others have."""
    folder = tmp_path_factory.mktemp("results")
    lines = ["case,variant,trial,criterion,value"]
    for case in range(40):
        lines += [f"c{case},X,1,Polite,{int(case > 14)}", f"c{case},X,1,Short,{case % 2}"]
        lines += [f"c{case},Y,1,Polite,1", f"c{case},Y,1,Short,{case % 2}"]
        if case:
            lines += [f"c{case},Z,1,Polite,{int(case > 16)}", f"c{case},Z,1,Short,1"]
    file = folder / "r.csv"
    file.write_text("\n".join(lines), "utf-8")
    with working_in(folder):
        assert main.main(["import-results", str(file), "--feature", "Theirs", "--bar", "0.8"]) == 0
    return folder


@pytest.fixture(autouse=True)
def results(imported: Path, home: Path) -> None:
    """A database of one's own with those."""
    copied(imported, home)


def compared(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, object]]:
    """The list that `compare … --json` prints."""
    capsys.readouterr()
    assert main.main(["compare", *arguments, "--json"]) == 0
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)["comparisons"]
    return found


def test_one_pair_says_which_family_it_belongs_to(capsys: pytest.CaptureFixture[str]) -> None:
    polite, short = compared(capsys, "X", "Y")
    assert (polite["is_beyond_chance"], polite["better"]) == (True, "Y")
    assert polite["family"] == "all 2 comparisons of E1 (2 criteria, 1 pair of variants)"
    assert (short["is_beyond_chance"], short["difference"]) == (False, 0.0)
    main.main(["compare", "X", "Y"])
    assert "adjusted for all 2 comparisons of E1" in capsys.readouterr().out


def test_a_case_less_does_not_end_it(capsys: pytest.CaptureFixture[str]) -> None:
    polite, short = compared(capsys, "X", "Z")
    assert (polite["n_shared"], polite["n_left_out"]) == (39, 1)
    assert short["better"] == "Z"


def test_all_pairs_of_an_experiment_or_of_a_feature_share_one_correction(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert compared(capsys, "--all", "E1") == compared(capsys, "X", "Y")
    everything = compared(capsys, "--all", "Theirs")
    pairs = [(found["criterion"], found["a"], found["b"]) for found in everything]
    assert len(set(pairs)) == len(pairs) == 6
    assert {found["n_comparisons"] for found in everything} == {6}
    assert {found["family"] for found in everything} == {"all 6 comparisons of the feature"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["X"], "Name two variants"),
        (["X", "Y", "--all", "E1"], "Leave out the variants"),
        (["--all", "E9"], "no feature and no experiment named “E9”"),
        (["X", "x"], "can't be compared with itself"),
        (["X", "Q"], "no variant “Q”"),
    ],
)
def test_what_can_not_be_compared_is_said(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    capsys.readouterr()
    assert main.main(["compare", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_one_variant_alone_is_said_to_have_nothing_to_be_compared_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "one.csv"
    file.write_text("case,variant,trial,criterion,value\nc1,X,1,Polite,1\n", "utf-8")
    assert main.main(["import-results", str(file), "--feature", "One", "--bar", "0.8"]) == 0
    assert compared(capsys, "--all", "One") == []
    assert main.main(["compare", "--all", "One"]) == 0
    assert capsys.readouterr().out.startswith("There is nothing to compare: it takes two variants")
