"""The criteria that outside results are scores of: those of the same title, or new ones."""

from uuid import UUID

from workbench.domain.criteria import Criterion, CriterionDraft, Measure, Scorer, ScorerKind
from workbench.domain.requirements import RequirementDraft
from workbench.errors import InputError
from workbench.exchange.results_file import Results
from workbench.store.store import Store

_LEVEL = ": at least "
_WHY = "Came with outside results"


def found(
    store: Store, feature_id: UUID, results: Results, bar: float, author: str
) -> list[Criterion]:
    """The feature's criteria with the titles of the file, in its order; new ones ask for `bar`.

    Raises InputError where numbers of one criterion were imported with another level.
    """
    known = {c.draft.title.casefold(): c for c in store.criteria.of(feature_id)}
    criteria = []
    for place, title in enumerate(results.criteria):
        criterion = known.get(title.casefold())
        if criterion is None:
            criterion = _added(store, feature_id, results, place, bar, author)
        elif place in results.numeric:
            _refuse_other_level(criterion, results.passes_from)
        criteria.append(criterion)
    return criteria


def _added(
    store: Store, feature_id: UUID, results: Results, place: int, bar: float, author: str
) -> Criterion:
    title = results.criteria[place]
    draft = RequirementDraft(f"{title[:1].upper()}{title[1:].rstrip('.')}.")
    requirement = store.requirements.add(feature_id, draft, author, _WHY)
    # The level is part of the question, so that it is part of the judgement's identity.
    level = f"{_LEVEL}{results.passes_from:g}" if place in results.numeric else ""
    scorer = Scorer(ScorerKind.RATING, {"question": f"{title}{level}"})
    criterion = CriterionDraft(title, scorer, Measure.PASS_RATE, bar)
    return store.criteria.add(requirement.id, criterion, author, _WHY)


def _refuse_other_level(criterion: Criterion, passes_from: float) -> None:
    """Numbers that passed from different levels would be counted as one kind of score."""
    question = str(criterion.draft.scorer.settings.get("question", ""))
    _, is_level, level = question.rpartition(_LEVEL)
    if is_level and level != f"{passes_from:g}":
        raise InputError(
            f"The numbers of {criterion.key} {criterion.draft.title} were imported as passes from "
            f"{level} on; now it would be {passes_from:g}.",
            f"Say --passes-from {level}, or name the criterion differently in the file.",
        )
