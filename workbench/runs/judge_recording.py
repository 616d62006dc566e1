"""Keep what judges said: the call, and the score that it came to, in one commit."""

from uuid import UUID

from workbench.domain.calls import Answer
from workbench.domain.criteria import Scorer, ScorerKind
from workbench.domain.experiments import Experiment
from workbench.domain.judging import (
    ControlAnswer,
    JudgeCall,
    JudgedCall,
    PairControl,
    PairControlAnswer,
)
from workbench.domain.preferences import Preferred, judgement, of_both_orders
from workbench.domain.scores import Judgement, Outcome, Score
from workbench.runs.call import Result
from workbench.runs.judging import JudgePlan
from workbench.runs.recording import Batch, Recorder
from workbench.scoring import injection, judged, pair_judge
from workbench.store.store import Store


class JudgeRecorder(Recorder):
    """A recorder of calls to judges. A call that failed leaves no score: it is asked again by the
    next run. An answer that can't be read is one: it was paid for, and says so."""

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
        outputs = self._plan.texts.pop(planned.nonce)
        if not isinstance(ended, Answer):
            batch.judged.append(
                JudgeCall(
                    *(*asked, *of, request_hash, result.started_at),
                    failure=ended.failure,
                    message=str(ended),
                )
            )
            return
        if isinstance(planned.control, PairControl):
            # What it orders is ours, so it is no flag.
            of_control = pair_judge.bare(ended.text, *outputs)
            passage, flags = of_control.passage, of_control.flags
            batch.pair_controls.append(
                PairControlAnswer(asked[0], planned.control, of_control.better, of_control.reason)
            )
        elif planned.second_id is None:
            output, by_model = outputs
            read = judged.read(scorer, ended.text, output)
            passage = read.passage
            # An embedding model follows no orders.
            is_moved = scorer.kind is ScorerKind.JUDGE and not planned.control
            flags = injection.flags(by_model) if is_moved else ()
        else:
            first, second, *by_models = outputs
            compared = pair_judge.read(ended.text, first, second, by_models)
            passage, flags = compared.passage, compared.flags
            self._prefer(batch, planned, planned.second_id, scorer, compared)
        batch.judged.append(
            JudgeCall(
                *(*asked, *of, request_hash, result.started_at),
                reply=ended.text,
                passage=passage,
                flags=flags,
                finish_reason=ended.finish_reason,
                model=ended.model,
                latency_ms=ended.latency_ms,
                input_tokens=ended.input_tokens,
                output_tokens=ended.output_tokens,
                cost=result.cost,
            )
        )
        if planned.second_id is not None or isinstance(planned.control, PairControl):
            return
        if planned.control:
            batch.controls.append(ControlAnswer(asked[0], planned.control, read.judgement))
            return
        said = flagged(read.judgement, flags)
        question = scorer.settings["question"]
        batch.scores.append(Score(*of, said, scorer.judge_name, question=question))

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
        if not turned:
            return
        outcome, reason = of_both_orders(word, turned[-1])
        trial_id = word.first
        if self._labels.get(planned.variant_id) == scorer.over:
            trial_id, outcome = word.second, outcome.turned()
        said = judgement(outcome, reason)
        batch.scores.append(Score(trial_id, *place[:2], said, rater, question=question))


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
