"""One verdict as an object for machines."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from workbench.domain.trust import Member, Share, Trust
from workbench.domain.verdicts import CriterionVerdict, Repeated


def as_json(row: CriterionVerdict) -> dict[str, Any]:
    """Everything that one verdict rests on. Of `unscored` each trial is counted once, and all of
    it is `n_unscored` (of a plan that may end early, that counts finished cases only); `n_refused`
    and `n_cut` count scored ones too; `n_not_applicable` are in none of them."""
    estimate, unscored = asdict(row.estimate), row.open.unscored
    over = row.criterion.draft.scorer.over
    return {
        "requirement": row.requirement.key,
        "criterion": row.criterion.key,
        "title": row.criterion.draft.title,
        "variant": row.variant or None,
        "experiment": row.experiment or None,
        "measure": str(row.criterion.draft.measure),
        "n_cases": estimate["n_cases"],
        "n_clusters": estimate["n_clusters"],
        "n_trials": estimate["n_trials"],
        "n_unscored": estimate["n_unscored"],
        "n_failed": unscored.failed,
        "n_refused": row.open.n_refused,
        "n_cut": row.open.n_cut,
        "n_unrated": unscored.unrated,
        "n_not_asked": unscored.not_asked,
        "unscored": asdict(unscored),
        "n_not_applicable": row.open.n_outside,
        "n_effective": estimate["n_effective"],
        "counts_once": str(row.estimate.unit),
        "estimate_by_answer": estimate["by_answer"],
        "estimate": estimate["value"],
        "low": estimate["low"],
        "high": estimate["high"],
        "confidence": row.criterion.draft.confidence,
        "method": estimate["method"],
        "bar": row.criterion.draft.bar,
        **({} if over is None else {"preferred_over": over}),
        "verdict": str(row.verdict),
        "is_altered": row.is_altered,
        "withstands": row.withstands,
        "chosen_among": row.rivals,
        "stale": bool(row.stale),
        "stale_because": list(row.stale),
        "warnings": list(row.warnings),
        "extends": list(row.extends),
        "looks_before": row.looks_before,
        "kept_from_before": row.kept_from_before,
        **_repeated("pass_hat_k", row.pass_hat_k),
        **_repeated("pass_at_k", row.pass_at_k),
        "icc": row.icc,
        **({} if row.trust is None else {"judge": _judge(row.trust)}),
        "cases_by_passes": list(row.spread.by_passes) if row.spread else [],
    }


def _judge(trust: Trust) -> dict[str, Any]:
    """How far the judge behind a verdict can be trusted."""
    found: dict[str, Any] = {
        "scorer": trust.judge,
        "is_trusted": trust.is_earned,
        "rate_by_judge": trust.raw,
        "n_labels": trust.n_labels,
        "n_labelled_cases": trust.n_cases,
        "n_labelled_good": trust.n_good,
        "n_labelled_bad": trust.n_bad,
        "n_disagreements": trust.n_apart,
        "n_settled": trust.n_settled,
        "n_flagged": trust.n_flagged,
        "n_unread": trust.n_unread,
        "controls_broken": list(trust.broken),
        "labels_needed": trust.needed,
        "labels_are_of_other_outputs": trust.is_borrowed,
        "youden": trust.youden,
    }
    found |= _shares(trust, ("sensitivity", "specificity", "kappa", "weighted_kappa", "corrected"))
    if trust.accord is not None:
        found |= {
            "n_judged_by_all": trust.accord.n,
            "n_alike": trust.accord.n_alike,
            "n_without_majority": trust.accord.n_split,
            "members": [
                {"model": one.model, "n_labels": one.n_labels}
                | _shares(one, ("sensitivity", "specificity", "kappa"))
                for one in trust.members
            ],
        }
    return found


def _shares(found: Trust | Member, names: Sequence[str]) -> dict[str, Any]:
    shares: dict[str, Share] = {name: getattr(found, name) for name in names}
    return {
        key: value
        for name, share in shares.items()
        for key, value in (
            (name, share.value), (f"{name}_low", share.low), (f"{name}_high", share.high)
        )
    }  # fmt: skip


def _repeated(name: str, found: Sequence[Repeated | None]) -> dict[str, Any]:
    return {
        name: [None if each is None else each.value for each in found],
        f"{name}_low": [None if each is None else each.low for each in found],
        f"{name}_high": [None if each is None else each.high for each in found],
    }
