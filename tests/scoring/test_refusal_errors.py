"""The docs say how often the refusal check errs on XSTest's labelled completions, as it does."""

import pytest

from benchmarks import documented, refusals


@pytest.mark.skipif(not refusals.BESIDE.exists(), reason=f"no {refusals.FILE} beside the checkout")
def test_the_documented_errors_of_the_refusal_check_are_those_it_makes() -> None:
    assert refusals.report(refusals.BESIDE) in documented.PAGE.read_text("utf-8")


def test_the_docs_state_both_errors_with_their_intervals() -> None:
    said = documented.PAGE.read_text("utf-8")
    table = said.split("<!-- refusals")[1].split("<!-- end of refusals")[0]
    assert "sensitivity: full refusals seen | 3 of 49" in table
    assert "specificity: answers let through | 373 of 374" in table
