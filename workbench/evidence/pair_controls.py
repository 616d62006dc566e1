"""Whether a judge that compares stood its planted controls, and what it did where it did not."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from uuid import UUID

from workbench.domain.judging import ControlKind
from workbench.domain.kinds.settings import Settings
from workbench.domain.preferences import Preference
from workbench.scoring import controls
from workbench.store.pair_controls import PairControlWord

_DID = {
    ControlKind.UNFIT: "prefers a planted output that must lose",
    ControlKind.ORDERED: "prefers a planted output that orders it to",
}
_Pair = tuple[UUID, UUID]
"""A run, and the trial in whose place two outputs stood."""


def broken(settings: Settings, words: Sequence[PairControlWord], most_turned: int) -> Iterator[str]:
    """What a judge did with these controls that it should not have, as `controls.broken`. One that
    likes what must lose in one order only did so all the same: it did not read that time."""
    losers = controls.losers(settings)
    model = settings["model"]
    for kind, did in _DID.items():
        liked = {
            word.control.is_turned
            for word in words
            if word.control.kind is kind
            and word.better in (Preference.FIRST, Preference.SECOND)
            and word.better is word.control.wanted.turned()
            and losers[kind] in (word.control.first, word.control.second)
        }
        if liked:
            yield f"the judge {model} {did}{_where(liked)}"
    both = _both_orders(words)
    if any(_chose(*said) for said in both[ControlKind.SAME].values()):
        yield (
            f"the judge {model} chose between an output and itself, and chose otherwise when asked "
            "again: what it prefers is chance"
        )
    runs: dict[UUID, list[bool]] = defaultdict(list)
    for (run_id, _), said in both[ControlKind.REPEATED].items():
        runs[run_id].append(_is_otherwise(*said))
    for again in runs.values():
        if sum(again) > most_turned:
            yield (
                f"the judge {model} says otherwise now of {sum(again)} of {len(again)} labelled "
                "comparisons that it had right: it may be another model behind the same name"
            )


def _where(liked: set[bool]) -> str:
    if len(liked) == 2:
        return ""
    return ", where it comes first" if True in liked else ", where it comes second"


def _both_orders(
    words: Sequence[PairControlWord],
) -> dict[ControlKind, dict[_Pair, tuple[PairControlWord, PairControlWord]]]:
    """The words of a run on the same two outputs, the straight order first, where it has both."""
    seen: dict[tuple[ControlKind, _Pair], dict[bool, PairControlWord]] = defaultdict(dict)
    for word in words:
        pair = word.run_id, word.trial_id
        seen[word.control.kind, pair][word.control.is_turned] = word
    found: dict[ControlKind, dict[_Pair, tuple[PairControlWord, PairControlWord]]]
    found = defaultdict(dict)
    for (kind, pair), orders in seen.items():
        if len(orders) == 2:
            found[kind][pair] = orders[False], orders[True]
    return found


def _chose(straight: PairControlWord, turned: PairControlWord) -> bool:
    """Whether it stood by one of two that are the same. The place that it likes is no choice: asked
    in both orders it contradicts itself, and that is a tie."""
    is_choice = straight.better in (Preference.FIRST, Preference.SECOND)
    return is_choice and straight.better is turned.better.turned()


def _is_otherwise(straight: PairControlWord, turned: PairControlWord) -> bool:
    """Whether the first is liked better now and was not before, or the other way round."""
    said = straight.better, turned.better.turned()
    if Preference.UNSCORED in said:
        return False
    is_liked = said[0] is said[1] is Preference.FIRST
    return is_liked is not (straight.control.wanted is Preference.FIRST)
