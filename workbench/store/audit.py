"""Evidence held against its checksums: which rows are not as they were written, and whose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from workbench.errors import StoreError
from workbench.say import count, plain
from workbench.store.engine.database import Database
from workbench.store.seals import SEALED, Seals, checksum, quoted

_LISTED = 1_000
"""With more changed rows in a table than this, nobody asks whose each is: all verdicts say so."""
_NAMED = 5
"""How many rows of a table are named."""

_KEYS: Mapping[str, tuple[str, ...]] = {
    "requirement_revisions": ("requirement_id", "number"),
    "revision_evidence": ("requirement_id", "number", "position"),
    "criterion_versions": ("criterion_id", "number"),
    "dataset_versions": ("dataset_id", "number"),
    "dataset_cases": ("dataset_version_id", "case_id"),
    "candidates": ("feature_id", "variant_id"),
    "experiment_variants": ("experiment_id", "variant_id"),
    "experiment_criteria": ("experiment_id", "criterion_id"),
    "experiment_cases": ("experiment_id", "case_id"),
    "outputs": ("hash",),
    "attachments": ("sha256",),
    "scores": ("trial_id", "criterion_id"),
    "pair_preferences": ("first_trial", "second_trial", "criterion_id"),
}
"""What names a row; where nothing is said, its `id`."""

# What each changed row bears on: a requirement, a criterion, a variant and an experiment, null
# where it is any of them. A row that leads nowhere any more bears on everything.
_BEARS_ON: Mapping[str, str] = {
    "requirements": "select id, null, null, null from requirements t",
    "requirement_revisions": "select requirement_id, null, null, null from requirement_revisions t",
    "criteria": "select null, id, null, null from criteria t",
    "criterion_versions": "select null, criterion_id, null, null from criterion_versions t",
    "prompt_versions": """
        select null, null, v.id, null from prompt_versions t
        left join variants v on v.prompt_version_id = t.id""",
    "variants": "select null, null, id, null from variants t",
    "datasets": """
        select null, null, null, e.id from datasets t
        left join dataset_versions d on d.dataset_id = t.id
        left join experiments e on e.dataset_version_id = d.id""",
    "dataset_versions": """
        select null, null, null, e.id from dataset_versions t
        left join experiments e on e.dataset_version_id = t.id""",
    "cases": """
        select null, null, null, x.experiment_id from cases t
        left join experiment_cases x on x.case_id = t.id""",
    "attachments": """
        select null, null, null, x.experiment_id from attachments t
        left join (
            select id, unnest(attachments->>'$[*].sha256') as file from cases
            where attachments is not null
        ) c on c.file = t.sha256
        left join experiment_cases x on x.case_id = c.id""",
    "experiments": "select null, null, null, id from experiments t",
    "experiment_variants": "select null, null, null, experiment_id from experiment_variants t",
    "experiment_criteria": "select null, null, null, experiment_id from experiment_criteria t",
    "experiment_cases": "select null, null, null, experiment_id from experiment_cases t",
    "runs": "select null, null, null, experiment_id from runs t",
    "outputs": """
        select null, null, r.variant_id, null from outputs t
        left join (
            select variant_id, unnest([output, partial, reasoning, transcript]) as hash
            from trials
            union all select variant_id, unnest([said, reasoning]) from turns
        ) r on r.hash = t.hash""",
    "trials": "select null, null, variant_id, null from trials t",
    "turns": "select null, null, variant_id, null from turns t",
    "scores": """
        select null, t.criterion_id, r.variant_id, null from scores t
        left join trials r on r.id = t.trial_id""",
    "judge_controls": """
        select null, j.criterion_id, null, null from judge_controls t
        left join judge_calls j on j.id = t.id""",
    "judge_pair_controls": """
        select null, j.criterion_id, null, null from judge_pair_controls t
        left join judge_calls j on j.id = t.id""",
}
_BESIDE = {
    "notes",
    "revision_evidence",
    "candidates",
    "dataset_cases",
    "prompts",
    "judge_calls",
    "pair_preferences",
}
"""Tables that no verdict is counted from."""

WAY_OUT = (
    "Restore a backup from before (python -m workbench restore BACKUP), or leave out what rests on "
    "them (python -m workbench doctor --leave-out-changed). Look at the disk, and at what else "
    "opens this file. `python -m workbench doctor` names the rows."
)

Place = tuple[UUID | None, UUID | None, UUID | None, UUID | None]
_ANYTHING: Place = (None, None, None, None)


class Altered(NamedTuple):
    """The rows of one table that are not as they were written: how many were changed or put there
    by another program, which (the first few, by their key), and how many are gone. `row_ids` are
    DuckDB's own, and true until something is written."""

    table: str
    changed: int
    keys: tuple[str, ...]
    gone: int
    row_ids: tuple[int, ...] = ()

    def sentence(self) -> str:
        """What is wrong, for people."""
        said = []
        if self.changed:
            more = self.changed - len(self.keys)
            which = "; ".join(self.keys) + (f"; and {more:,} more" if more > 0 else "")
            was = "was" if self.changed == 1 else "were"
            said.append(
                f"{count(self.changed, 'row')} {was} changed since written, or put there by "
                f"another program ({which})"
            )
        if self.gone:
            said.append(f"{count(self.gone, 'row')} {'is' if self.gone == 1 else 'are'} gone")
        return f"{self.table}: {', and '.join(said)}"


@dataclass(frozen=True)
class Audit:
    """What was found in all tables of evidence; `bears_on` says what of it verdicts rest on."""

    rows: int
    since: datetime | None = None
    altered: tuple[Altered, ...] = ()
    bears_on: frozenset[Place] = frozenset()

    @property
    def is_whole(self) -> bool:
        """Whether every row is as it was written."""
        return not self.altered

    def concerns(
        self, requirement: UUID, criterion: UUID, variant: UUID | None, experiment: UUID | None
    ) -> bool:
        """Whether a verdict's own rows are among those that were changed."""
        place = (requirement, criterion, variant, experiment)
        return any(
            all(a is None or a == b for a, b in zip(row, place, strict=True))
            for row in self.bears_on
        )

    def sentences(self) -> list[str]:
        """A line for each table that is not whole."""
        return [one.sentence() for one in self.altered]

    def refuse(self, what: str) -> None:
        """Raises StoreError where a decision would rest on rows that are not as they were."""
        if self.altered:
            raise StoreError(
                f"{what} would rest on evidence that was changed since it was written. "
                f"{'. '.join(self.sentences())}.",
                WAY_OUT,
            )

    def cautions(self) -> list[str]:
        """What a document that shows verdicts must say of the rows that they come from."""
        return [f"evidence was changed since it was written: {said}" for said in self.sentences()]


class Audits:
    """Looks at the evidence, once while nothing but this program can have changed it."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._known: tuple[int, Audit] | None = None

    def latest(self) -> Audit:
        """What was found when the rows were last read from a file that was not ours alone."""
        at = self._db.rewrites
        if self._db.is_inside():
            # What a transaction has added has its checksum when it ends.
            return self._known[1] if self._known is not None else Audit(0)
        if self._known is None or self._known[0] != at:
            self._known = (at, self.now())
        return self._known[1]

    def now(self) -> Audit:
        """Hold every row of evidence against its checksum. Raises StoreError."""
        with self._db.paused():
            return self._looked()

    def _looked(self) -> Audit:
        seals = self._db.seals
        if seals is None:
            return Audit(0)
        sealed: dict[str, dict[str, tuple[int, int]]] = {}
        for table, columns, n_rows, together in self._db.rows(
            """
            select table_name, columns, count(checksum), coalesce(bit_xor(checksum), 0)
            from (
                select table_name, columns, unnest(checksums) as checksum
                from seals where made_by = ?
            )
            group by table_name, columns
            """,
            [seals.made_by],
        ):
            sealed.setdefault(table, {})[columns] = (n_rows, together)
        n_all, altered, bears_on = 0, [], set[Place]()
        sums = self._sums(seals)
        for table, columns in seals.layouts.items():
            n_rows, together = sums[table]
            n_all += n_rows
            known = sealed.get(table, {})
            if known == ({",".join(columns): (n_rows, together)} if n_rows else {}):
                continue
            found, places = self._closely(table, list(known), seals)
            if found is not None:
                altered.append(found)
                bears_on |= places
        since = self._db.value("select min(created_at) from seals")
        return Audit(n_all, since, tuple(altered), frozenset(bears_on))

    def _sums(self, seals: Seals) -> dict[str, tuple[int, int]]:
        """How many rows each table has, and all their checksums in one: equal where nothing
        changed. In one statement: most tables are read in less time than a statement takes."""
        rows = self._db.rows(
            " union all ".join(
                f"select '{table}', count(*), coalesce(bit_xor({checksum(columns)}), 0) "
                f"from {quoted(table)}"
                for table, columns in seals.layouts.items()
            )
        )
        return {table: (int(n_rows), int(together)) for table, n_rows, together in rows}

    def _closely(
        self, table: str, layouts: Sequence[str], seals: Seals
    ) -> tuple[Altered | None, set[Place]]:
        """Which rows have no checksum, and how many checksums have no row."""
        there = set(seals.layouts[table]) | set(SEALED[table])
        usable = [text for text in layouts if set(text.split(",")) <= there]
        given = {f"columns_{i}": text for i, text in enumerate(usable)}
        mine = {"table": table, "made_by": seals.made_by}
        sealed = """
            (select unnest(checksums) as sealed from seals
            where table_name = $table and made_by = $made_by and columns = $columns_"""
        unsealed = " ".join(
            f"anti join {sealed}{i}) s{i} on s{i}.sealed = {checksum(text.split(','))}"
            for i, text in enumerate(usable)
        )
        keys = _KEYS.get(table, ("id",))
        names = ", ".join(f"t.{quoted(key)}" for key in keys)
        rows = self._db.rows(
            f"select t.rowid, {names} from {quoted(table)} t {unsealed} order by 1",
            {**mine, **given} if usable else {},
        )
        n_gone = -len(rows)
        for i, text in enumerate(usable):
            n_gone += self._db.value(
                f"""
                select count(*) from (select distinct sealed from {sealed}{i})) s
                anti join {quoted(table)} t on s.sealed = {checksum(text.split(","))}
                """,
                {**mine, f"columns_{i}": text},
            )
        if not rows and n_gone <= 0:
            return None, set()
        named = tuple(
            ", ".join(
                f"{key} {plain(str(value))}" for key, value in zip(keys, row[1:], strict=True)
            )
            for row in rows[:_NAMED]
        )
        row_ids = tuple(row[0] for row in rows)
        found = Altered(table, len(rows), named, max(0, n_gone), row_ids)
        if len(rows) > _LISTED and table not in _BESIDE:
            return found, {_ANYTHING}
        return found, bearing(self._db, found)


def bearing(database: Database, found: Altered) -> set[Place]:
    """What verdicts rest on these rows of a table: nothing where none is counted from it, any
    where some are gone, because nothing tells whose they were."""
    if found.table in _BESIDE:
        return set()
    if found.gone:
        return {_ANYTHING}
    return {
        (*row,)
        for row in database.rows(
            f"select distinct * from ({_BEARS_ON[found.table]} "
            "where t.rowid in (select unnest(?::bigint[])))",
            [list(found.row_ids)],
        )
    }
