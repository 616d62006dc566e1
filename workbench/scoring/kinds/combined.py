"""Put the outcomes of several checks together; one that can't be told is never guessed."""

from collections.abc import Callable

from workbench.domain.kinds.combined import parts_of
from workbench.domain.kinds.settings import Settings
from workbench.domain.scores import Judgement, Outcome
from workbench.scoring.kinds.check import CHECKS as KNOWN
from workbench.scoring.kinds.check import Check, Subject, failed, judged, passed, unscored

_SAID = {Outcome.PASS: "passes", Outcome.FAIL: "fails", Outcome.UNSCORED: "unscored"}
_LONGEST = 600


def _counted(decide: Callable[[Settings, int, int, int], Outcome]) -> Check:
    def judge(settings: Settings, subject: Subject) -> Judgement:
        parts = [judged(kind, inner, subject) for kind, inner in parts_of(settings)]
        passes, fails, open_ones = (
            sum(part.outcome is outcome for part in parts)
            for outcome in (Outcome.PASS, Outcome.FAIL, Outcome.UNSCORED)
        )
        outcome = decide(settings, passes, fails, open_ones)
        said = f"{passes} of {len(parts)} checks pass. {_listed(parts)}"
        if outcome is Outcome.UNSCORED:
            return unscored(said)
        return (passed if outcome is Outcome.PASS else failed)(said, passes)

    return Check(judge, _refuse_parts)


def _listed(parts: list[Judgement]) -> str:
    room = _LONGEST // len(parts)
    each = (
        f"({i}) {_SAID[part.outcome]}: {_short(part.reason, room)}"
        for i, part in enumerate(parts, 1)
    )
    return " ".join(each)


def _short(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1]}…"


def _refuse_parts(settings: Settings) -> None:
    for kind, inner in parts_of(settings):
        KNOWN[kind].refuse_unusable(inner)


def _all(_: Settings, passes: int, fails: int, open_ones: int) -> Outcome:
    if fails:
        return Outcome.FAIL
    return Outcome.UNSCORED if open_ones else Outcome.PASS


def _any(_: Settings, passes: int, fails: int, open_ones: int) -> Outcome:
    if passes:
        return Outcome.PASS
    return Outcome.UNSCORED if open_ones else Outcome.FAIL


def _none(_: Settings, passes: int, fails: int, open_ones: int) -> Outcome:
    if passes:
        return Outcome.FAIL
    return Outcome.UNSCORED if open_ones else Outcome.PASS


def _at_least(settings: Settings, passes: int, fails: int, open_ones: int) -> Outcome:
    least = int(settings["least"])
    if passes >= least:
        return Outcome.PASS
    return Outcome.UNSCORED if passes + open_ones >= least else Outcome.FAIL


CHECKS = {
    "all_of": _counted(_all),
    "any_of": _counted(_any),
    "none_of": _counted(_none),
    "at_least": _counted(_at_least),
}
