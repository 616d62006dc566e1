"""How often comparisons and bets claim what is not so, and how often they see what is.

    python -m benchmarks.comparison_errors [--quick]

Writes comparison_errors.md beside this file. Seeded: the same command gives the same table. Calls
what the product calls, from the counts of a run to the claim.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

import numpy as np
from scipy.special import stdtr

from benchmarks import documented
from benchmarks.populations import Floats, Population
from benchmarks.verdict_errors import percent, table
from workbench.domain.calls import Parameters
from workbench.domain.criteria import Criterion, CriterionDraft, Measure, Scorer, ScorerKind
from workbench.domain.experiments import Experiment, Purpose, StopRule
from workbench.domain.prompts import PromptText, PromptVersion, Variant
from workbench.evidence import comparisons, mixes
from workbench.evidence.comparisons import Comparison, Family
from workbench.evidence.pairing import Basis, Evidence, Side, paired_gaps
from workbench.stats.differences import Gaps
from workbench.store.reports.comparison import Asked
from workbench.store.tallies import Tally

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ONE = UUID(int=1)
MEASURES = (Measure.PASS_RATE, Measure.FAIL_RATE, Measure.PASS_HAT_K, Measure.AGREEMENT)


@dataclass(frozen=True)
class Counts:
    """How the trials of each case ended, of one variant."""

    passes: Floats
    fails: Floats
    trials: int

    def tallies(self) -> list[Tally]:
        """As the store counts them."""
        return [
            Tally(ONE, str(i), 1, self.trials, p, f, 0, self.trials - round(p + f))
            for i, (p, f) in enumerate(zip(self.passes.tolist(), self.fails.tolist(), strict=True))
        ]


def rates(
    rng: np.random.Generator, mean: float, lift: float, cases: int, share: float = 0.5
) -> tuple[Floats, Floats]:
    """True pass rates of each case under A and B. Case rates are beta with a within-case
    correlation of .5; B keeps a `share` of them and draws the others anew from a population that
    passes more often, so that it passes `lift` more often on the whole."""
    people = Population("correlation .5", correlation=0.5)
    a = people.draw(rng, mean, (1, cases))[0]
    moved = mean + lift / (1 - share)
    b = np.where(rng.random(cases) < share, a, people.draw(rng, moved, (1, cases))[0])
    return a, b


def drawn(
    rng: np.random.Generator,
    true: Floats,
    trials: int,
    missing: float = 0.0,
    *,
    worst: bool = False,
) -> Counts:
    """What came of them. A share of the trials is `missing`; in the `worst` way only fails are."""
    passed = rng.random((len(true), trials)) < true[:, None]
    gone = np.zeros_like(passed)
    if missing:
        eligible = ~passed if worst else np.ones_like(passed)
        chance = missing / max(float(eligible.mean()), 1e-9)
        gone = eligible & (rng.random(passed.shape) < chance)
    return Counts((passed & ~gone).sum(axis=1) * 1.0, (~passed & ~gone).sum(axis=1) * 1.0, trials)


def gaps(measure: Measure, a: Counts, b: Counts) -> Gaps:
    """As the product has them."""
    return paired_gaps(measure, a.trials, a.tallies(), b.tallies())[0]


def judged(measures: Sequence[Measure], found: Sequence[Gaps]) -> list[Comparison]:
    """The comparisons of one bet, adjusted over its criteria."""
    side = _side()
    made = [
        (_criterion(m), side, side, Evidence(Basis.PAIRED, g))
        for m, g in zip(measures, found, strict=True)
    ]
    return comparisons.adjusted(made, Family(len(made), "all"))


def false_claims_of_bets(
    rng: np.random.Generator, times: int, *, cases: int, trials: int, rate: float, criteria: int
) -> int:
    """How many bets on criteria that did not change claim that they lifted or broke any."""
    wrong = 0
    for _ in range(times):
        measures = [MEASURES[i % (4 if trials > 1 else 2)] for i in range(criteria)]
        found = []
        for measure in measures:
            # Each version has its own luck with each case, and the same rate on the whole.
            true = Population("", correlation=0.5).draw(rng, rate, (1, cases))[0]
            found.append(gaps(measure, *(drawn(rng, true, trials) for _ in range(2))))
        wrong += any(comparison.is_sure for comparison in judged(measures, found))
    return wrong


def by_overlap_or_turn(
    rng: np.random.Generator, times: int, *, cases: int, trials: int, rate: float, criteria: int
) -> int:
    """The same by the rule that was in use: intervals that do not overlap, or a verdict that is
    met (missed) now and was not, at a bar of the true rate less 5 points."""
    from workbench.stats.intervals import pass_rate

    wrong, bar = 0, rate - 0.05
    for _ in range(times):
        claimed = False
        for _ in range(criteria):
            true = Population("", correlation=0.5).draw(rng, rate, (1, cases))[0]
            was, now = (
                pass_rate(drawn(rng, true, trials).passes, np.full(cases, float(trials)))
                for _ in range(2)
            )
            met = [each.low >= bar for each in (was, now)]
            missed = [each.high < bar for each in (was, now)]
            claimed |= now.low > was.high or now.high < was.low
            claimed |= (met[1] and not met[0]) or (missed[1] and not missed[0])
        wrong += claimed
    return wrong


def bets(times: int) -> list[Sequence[object]]:
    """False claims per bet, as it is and as it was."""
    rng = np.random.default_rng(20_251)
    rows: list[Sequence[object]] = []
    for cases in (20, 50, 100):
        for trials in (1, 3):
            for rate in (0.8, 0.95):
                design = {"cases": cases, "trials": trials, "rate": rate, "criteria": 8}
                new = false_claims_of_bets(rng, times, **design)  # type: ignore[arg-type]
                old = by_overlap_or_turn(rng, max(50, times // 4), **design)  # type: ignore[arg-type]
                rows.append(
                    (cases, trials, rate, percent(new / times), percent(old / max(50, times // 4)))
                )
    return rows


def unscored(times: int) -> list[Sequence[object]]:
    """False finds where a share of B has no score and the two are equally good: missing at random,
    and only where B had failed. Beside it the comparison of what was scored, as it was."""
    rng = np.random.default_rng(20_252)
    rows: list[Sequence[object]] = []
    for missing, worst in ((0.05, True), (0.2, False), (0.2, True), (0.5, False), (0.5, True)):
        rate = 0.4 if worst and missing == 0.5 else 0.75
        for trials in (1, 3):
            wrong = naive = 0
            for _ in range(times):
                a, b = rates(rng, rate, 0.0, 100)
                found = gaps(
                    Measure.PASS_RATE,
                    drawn(rng, a, trials),
                    drawn(rng, b, trials, missing, worst=worst),
                )
                wrong += _is_sure(found)
                naive += _is_sure(Gaps(found.known, found.known, found.known))
            how = "only fails of B" if worst else "at random"
            rows.append(
                (f"{missing:.0%}", how, trials, percent(wrong / times), percent(naive / times))
            )
    return rows


def coverage(times: int) -> list[Sequence[object]]:
    """How often the 95% interval holds the true difference, and how wide it is."""
    rng = np.random.default_rng(20_253)
    rows: list[Sequence[object]] = []
    for cases in (10, 20, 50, 100):
        for trials in (1, 3):
            for missing, worst in ((0.0, False), (0.1, False), (0.1, True)):
                held, width = 0, 0.0
                for _ in range(times):
                    a, b = rates(rng, 0.8, 0.075, cases)
                    found = gaps(
                        Measure.PASS_RATE,
                        drawn(rng, a, trials),
                        drawn(rng, b, trials, missing, worst=worst),
                    ).difference()
                    held += found.low <= 0.075 <= found.high
                    width += found.high - found.low
                how = "none" if not missing else "10% of B, its fails" if worst else "10% of B"
                rows.append(
                    (cases, trials, how, percent(held / times), f"{100 * width / times:.0f}")
                )
    return rows


def power(times: int) -> list[Sequence[object]]:
    """How often a lift is seen: alone, as one of a bet's eight criteria, with a tenth of B missing;
    beside an oracle that knows how much the differences truly vary (a z test)."""
    rng = np.random.default_rng(20_254)
    rows: list[Sequence[object]] = []
    for cases in (50, 100, 200):
        for lift in (0.05, 0.1, 0.15):
            many = [rates(rng, 0.65, lift, 2000) for _ in range(10)]
            spread = np.std(
                np.concatenate([rng.binomial(2, b) / 2 - rng.binomial(2, a) / 2 for a, b in many])
            )
            alone = one_of_eight = some_missing = oracle = 0
            for _ in range(times):
                a, b = rates(rng, 0.65, lift, cases)
                first, second = drawn(rng, a, 2), drawn(rng, b, 2)
                found = gaps(Measure.PASS_RATE, first, second)
                p = found.p_value() or 0.0
                alone += p < 0.05
                one_of_eight += p < 0.05 / 8
                some_missing += _is_sure(
                    gaps(Measure.PASS_RATE, first, drawn(rng, b, 2, missing=0.1))
                )
                ratio = abs(float(found.known.mean())) / (float(spread) / cases**0.5)
                oracle += 2 * float(stdtr(1e6, -ratio)) < 0.05
            shares = (alone, oracle, one_of_eight, some_missing)
            rows.append((cases, f"{100 * lift:.0f}", *(percent(n / times) for n in shares)))
    return rows


def other_mixes(times: int) -> list[Sequence[object]]:
    """Two runs on other cases with another mix, B as good as A in every slice, or 10 points better:
    how often it is said to have lifted or broken, and how often the interval holds the truth."""
    rng = np.random.default_rng(20_255)
    rows: list[Sequence[object]] = []
    slices = {"easy": 0.85, "medium": 0.7, "hard": 0.4}
    before, after = (60, 30, 10), (15, 30, 55)
    for lift in (0.0, 0.1):
        lifted = broke = held = naive = 0
        for _ in range(times):
            runs: list[list[Asked]] = []
            for sizes, more in ((before, 0.0), (after, lift)):
                asked: list[Asked] = []
                for (tag, mean), n in zip(slices.items(), sizes, strict=True):
                    true = Population("", correlation=0.5).draw(rng, mean + more, (1, n))[0]
                    asked += _asked(tag, drawn(rng, true, 1), start=1000 * len(runs))
                runs.append(asked)
            strata = mixes.standardised(Measure.PASS_RATE, 1, *runs).strata
            assert strata is not None
            found = strata.difference()
            is_sure = (found.p_value or 0.0) < 0.05
            lifted += is_sure and (found.estimate or 0) > 0
            broke += is_sure and (found.estimate or 0) < 0
            held += found.low <= lift <= found.high
            naive += float(np.mean([e.passes for e in runs[1]])) < float(
                np.mean([e.passes for e in runs[0]])
            )
        shares = (lifted, broke, held, naive)
        rows.append((f"{100 * lift:.0f}", *(percent(n / times) for n in shares)))
    return rows


def report(times: int) -> str:
    """The whole Markdown page."""
    error = percent((0.05 * 0.95 / times) ** 0.5)
    return "\n".join(
        [
            INTRO.format(times=times, error=error),
            BETS,
            table(["cases", "trials", "rate", "false claim", "as it was"], bets(times)),
            UNSCORED,
            table(["missing", "which", "trials", "false find", "as it was"], unscored(times)),
            COVERAGE,
            table(["cases", "trials", "missing", "holds", "points wide"], coverage(times)),
            POWER,
            table(
                ["cases", "points", "alone", "oracle", "one of eight", "10% missing"], power(times)
            ),
            MIXES,
            table(["points", "lifted", "broke", "holds", "lower overall"], other_mixes(times)),
        ]
    )


def _is_sure(found: Gaps) -> bool:
    return (found.p_value() or 0.0) < comparisons.SURE


def _asked(tag: str, counts: Counts, start: int) -> list[Asked]:
    return [
        Asked(f"{tag}{start + i}", "", UUID(int=i), "", "", (tag,), 1, counts.trials, p, f, 0, 0, 0)
        for i, (p, f) in enumerate(zip(counts.passes, counts.fails, strict=True))
    ]


def _criterion(measure: Measure) -> Criterion:
    draft = CriterionDraft("x", Scorer(ScorerKind.CONTAINS, {"texts": ["x"]}), measure)
    return Criterion(ONE, ONE, "C1", 1, draft, "", NOW)


def _side() -> Side:
    version = PromptVersion(ONE, ONE, "P", 1, PromptText("", ""), "", "", NOW)
    variant = Variant(ONE, ONE, "A", version, "C", "M", Parameters())
    whole = Experiment(
        ONE, ONE, "E1", "?", Purpose.EXPERIMENT, ONE, "D", 1, (), None, (variant,), (), 1,
        StopRule.WHOLE_PLAN, 1, "", "", NOW,
    )  # fmt: skip
    return Side(whole, replace(variant))


INTRO = """# How often comparisons are wrong

Written by `python -m benchmarks.comparison_errors`. {times} draws per row (simulation error of a 5%
figure: {error}). Cases differ in how often they pass (beta, within-case correlation .5).
"""
BETS = """## Bets on eight criteria that did not change

*Lifted* or *broke*, of any of the eight (pass rate, share that fails and, with three trials, pass^k
and agreement). "As it was": intervals that do not overlap, or a verdict that turned.
"""
UNSCORED = """## Two variants that are equally good, and a share of B without a score

100 cases. "As it was": only what was scored is compared.
"""
COVERAGE = """## The 95% interval of a difference

B passes 7.5 points more often than A (80%).
"""
POWER = """## How often a lift is seen

Two trials, A passes 65%. The oracle knows the true spread of the differences. "One of eight": at
the level that the least of eight p-values has to reach.
"""
MIXES = """## Two runs on other cases with another mix of slices

Before 60% easy, 30% medium, 10% hard; after 15%, 30%, 55%; 100 cases each. B as good as A in every
slice, or 10 points better in each. "Lower overall": how often the plain rate fell.
"""


if __name__ == "__main__":
    documented.main(report, __file__, __doc__, full=800, quick=50)
