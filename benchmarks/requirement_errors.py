"""How often a requirement of several criteria is wrongly failed, and the best of several variants
wrongly met: simulation of the rules in use.

    python -m benchmarks.requirement_errors [--quick]

Writes requirement_errors.md beside this file. Seeded: the same command gives the same table.
"""

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr, ndtri

from benchmarks import documented
from benchmarks.populations import Floats
from benchmarks.verdict_errors import percent, table
from workbench.domain.criteria import CriterionDraft, Measure, Scorer, ScorerKind
from workbench.domain.verdicts import Verdict
from workbench.evidence import decision
from workbench.stats.intervals import bounds_by_row

ALPHA = 0.05
BAR = 0.9
_ANY = Scorer(ScorerKind.CONTAINS, {"texts": ["thanks"]})


def uniform(rng: np.random.Generator, shape: tuple[int, ...], shared: float) -> Floats:
    """Numbers from 0 to 1 that the entries of the second axis share to some degree."""
    own = rng.standard_normal(shape)
    common = rng.standard_normal((shape[0], 1, *shape[2:]))
    return np.asarray(ndtr(np.sqrt(shared) * common + np.sqrt(1 - shared) * own))


def criteria_at_the_bar(sets: int) -> list[Sequence[object]]:
    """Requirements whose criteria all lie at their bars: each “not met” is an error."""
    rng = np.random.default_rng(18_001)
    rows: list[Sequence[object]] = []
    for cases in (60, 200):
        for shared in (0.0, 0.5):
            for many in (1, 2, 3, 5, 10):
                passed = (uniform(rng, (sets, many, cases), shared) < BAR).sum(axis=2)
                alone = adjusted = 0
                for one in passed:
                    held = sorted((_withstands(int(n), cases, many) for n in one), reverse=True)
                    alone += held[0] >= 1
                    # The first step of Holm decides whether anything is missed at all.
                    adjusted += held[0] >= many
                rows.append((cases, shared, many, percent(alone / sets), percent(adjusted / sets)))
    return rows


def _withstands(passes: int, cases: int, most: int) -> int:
    key = (passes, cases, most)
    if key not in _KNOWN:
        draft = CriterionDraft("x", _ANY, Measure.PASS_RATE, BAR)
        hits, n = np.array([float(passes)]), float(cases)

        def judge(held_to: CriterionDraft) -> Verdict:
            outcome = np.repeat([1.0, 0.0], [int(hits[0]), int(n - hits[0])])[None, :]
            found = bounds_by_row(outcome, np.ones_like(outcome), held_to.confidence)
            missed = float(found.high[0]) < BAR
            return Verdict.NOT_MET if missed else Verdict.NOT_ENOUGH_EVIDENCE

        is_below = judge(draft) is Verdict.NOT_MET
        _KNOWN[key] = decision.withstands(draft, judge, most) if is_below else 0
    return _KNOWN[key]


_KNOWN: dict[tuple[int, int, int], int] = {}


def best_of_several(sets: int) -> list[Sequence[object]]:
    """Variants that all lie at the bar, of which the best is chosen: each “met” is an error."""
    rng = np.random.default_rng(18_002)
    rows: list[Sequence[object]] = []
    for many in (2, 3, 6, 10):
        for trials in (1, 3):
            for shared in (0.0, 0.5):
                cases = 100
                latent = uniform(rng, (sets, many, cases), shared)
                # Rates of cases: half of the noise is the case, in a probit model.
                rates = ndtr(ndtri(BAR) * np.sqrt(2) + ndtri(np.clip(latent, 1e-12, 1 - 1e-12)))
                passes = rng.binomial(trials, rates).astype(np.float64)
                best = passes.sum(axis=2).argmax(axis=1)
                chosen = passes[np.arange(sets), best]
                asked = np.full(chosen.shape, float(trials))
                alone = bounds_by_row(chosen, asked, 1 - ALPHA).low >= BAR
                shrunk = bounds_by_row(chosen, asked, 1 - ALPHA / many).low >= BAR
                rows.append((many, trials, shared, percent(alone.mean()), percent(shrunk.mean())))
    return rows


def chosen_above(sets: int) -> list[Sequence[object]]:
    """The same where one of six is truly better: how often it is met, and what that costs."""
    rng = np.random.default_rng(18_003)
    rows: list[Sequence[object]] = []
    for truth in (0.95, 0.97, 0.99):
        for cases in (60, 100, 200, 400):
            better = rng.binomial(cases, truth, sets)
            rest = rng.binomial(cases, BAR - 0.03, (sets, 5)).max(axis=1)
            best = np.maximum(better, rest)
            n = np.arange(cases + 1, dtype=np.float64)
            outcome = (np.arange(cases) < n[:, None]).astype(np.float64)
            low = {c: bounds_by_row(outcome, np.ones_like(outcome), c).low for c in LEVELS}
            rows.append((truth, cases, *(percent((low[c][best] >= BAR).mean()) for c in LEVELS)))
    return rows


LEVELS = (1 - ALPHA, 1 - ALPHA / 6)


def report(sets: int) -> str:
    """The whole Markdown page."""
    return "\n".join(
        [
            INTRO.format(sets=sets, error=percent((ALPHA * (1 - ALPHA) / sets) ** 0.5)),
            "## A requirement whose criteria all lie at the bar: wrong “not met”\n",
            table(
                ["cases", "shared", "criteria", "any at 95%", "Holm (in use)"],
                criteria_at_the_bar(sets),
            ),
            "## The best of several variants that all lie at the bar: wrong “met” (100 cases)\n",
            table(
                ["variants", "trials", "shared", "at 95%", "error shared out (in use)"],
                best_of_several(max(200, sets // 2)),
            ),
            "## One of six is better, the others 3 points below the bar: “met”\n",
            table(["truth", "cases", "at 95%", "in use"], chosen_above(sets)),
        ]
    )


INTRO = """# How often a requirement is wrongly failed, and a chosen variant wrongly met

Written by `python -m benchmarks.requirement_errors`. Bar 90%, {sets} sets per row (simulation
error of 5%: {error}). “Shared” is the correlation of what makes an answer fail several criteria, or
several variants. *Not met* of a requirement takes a criterion that is missed among all of its
criteria (Holm 1979); *met* of a candidate that was chosen by its answers takes a bound at 1 − α/k
among the k variants that it was chosen from.
"""


if __name__ == "__main__":
    documented.main(report, __file__, __doc__, full=4_000, quick=200)
