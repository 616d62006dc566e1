"""What judges were asked and what they said; and which outputs wait for them."""

from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from workbench.domain import clock
from workbench.domain.endpoints import Endpoint
from workbench.domain.judging import ControlAnswer, ControlKind, JudgeCall, Unjudged
from workbench.domain.scores import Outcome, judge_name
from workbench.domain.trust import Accord
from workbench.store.courses import GROUP_PLACE, PLACE
from workbench.store.engine.database import Database
from workbench.store.trials import keep_texts, text_hash

_COLUMNS = (
    "id", "run_id", "trial_id", "criterion_id", "scorer", "request", "reply", "failure", "message",
    "passage", "flags", "files", "finish_reason", "model", "latency_ms", "input_tokens",
    "output_tokens", "cost", "started_at", "created_at",
)  # fmt: skip
_OF_CONTROLS = ("id", "kind", "output", "wanted", "outcome", "reason", "created_at")
_WAITING = """
    from experiments e
    join experiment_trials t on t.experiment_id = e.id
    join cases d on d.id = t.case_id
    anti join (
        select trial_id from scores where criterion_id = $criterion and scorer = $scorer
        group by trial_id, rater having not coalesce(arg_max(is_withdrawn, created_at), false)
    ) s on s.trial_id = t.id
    where e.id = $experiment and t.failure is null
        and not (t.request = '' and t.output = $nothing)
        and (len($slices::varchar[]) = 0 or list_has_any(d.tags, $slices::varchar[]))
"""
"""The outputs without a word of the judge, or with one that was withdrawn; not those that came from
elsewhere without a text."""
_DUE = """
    with said as (
        select s.trial_id, s.scorer, s.rater, s.outcome, s.reason, s.value
        from scores s
        join experiment_trials t on t.id = s.trial_id
        where t.experiment_id = $experiment and s.criterion_id = $criterion
            and s.rater like 'judge:%'
        qualify row_number() over (
            partition by s.trial_id, s.scorer order by s.created_at desc) = 1
            and not coalesce(s.is_withdrawn, false)
    ),
    due as (
        select trial_id from said
        where list_contains($members::varchar[], scorer)
        group by trial_id having count(*) = len($members::varchar[])
        except
        select trial_id from said where scorer = $scorer
    )
"""
"""The outputs that all members of a panel have judged and the panel has not."""


class Wanted(NamedTuple):
    """What is to be judged: an experiment's outputs, by a criterion with these slices, and the
    judge that is asked now."""

    experiment_id: UUID
    criterion_id: UUID
    scorer: str
    slices: Sequence[str] = ()


class ControlWord(NamedTuple):
    """What a judge said of a planted control in a run, and what it should have said."""

    run_id: UUID
    kind: ControlKind
    output: str
    wanted: Outcome
    outcome: Outcome

    @property
    def is_turned(self) -> bool:
        """Whether it said the opposite: that it can't tell, or can't be read, is none."""
        both = {self.wanted, self.outcome}
        return both == {Outcome.PASS, Outcome.FAIL}


class Panel(NamedTuple):
    """A panel that judges an experiment's outputs by a criterion, and its members."""

    experiment_id: UUID
    criterion_id: UUID
    scorer: str
    members: Sequence[str]


class Vote(NamedTuple):
    """What a member of a panel said of an output."""

    judge: str
    outcome: Outcome
    reason: str
    value: float | None


class Usage(NamedTuple):
    """Over `n` answers of a judge: tokens on average, and the time that one takes."""

    n: int
    output_tokens: float | None
    latency_ms: float | None


class Judging:
    """The words of judges, before they are scores."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, calls: Sequence[JudgeCall], controls: Sequence[ControlAnswer] = ()) -> None:
        """Keep what calls to judges came to, and which of them were about controls, in one commit.
        Each reply is stored once."""
        now = clock.now()
        replies = {text_hash(c.reply): c.reply for c in calls if c.reply is not None}
        replies |= {text_hash(c.control.text): c.control.text for c in controls}
        with self._db.transaction():
            keep_texts(self._db, replies)
            self._db.append(
                "judge_calls",
                _COLUMNS,
                [
                    (
                        c.id, c.run_id, c.trial_id, c.criterion_id, c.scorer, c.request_hash,
                        None if c.reply is None else text_hash(c.reply), c.failure, c.message,
                        c.passage, list(c.flags), list(c.files), c.finish_reason, c.model,
                        c.latency_ms, c.input_tokens, c.output_tokens, c.cost, c.started_at, now,
                    )
                    for c in calls
                ],
            )  # fmt: skip

            self._db.append(
                "judge_controls",
                _OF_CONTROLS,
                [
                    (
                        c.id, c.control.kind, text_hash(c.control.text), c.control.wanted,
                        c.judgement.outcome, c.judgement.reason, now,
                    )
                    for c in controls
                ],
            )  # fmt: skip

    def controls(self, wanted: Wanted) -> list[ControlWord]:
        """What a judge said of the controls that were planted among an experiment's outputs."""
        rows = self._db.rows(
            """
            select j.run_id, c.kind, o.body, c.wanted, c.outcome
            from judge_controls c
            join judge_calls j on j.id = c.id
            join runs r on r.id = j.run_id
            join outputs o on o.hash = c.output
            where r.experiment_id = ? and j.criterion_id = ? and j.scorer = ?
            order by c.created_at
            """,
            [wanted.experiment_id, wanted.criterion_id, wanted.scorer],
        )
        return [
            ControlWord(run_id, ControlKind(kind), body, Outcome(should), Outcome(said))
            for run_id, kind, body, should, said in rows
        ]

    def first(self, wanted: Wanted) -> Unjudged | None:
        """The first output that a judge has judged; None where it has judged none."""
        row = self._db.row(
            """
            select t.id, t.variant_id, t.case_id, t.number
            from experiment_trials t join scores s on s.trial_id = t.id
            where t.experiment_id = ? and s.criterion_id = ? and s.scorer = ?
            order by t.id limit 1
            """,
            [wanted.experiment_id, wanted.criterion_id, wanted.scorer],
        )
        return None if row is None else Unjudged(*row)

    def waiting(self, wanted: Wanted) -> list[Unjudged]:
        """The outputs that a judge has said nothing about, in the order of the plan: shuffled, so
        that what is judged of them when a run ends early is a fair sample."""
        rows = self._db.rows(
            f"""
            select t.id, t.variant_id, t.case_id, t.number {_WAITING}
            order by {GROUP_PLACE}, {PLACE}, t.number, t.position
            """,
            self._parameters(wanted),
        )
        return [Unjudged(*row) for row in rows]

    def n_waiting(self, wanted: Wanted) -> int:
        """How many there are."""
        found: int = self._db.value(f"select count(*) {_WAITING}", self._parameters(wanted))
        return found

    def n_due(self, panel: Panel) -> int:
        """How many outputs all members of a panel have judged, and the panel has not."""
        found: int = self._db.value(f"{_DUE} select count(*) from due", _of(panel))
        return found

    def votes(self, panel: Panel) -> dict[UUID, list[Vote]]:
        """What the members say of those, in the order of the panel."""
        rows = self._db.rows(
            f"""
            {_DUE}
            select trial_id, rater, outcome, reason, value from said
            where list_contains($members::varchar[], scorer)
                and trial_id in (select trial_id from due)
            order by trial_id, list_position($members::varchar[], scorer)
            """,
            _of(panel),
        )
        found: dict[UUID, list[Vote]] = {}
        for trial_id, rater, outcome, reason, value in rows:
            judge = rater.partition(":")[2]
            found.setdefault(trial_id, []).append(Vote(judge, Outcome(outcome), reason, value))
        return found

    def accord(self, panel: Panel, variant_id: UUID) -> Accord:
        """How far the members agree on the outputs of a variant."""
        row = self._db.row(
            f"""
            {_DUE},
            each as (
                select s.trial_id, count(distinct s.outcome) as words
                from said s join trials t on t.id = s.trial_id
                where t.variant_id = $variant and list_contains($members::varchar[], s.scorer)
                group by s.trial_id having count(*) = len($members::varchar[])
            )
            select count(*), count(*) filter (words = 1),
                count(*) filter (p.outcome = 'unscored')
            from each left join said p on p.trial_id = each.trial_id and p.scorer = $scorer
            """,
            {**_of(panel), "variant": variant_id},
        )
        assert row is not None
        return Accord(*row)

    def outputs(self, trial_ids: Collection[UUID]) -> dict[UUID, str]:
        """The texts of some outputs, by trial."""
        rows = self._db.rows(
            """
            select t.id, o.body from trials t join outputs o on o.hash = t.output
            where t.id in (select unnest(?::uuid[]))
            """,
            [list(trial_ids)],
        )
        return dict(rows)

    def usage(self, model: str) -> Usage:
        """What judging by a model took so far, on average."""
        row = self._db.row(
            """
            select count(*), avg(j.output_tokens), median(j.latency_ms)
            from judge_calls j where j.reply is not null and j.scorer in (
                select scorer from scores where rater = ?)
            """,
            [judge_name(model)],
        )
        assert row is not None
        return Usage(*row)

    def n_flagged(self, experiment_id: UUID, criterion_id: UUID, scorer: str) -> dict[UUID, int]:
        """How many outputs of each variant of an experiment spoke to this judge."""
        rows = self._db.rows(
            """
            select t.variant_id, count(distinct t.id)
            from judge_calls j join experiment_trials t on t.id = j.trial_id
            where t.experiment_id = ? and j.criterion_id = ? and j.scorer = ? and len(j.flags) > 0
            group by t.variant_id
            """,
            [experiment_id, criterion_id, scorer],
        )
        return dict(rows)

    def n_unread(self, experiment_id: UUID, criterion_id: UUID, scorer: str) -> dict[UUID, int]:
        """Of how many outputs of each variant this judge's newest word is that it has none: its
        answer could not be read, it can't tell, or the output spoke to it."""
        rows = self._db.rows(
            """
            with newest as (
                select trial_id, arg_max(outcome, created_at) as outcome from scores
                where criterion_id = ? and scorer = ? and rater like 'judge:%'
                group by trial_id having not coalesce(arg_max(is_withdrawn, created_at), false)
            )
            select t.variant_id, count(*)
            from newest n join experiment_trials t on t.id = n.trial_id
            where t.experiment_id = ? and n.outcome = 'unscored'
            group by t.variant_id
            """,
            [criterion_id, scorer, experiment_id],
        )
        return dict(rows)

    def point(self, scorer: str, endpoint: Endpoint) -> None:
        """Say where a judge is asked, before it is asked first."""
        self._db.execute(
            "insert into judge_endpoints values (?, ?, ?)", [scorer, endpoint.id, clock.now()]
        )

    def endpoint(self, scorer: str) -> Endpoint | None:
        """Where a judge's words come from; None where it was not asked yet."""
        row = self._db.row(
            """
            select v.id, v.connection_id, v.name, v.number, v.address, v.settings, v.author,
                v.created_at
            from judge_endpoints j join connection_versions v on v.id = j.endpoint_id
            where j.scorer = ? order by j.rowid desc limit 1
            """,
            [scorer],
        )
        return None if row is None else Endpoint(*row)

    @staticmethod
    def _parameters(wanted: Wanted) -> dict[str, object]:
        return {
            "experiment": wanted.experiment_id,
            "criterion": wanted.criterion_id,
            "scorer": wanted.scorer,
            "slices": list(wanted.slices),
            "nothing": text_hash(""),
        }


def _of(panel: Panel) -> dict[str, object]:
    return {
        "experiment": panel.experiment_id,
        "criterion": panel.criterion_id,
        "scorer": panel.scorer,
        "members": list(panel.members),
    }
