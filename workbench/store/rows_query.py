"""The query behind a verdict, to be run again by an engineer in any DuckDB shell."""

from collections.abc import Sequence
from uuid import UUID


def rows_query(
    experiment_id: UUID, variant_id: UUID, criterion_id: UUID, scorer: str, slices: Sequence[str]
) -> str:
    """Every trial that a verdict rests on, with its outcome: SQL for a copy of the database.

    One row per trial that counts; `cluster` is the same for cases of one group, or with one input.
    """
    tags = ", ".join(_quoted(tag) for tag in slices)
    where = f"\n  and list_has_any(c.tags, [{tags}])" if slices else ""
    return (
        "select c.cluster, c.key, t.number as trial,\n"
        "  coalesce(s.outcome, 'unscored') as outcome\n"
        "from experiment_trials t\n"
        "join cases c on c.id = t.case_id\n"
        f"left join outcomes_of({_quoted(str(criterion_id))}::uuid,\n"
        f"  {_quoted(scorer)}) s on s.trial_id = t.id\n"
        f"where t.experiment_id = {_quoted(str(experiment_id))}\n"
        f"  and t.variant_id = {_quoted(str(variant_id))}{where}\n"
        "order by c.number, t.number"
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
