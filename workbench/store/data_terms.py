"""Under which terms datasets may be used. Added to, never changed: the newest counts."""

from uuid import UUID

from workbench.domain import clock
from workbench.domain.data_terms import DataTerms
from workbench.store.engine.database import Database


class AllDataTerms:
    """One set of terms a dataset."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def of(self, feature_id: UUID) -> dict[UUID, DataTerms]:
        """Those of a feature, by dataset; where nothing is said there is none."""
        rows = self._db.rows(
            """
            select t.dataset_id, t.licence, t.basis, t.collected_from, t.expires
            from data_terms t join datasets d on d.id = t.dataset_id
            where d.feature_id = ?
            qualify row_number() over (
                partition by t.dataset_id order by t.written_at desc, t.id desc) = 1
            """,
            [feature_id],
        )
        found = {dataset_id: DataTerms(*rest) for dataset_id, *rest in rows}
        return {dataset_id: terms for dataset_id, terms in found.items() if not terms.is_empty}

    def keep(self, dataset_id: UUID, terms: DataTerms, author: str) -> None:
        """Keep a dataset's terms in the place of those before."""
        self._db.execute(
            """
            insert into data_terms
                (dataset_id, licence, basis, collected_from, expires, author, written_at)
            values (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                dataset_id,
                terms.licence,
                terms.basis,
                terms.collected_from,
                terms.expires,
                author,
                clock.now(),
            ],
        )
