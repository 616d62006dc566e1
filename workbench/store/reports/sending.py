"""What tells whether answers were asked for as planned, and judged without what was thought."""

from typing import NamedTuple
from uuid import UUID

from workbench.domain.adaptations import Adaptation
from workbench.store.engine.database import Database

_BEGINS = r"^\s*(<\s*(think|thinking|reasoning|thought)[ >]|\[THINK\]|<\|channel\|>)"


class Adapted(NamedTuple):
    """So many answers of a variant were asked for with this adaptation."""

    variant: str
    adaptation: Adaptation
    answers: int


class SendingReports:
    """What was sent otherwise than planned."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def adapted(self, experiment_id: UUID) -> list[Adapted]:
        """What the servers of an experiment's variants refused, in the variants' order."""
        rows = self._db.rows(
            """
            with mine as (
                select t.variant_id, t.adaptations from current_trials t
                where t.adaptations is not null
                    and t.variant_id in
                        (select variant_id from experiment_variants where experiment_id = $one)
                    and t.case_id in
                        (select case_id from experiment_cases where experiment_id = $one)
            ),
            each_one as (select variant_id, unnest(adaptations) as adaptation from mine)
            select w.label, a.adaptation, count(*)
            from each_one a
            join experiment_variants v on v.variant_id = a.variant_id and v.experiment_id = $one
            join variants w on w.id = a.variant_id
            group by v.position, w.label, a.adaptation order by v.position, a.adaptation
            """,
            {"one": experiment_id},
        )
        return [Adapted(label, Adaptation.parse(text), n) for label, text, n in rows]

    def thoughts_inside(self, experiment_id: UUID) -> int:
        """How many outputs hold thoughts that were judged with them: only those from before
        thoughts were kept apart can (the schema's version 6)."""
        # The few texts that begin so first, and mostly none: a join of all trials takes longer.
        # Said as ranges, what every text begins with tells DuckDB which blocks it need not read.
        begins = self._db.rows(
            r"""
            select hash from outputs
            where (body < '!' or (body >= '<' and body < '=') or (body >= '[' and body < '\'))
                and regexp_matches(left(body, 200), $begins, 'i')
            """,
            {"begins": _BEGINS},
        )
        if not begins:
            return 0
        found: int = self._db.value(
            """
            select count(*)
            from experiment_trials t
            where t.experiment_id = $experiment and t.output in (select unnest($outputs))
                and t.created_at < (select applied_at from schema_migrations where number = 6)
            """,
            {"experiment": experiment_id, "outputs": [hash_ for (hash_,) in begins]},
        )
        return found
