"""Read models for the Overview and Settings: the features at a glance, a run's start, the file."""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from workbench.store.engine.database import Database
from workbench.store.seals import literal, quoted

if TYPE_CHECKING:
    import pandas as pd


class FeatureCounts(NamedTuple):
    """What one feature holds, for the list of features."""

    requirements: int
    cases: int
    outputs: int


class HomeReports:
    """What the Overview and Settings read beyond one feature."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def features(self) -> dict[UUID, FeatureCounts]:
        """What each feature that is not archived holds."""
        rows = self._db.rows(
            """
            select f.id,
                (select count(*) from requirements r
                    where r.feature_id = f.id and r.archived_at is null),
                (select count(*) from dataset_cases m where m.dataset_version_id in (
                    select arg_max(v.id, v.number) from dataset_versions v
                    join datasets d on d.id = v.dataset_id
                    where d.feature_id = f.id group by d.id)),
                (select count(t.output) from trials t join variants v on v.id = t.variant_id
                    where v.feature_id = f.id)
            from features f where f.archived_at is null
            """
        )
        return {feature_id: FeatureCounts(*counts) for feature_id, *counts in rows}

    def running_since(self, run_id: UUID) -> datetime | None:
        """When a run last began to ask: its start, or its resumption."""
        found: datetime | None = self._db.value(
            "select max(created_at) from run_events where run_id = ? and state = 'running'",
            [run_id],
        )
        return found

    def tables(self) -> "pd.DataFrame":
        """The tables of the file and how many rows each has: table, rows."""
        names = self._db.rows(
            """
            select table_name from duckdb_tables()
            where database_name = current_database() and schema_name = 'main'
            order by table_name
            """
        )
        # A table cannot be a parameter, and whoever opens the file may add one of any name.
        counts = " union all ".join(
            f'select {literal(name)} as "table", count(*) as rows from main.{quoted(name)}'
            for (name,) in names
        )
        return self._db.frame(f'select * from ({counts}) order by rows desc, "table"')

    def changes(self, feature_id: UUID, limit: int = 8) -> "pd.DataFrame":
        """What changed lately: created_at, author, kind, what, why."""
        return self._db.frame(
            """
            select * from (
                select v.created_at, v.author, 'requirement' as kind,
                    r.key || ' revision ' || v.number as what, v.why
                from requirement_revisions v join requirements r on r.id = v.requirement_id
                where r.feature_id = $feature
                union all
                select v.created_at, v.author, 'criterion', c.key || ' version ' || v.number,
                    coalesce(nullif(v.why, ''), v.title)
                from criterion_versions v join criteria c on c.id = v.criterion_id
                join requirements r on r.id = c.requirement_id where r.feature_id = $feature
                union all
                select c.archived_at, c.archived_by, 'criterion', c.key || ' put away',
                    c.archived_why
                from criteria c join requirements r on r.id = c.requirement_id
                where r.feature_id = $feature and c.archived_at is not null
                union all
                select archived_at, archived_by, 'requirement', key || ' put away', archived_why
                from requirements where feature_id = $feature and archived_at is not null
                union all
                select v.created_at, v.author, 'dataset', d.name || ' version ' || v.number, v.note
                from dataset_versions v join datasets d on d.id = v.dataset_id
                where d.feature_id = $feature
                union all
                select v.created_at, v.author, 'prompt', p.name || ' version ' || v.number, v.note
                from prompt_versions v join prompts p on p.id = v.prompt_id
                where p.feature_id = $feature
                union all
                select r.created_at, r.author, 'run', e.key || ' was run', e.question
                from runs r join experiments e on e.id = r.experiment_id
                where e.feature_id = $feature and e.purpose = 'experiment'
                union all
                select c.created_at, c.author, 'candidate', 'Variant ' || v.label || ' chosen',
                    c.why
                from candidates c join variants v on v.id = c.variant_id
                where c.feature_id = $feature
            ) order by created_at desc, what desc limit $limit
            """,
            {"feature": feature_id, "limit": limit},
        )
