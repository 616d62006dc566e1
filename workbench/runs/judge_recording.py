"""Keep what judges said: the call, and the score that it came to, in one commit."""

from uuid import UUID

from workbench.domain.calls import Answer
from workbench.domain.experiments import Experiment
from workbench.domain.judging import ControlAnswer, JudgeCall, JudgedCall
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.runs.judging import JudgePlan
from workbench.runs.recording import Batch, Recorder
from workbench.runs.runner import Result
from workbench.scoring import injection, judge
from workbench.store.store import Store


class JudgeRecorder(Recorder):
    """A recorder of calls to judges. A call that failed leaves no score: it is asked again by the
    next run. An answer that can't be read is one: it was paid for, and says so."""

    def __init__(self, store: Store, experiment: Experiment, plan: JudgePlan, run_id: UUID) -> None:
        super().__init__(store, experiment, plan, run_id)
        self._plan = plan

    def _take(self, batch: Batch, result: Result) -> None:
        planned, ended = result.call.planned, result.ended
        assert isinstance(planned, JudgedCall)
        scorer = self._plan.judges[planned.scorer]
        of = (planned.trial_id, planned.criterion_id, planned.scorer)
        asked = (result.attempt.id, result.attempt.run_id)
        request_hash = result.call.request.fingerprint()
        output = self._plan.texts.pop(planned.nonce)
        if not isinstance(ended, Answer):
            batch.judged.append(
                JudgeCall(
                    *(*asked, *of, request_hash, result.started_at),
                    failure=ended.failure,
                    message=str(ended),
                )
            )
            return
        read = judge.read(ended.text, output, scorer.settings)
        flags = () if planned.control else injection.flags(output)
        batch.judged.append(
            JudgeCall(
                *(*asked, *of, request_hash, result.started_at),
                reply=ended.text,
                passage=read.passage,
                flags=flags,
                finish_reason=ended.finish_reason,
                model=ended.model,
                latency_ms=ended.latency_ms,
                input_tokens=ended.input_tokens,
                output_tokens=ended.output_tokens,
                cost=result.cost,
            )
        )
        if planned.control:
            batch.controls.append(ControlAnswer(asked[0], planned.control, read.judgement))
            return
        judgement = flagged(read.judgement, flags)
        question = scorer.settings["question"]
        batch.scores.append(Score(*of, judgement, scorer.judge_name, question=question))


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
