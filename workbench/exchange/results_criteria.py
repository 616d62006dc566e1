"""The criteria that outside results are scores of: those of the same title, or new ones."""

from typing import Any
from uuid import UUID

from workbench.domain.criteria import Criterion, CriterionDraft, Measure, Scorer, ScorerKind
from workbench.domain.requirements import RequirementDraft
from workbench.errors import InputError
from workbench.exchange.results_shape import Results
from workbench.store.store import Store

_LEVEL = ": at least "
_WHY = "Came with outside results"


def found(
    store: Store, feature_id: UUID, results: Results, bar: float, author: str
) -> list[Criterion]:
    """The feature's criteria with the titles of the file, in its order; new ones ask for `bar`.

    Raises InputError where numbers of one criterion have another level or scale there.
    """
    known = {c.draft.title.casefold(): c for c in store.criteria.of(feature_id)}
    criteria = []
    for place, title in enumerate(results.criteria):
        criterion = known.get(title.casefold())
        if criterion is None:
            criterion = _added(store, feature_id, results, place, bar, author)
        elif place in results.numeric:
            _refuse_other_level(criterion, results)
        criteria.append(criterion)
    return criteria


def _added(
    store: Store, feature_id: UUID, results: Results, place: int, bar: float, author: str
) -> Criterion:
    title = results.criteria[place]
    draft = RequirementDraft(f"{title[:1].upper()}{title[1:].rstrip('.')}.")
    requirement = store.requirements.add(feature_id, draft, author, _WHY)
    # Level and scale are part of the scorer, so that they are part of the judgement's identity.
    settings: dict[str, Any] = {"question": title}
    if place in results.numeric:
        if results.scale is None:
            settings["question"] += f"{_LEVEL}{results.passes_from:g}"
        else:
            settings |= {"scale": list(results.scale), "passes_from": results.passes_from}
    scorer = Scorer(ScorerKind.RATING, settings)
    criterion = CriterionDraft(title, scorer, Measure.PASS_RATE, bar)
    return store.criteria.add(requirement.id, criterion, author, _WHY)


def _refuse_other_level(criterion: Criterion, results: Results) -> None:
    """Numbers that passed from different levels would be counted as one kind of score."""
    scorer, passes_from = criterion.draft.scorer, results.passes_from
    question = str(scorer.settings.get("question", ""))
    _, is_level, level = question.rpartition(_LEVEL)
    if scorer.passes_from is not None:
        is_level, level = "yes", f"{scorer.passes_from:g}"
    name = f"{criterion.key} {criterion.draft.title}"
    if scorer.scale is not None and results.scale not in (None, scorer.scale):
        low, high = scorer.scale
        raise InputError(
            f"{name} is scored from {low:g} to {high:g}, but the file's numbers are not.",
            f"Say the scale {low:g}-{high:g} (--scale), or name the criterion differently in the "
            "file.",
        )
    if is_level and level != f"{passes_from:g}":
        raise InputError(
            f"The numbers of {name} pass from {level} on; here it would be {passes_from:g}.",
            f"Let numbers pass from {level} (--passes-from), or name the criterion differently in "
            "the file.",
        )
