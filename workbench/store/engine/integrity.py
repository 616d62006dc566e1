"""Whether every reference has its row, and counts and hashes that show a changed file."""

from collections.abc import Callable, Iterable

from workbench.say import count
from workbench.store.engine.database import Database, Row
from workbench.store.seals import holding, quoted

_REFERENCES = (
    ("requirements", "feature_id", "features", "id"),
    ("requirement_revisions", "requirement_id", "requirements", "id"),
    ("requirement_orders", "feature_id", "features", "id"),
    ("revision_evidence", "requirement_id", "requirements", "id"),
    ("criteria", "requirement_id", "requirements", "id"),
    ("criterion_versions", "criterion_id", "criteria", "id"),
    ("datasets", "feature_id", "features", "id"),
    ("dataset_versions", "dataset_id", "datasets", "id"),
    ("cases", "dataset_id", "datasets", "id"),
    ("dataset_cases", "dataset_version_id", "dataset_versions", "id"),
    ("dataset_cases", "case_id", "cases", "id"),
    ("data_plans", "criterion_id", "criteria", "id"),
    ("data_terms", "dataset_id", "datasets", "id"),
    ("prompts", "feature_id", "features", "id"),
    ("prompt_versions", "prompt_id", "prompts", "id"),
    ("variants", "feature_id", "features", "id"),
    ("variants", "prompt_version_id", "prompt_versions", "id"),
    ("variant_endpoints", "variant_id", "variants", "id"),
    ("variant_endpoints", "endpoint_id", "connection_versions", "id"),
    ("player_endpoints", "variant_id", "variants", "id"),
    ("player_endpoints", "endpoint_id", "connection_versions", "id"),
    ("connection_versions", "connection_id", "connections", "id"),
    ("candidates", "feature_id", "features", "id"),
    ("candidates", "variant_id", "variants", "id"),
    ("experiments", "feature_id", "features", "id"),
    ("experiments", "dataset_version_id", "dataset_versions", "id"),
    ("experiment_variants", "variant_id", "variants", "id"),
    ("experiment_criteria", "criterion_id", "criteria", "id"),
    ("experiment_cases", "case_id", "cases", "id"),
    ("experiment_archivings", "experiment_id", "experiments", "id"),
    ("runs", "experiment_id", "experiments", "id"),
    ("run_events", "run_id", "runs", "id"),
    ("run_limits", "run_id", "runs", "id"),
    ("attempts", "run_id", "runs", "id"),
    ("failed_attempts", "attempt_id", "attempts", "id"),
    ("budgets", "feature_id", "features", "id"),
    ("packs", "feature_id", "features", "id"),
    ("trials", "run_id", "runs", "id"),
    ("trials", "variant_id", "variants", "id"),
    ("trials", "case_id", "cases", "id"),
    ("trials", "output", "outputs", "hash"),
    ("trials", "partial", "outputs", "hash"),
    ("trials", "reasoning", "outputs", "hash"),
    ("trials", "transcript", "outputs", "hash"),
    ("turns", "run_id", "runs", "id"),
    ("turns", "variant_id", "variants", "id"),
    ("turns", "case_id", "cases", "id"),
    ("turns", "said", "outputs", "hash"),
    ("turns", "reasoning", "outputs", "hash"),
    ("habits", "connection_id", "connections", "id"),
    ("scores", "trial_id", "trials", "id"),
    ("scores", "criterion_id", "criteria", "id"),
    ("judge_calls", "run_id", "runs", "id"),
    ("judge_calls", "trial_id", "trials", "id"),
    ("judge_calls", "criterion_id", "criteria", "id"),
    ("judge_calls", "reply", "outputs", "hash"),
    ("judge_controls", "id", "judge_calls", "id"),
    ("judge_controls", "output", "outputs", "hash"),
    ("judge_pair_controls", "id", "judge_calls", "id"),
    ("judge_pair_controls", "first", "outputs", "hash"),
    ("judge_pair_controls", "second", "outputs", "hash"),
    ("judge_endpoints", "endpoint_id", "connection_versions", "id"),
    ("pair_preferences", "first_trial", "trials", "id"),
    ("pair_preferences", "second_trial", "trials", "id"),
    ("pair_preferences", "criterion_id", "criteria", "id"),
    ("notes", "trial_id", "trials", "id"),
    ("claims", "experiment_id", "experiments", "id"),
    ("claims", "criterion_id", "criteria", "id"),
    ("claims", "case_id", "cases", "id"),
    ("second_ratings", "criterion_id", "criteria", "id"),
    ("readings", "trial_id", "trials", "id"),
    ("readings", "note_id", "notes", "id"),
    ("readings", "withdraws", "readings", "id"),
    ("note_modes", "note_id", "notes", "id"),
    ("note_modes", "mode_id", "failure_modes", "id"),
    ("failure_modes", "feature_id", "features", "id"),
    ("failure_mode_versions", "mode_id", "failure_modes", "id"),
    ("failure_mode_versions", "criterion_id", "criteria", "id"),
    ("failure_mode_examples", "mode_id", "failure_modes", "id"),
    ("failure_mode_lessons", "mode_id", "failure_modes", "id"),
    ("failure_mode_lessons", "requirement_id", "requirements", "id"),
    ("failure_mode_lessons", "criterion_id", "criteria", "id"),
    ("kept_verdicts", "feature_id", "features", "id"),
    ("kept_verdicts", "run_id", "runs", "id"),
    ("kept_verdicts", "experiment_id", "experiments", "id"),
    ("kept_verdicts", "criterion_id", "criteria", "id"),
    ("kept_verdicts", "variant_id", "variants", "id"),
    ("suggestion_calls", "feature_id", "features", "id"),
    ("suggestion_replies", "call_id", "suggestion_calls", "id"),
    ("suggestion_replies", "reply", "outputs", "hash"),
    ("drafting_rounds", "feature_id", "features", "id"),
    ("drafting_rounds", "call_id", "suggestion_calls", "id"),
    ("drafting_parts", "round_id", "drafting_rounds", "id"),
    ("drafting_parts", "call_id", "suggestion_calls", "id"),
    ("suggestion_answers", "call_id", "suggestion_calls", "id"),
    ("drafting_ideas", "round_id", "drafting_rounds", "id"),
    ("drafting_ideas", "of_id", "drafting_ideas", "id"),
    ("drafting_answers", "idea_id", "drafting_ideas", "id"),
    ("unblindings", "experiment_id", "experiments", "id"),
    ("unblindings", "criterion_id", "criteria", "id"),
    ("unblindings", "case_id", "cases", "id"),
    ("reveals", "experiment_id", "experiments", "id"),
    ("reveals", "criterion_id", "criteria", "id"),
    ("sessions", "feature_id", "features", "id"),
    ("session_ends", "session_id", "sessions", "id"),
    ("pad_notes", "session_id", "sessions", "id"),
    ("session_minutes", "session_id", "sessions", "id"),
)


def orphans(database: Database) -> list[str]:
    """References that lead nowhere, a line each; empty when the file is whole."""
    filled = {table for (table,) in database.rows(holding({table for table, *_ in _REFERENCES}))}
    asked = [reference for reference in _REFERENCES if reference[0] in filled]
    n_lost: dict[str, int] = {}
    for key in {key for *_, key in asked}:
        n_lost |= database.rows(_lost(key, [each for each in asked if each[3] == key]))
    found = [
        f"{table}.{column}: {n_lost[f'{table}.{column}']} without a row in {parent}"
        for table, column, parent, _ in asked
        if f"{table}.{column}" in n_lost
    ]
    lost = database.value(
        """
        select count(*) from (
            select distinct unnest(attachments->>'$[*].sha256') as file from cases
            where attachments is not null
        ) where file not in (select sha256 from attachments)
        """
    )
    if lost:
        found.append(f"cases.attachments: {count(lost, 'file')} without a row in attachments")
    doubled = database.value(
        """
        select count(*) from (
            select 1 from current_trials group by variant_id, case_id, number having count(*) > 1
        )
        """
    )
    if doubled:
        found.append(f"trials: {count(doubled, 'call')} with more than one trial that counts")
    return found


def _lost(key: str, references: Iterable[tuple[str, str, str, str]]) -> str:
    """The query that counts what references by one key have lost. They are looked up together: a
    join for each takes longer to plan than to look."""
    children = " union all ".join(
        f"select '{table}.{column}' as child, '{parent}' as parent, {column} as id from {table} "
        f"where {column} is not null"
        for table, column, parent, _ in references
    )
    parents = " union all ".join(
        f"select '{parent}' as parent, {key} as id from {parent}"
        for parent in sorted({parent for _, _, parent, _ in references})
    )
    return (
        f"select child, count(*) from ({children}) anti join ({parents}) using (parent, id) "
        "group by child"
    )


def sequence(database: Database) -> str:
    """How many commits the file has seen, and what could not be said about it, in words."""
    if database.head is None:
        return "the database counts no commits"
    said = f"nothing that was committed is missing: commit {database.head.sequence:,}"
    if database.head_note:
        said = (
            f"whether recent work is missing can't be said: {database.head_note}; commit "
            f"{database.head.sequence:,} was taken for the newest, and counts from now on"
        )
    return said


def counts(rows: Callable[[str], list[Row]]) -> dict[str, tuple[int, int]]:
    """Rows and a hash of all of them, per table: equal for equal content.

    `rows` runs one query: the open database's, or a copy's.
    """
    tables = rows(
        """
        select table_name from duckdb_tables()
        where database_name = current_database() and schema_name = 'main' order by table_name
        """
    )
    found: dict[str, tuple[int, int]] = {}
    for (table,) in tables:
        ((n_rows, content),) = rows(
            f"select count(*), coalesce(bit_xor(hash(t)), 0) from main.{quoted(table)} t"
        )
        found[table] = (int(n_rows), int(content))
    return found
