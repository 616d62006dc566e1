"""Read models for the Overview and Settings: the features at a glance, a run's start, the file."""

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
