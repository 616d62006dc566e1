"""Keep results that were made elsewhere: whole or not at all, and once however often imported."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from uuid import UUID

from workbench.domain.calls import Parameters
from workbench.domain.connections import OUTSIDE_NAME
from workbench.domain.criteria import Criterion
from workbench.domain.datasets import CaseDraft, DatasetVersion
from workbench.domain.experiments import Experiment, Plan, RunState
from workbench.domain.features import Feature
from workbench.domain.prompts import PromptText, Variant
from workbench.domain.scores import Outcome
from workbench.errors import InputError
from workbench.exchange.results import criteria as results_criteria
from workbench.exchange.results.file import calm
from workbench.exchange.results.imported import Imported
from workbench.exchange.results.plan import settled
from workbench.exchange.results.shape import Answered, Results
from workbench.models import reasoning
from workbench.store.outside import Held, OutsideScore, OutsideTrial, Place
from workbench.store.store import Store
from workbench.store.trials import text_hash

_PROMPT = PromptText(
    "", "These answers were made elsewhere: the workbench does not know how they were asked for."
)
_NOTE = "Outside results: "
_NO_VALUE = "The file has neither a value nor the output."
_SHOWN = 20


def keep(store: Store, results: Results, feature_name: str, author: str, bar: float) -> Imported:
    """Keep a file's results in one transaction. `bar` is that of criteria that are new.

    The feature, dataset, criteria and variants are those of the same name, or new ones. Trials
    and scores that are there already stay as they are; a rater's other word is a newer score.

    Raises InputError, with nothing kept, where a trial is there with another output, or the bar
    or the feature's name cannot be used.
    """
    with calm(), store.transaction():
        found = store.features.named(feature_name)
        feature = found or store.features.add(Feature(feature_name))
        assert feature.id is not None
        known = {c.id for c in store.criteria.of(feature.id)}
        criteria = results_criteria.found(store, feature.id, results, bar, author)
        dataset, cases, n_new = _dataset(store, feature.id, results, author)
        variants = _variants(store, feature.id, results, author)
        keeping = _Keeping(store, results, criteria, cases, variants)
        experiments = [
            keeping.group(feature.id, dataset, names, author) for names in _groups(results)
        ]
        keeping.finish()
    is_new = [criterion.id not in known for criterion in criteria]
    named = [f"{criterion.key} {criterion.draft.title}" for criterion in criteria]
    levels = {level.passes_from for level in results.levels.values()}
    return Imported(
        results.name,
        feature.id,
        feature.name,
        found is None,
        dataset.name,
        dataset.number,
        tuple(experiment.key for experiment in experiments),
        tuple(variant.label for variant in variants.values()),
        tuple(name for name, new in zip(named, is_new, strict=True) if new),
        tuple(name for name, new in zip(named, is_new, strict=True) if not new),
        n_new,
        keeping.n_trials,
        keeping.n_scores,
        results.ignored,
        levels.pop() if len(levels) == 1 else None,
        {results.criteria[place]: level for place, level in sorted(results.levels.items())},
        results.notes,
    )


class _Keeping:
    """The trials and scores of one import, against what is there already."""

    def __init__(
        self,
        store: Store,
        results: Results,
        criteria: Sequence[Criterion],
        cases: Mapping[str, Held],
        variants: Mapping[str, Variant],
    ) -> None:
        self._store = store
        self._outside = store.outside
        self._results = results
        self._criteria = criteria
        self._cases = cases
        self._variants = variants
        self._answers: dict[str, list[Answered]] = {name: [] for name in results.variants}
        for answer in results.answers:
            self._answers[answer.variant].append(answer)
        self._problems: list[str] = []
        self.n_trials = 0
        self.n_scores = 0

    def group(
        self, feature_id: UUID, dataset: DatasetVersion, names: Sequence[str], author: str
    ) -> Experiment:
        """Keep the results of variants that share their cases, as one experiment and run."""
        answers = [answer for name in names for answer in self._answers[name]]
        used = {score.criterion for answer in answers for score in answer.scores}
        keys = dict.fromkeys(answer.case for answer in answers)
        plan = Plan(
            question=f"{_NOTE}{self._results.name}",
            dataset_version_id=dataset.id,
            variant_ids=tuple(self._variants[name].id for name in names),
            criterion_ids=tuple(self._criteria[place].id for place in sorted(used)),
            trials=max(answer.number for answer in answers),
            case_ids=None if len(keys) == dataset.n_cases else self._case_ids(keys),
        )
        store = self._store
        experiment = settled(store, feature_id, plan, author)
        run = store.runs.latest(experiment.id)
        for name in names:
            there = self._outside.trials(self._variants[name].id)
            fresh = [a for a in self._answers[name] if self._place(a) not in there]
            if run is None or (fresh and run.state is not RunState.WAITING):
                run = store.runs.start(experiment.id, author)
            self._trials(run.id, name, fresh, there)
            self._scores(name, there, may_be_known=len(fresh) < len(self._answers[name]))
        assert run is not None
        if run.state is RunState.WAITING:
            said = f"Imported from {self._results.name}"
            store.runs.note(run.id, RunState.FINISHED, said)
        return experiment

    def finish(self) -> None:
        """Raises InputError where something in the file contradicts what is there."""
        n = len(self._problems)
        if n:
            more = [f"… and {n - _SHOWN:,} more."] if n > _SHOWN else []
            raise InputError(
                f"“{self._results.name}” was not imported:\n"
                + "\n".join([*self._problems[:_SHOWN], *more]),
                "Outputs are never overwritten: import them under another variant's name.",
            )

    def _case_ids(self, keys: Iterable[str]) -> tuple[UUID, ...]:
        return tuple(UUID(self._cases[key].id) for key in keys)

    def _place(self, answer: Answered) -> Place:
        return self._cases[answer.case].id, answer.number

    def _trials(
        self,
        run_id: UUID,
        name: str,
        fresh: Sequence[Answered],
        there: dict[Place, tuple[str, str | None]],
    ) -> None:
        """Keep what is new, and add it to what is `there`, after a look at that."""
        for answer in self._answers[name] if there else ():
            trial_id, kept = there.get(self._place(answer), ("", None))
            if trial_id and answer.output is not None and kept not in _hashes(answer.output):
                self._problems.append(
                    f"Line {answer.line}: trial {answer.number} of “{answer.case[:40]}” with "
                    f"“{name[:40]}” is there with another output."
                )
        trials = []
        for a in fresh:
            said = reasoning.split(a.output or "")
            place = self._place(a)
            trials.append(OutsideTrial(place, said.answer, a.latency_ms, a.cost, said.thoughts))
        ids = self._outside.add_trials(run_id, self._variants[name].id, name, trials)
        there.update((trial.place, (id_, "")) for trial, id_ in zip(trials, ids, strict=True))
        self.n_trials += len(trials)

    def _scores(
        self, name: str, there: Mapping[Place, tuple[str, str | None]], *, may_be_known: bool
    ) -> None:
        # What a model says is kept apart from what people say, unless it is the criterion's judge.
        heard = cache(lambda place, rater: self._criteria[place].draft.scorer.heard_from(rater))
        variant_id = self._variants[name].id
        said = cache(
            lambda place, scorer: (
                self._outside.scores(variant_id, self._criteria[place].id, scorer)
                if may_be_known
                else {}
            )
        )
        found: dict[tuple[int, str], list[OutsideScore]] = {}
        levels = {place: f"{level.passes_from:g}" for place, level in self._results.levels.items()}
        for answer in self._answers[name]:
            trial_id, _ = there[self._place(answer)]
            for scored in answer.scores:
                scorer = heard(scored.criterion, scored.rater)
                before = said(scored.criterion, scorer).get((trial_id, scored.rater))
                is_empty = scored.outcome is Outcome.UNSCORED
                level = levels.get(scored.criterion)
                value = None if level is None else scored.value
                # An output without a value waits for whoever can score it here.
                if before == (scored.outcome, value) or (
                    is_empty and before is None and answer.output is not None
                ):
                    continue
                reason = _NO_VALUE if is_empty else ""
                if value is not None:
                    reason = f"{value:g}, where {level} and more pass."
                found.setdefault((scored.criterion, scorer), []).append(
                    OutsideScore(trial_id, scored.rater, scored.outcome, value, reason)
                )
        for (place, scorer), scores in sorted(found.items()):
            self._outside.add_scores(self._criteria[place].id, scorer, scores)
        self.n_scores += sum(map(len, found.values()))


def _hashes(output: str) -> tuple[str, str]:
    """What an output may be kept under: its answer, or with thoughts as files before version 6."""
    return text_hash(reasoning.split(output).answer), text_hash(output)


def _dataset(
    store: Store, feature_id: UUID, results: Results, author: str
) -> tuple[DatasetVersion, dict[str, Held], int]:
    """A dataset that holds the cases, its cases by key, and how many were added to it."""
    own: DatasetVersion | None = None
    outside = store.outside
    for version in store.datasets.of(feature_id):
        held = outside.cases(version.id)
        if all(
            key in held
            and set(tags or ()) <= set(held[key].tags)
            and results.groups.get(key, held[key].group) == held[key].group
            for key, tags in results.cases.items()
        ):
            return version, held, 0
        if version.name == OUTSIDE_NAME:
            own = version
    drafts = {} if own is None else {c.key: c.draft() for c in store.datasets.cases(own.id)}
    n_before = len(drafts)
    for key, tags in results.cases.items():
        # The key is what a model would be shown: cases with equal variables count as one.
        case = drafts.get(key, CaseDraft(key, {"case": key}, source=results.name))
        if tags and not set(tags) <= set(case.tags):
            case = replace(case, tags=tags, source=results.name)
        if results.groups.get(key, case.group) != case.group:
            case = replace(case, group=results.groups[key])
        drafts[key] = case
    dataset_id = own.dataset_id if own else store.datasets.new(feature_id, OUTSIDE_NAME)
    note = f"{_NOTE}{results.name}"
    kept = store.datasets.save(dataset_id, drafts.values(), own.number if own else 0, author, note)
    return kept, outside.cases(kept.id), len(drafts) - n_before


def _variants(store: Store, feature_id: UUID, results: Results, author: str) -> dict[str, Variant]:
    """One variant per name in the file, under that name unless another variant has it."""
    prompt = store.prompts.save(feature_id, OUTSIDE_NAME, _PROMPT, author)
    taken = {variant.label.casefold() for variant in store.variants.of(feature_id)}
    found: dict[str, Variant] = {}
    for name in results.variants:
        label = name
        while label.casefold() in taken:
            label += " (outside)"
        found[name] = store.variants.save(prompt, OUTSIDE_NAME, name, Parameters(), label)
        taken.add(found[name].label.casefold())
    return found


def _groups(results: Results) -> list[list[str]]:
    """The variants that share one experiment: the same cases, each as often at most."""
    cases: dict[str, set[str]] = {name: set() for name in results.variants}
    trials = dict.fromkeys(results.variants, 1)
    for answer in results.answers:
        cases[answer.variant].add(answer.case)
        trials[answer.variant] = max(trials[answer.variant], answer.number)
    groups: dict[tuple[frozenset[str], int], list[str]] = {}
    for name in results.variants:
        groups.setdefault((frozenset(cases[name]), trials[name]), []).append(name)
    return list(groups.values())
