"""Published worked examples that this floor must reproduce, and which of them it does not cover."""

import json
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.stats import (
    comparison,
    differences,
    intervals,
    paired_planning,
    planning,
    repeats,
    sequential,
)

CASES: dict[str, dict[str, Any]] = {
    case["id"]: case
    for case in json.loads((Path(__file__).parent / "reference_cases.json").read_text("utf-8"))
}


def _exact(i: dict[str, Any]) -> list[float]:
    outcomes = [1] * i["passes"] + [0] * (i["n"] - i["passes"])
    found = intervals.pass_rate(outcomes, [1] * i["n"], 1 - (1 - i["conf"]) / 2)
    return [found.low, found.high]


def _cases_needed(i: dict[str, Any]) -> int:
    noise = paired_planning.PairedNoise(i["omega2"], 0.0, 0.0)
    asked = {"confidence": 1 - i["alpha"], "power": i["power"]}
    shown = (paired_planning.paired_mde(noise, n, **asked) or 1.0 for n in count(1))
    return next(n for n, least in enumerate(shown, 1) if least <= i["delta"])


def _sleep(i: dict[str, Any]) -> list[float]:
    found = differences.student(np.subtract(i["a"], i["b"]))
    return [found.mean / found.standard_error, found.p_value, found.low, found.high]


def _agresti(i: dict[str, Any]) -> list[float]:
    gaps = [1.0] * i["plus"] + [-1.0] * i["minus"] + [0.0] * (i["n"] - i["plus"] - i["minus"])
    found = differences.student(gaps)
    return [found.mean, found.standard_error]


def _multiple(i: dict[str, Any]) -> list[float]:
    p, alpha = np.array(i["p"]), i["alpha"]
    return [
        int((p * len(p) <= alpha).sum()),
        int((comparison.holm(p) <= alpha).sum()),
        int((comparison.benjamini_hochberg(p) <= alpha).sum()),
    ]


def _default(i: dict[str, Any]) -> list[float]:
    found = intervals.pass_rate([3] * 44 + [2] * 2 + [1] * 2 + [0] * 2, [i["trials"]] * 50)
    assert found.estimate is not None
    assert found.icc is not None
    return [found.estimate, found.icc, found.n_effective, found.low, found.high]


COVERED: dict[str, Callable[[dict[str, Any]], object]] = {
    "prop_beta_81_263": _exact,
    "prop_beta_15_148": _exact,
    "prop_beta_0_20": _exact,
    "rule_of_three_0_14": lambda i: (
        intervals.pass_rate([0] * i["n"], [1] * i["n"], i["one_sided"]).high
    ),
    "zero_fail_n_0.9": lambda i: planning.zero_failure_minimum(i["threshold"]),
    "zero_fail_n_0.99": lambda i: planning.zero_failure_minimum(i["threshold"]),
    "paired_diff_agresti": _agresti,
    "paired_t_sleep": _sleep,
    "bh_1995": _multiple,
    "miller_n969": _cases_needed,
    "passk_hf": lambda i: [repeats.pass_at_k([i["c"]], [i["n"]], k)[0] for k in i["k"]],
    "pass_hat_k": lambda i: repeats.pass_hat_k([i["c"]], [i["n"]], i["k"])[0],
    "eprocess_betting_45of45": lambda i: np.exp(sequential.log_peak([1] * 45, i["p0"])),
    "miller_K_variance": lambda i: [repeats.variance_left(1 / 3, k) for k in i["K"]],
    "default_50x3": _default,
}

# Methods that live elsewhere (agreement, judge, drift, preferences) or that we chose not to use.
ELSEWHERE = {
    "binomtest_3_15", "power_pwr",
    "prop_wilson_81_263", "prop_wilson_0_20", "prop_wilson_1_29",
    "prop_normal_81_263", "prop_wilsoncc_81_263", "newcombe_diff", "mcnemar_agresti",
    "power_t_test_R", "cluster_se_grunfeld", "kappa_feinstein_a", "kappa_wiki", "kripp_2011",
    "lang_reiczigel_1", "lang_reiczigel_2", "lang_reiczigel_4", "rogan_gladen_epiR", "bt_baseball",
    "bt_baseball_se", "bt_choix_agrees", "chao1_girdled", "chao1_inext", "good_turing",
    "cusum_montgomery", "cusum_arl_h4", "quantile_test_conover", "chi2_scipy", "confseq_mixtures",
    "asi_glide", "clustered_ppi_glide", "ppi_lam1", "rats_bda", "sens_spec_altman",
    "bootstrap_law", "alpha_evalica",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(COVERED))
def test_the_worked_example_is_reproduced(name: str) -> None:
    case = CASES[name]
    # Published figures are rounded, so a tolerance of 0 means equal.
    np.testing.assert_allclose(
        np.asarray(COVERED[name](case["inputs"]), dtype=float),
        np.asarray(case["expected"], dtype=float),
        rtol=0,
        atol=case["tolerance"],
    )


def test_every_reference_case_is_covered_or_named_as_being_elsewhere() -> None:
    assert set(COVERED) | ELSEWHERE == set(CASES)
    assert not set(COVERED) & ELSEWHERE
