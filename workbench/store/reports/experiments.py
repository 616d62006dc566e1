"""Read models of the Experiments page: how far each one is, its pace, and all it brought."""

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from workbench.domain import transcripts
from workbench.domain.conversations import Conversation, plain
from workbench.domain.datasets import FILES, PLAYED, REPLIES, SO_FAR
from workbench.domain.kinds import looking
from workbench.domain.scores import scorer_kind
from workbench.domain.tools import as_text
from workbench.domain.trials import ending
from workbench.store.engine.database import Database, Row
from workbench.store.reports.preferences import PreferenceReports
from workbench.store.reports.progress import Progress


class ExperimentState(NamedTuple):
    """How far an experiment has come. `state` is its newest run's, empty where none was started."""

    progress: Progress
    state: str


class RunPace(NamedTuple):
    """When a run was last set going, and how many calls have ended since."""

    since: datetime | None
    ended: int


class ExperimentReports:
    """What the Experiments page reads beside `Reports`."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def states(self) -> dict[UUID, str]:
        """What the newest run of each experiment came to."""
        rows = self._db.rows(
            """
            -- By the order of writing, as in `runs`: one transaction has one time.
            select r.experiment_id, arg_max(e.state, e.rowid)
            from runs r join run_events e on e.run_id = r.id
            group by r.experiment_id
            """
        )
        return dict(rows)

    def answered(self, variant_ids: Sequence[UUID], case_ids: Sequence[UUID], trials: int) -> int:
        """How many calls of a plan that is not frozen yet have been answered already, for whatever
        experiment: answers are shared and cost nothing again. A failure is no answer."""
        found: int = self._db.value(
            """
            select count(distinct (variant_id, case_id, number)) from current_trials
            where variant_id in (select unnest(?::uuid[]))
                and case_id in (select unnest(?::uuid[])) and number <= ?
                and output is not null
            """,
            [list(variant_ids), list(case_ids), trials],
        )
        return found

    def pace(self, run_id: UUID) -> RunPace:
        """How fast a run goes, since it was last started or resumed."""
        row = self._db.row(
            """
            with begun as (
                select max(created_at) as since from run_events
                where run_id = $run and state = 'running'
            )
            select since,
                (select count(*) from trials where run_id = $run and created_at >= since)
            from begun
            """,
            {"run": run_id},
        )
        return RunPace(*row) if row else RunPace(None, 0)

    def tags(self, experiment_id: UUID) -> list[str]:
        """The tags of an experiment's cases, in alphabetical order."""
        rows = self._db.rows(
            """
            select distinct unnest(c.tags) as tag
            from experiment_cases x join cases c on c.id = x.case_id
            where x.experiment_id = ? order by tag
            """,
            [experiment_id],
        )
        return [str(tag) for (tag,) in rows]

    def everything(
        self, experiment_id: UUID, heard: Collection[tuple[UUID, str]] = ()
    ) -> Iterator[dict[str, Any]]:
        """Every trial of an experiment whole, with its scores, for a download: what each criterion
        came to and who said what, of those `heard` (criteria and the scorers of their words)."""
        scores: dict[UUID, dict[str, dict[str, Any]]] = {}
        for trial_id, criterion, outcome, value, reason, question, looks_at in self._db.rows(
            """
            with newest as (
                select criterion_id, arg_max(scorer, number) as scorer,
                    max(number) as number
                from criterion_versions
                group by criterion_id
            ),
            asked as (
                select trial_id, criterion_id, scorer,
                    string_agg(distinct question, ' | ' order by question) as question
                from scores where question <> '' group by all
            )
            select o.trial_id, c.key, o.outcome, o.value, o.reason, a.question,
                v.scorer_settings ->> $looks_at
            from outcomes o
            left join asked a on a.trial_id = o.trial_id and a.criterion_id = o.criterion_id
                and a.scorer = o.scorer
            join newest n on n.criterion_id = o.criterion_id and n.scorer = o.scorer
            join criteria c on c.id = o.criterion_id
            join criterion_versions v
                on v.criterion_id = o.criterion_id and v.number = n.number
            join experiment_criteria k
                on k.criterion_id = o.criterion_id and k.experiment_id = $experiment
            order by k.position
            """,
            {"experiment": experiment_id, "looks_at": looking.NAME},
        ):
            scores.setdefault(trial_id, {})[criterion] = {
                "criterion": criterion,
                "outcome": outcome,
                "value": value,
                "reason": reason or "",
                # What its raters were asked, as it stood there.
                **({"question": question} if question else {}),
                # What of the trial was judged, where that is not its last answer.
                **({looking.NAME: looks_at} if looks_at else {}),
            }
        for trial_id, criterion, rater, outcome, value, reason in self._words(heard):
            of_trial = scores.setdefault(trial_id, {})
            nothing = {"criterion": criterion, "outcome": "unscored", "value": None, "reason": ""}
            of_trial.setdefault(criterion, nothing).setdefault("said", []).append(
                {
                    "rater": rater,
                    "kind": scorer_kind(rater),
                    "outcome": outcome,
                    "value": value,
                    "reason": reason,
                }
            )
        preferred = PreferenceReports(self._db).by_output(experiment_id)
        for row in self._db.rows(
            """
            select t.id, e.key, c.key, c.group_name, c.variables, c.messages, c.attachments,
                c.tool_replies, c.simulated_user,
                coalesce(c.reference_parts, to_json(c.reference)), c.tags, w.label,
                t.number, o.body, s.body, t.failure, t.message, t.finish_reason, t.is_refusal,
                h.body, r.body, coalesce(array_to_string(t.adaptations, '; '), ''), t.model, (
                    select arg_max(a.address, p.rowid)
                    from variant_endpoints p join connection_versions a on a.id = p.endpoint_id
                    where p.variant_id = t.variant_id
                ), t.latency_ms, t.input_tokens, t.output_tokens, t.cost, t.attempts,
                t.started_at
            from experiment_trials t
            join experiments e on e.id = t.experiment_id
            join variants w on w.id = t.variant_id
            join cases c on c.id = t.case_id
            left join outputs o on o.hash = t.output
            left join outputs h on h.hash = t.partial
            left join outputs r on r.hash = t.reasoning
            left join outputs s on s.hash = t.transcript
            where t.experiment_id = ? order by c.number, t.position, t.number
            """,
            [experiment_id],
        ):
            found = dict(zip(_COLUMNS, row[1:], strict=True))
            parts = {SO_FAR: "messages", FILES: "attachments", REPLIES: "tool_replies"}
            parts |= {PLAYED: "simulated_user"}
            given = {name: found.pop(part) for name, part in parts.items()}
            found["input"] = json.loads(found["input"]) | {
                name: json.loads(said) for name, said in given.items() if said
            }
            transcript = transcripts.load(found["transcript"])
            found["tool_calls"] = _called(transcript) or None
            found["transcript"] = plain(transcript) or None
            found["reference"] = found["reference"] and json.loads(found["reference"])
            found["tags"] = list(found["tags"])
            known = (found["failure"], found["finish_reason"], found["ending"])
            found["ending"] = ending(*known).value
            found["started_at"] = found["started_at"].isoformat()
            words = {"preferences": preferred.get(row[0], [])} if preferred else {}
            yield {**found, "scores": list(scores.get(row[0], {}).values()), **words}

    def _words(self, heard: Collection[tuple[UUID, str]]) -> list[Row]:
        """The newest word of each rater, by trial, criterion and who counts."""
        return self._db.rows(
            """
            with heard as (
                select unnest($criteria::uuid[]) as criterion_id,
                    unnest($scorers::varchar[]) as scorer
            )
            select s.trial_id, c.key, s.rater, arg_max(s.outcome, s.created_at),
                arg_max_null(s.value, s.created_at), arg_max(s.reason, s.created_at)
            from scores s
            join heard h on h.criterion_id = s.criterion_id and h.scorer = s.scorer
            join criteria c on c.id = s.criterion_id
            where s.rater > ''
            group by s.trial_id, c.key, s.scorer, s.rater
            having not coalesce(arg_max(s.is_withdrawn, s.created_at), false)
            order by s.trial_id, min(s.created_at), s.rater
            """,
            {
                "criteria": [criterion_id for criterion_id, _ in heard],
                "scorers": [scorer for _, scorer in heard],
            },
        )


def _called(transcript: Conversation) -> list[dict[str, Any]]:
    """The tools that were called, their arguments as JSON where they are some."""
    calls: list[dict[str, Any]] = json.loads(as_text(transcripts.calls_in(transcript)))
    return calls


_COLUMNS = (
    "experiment",
    "case",
    "group",
    "input",
    "messages",
    "attachments",
    "tool_replies",
    "simulated_user",
    "reference",
    "tags",
    "variant",
    "trial",
    "output",
    "transcript",
    "failure",
    "message",
    "finish_reason",
    "ending",
    "partial",
    "reasoning",
    "adaptations",
    "model",
    "address",
    "latency_ms",
    "input_tokens",
    "output_tokens",
    "cost_usd",
    "attempts",
    "started_at",
)
