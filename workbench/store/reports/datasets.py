"""Read models for the Data page: what a dataset version holds, counted by DuckDB."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from workbench.domain.dataset_changes import Changes
from workbench.store.engine.database import Database

if TYPE_CHECKING:
    import pandas as pd


class Overview(NamedTuple):
    """A version in numbers. `inputs` counts cases with one input once, `groups` those that cases
    are said to share."""

    cases: int
    inputs: int
    groups: int
    held_out: int
    without_reference: int
    untagged: int


class Covered(NamedTuple):
    """The cases that a criterion looks at; `clusters` counts cases with one input, or of one
    group, once."""

    cases: int
    clusters: int


class HeldOut(NamedTuple):
    """What became of a version's held-out cases: how many there are, how many of them share their
    input or group with a case that is shown to whoever tunes a prompt, and how many experiments
    have asked about some of them."""

    cases: int
    leaked: int
    used_by: int


class Ages(NamedTuple):
    """When a version's cases came into their dataset: first, the one in the middle, last."""

    oldest: datetime
    middle: datetime
    newest: datetime


class DatasetReports:
    """What the Data page reads."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def overview(self, version_id: UUID) -> Overview:
        """The version's counts."""
        row = self._db.row(
            """
            select count(*), count(distinct c.input),
                count(distinct c.group_name) filter (c.group_name <> ''),
                count(*) filter (c.held_out),
                count(*) filter (c.reference is null), count(*) filter (len(c.tags) = 0)
            from dataset_cases m join cases c on c.id = m.case_id
            where m.dataset_version_id = ?
            """,
            [version_id],
        )
        assert row is not None
        return Overview(*row)

    def covered(self, version_id: UUID, slices: Sequence[str]) -> Covered:
        """The cases with at least one of these tags; all of them where none is given."""
        row = self._db.row(
            """
            select count(*), count(distinct c.cluster)
            from dataset_cases m join cases c on c.id = m.case_id
            where m.dataset_version_id = $version
                and (len($slices::varchar[]) = 0 or list_has_any(c.tags, $slices::varchar[]))
            """,
            {"version": version_id, "slices": list(slices)},
        )
        assert row is not None
        return Covered(*row)

    def held_out(self, feature_id: UUID, version_id: UUID) -> HeldOut:
        """Whether a version's held-out cases are still fit to confirm something."""
        row = self._db.row(
            """
            with held as (
                select c.id, c.cluster
                from dataset_cases m join cases c on c.id = m.case_id
                where m.dataset_version_id = $version and c.held_out
            ),
            open as (
                select distinct c.cluster
                from datasets d join cases c on c.dataset_id = d.id
                where d.feature_id = $feature and not c.held_out
            )
            select count(*), count(*) filter (cluster in (select cluster from open)), (
                select count(distinct r.experiment_id)
                from trials t join runs r on r.id = t.run_id
                where t.case_id in (select id from held) and t.output is not null
            )
            from held
            """,
            {"feature": feature_id, "version": version_id},
        )
        assert row is not None
        return HeldOut(*row)

    def sources(self, version_id: UUID) -> "pd.DataFrame":
        """Where the cases come from: source, cases."""
        return self._db.frame(
            """
            select c.source, count(*)::integer as cases
            from dataset_cases m join cases c on c.id = m.case_id
            where m.dataset_version_id = ?
            group by c.source order by cases desc, c.source
            """,
            [version_id],
        )

    def ages(self, version_id: UUID) -> Ages | None:
        """How long the cases have been here as they are: since the first version that held them.
        None for a version without cases."""
        row = self._db.row(
            """
            with kept as (
                select min(v.created_at) as since
                from dataset_cases m
                join dataset_cases held on held.case_id = m.case_id
                join dataset_versions v on v.id = held.dataset_version_id
                where m.dataset_version_id = ?
                group by m.case_id
            )
            select min(since), quantile_disc(since, 0.5), max(since) from kept having count(*) > 0
            """,
            [version_id],
        )
        return None if row is None else Ages(*row)

    def tag_counts(self, dataset_version_id: UUID) -> "pd.DataFrame":
        """The tags of a dataset version: tag, cases, held_out."""
        return self._db.frame(
            """
            select unnest(c.tags) as tag, count(*)::integer as cases,
                count(*) filter (c.held_out)::integer as held_out
            from dataset_cases m join cases c on c.id = m.case_id
            where m.dataset_version_id = ? group by tag order by cases desc, tag
            """,
            [dataset_version_id],
        )

    def tags(self, version_id: UUID) -> list[str]:
        """The version's tags, in alphabetical order."""
        rows = self._db.rows(
            """
            select distinct unnest(c.tags) as tag
            from dataset_cases m join cases c on c.id = m.case_id
            where m.dataset_version_id = ? order by tag
            """,
            [version_id],
        )
        return [str(tag) for (tag,) in rows]

    def has_users(self, feature_id: UUID) -> bool:
        """Whether any case of a feature, of whatever version, has a user to be played."""
        return bool(
            self._db.value(
                """
                select exists(
                    select 1 from cases c join datasets d on d.id = c.dataset_id
                    where d.feature_id = ? and c.simulated_user is not null)
                """,
                [feature_id],
            )
        )

    def has_conversations(self, version_id: UUID) -> bool:
        """Whether some case of a version goes on with a conversation."""
        found = self._db.value(
            """
            select exists(
                select 1 from dataset_cases m join cases c on c.id = m.case_id
                where m.dataset_version_id = ? and c.messages is not null
            )
            """,
            [version_id],
        )
        return bool(found)

    def has_attachments(self, version_id: UUID) -> bool:
        """Whether some case of a version attaches a file."""
        found = self._db.value(
            """
            select exists(
                select 1 from dataset_cases m join cases c on c.id = m.case_id
                where m.dataset_version_id = ? and c.attachments is not null
            )
            """,
            [version_id],
        )
        return bool(found)

    def variables(self, version_id: UUID) -> list[str]:
        """The names of the variables that any case of the version has."""
        rows = self._db.rows(
            """
            select distinct unnest(json_keys(c.variables)) as name
            from dataset_cases m join cases c on c.id = m.case_id
            where m.dataset_version_id = ? order by name
            """,
            [version_id],
        )
        return [str(name) for (name,) in rows]

    def changes(self, dataset_id: UUID) -> dict[int, Changes]:
        """What each version of a dataset changed, by its number; the first one added all."""
        rows = self._db.rows(
            """
            with held as (
                select v.number, c.key, c.id, c.number as position
                from dataset_versions v
                join dataset_cases m on m.dataset_version_id = v.id
                join cases c on c.id = m.case_id
                where v.dataset_id = $dataset
            ),
            newest as (select max(number) as number from dataset_versions
                where dataset_id = $dataset)
            select coalesce(later.number, earlier.number + 1) as number,
                coalesce(later.key, earlier.key) as key,
                case when earlier.id is null then 'added' when later.id is null then 'removed'
                    else 'edited' end as change
            from held later
            full join held earlier on earlier.number + 1 = later.number
                and earlier.key = later.key
            where later.id is distinct from earlier.id
                and (later.id is not null or earlier.number < (select number from newest))
            order by coalesce(later.position, earlier.position)
            """,
            {"dataset": dataset_id},
        )
        keys: dict[int, dict[str, list[str]]] = {}
        for number, key, change in rows:
            keys.setdefault(number, {}).setdefault(change, []).append(key)
        return {
            number: Changes(
                tuple(found.get("added", ())),
                tuple(found.get("removed", ())),
                tuple(found.get("edited", ())),
            )
            for number, found in keys.items()
        }
