"""The criteria that outside results are scores of: those of the same title, or new ones."""

from typing import Any
from uuid import UUID

from workbench.domain.criteria import Criterion, CriterionDraft, Measure, Scorer, ScorerKind
from workbench.domain.requirements import RequirementDraft
from workbench.errors import InputError
from workbench.exchange.results.shape import Level, Results
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
        elif place in results.levels:
            _refuse_other_level(criterion, results.levels[place])
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
    if level := results.levels.get(place):
        if level.scale is None:
            settings["question"] += f"{_LEVEL}{level.passes_from:g}"
        else:
            settings |= {"scale": list(level.scale), "passes_from": level.passes_from}
    scorer = Scorer(ScorerKind.RATING, settings)
    criterion = CriterionDraft(title, scorer, Measure.PASS_RATE, bar)
    return store.criteria.add(requirement.id, criterion, author, _WHY)


def levels(store: Store, feature_name: str) -> dict[str, Level | None]:
    """What numbers mean for the criteria that a feature has, by their titles in small letters:
    None where people say pass or fail. What was stated there is not guessed from a file's values.
    """
    feature = store.features.named(feature_name)
    if feature is None or feature.id is None:
        return {}
    return {c.draft.title.casefold(): _level(c) for c in store.criteria.of(feature.id)}


def _level(criterion: Criterion) -> Level | None:
    scorer = criterion.draft.scorer
    if scorer.passes_from is not None:
        return Level(scorer.passes_from, scorer.scale)
    _, is_level, level = str(scorer.settings.get("question", "")).rpartition(_LEVEL)
    try:
        return Level(float(level)) if is_level else None
    except ValueError:
        # A question of somebody's own that goes on in words.
        return None


def _refuse_other_level(criterion: Criterion, wished: Level) -> None:
    """Numbers that passed from different levels would be counted as one kind of score."""
    own = _level(criterion)
    if own is None:
        return
    name = f"{criterion.key} {criterion.draft.title}"
    if own.scale is not None and wished.scale not in (None, own.scale):
        low, high = own.scale
        raise InputError(
            f"{name} is scored from {low:g} to {high:g}, but the file's numbers are not.",
            f"Say the scale {low:g}-{high:g} (--scale), or name the criterion differently in the "
            "file.",
        )
    if own.passes_from != wished.passes_from:
        level = f"{own.passes_from:g}"
        raise InputError(
            f"The numbers of {name} pass from {level} on; here it would be {wished.passes_from:g}.",
            f"Let numbers pass from {level} (--passes-from), or name the criterion differently in "
            "the file.",
        )
