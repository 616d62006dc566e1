"""Datasets, their versions and their cases. A case never changes: an edit makes another one."""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from workbench.domain import (
    attachments,
    clock,
    conversations,
    simulated_users,
    tool_replies,
    values,
)
from workbench.domain.datasets import Case, CaseDraft, DatasetVersion, checked
from workbench.domain.fingerprint import canonical
from workbench.domain.values import Value
from workbench.errors import Conflict, NotFound
from workbench.say import count
from workbench.store.engine.database import Database, Row
from workbench.store.keys import new_id_text

_VERSION = """
    v.id, v.dataset_id, d.name, v.number, v.note, v.author, v.created_at,
    (select count(*) from dataset_cases m where m.dataset_version_id = v.id)
"""
CASE = """
    c.id, c.dataset_id, c.key, c.number, c.variables, c.reference, c.reference_parts, c.tags,
    c.source, c.held_out, c.group_name, c.messages, c.attachments, c.tool_replies,
    c.simulated_user
"""
"""What `case_of` reads, of cases c."""
_CASE_COLUMNS = (
    *("id", "dataset_id", "key", "number", "variables", "reference", "reference_parts", "tags"),
    *("source", "held_out", "content", "input", "group_name", "cluster", "created_at", "messages"),
    *("attachments", "tool_replies", "simulated_user"),
)


class Span(NamedTuple):
    """A case and the versions that held it: from `since`, through `until` (None: still)."""

    case: Case
    since: int
    until: int | None


class Datasets:
    """What the features will meet."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def of(self, feature_id: UUID) -> list[DatasetVersion]:
        """A feature's datasets, each at its newest version, oldest dataset first."""
        rows = self._db.rows(
            f"""
            select {_VERSION}
            from datasets d join dataset_versions v on v.dataset_id = d.id
            where d.feature_id = ?
            qualify v.number = max(v.number) over (partition by d.id)
            order by d.rowid
            """,
            [feature_id],
        )
        return [DatasetVersion(*row) for row in rows]

    def version(self, version_id: UUID) -> DatasetVersion:
        """One version. Raises NotFound."""
        row = self._db.row(
            """
            select v.id, v.dataset_id, d.name, v.number, v.note, v.author, v.created_at,
                (select count(*) from dataset_cases where dataset_version_id = $version)
            from dataset_versions v join datasets d on d.id = v.dataset_id where v.id = $version
            """,
            {"version": version_id},
        )
        if row is None:
            raise NotFound("This dataset version is not in the database.", "Choose another one.")
        return DatasetVersion(*row)

    def versions(self, dataset_id: UUID) -> list[DatasetVersion]:
        """Every version of a dataset, oldest first."""
        rows = self._db.rows(
            f"""
            select {_VERSION}
            from dataset_versions v join datasets d on d.id = v.dataset_id
            where v.dataset_id = ? order by v.number
            """,
            [dataset_id],
        )
        return [DatasetVersion(*row) for row in rows]

    def cases(self, version_id: UUID) -> list[Case]:
        """The cases of a version, in the order in which their keys first appeared."""
        rows = self._db.rows(
            f"""
            select {CASE} from dataset_cases m join cases c on c.id = m.case_id
            where m.dataset_version_id = ? order by c.number
            """,
            [version_id],
        )
        return [case_of(row) for row in rows]

    def page(
        self,
        version_id: UUID,
        *,
        search: str = "",
        tags: Sequence[str] = (),
        only: str = "",
        offset: int = 0,
        limit: int = 100,
    ) -> tuple[list[Case], int]:
        """Some of a version's cases, and how many there are in all.

        `search` looks into keys, variables, references, sources and groups, whatever their case;
        a case needs one of the `tags`; `only` is "held out" or "no reference", or empty.
        """
        rows = self._db.rows(
            f"""
            select {CASE}, count(*) over ()
            from dataset_cases m join cases c on c.id = m.case_id
            where m.dataset_version_id = $version
                and contains(lower(concat_ws(' ', c.key, c.variables::varchar, c.reference,
                    c.source, c.group_name, c.messages::varchar, c.attachments->>'$[*].name',
                    c.tool_replies::varchar, c.simulated_user::varchar)), lower($search))
                and (len($tags::varchar[]) = 0 or list_has_any(c.tags, $tags::varchar[]))
                and ($only != 'held out' or c.held_out)
                and ($only != 'no reference' or c.reference is null)
            order by c.number limit $limit offset $offset
            """,
            {
                "version": version_id,
                "search": search.strip(),
                "tags": list(tags),
                "only": only,
                "limit": limit,
                "offset": offset,
            },
        )
        return [case_of(row[:-1]) for row in rows], rows[0][-1] if rows else 0

    def case(self, case_id: UUID) -> Case:
        """One case. Raises NotFound."""
        row = self._db.row(f"select {CASE} from cases c where c.id = ?", [case_id])
        if row is None:
            raise NotFound("This case is not in the database.", "Choose another one.")
        return case_of(row)

    def these(self, case_ids: Collection[UUID]) -> dict[UUID, Case]:
        """Some cases, by id."""
        rows = self._db.rows(
            f"select {CASE} from cases c where c.id in (select unnest(?::uuid[]))",
            [list(case_ids)],
        )
        return {case.id: case for case in map(case_of, rows)}

    def spans(self, dataset_id: UUID) -> list[Span]:
        """Every case a dataset ever held, with the versions that held it."""
        numbers = [version.number for version in self.versions(dataset_id)]
        rows = self._db.rows(
            f"""
            select {CASE}, list(v.number order by v.number)
            from cases c
            join dataset_cases m on m.case_id = c.id
            join dataset_versions v on v.id = m.dataset_version_id
            where c.dataset_id = ? group by all
            """,
            [dataset_id],
        )
        spans: list[Span] = []
        for row in rows:
            held = set(row[-1])
            since: int | None = None
            for number in (*numbers, None):
                if number in held:
                    since = number if since is None else since
                elif since is not None:
                    until = None if number is None else number - 1
                    spans.append(Span(case_of(row[:-1]), since, until))
                    since = None
        return sorted(spans, key=lambda span: (span.case.number, span.since))

    def add(
        self, feature_id: UUID, name: str, cases: Iterable[CaseDraft], author: str, note: str = ""
    ) -> DatasetVersion:
        """Keep a new dataset at version 1."""
        with self._db.transaction():
            dataset_id = self.new(feature_id, name)
            return self.save(dataset_id, cases, 0, author, note or "First version")

    def new(self, feature_id: UUID, name: str) -> UUID:
        """An empty dataset, for the versions that follow. Returns its id."""
        with self._db.transaction():
            dataset_id: UUID = self._db.value(
                """
                insert into datasets (feature_id, name, created_at) values (?, ?, ?)
                returning id
                """,
                [feature_id, name.strip() or "Cases", clock.now()],
            )
        return dataset_id

    def save(
        self,
        dataset_id: UUID,
        cases: Iterable[CaseDraft],
        based_on: int,
        author: str,
        note: str,
        created_at: datetime | None = None,
    ) -> DatasetVersion:
        """Add a version after number `based_on`; cases that did not change keep their identity.

        Raises InputError for unusable cases, Conflict when a newer version exists. A save that
        changes nothing returns the version that is there. Variables of versions before the last
        rule about their names may stay.
        """
        tidy = checked(cases, self._names(dataset_id) if based_on else ())
        with self._db.transaction():
            newest_id: UUID | None = self._db.value(
                "select arg_max(id, number) from dataset_versions where dataset_id = ?",
                [dataset_id],
            )
            newest = None if newest_id is None else self.version(newest_id)
            if (newest.number if newest else 0) != based_on:
                assert newest is not None
                raise Conflict(
                    f"{newest.author or 'Somebody'} saved version {newest.number} of "
                    f"“{newest.name}” while you were editing version {based_on}.",
                    mine=count(len(tidy), "case"),
                    theirs=f"{count(newest.n_cases, 'case')}: {newest.note}",
                    hint="Your edits are kept as a draft: load the new version and apply them.",
                )
            known = {
                (key, content): case_id
                for case_id, key, content in self._db.rows(
                    "select id::varchar, key, content from cases where dataset_id = ?",
                    [dataset_id],
                )
            }
            ids, fresh = self._sort_out(dataset_id, tidy, known)
            if newest is not None and set(ids) == self._held(newest.id):
                return newest
            self._db.append("cases", _CASE_COLUMNS, fresh)
            version_id: UUID = self._db.value(
                """
                insert into dataset_versions (dataset_id, number, note, author, created_at)
                values (?, ?, ?, ?, ?) returning id
                """,
                [dataset_id, based_on + 1, note, author, created_at or clock.now()],
            )
            version_text = str(version_id)
            self._db.append(
                "dataset_cases",
                ("dataset_version_id", "case_id"),
                [(version_text, case_id) for case_id in ids],
            )
        return self.version(version_id)

    def _names(self, dataset_id: UUID) -> list[str]:
        """What the variables of its newest version are called."""
        rows = self._db.rows(
            """
            select distinct unnest(json_keys(c.variables))
            from dataset_cases m join cases c on c.id = m.case_id
            where m.dataset_version_id = (
                select arg_max(id, number) from dataset_versions where dataset_id = ?
            )
            """,
            [dataset_id],
        )
        return [name for (name,) in rows]

    def _held(self, version_id: UUID) -> set[str]:
        rows = self._db.rows(
            "select case_id::varchar from dataset_cases where dataset_version_id = ?",
            [version_id],
        )
        return {case_id for (case_id,) in rows}

    def _sort_out(
        self,
        dataset_id: UUID,
        drafts: Sequence[CaseDraft],
        known: dict[tuple[str, str], str],
    ) -> tuple[list[str], list[Row]]:
        numbers: dict[str, int] = dict(
            self._db.rows(
                "select key, min(number) from cases where dataset_id = ? group by key",
                [dataset_id],
            )
        )
        ids: list[str] = []
        fresh: list[Row] = []
        now, dataset_text = clock.now(), str(dataset_id)
        for draft in drafts:
            content = draft.fingerprint()
            found = known.get((draft.key, content))
            if found is None:
                found = new_id_text()
                number = numbers.setdefault(draft.key, len(numbers) + 1)
                fresh.append(
                    (
                        found,
                        dataset_text,
                        draft.key,
                        number,
                        canonical(draft.variables),
                        None if draft.reference is None else values.text(draft.reference),
                        _parts(draft.reference),
                        list(draft.tags),
                        draft.source,
                        draft.held_out,
                        content,
                        draft.input_fingerprint(),
                        draft.group,
                        draft.cluster(),
                        now,
                        canonical(conversations.plain(draft.messages)) if draft.messages else None,
                        canonical(attachments.plain(draft.attachments))
                        if draft.attachments
                        else None,
                        json.dumps(tool_replies.plain(draft.tool_replies), ensure_ascii=False)
                        if draft.tool_replies
                        else None,
                        simulated_users.dump(draft.user),
                    )
                )
            ids.append(found)
        return ids, fresh


def _parts(reference: Value | None) -> str | None:
    return None if reference is None or values.is_text(reference) else canonical(reference)


def case_of(row: Row) -> Case:
    """A case from the columns of `CASE`."""
    case_id, dataset_id, key, number, variables, reference, parts, tags, *rest = row
    source, held_out, group, said, files, replies, user = rest
    given = json.loads(variables), reference if parts is None else json.loads(parts)
    of = *(case_id, dataset_id, key, number), *given, tuple(tags), source, held_out, group
    told = tool_replies.load(replies)
    more = conversations.load(said), attachments.load(files), told
    return Case(*of, *more, simulated_users.load(user))
