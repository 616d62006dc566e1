"""How near an output is in meaning was paid for once: another level is read from the same reply."""

from uuid import UUID

from workbench.domain.criteria import Criterion
from workbench.domain.scores import Score
from workbench.runs import looking
from workbench.runs.planning import with_body
from workbench.scoring import meaning
from workbench.store.store import Store


def reread(store: Store, feature_id: UUID, criterion: Criterion) -> int:
    """Score the outputs that another version of this criterion asked the same about, of the same
    address. Returns how many scores were added."""
    scorer = criterion.draft.scorer
    now = store.connections.endpoint(scorer.settings["connection"])
    replies = store.second_looks.replies(criterion.id, scorer.fingerprint())
    if now is None or not replies:
        return 0
    connection = store.connections.named(scorer.settings["connection"])
    waiting = {
        each.trial_id: each.case_id
        for each in store.second_looks.answered(
            feature_id, criterion.id, scorer.fingerprint(), criterion.draft.slices
        )
        if each.trial_id in replies
    }
    texts = looking.texts(store, scorer, list(waiting))
    cases = store.datasets.these(set(waiting.values()))
    scores = []
    for trial_id, case_id in waiting.items():
        case, text = cases[case_id], texts[trial_id].text
        if text is None:
            continue
        names = {**case.names(), **case.given()}
        asked = with_body(meaning.request(scorer.settings, names, text), connection)
        for said in replies[trial_id]:
            was = store.judging.endpoint(said.scorer)
            if said.request_hash == asked.fingerprint() and was and was.answers_like(now):
                judgement = meaning.read(said.reply, scorer.settings).judgement
                scores.append(
                    Score(
                        *(trial_id, criterion.id, scorer.fingerprint(), judgement),
                        scorer.judge_name,
                        question=str(scorer.settings["question"]),
                    )
                )
                break
    if scores and store.judging.endpoint(scorer.fingerprint()) is None:
        store.judging.point(scorer.fingerprint(), now)
    store.scores.add(scores)
    return len(scores)
