"""Which cases are fresh: those whose input, and group, nobody had an answer to at a moment.

A case is fresh by what is asked, not by its key: the same text under another key was seen.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from workbench.store.engine.database import Database

_MANY_SEEN = 0.1
"""Share of an experiment's inputs that makes a variant one of those that were tried on them."""

_MINE = """
    mine as (
        select x.case_id, c.input, c.group_name, c.tags
        from experiment_cases x join cases c on c.id = x.case_id
        where x.experiment_id = $experiment
    )"""

_ANSWERED = """
    answered as (
        select t.variant_id, t.case_id
        from trials t where t.created_at < $moment and t.failure is null
        group by t.variant_id, t.case_id
    ),
    inputs as (
        select a.variant_id, c.input, c.group_name
        from answered a
        join cases c on c.id = a.case_id
        join datasets d on d.id = c.dataset_id
        where d.feature_id = (select feature_id from experiments where id = $experiment)
    )"""


class Freshness:
    """What had been answered before."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def seen(self, experiment_id: UUID, moment: datetime, slices: Sequence[str] = ()) -> int:
        """How many of an experiment's cases with these tags (all) had an answer before a moment:
        to their input, or to another one of their group, whatever the case and the variant."""
        found: int = self._db.value(
            f"""
            with {_MINE}, {_ANSWERED}
            select count(*) from mine
            where (len($slices::varchar[]) = 0 or list_has_any(tags, $slices::varchar[]))
                and (
                    input in (select input from inputs)
                    or (group_name <> '' and group_name in (select group_name from inputs))
                )
            """,
            {"experiment": experiment_id, "moment": moment, "slices": list(slices)},
        )
        return found

    def tried(self, experiment_id: UUID, moment: datetime) -> set[UUID]:
        """The variants that had answered a tenth of an experiment's inputs (or others of their
        groups) before a moment: those that a choice could be made from."""
        rows = self._db.rows(
            f"""
            with {_MINE}, {_ANSWERED}
            select variant_id from inputs
            where input in (select input from mine)
                or (group_name <> '' and group_name in (select group_name from mine))
            group by variant_id
            having count(distinct input)
                >= greatest(1, $share * (select count(distinct input) from mine))
            """,
            {"experiment": experiment_id, "moment": moment, "share": _MANY_SEEN},
        )
        return {variant_id for (variant_id,) in rows}
