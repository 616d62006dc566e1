"""Lists of cases on the command line: asked item by item, or refused before anything is sent."""

from pathlib import Path

import pytest

from tests.faults import endpoint as faults
from workbench.cli.main import main

CASE = Path(__file__).parent.parent / "cases/23-lists-become-text/feature.yaml"


def asked(server: faults.Endpoint, file: Path) -> int:
    """The exit code of a run on the endpoint."""
    where = ("--base-url", server.base_url, "--model", "m", "--quiet", "--db", ":memory:")
    return main(["run", str(file), *where])


def test_a_loop_over_text_is_refused_before_anything_is_sent(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with faults.serve() as server:
        assert asked(server, CASE) == 2
        assert server.requests == 0
    said = capsys.readouterr().err
    assert "fits none of the cases. Line 1 of the template takes “message” for a list" in said
    assert "message|lines" in said


def test_a_loop_over_a_list_asks_with_each_item(tmp_path: Path) -> None:
    text = CASE.read_text("utf-8")
    as_text = '"[\\"tea\\",\\"cup\\"]"'
    assert as_text in text
    file = tmp_path / "feature.yaml"
    file.write_text(text.replace(as_text, '["tea", "cup"]'), "utf-8")
    with faults.serve() as server:
        assert asked(server, file) == 3
        assert server.requests == 1
