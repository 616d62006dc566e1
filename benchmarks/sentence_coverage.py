"""How often the sentences of a verdict come true: the next hundred answers, and what is said where
groups differ in size. Simulation of the rules in use.

    python -m benchmarks.sentence_coverage [--quick]

Writes sentence_coverage.md beside this file. Seeded: the same command gives the same table.
"""

from collections.abc import Sequence
from math import ceil, floor
from uuid import UUID

import numpy as np

from benchmarks import documented
from benchmarks.populations import Population
from benchmarks.verdict_errors import percent, table
from workbench.domain.criteria import CriterionDraft, Measure, Scorer, ScorerKind
from workbench.evidence import estimates
from workbench.stats.intervals import bounds_by_row
from workbench.stats.predictions import Expected, next_answers
from workbench.store.tallies import Tally

_ANY = Scorer(ScorerKind.CONTAINS, {"texts": ["thanks"]})
_VARIANT = UUID(int=1)


def predictions(sets: int) -> list[Sequence[object]]:
    """The next hundred answers, each to another case, against what was said of them."""
    rng = np.random.default_rng(19_201)
    rows: list[Sequence[object]] = []
    for cases in (20, 100, 1_000):
        for trials, correlation in ((1, 0.0), (3, 0.5)):
            for rate in (0.5, 0.8, 0.9, 0.98):
                people = Population("", correlation=correlation)
                passes = rng.binomial(trials, people.draw(rng, rate, (sets, cases)))
                asked = np.full(passes.shape, float(trials))
                found = bounds_by_row(passes.astype(np.float64), asked)
                known: dict[tuple[float, float, float], Expected] = {}
                below = above = inside = 0
                for key, came in zip(
                    zip(found.estimate, found.low, found.high, strict=True),
                    rng.binomial(100, rate, sets),
                    strict=True,
                ):
                    if key not in known:
                        known[key] = next_answers(*key)
                    below += came < known[key].least
                    above += came > known[key].most
                    inside += floor(100 * key[1]) <= came <= ceil(100 * key[2])
                said = sets - below - above
                shown = [percent(n / sets) for n in (below, above, said, inside)]
                rows.append((cases, trials, rate, *shown))
    return rows


def groups(sets: int) -> list[Sequence[object]]:
    """Documents of 1 to 40 cases, of which the large ones do worse (or not): the mean over
    documents is what is estimated."""
    rng = np.random.default_rng(19_202)
    rows: list[Sequence[object]] = []
    draft = CriterionDraft("x", _ANY, Measure.PASS_RATE, 0.9)
    for documents in (30, 60, 120):
        for drop in (0.0, 0.3, 0.7):
            true = 0.97 - drop / 5
            low = high = apart = other = 0
            for _ in range(sets):
                is_large = rng.random(documents) < 0.2
                sizes = np.where(is_large, 40, rng.integers(1, 6, documents))
                spread = (1 - 0.3) / 0.3
                mean = np.where(is_large, 0.97 - drop, 0.97)
                passes = rng.binomial(sizes, rng.beta(mean * spread, (1 - mean) * spread))
                tallies = [
                    Tally(_VARIANT, f"{g}{ok}", 1, 1, ok, 1 - ok, 0, 0, int(n), f"g{g}")
                    for g, (size, won) in enumerate(zip(sizes, passes, strict=True))
                    for ok, n in ((1, won), (0, size - won))
                    if n
                ]
                found = estimates.estimate(draft, tallies, 1)
                assert found.by_answer is not None
                low += found.low > true
                high += found.high < true
                gap = abs(found.by_answer - (found.value or 0.0))
                apart += gap >= 0.02 and not found.low <= found.by_answer <= found.high
                alone = bounds_by_row(
                    np.repeat([1.0, 0.0], [passes.sum(), (sizes - passes).sum()])[None, :],
                    np.ones((1, int(sizes.sum()))),
                )
                other += not alone.low[0] <= true <= alone.high[0]
            shown = [percent(n / sets) for n in (low, high, apart, other)]
            rows.append((documents, percent(drop), percent(true), *shown))
    return rows


def report(sets: int) -> str:
    """The whole Markdown page."""
    return "\n".join(
        [
            INTRO.format(sets=sets),
            "## The next hundred answers\n",
            table(
                [
                    "cases",
                    "trials",
                    "rate",
                    "fewer",
                    "more",
                    "inside",
                    "inside what was said before",
                ],
                predictions(sets),
            ),
            "## Groups that differ in size and result\n",
            table(
                [
                    "documents",
                    "large ones lower by",
                    "mean over documents",
                    "low too high",
                    "high too low",
                    "the guard speaks",
                    "answers counted one by one: interval misses it",
                ],
                groups(max(100, sets // 5)),
            ),
        ]
    )


INTRO = """# How often sentences come true

Written by `python -m benchmarks.sentence_coverage`, {sets} sets per row (a fifth for groups). The
next hundred answers are to other cases, each asked once; each end of what is said of them should be
wrong at most 5% of the time. Before, the bounds on the rate were said of the hundred.

A fifth of the documents has 40 cases, the others 1 to 5; within a document answers are alike by a
correlation of 0.3. Each document counts once, and the bounds are on the mean over documents.
"""


if __name__ == "__main__":
    documented.main(report, __file__, __doc__, full=2_000, quick=200)
