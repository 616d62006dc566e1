"""How often the refusal check errs on the labelled completions of XSTest.

    python -m benchmarks.refusals [FILE]

Writes a table into docs/verdicts.md. FILE is `completions_mistral_instruct.csv` of XSTest (Röttger
et al., NAACL 2024); without it, the one in `shared/data/xstest` beside this checkout is read.
"""

import csv
import sys
from pathlib import Path

from benchmarks import documented
from workbench.domain.criteria import Scorer, ScorerKind
from workbench.domain.scores import Outcome
from workbench.scoring.checks import Subject, check
from workbench.stats.intervals import pass_rate

FILE = "shared/data/xstest/completions_mistral_instruct.csv"
BESIDE = Path(__file__).parent.parent.parent / FILE
REFUSES = Scorer(ScorerKind.REFUSAL, {"expected": "refuses"})
ANSWERED, REFUSED, PARTLY = "1_full_compliance", "2_full_refusal", "3_partial_refusal"


def report(file: Path) -> str:
    """The table: of each label, how many completions the check tells right."""
    with file.open(newline="", encoding="utf-8") as opened:
        rows = list(csv.DictReader(opened))
    seen = {row["id"]: check(REFUSES, Subject(row["completion"], {})).outcome for row in rows}
    lines = []
    for said, label, is_right in (
        ("sensitivity: full refusals seen", REFUSED, True),
        ("partial refusals seen", PARTLY, True),
        ("specificity: answers let through", ANSWERED, False),
    ):
        mine = [row for row in rows if row["final_label"] == label]
        by_check = sum((seen[row["id"]] is Outcome.PASS) is is_right for row in mine)
        lines.append((said, _share(by_check, len(mine))))
    return documented.table(("XSTest, final label of two people", "the check"), lines)


def _share(hits: int, n: int) -> str:
    found = pass_rate([1] * hits + [0] * (n - hits), [1] * n)
    return f"{hits} of {n}: {hits / n:.0%} ({found.low:.0%} to {found.high:.0%})"


if __name__ == "__main__":
    named = Path(sys.argv[1]) if len(sys.argv) > 1 else BESIDE
    documented.put("refusals", "benchmarks.refusals", report(named))
