"""Experiments: plans, frozen by hash with their cases, variants and criteria."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from workbench.domain import clock
from workbench.domain.criteria import ScorerKind
from workbench.domain.datasets import Case
from workbench.domain.experiments import Experiment, Plan, Purpose, StopRule
from workbench.domain.fingerprint import fingerprint
from workbench.domain.prompts import Variant
from workbench.errors import InputError, NotFound
from workbench.store.datasets import CASE, case_of
from workbench.store.engine.database import Database, Row
from workbench.store.keys import next_short_key
from workbench.store.variants import Variants

_HEAD = """
    e.id, e.feature_id, e.key, e.question, e.purpose, e.dataset_version_id, d.name, v.number,
    e.slices, e.held_out, e.trials, e.stop_rule, e.plan, e.author, e.created_at
"""
_COLUMNS_OF_ONE = f"""
    {_HEAD},
    (select count(*) from experiment_cases where experiment_id = $experiment),
    (select list(variant_id order by position) from experiment_variants
        where experiment_id = $experiment),
    (select list((criterion_id, number) order by position) from experiment_criteria
        where experiment_id = $experiment)
"""
_FROM = """
    experiments e
    join dataset_versions v on v.id = e.dataset_version_id
    join datasets d on d.id = v.dataset_id
"""
# Of a feature's. Joined: what is looked up for each row takes half as long again to plan.
_OF_FEATURE = f"""
    with mine as (select id from experiments where feature_id = ? and purpose = ?),
    cases as (
        select experiment_id, count(*) as n from experiment_cases
        where experiment_id in (from mine) group by all
    ),
    variants as (
        select experiment_id, list(variant_id order by position) as every
        from experiment_variants where experiment_id in (from mine) group by all
    ),
    criteria as (
        select experiment_id, list((criterion_id, number) order by position) as every
        from experiment_criteria where experiment_id in (from mine) group by all
    )
    select {_HEAD}, coalesce(cases.n, 0), variants.every, criteria.every
    from {_FROM}
    left join cases on cases.experiment_id = e.id
    left join variants on variants.experiment_id = e.id
    left join criteria on criteria.experiment_id = e.id
    where e.id in (from mine) order by e.rowid
"""


class Experiments:
    """The questions that were asked, and how."""

    def __init__(self, database: Database, variants: Variants) -> None:
        self._db = database
        self._variants = variants

    def of(self, feature_id: UUID, purpose: Purpose = Purpose.EXPERIMENT) -> list[Experiment]:
        """A feature's experiments, oldest first."""
        return self._experiments(self._db.rows(_OF_FEATURE, [feature_id, purpose]))

    def get(self, experiment_id: UUID) -> Experiment:
        """One experiment. Raises NotFound."""
        rows = self._db.rows(
            f"select {_COLUMNS_OF_ONE} from {_FROM} where e.id = $experiment",
            {"experiment": experiment_id},
        )
        if not rows:
            raise NotFound("This experiment is not in the database.", "Choose another one.")
        return self._experiments(rows)[0]

    def add(
        self,
        feature_id: UUID,
        plan: Plan,
        author: str,
        key: str | None = None,
        *,
        created_at: datetime | None = None,
        criteria: Sequence[tuple[UUID, int]] | None = None,
    ) -> Experiment:
        """Freeze a plan. The same plan, set up again, is the experiment that is there.

        `key`, `created_at` and `criteria` (with the versions to freeze, instead of the newest)
        are given when a history is restored. Raises InputError when it would ask nothing.
        """
        plan = plan.checked()
        with self._db.transaction():
            frozen_criteria = criteria or self._newest_versions(plan.criterion_ids)
            self._refuse_without_baseline(plan, frozen_criteria)
            cases = self._cases(plan)
            if not cases:
                raise InputError(
                    "No case of the dataset fits the choice.",
                    "Choose other tags, or include more cases.",
                )
            case_texts = [str(c) for c in cases]
            frozen = fingerprint(
                plan.purpose,
                plan.question.strip(),
                case_texts,
                [str(v) for v in plan.variant_ids],
                [(str(c), n) for c, n in frozen_criteria],
                plan.trials,
                # Left out where it is the usual one: older plans keep their fingerprint.
                *([plan.stop_rule] if plan.stop_rule is not StopRule.WHOLE_PLAN else []),
            )
            same = self._db.value(
                "select id from experiments where feature_id = ? and plan = ?",
                [feature_id, frozen],
            )
            if same is not None:
                return self.get(same)
            letter = "E" if plan.purpose is Purpose.EXPERIMENT else "P"
            taken = self._db.rows("select key from experiments where feature_id = ?", [feature_id])
            experiment_id: UUID = self._db.value(
                """
                insert into experiments (feature_id, key, question, purpose, dataset_version_id,
                    slices, held_out, trials, stop_rule, plan, author, created_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning id
                """,
                [
                    feature_id,
                    key or next_short_key(letter, taken),
                    plan.question.strip(),
                    plan.purpose,
                    plan.dataset_version_id,
                    list(plan.slices),
                    plan.held_out,
                    plan.trials,
                    plan.stop_rule,
                    frozen,
                    author,
                    created_at or clock.now(),
                ],
            )
            self._db.append(
                "experiment_variants",
                ("experiment_id", "variant_id", "position"),
                [(experiment_id, v, i) for i, v in enumerate(plan.variant_ids)],
            )
            self._db.append(
                "experiment_criteria",
                ("experiment_id", "criterion_id", "number", "position"),
                [(experiment_id, c, n, i) for i, (c, n) in enumerate(frozen_criteria)],
            )
            experiment_text = str(experiment_id)
            self._db.append(
                "experiment_cases",
                ("experiment_id", "case_id"),
                [(experiment_text, c) for c in case_texts],
            )
        return self.get(experiment_id)

    def case_ids(self, experiment_id: UUID) -> list[UUID]:
        """The cases that an experiment froze, in the order of their keys' first appearance."""
        rows = self._db.rows(
            """
            select c.id from experiment_cases x join cases c on c.id = x.case_id
            where x.experiment_id = ? order by c.number
            """,
            [experiment_id],
        )
        return [case_id for (case_id,) in rows]

    def cases(self, experiment_id: UUID) -> list[Case]:
        """The cases that an experiment froze, as `case_ids` has them."""
        rows = self._db.rows(
            f"""
            select {CASE} from experiment_cases x join cases c on c.id = x.case_id
            where x.experiment_id = ? order by c.number
            """,
            [experiment_id],
        )
        return [case_of(row) for row in rows]

    def with_user(self, experiment_id: UUID) -> str | None:
        """The key of the first of its cases that have a user to be played; None where none has."""
        key: str | None = self._db.value(
            """
            select arg_min(c.key, c.number)
            from experiment_cases x join cases c on c.id = x.case_id
            where x.experiment_id = ? and c.simulated_user is not null
            """,
            [experiment_id],
        )
        return key

    def count_cases(self, plan: Plan) -> int:
        """How many cases a plan would take, before it is frozen."""
        return len(self._cases(plan))

    def _cases(self, plan: Plan) -> list[UUID]:
        found = self.chosen(plan.dataset_version_id, plan.slices, plan.held_out)
        wanted = None if plan.case_ids is None else set(plan.case_ids)
        return [case_id for case_id in found if wanted is None or case_id in wanted]

    def chosen(self, version_id: UUID, slices: Sequence[str], held_out: bool | None) -> list[UUID]:
        """The cases of a dataset version with one of these tags (none: all), held out or not
        (None: both), in the order of their numbers."""
        rows = self._db.rows(
            """
            select c.id from dataset_cases m join cases c on c.id = m.case_id
            where m.dataset_version_id = $version
                and (len($slices::varchar[]) = 0 or list_has_any(c.tags, $slices::varchar[]))
                and ($held_out::boolean is null or c.held_out = $held_out::boolean)
            order by c.number
            """,
            {
                "version": version_id,
                "slices": list(slices),
                "held_out": held_out,
            },
        )
        return [case_id for (case_id,) in rows]

    def _newest_versions(self, criterion_ids: tuple[UUID, ...]) -> list[tuple[UUID, int]]:
        newest: dict[UUID, int] = dict(
            self._db.rows(
                """
                select criterion_id, max(number) from criterion_versions
                where criterion_id in (select unnest(?::uuid[])) group by criterion_id
                """,
                [list(criterion_ids)],
            )
        )
        return [(criterion_id, newest[criterion_id]) for criterion_id in criterion_ids]

    def _refuse_without_baseline(self, plan: Plan, criteria: Sequence[tuple[UUID, int]]) -> None:
        """Raise InputError where a criterion compares with a variant, and the plan has it not, or
        has no other."""
        versions = [f"{criterion_id}/{number}" for criterion_id, number in criteria]
        asked = self._db.rows(
            """
            select c.key, v.scorer_settings ->> 'over'
            from criterion_versions v join criteria c on c.id = v.criterion_id
            where concat(v.criterion_id, '/', v.number) in (select unnest(?::varchar[]))
                and v.scorer_kind in (select unnest(?::varchar[]))
            order by c.key
            """,
            [versions, [kind.value for kind in ScorerKind if kind.entry.is_paired]],
        )
        if not asked:
            return
        labels = [variant.label for variant in self._variants.by_id(plan.variant_ids).values()]
        for key, over in asked:
            if over not in labels:
                raise InputError(
                    f"{key} asks what is preferred over {over}, and {over} is not among the "
                    f"variants ({', '.join(sorted(labels))}).",
                    f"Add {over}, leave {key} out, or let {key} name another variant.",
                )
            if len(labels) < 2:
                raise InputError(
                    f"{key} asks what is preferred over {over}, and there is no other variant.",
                    f"Add a variant, or leave {key} out.",
                )

    def _experiments(self, rows: Sequence[Row]) -> list[Experiment]:
        variants = self._variants.by_id({v for *_, of_it, _ in rows for v in of_it or ()})
        return [_experiment(row, variants) for row in rows]


def _experiment(row: Row, known: Mapping[UUID, Variant]) -> Experiment:
    (
        experiment_id,
        feature_id,
        key,
        question,
        purpose,
        version_id,
        dataset,
        dataset_number,
        slices,
        held_out,
        trials,
        stop_rule,
        plan,
        author,
        created_at,
        n_cases,
        variants,
        criteria,
    ) = row
    return Experiment(
        id=experiment_id,
        feature_id=feature_id,
        key=key,
        question=question,
        purpose=Purpose(purpose),
        dataset_version_id=version_id,
        dataset=dataset,
        dataset_number=dataset_number,
        slices=tuple(slices),
        held_out=held_out,
        variants=tuple(known[v] for v in variants or ()),
        criteria=tuple((c, n) for c, n in criteria or ()),
        trials=trials,
        stop_rule=StopRule(stop_rule),
        n_cases=n_cases,
        plan_hash=plan,
        author=author,
        created_at=created_at,
    )
