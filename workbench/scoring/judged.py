"""What a model that judges is asked, and how its reply is read: by the kind of its scorer."""

from collections.abc import Mapping

from workbench.domain.attachments import Attachments
from workbench.domain.calls import Request
from workbench.domain.criteria import Scorer, ScorerKind
from workbench.domain.values import Value
from workbench.scoring import judge, meaning
from workbench.scoring.judge import Reading


def request(
    scorer: Scorer,
    names: Mapping[str, Value],
    output: str,
    nonce: str,
    files: Attachments = (),
) -> Request:
    """What is sent about one output. `names` are the values of its case, `files` its files, for
    kinds that see them."""
    if scorer.kind is ScorerKind.MEANING:
        return meaning.request(scorer.settings, names, output)
    return judge.request(scorer.settings, names, output, nonce, files)


def read(scorer: Scorer, reply: str, output: str) -> Reading:
    """What the reply comes to; unscored, with the reason, where it can't be read."""
    if scorer.kind is ScorerKind.MEANING:
        return meaning.read(reply, scorer.settings)
    return judge.read(reply, output, scorer.settings)
