"""Trials: what every call brought, an output or an error. Added to, never overwritten."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from workbench.domain import clock, transcripts
from workbench.domain.trials import PlannedCall, Trial
from workbench.errors import CallFailure, NotFound
from workbench.store.courses import GROUP_PLACE, PLACE
from workbench.store.engine.database import Database, Row

STORED = (
    "id",
    "run_id",
    "variant_id",
    "case_id",
    "number",
    "request",
    "attempts",
    "output",
    "failure",
    "message",
    "finish_reason",
    "model",
    "latency_ms",
    "first_token_ms",
    "input_tokens",
    "output_tokens",
    "cost",
    "supersedes",
    "started_at",
    "created_at",
    "partial",
    "is_refusal",
    "reasoning",
    "adaptations",
    "transcript",
)
_BARE = """
    t.id, t.run_id, t.variant_id, t.case_id, t.number, t.request, t.attempts, t.started_at, o.body,
    t.failure, t.message, t.finish_reason, t.model, t.latency_ms, t.first_token_ms, t.input_tokens,
    t.output_tokens, t.cost, t.supersedes, t.created_at
"""
_LAST = "coalesce(t.adaptations, []), s.body"
_READ = f"{_BARE}, coalesce(p.body, ''), t.is_refusal, coalesce(r.body, ''), {_LAST}"
_TEXTS = """
    left join outputs p on p.hash = t.partial
    left join outputs r on r.hash = t.reasoning
    left join outputs s on s.hash = t.transcript
"""


class Trials:
    """What the models said."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, trials: Sequence[Trial]) -> None:
        """Keep finished trials, all in one commit. Each text is stored once."""
        now = clock.now()
        bodies: dict[str, str] = {}
        rows: list[Row] = []
        for trial in trials:
            said = transcripts.dump(trial.transcript) if trial.transcript else None
            texts = (trial.output, trial.partial or None, trial.reasoning or None, said)
            hashes = tuple(None if text is None else text_hash(text) for text in texts)
            bodies |= {
                h: text for h, text in zip(hashes, texts, strict=True) if h and text is not None
            }
            digest, partial, reasoning, transcript = hashes
            rows.append(
                (
                    trial.id,
                    trial.run_id,
                    trial.variant_id,
                    trial.case_id,
                    trial.number,
                    trial.request_hash,
                    trial.attempts,
                    digest,
                    trial.failure,
                    trial.message,
                    trial.finish_reason,
                    trial.model,
                    trial.latency_ms,
                    trial.first_token_ms,
                    trial.input_tokens,
                    trial.output_tokens,
                    trial.cost,
                    trial.supersedes,
                    trial.started_at,
                    now,
                    partial,
                    trial.is_refusal,
                    reasoning,
                    list(trial.adaptations) or None,
                    transcript,
                )
            )
        with self._db.transaction():
            keep_texts(self._db, bodies)
            self._db.append("trials", STORED, rows)

    def missing(
        self,
        experiment_id: UUID,
        *,
        retry_failed: bool = False,
        older_than: datetime | None = None,
    ) -> list[PlannedCall]:
        """The calls that the plan wants and the store has no trial of: planned minus recorded.

        Variants take turns, and cases come in an order that is shuffled but fixed by the plan, so
        that stopping early leaves a fair sample. An experiment asks a case all its trials (and a
        group all its cases) before the next, so that it can be counted; the playground shows first
        answers first. With `retry_failed` the calls that ended in an error are asked again,
        with `older_than` all whose trial was kept before that moment.
        """
        rows = self._db.rows(
            f"""
            select v.variant_id, c.case_id, n.number::integer, t.id
            from experiments e
            join experiment_variants v on v.experiment_id = e.id
            join experiment_cases c on c.experiment_id = e.id
            join cases d on d.id = c.case_id
            cross join lateral (select unnest(range(1, e.trials + 1)) as number) n
            left join current_trials t
                on t.variant_id = v.variant_id and t.case_id = c.case_id and t.number = n.number
            where e.id = $experiment and (
                t.id is null
                or ($retry and t.failure is not null)
                or t.created_at < $moment::timestamptz
            )
            order by if(e.purpose = 'playground', n.number, 0), {GROUP_PLACE}, {PLACE}, n.number,
                v.position
            """,
            {"experiment": experiment_id, "retry": retry_failed, "moment": older_than},
        )
        return [PlannedCall(*row) for row in rows]

    def get(self, trial_id: UUID) -> Trial:
        """One trial. Raises NotFound."""
        found = self.these([trial_id])
        if not found:
            raise NotFound("This trial is not in the database.", "Choose another one.")
        return found[0]

    def of_case(self, experiment_id: UUID, case_id: UUID) -> list[Trial]:
        """The trials of one case that count for an experiment."""
        rows = self._db.rows(
            "select id from experiment_trials where experiment_id = ? and case_id = ?",
            [experiment_id, case_id],
        )
        return self.these([trial_id for (trial_id,) in rows])

    def these(self, trial_ids: Sequence[UUID]) -> list[Trial]:
        """Those of a few trials that there are."""
        texts = self._db.rows(
            """
            select output, partial, reasoning, transcript from trials
            where id in (select unnest(?::uuid[]))
            """,
            [trial_ids],
        )
        hashes = [text for row in texts for text in row if text is not None]
        marks = ", ".join("?" * len(hashes)) or "null"
        # By their names, as constants, the index finds the texts. A join reads the names of all
        # texts first, which takes thirty times as long where there are half a million.
        rows = self._db.rows(
            f"""
            with outputs as materialized (select * from main.outputs where hash in ({marks}))
            select {_READ} from trials t
            left join outputs o on o.hash = t.output {_TEXTS}
            where t.id in (select unnest(?::uuid[]))
            """,
            [*hashes, trial_ids],
        )
        return [_trial(row) for row in rows]

    def of_experiment(self, experiment_id: UUID) -> list[Trial]:
        """The trials that count for an experiment, in the order of their cases and numbers."""
        rows = self._db.rows(
            f"""
            select {_READ}
            from experiment_trials t
            join cases c on c.id = t.case_id
            left join outputs o on o.hash = t.output
            {_TEXTS}
            where t.experiment_id = ?
            order by c.number, t.position, t.number
            """,
            [experiment_id],
        )
        return [_trial(row) for row in rows]

    def waiting(
        self, feature_id: UUID, scorers: Iterable[tuple[UUID, str, Sequence[str]]]
    ) -> set[tuple[UUID, UUID]]:
        """By experiment and criterion where `unscored` may find outputs of a feature, for criteria
        with their scorers and slices: to ask it of each of them took seconds where both are many.
        """
        asked = list(scorers)
        rows = self._db.rows(
            """
            with asked as (
                select unnest($criteria::uuid[]) as criterion_id,
                    unnest($scorers::varchar[]) as scorer, unnest($slices::varchar[][]) as slices
            )
            select distinct t.experiment_id, a.criterion_id
            from experiments e
            join experiment_trials t on t.experiment_id = e.id
            join cases c on c.id = t.case_id
            join asked a on len(a.slices) = 0 or list_has_any(c.tags, a.slices)
            anti join scores s
                on s.trial_id = t.id and s.criterion_id = a.criterion_id and s.scorer = a.scorer
            where e.feature_id = $feature and t.output is not null
            """,
            {
                "feature": feature_id,
                "criteria": [criterion_id for criterion_id, _, _ in asked],
                "scorers": [scorer for _, scorer, _ in asked],
                "slices": [list(slices) for _, _, slices in asked],
            },
        )
        return set(rows)

    def unscored(
        self,
        experiment_id: UUID,
        criterion_id: UUID,
        scorer: str,
        slices: Sequence[str],
        *,
        with_thoughts: bool = False,
    ) -> list[Trial]:
        """The outputs of an experiment that a criterion's scorer has not looked at yet.

        Not those that came from elsewhere without their text: there is nothing to look at. What
        was thought before an answer is read only `with_thoughts`: few scorers look at it.
        """
        # Which they are first: most often none. Else all texts of the store are read to be joined,
        # 150 MB where there are 100,000.
        rows = self._db.rows(
            f"""
            with waiting as materialized (
                select t.id from trials t
                semi join experiment_variants v
                    on v.experiment_id = $experiment and v.variant_id = t.variant_id
                anti join scores s
                    on s.trial_id = t.id and s.criterion_id = $criterion and s.scorer = $scorer
            )
            select {_BARE}, '', t.is_refusal, coalesce(r.body, ''), {_LAST}
            from waiting w
            join experiment_trials t on t.id = w.id
            join cases c on c.id = t.case_id
            join outputs o on o.hash = t.output
            left join outputs r on r.hash = case when $thoughts then t.reasoning end
            left join outputs s on s.hash = t.transcript
            where t.experiment_id = $experiment
                and not (t.request = '' and o.body = '')
                and (len($slices::varchar[]) = 0 or list_has_any(c.tags, $slices::varchar[]))
            """,
            {
                "experiment": experiment_id,
                "criterion": criterion_id,
                "scorer": scorer,
                "slices": list(slices),
                "thoughts": with_thoughts,
            },
        )
        return [_trial(row) for row in rows]


def keep_texts(database: Database, texts: Mapping[str, str]) -> None:
    """Keep texts by their hashes; one that is there already stays. Inside a transaction."""
    if texts:
        database.execute(
            """
            insert or ignore into outputs
            select unnest(?::varchar[]), unnest(?::varchar[])
            """,
            [list(texts), list(texts.values())],
        )


def text_hash(text: str) -> str:
    """What an output is stored under."""
    return sha256(text.encode()).hexdigest()


def _trial(row: Row) -> Trial:
    (
        trial_id,
        run_id,
        variant_id,
        case_id,
        number,
        request,
        attempts,
        started_at,
        output,
        failure,
        *rest,
        adaptations,
        transcript,
    ) = row
    return Trial(
        trial_id,
        run_id,
        variant_id,
        case_id,
        number,
        request,
        attempts,
        started_at,
        output,
        CallFailure(failure) if failure else None,
        *(*rest, tuple(adaptations), transcripts.load(transcript)),
    )
