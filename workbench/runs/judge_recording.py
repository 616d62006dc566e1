"""Keep what judges said: the call, and the score that it came to, in one commit."""

from uuid import UUID

from workbench.domain.calls import Answer
from workbench.domain.criteria import Scorer, ScorerKind
from workbench.domain.experiments import Experiment
from workbench.domain.judging import (
    Control,
    ControlAnswer,
    JudgeCall,
    JudgedCall,
    PairControl,
    PairControlAnswer,
    unpictured,
)
from workbench.domain.preferences import Preference, Preferred, judgement, of_both_orders
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.models import attached
from workbench.runs.call import Result
from workbench.runs.judge_plan import JudgePlan
from workbench.runs.recording import Batch, Recorder
from workbench.scoring import injection, judge, judged, pair_judge
from workbench.store.store import Store

_Reading = judge.Reading | pair_judge.Reading


class JudgeRecorder(Recorder):
    """A recorder of calls to judges. A call that failed leaves no score: it is asked again by the
    next run. An answer that can't be read is one: it was paid for, and says so. So is the refusal
    of a server to take pictures: asked again, it would refuse again. Of a control it tells
    nothing."""

    def __init__(self, store: Store, experiment: Experiment, plan: JudgePlan, run_id: UUID) -> None:
        super().__init__(store, experiment, plan, run_id)
        self._plan = plan
        self._labels = {variant.id: variant.label for variant in experiment.variants}

    def _take(self, batch: Batch, result: Result) -> None:
        planned, ended = result.call.planned, result.ended
        assert isinstance(planned, JudgedCall)
        scorer = self._plan.judges[planned.scorer]
        of = (planned.trial_id, planned.criterion_id, planned.scorer)
        asked = (result.attempt.id, result.attempt.run_id)
        request_hash = result.call.request.fingerprint()
        shown = self._plan.texts.pop(planned.nonce)
        if not isinstance(ended, Answer):
            batch.judged.append(
                JudgeCall(
                    *(*asked, *of, request_hash, result.started_at),
                    failure=ended.failure,
                    message=str(ended),
                )
            )
            words = attached.refused(ended)
            if words and planned.control is None:
                self._say(batch, planned, asked[0], _without_word(planned, unpictured(words)))
            return
        read, flags = _heard(planned, scorer, ended.text, shown)
        case = self._plan.cases[planned.case_id]
        files = case.attachments if self._plan.sees_files(planned) else ()
        batch.judged.append(
            JudgeCall(
                *(*asked, *of, request_hash, result.started_at),
                reply=ended.text,
                passage=read.passage,
                flags=flags,
                files=tuple(one.sha256 for one in files),
                finish_reason=ended.finish_reason,
                model=ended.model,
                latency_ms=ended.latency_ms,
                input_tokens=ended.input_tokens,
                output_tokens=ended.output_tokens,
                cost=result.cost,
            )
        )
        self._say(batch, planned, asked[0], read)

    def _say(self, batch: Batch, planned: JudgedCall, call_id: UUID, read: _Reading) -> None:
        """Keep what the judge says of a planted control, of two outputs or of one."""
        scorer, control = self._plan.judges[planned.scorer], planned.control
        if isinstance(read, pair_judge.Reading):
            if isinstance(control, PairControl):
                said = PairControlAnswer(call_id, control, read.better, read.reason)
                batch.pair_controls.append(said)
            elif planned.second_id is not None:
                self._prefer(batch, planned, planned.second_id, scorer, read)
        elif isinstance(control, Control):
            batch.controls.append(ControlAnswer(call_id, control, read.judgement))
        else:
            of = (planned.trial_id, planned.criterion_id, planned.scorer)
            question = scorer.settings["question"]
            batch.scores.append(Score(*of, read.judgement, scorer.judge_name, question=question))

    def _prefer(
        self,
        batch: Batch,
        planned: JudgedCall,
        second: UUID,
        scorer: Scorer,
        read: pair_judge.Reading,
    ) -> None:
        """Keep which output is better, and a score once both orders were asked."""
        question, rater = scorer.settings["question"], scorer.judge_name
        place = (planned.criterion_id, planned.scorer, rater)
        word = Preferred(planned.trial_id, second, *place, read.better, read.reason, question)
        kept = self._store.preferences.said([word.first, word.second], *place)
        batch.preferred.append(word)
        turned = [
            other
            for other in (*kept, *batch.preferred)
            if (other.first, other.second, other.criterion_id, other.scorer)
            == (word.second, word.first, word.criterion_id, word.scorer)
        ]
        if not turned or turned[-1].is_withdrawn:
            return
        outcome, reason = of_both_orders(word, turned[-1])
        trial_id = word.first
        if self._labels.get(planned.variant_id) == scorer.over:
            trial_id, outcome = word.second, outcome.turned()
        said = judgement(outcome, reason)
        batch.scores.append(Score(trial_id, *place[:2], said, rater, question=question))


def _heard(
    planned: JudgedCall, scorer: Scorer, reply: str, shown: tuple[str, ...]
) -> tuple[_Reading, tuple[str, ...]]:
    """A judge's answer as it was read, and what in the outputs spoke to it. What a planted control
    orders is ours, so it is no flag."""
    if isinstance(planned.control, PairControl):
        return pair_judge.bare(reply, *shown), ()
    if planned.second_id is not None:
        first, second, *by_models = shown
        compared = pair_judge.read(reply, first, second, by_models)
        return compared, compared.flags
    output, by_model = shown
    read = judged.read(scorer, reply, output)
    # An embedding model follows no orders.
    is_moved = scorer.kind is ScorerKind.JUDGE and not planned.control
    flags = injection.flags(by_model) if is_moved else ()
    return read._replace(judgement=flagged(read.judgement, flags)), flags


def _without_word(planned: JudgedCall, why: str) -> _Reading:
    """What is said where a judge could not be asked as it should be."""
    if planned.second_id is not None:
        return pair_judge.Reading(Preference.UNSCORED, why)
    return judge.Reading(Judgement(Outcome.UNSCORED, why))


def flagged(judgement: Judgement, flags: tuple[str, ...]) -> Judgement:
    """A judge's word on an output that speaks to its judge: unscored, whatever it was. Such an
    output may have moved it, so a person has to look."""
    if not flags:
        return judgement
    said = f"Flagged, a person has to look: {'; '.join(flags)}."
    if judgement.outcome is not Outcome.UNSCORED:
        said += f" The judge said {judgement.outcome.label}: {judgement.reason}"
    else:
        said += f" {judgement.reason}"
    return Judgement(Outcome.UNSCORED, said)
