"""Cases that say nearly the same: found by shared phrases, then compared letter by letter.

Two texts are looked at together where they share one of the few phrases that stand for each (the
smallest hashes of its runs of three words, as in Broder's MinHash, 1997), so that 10,000 cases take
seconds. What is said in other words altogether is not found, nor what another language says.
"""

import re
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from heapq import nsmallest
from itertools import combinations
from typing import NamedTuple

from rapidfuzz import fuzz

from workbench.domain import values
from workbench.domain.datasets import Case

LIKENESS = 90.0
"""From here on two texts are near copies: 100 less the share of letters to change, in percent."""
_PHRASE = 3
_STAND_FOR = 8
_MOST_WORDS = 2_000
_MOST_AT_ONCE = 40
"""Cases that share a phrase of which each is compared with each; of more, with its neighbours in
the order of their texts alone."""
_MOST_PAIRS = 150_000
CAN_NOT = (
    "Found by shared phrases and letters. The same said in other words, or in another language, is "
    "not found."
)


class NearCopy(NamedTuple):
    """Two cases that say nearly the same; `is_leak` where one is held out and the other is not.
    `dataset` is the name of the other one's, where that is not the one looked at."""

    one: str
    other: str
    likeness: float
    is_leak: bool
    dataset: str = ""


class NearCopies(NamedTuple):
    """What was found; `is_cut` where there was too much to look at all of it."""

    pairs: tuple[NearCopy, ...]
    is_cut: bool

    @property
    def cases(self) -> int:
        """How many cases of the dataset are near another."""
        here = {pair.one for pair in self.pairs}
        return len(here | {pair.other for pair in self.pairs if not pair.dataset})

    @property
    def leaks(self) -> tuple[NearCopy, ...]:
        """Those between a held-out case and one that is not."""
        return tuple(pair for pair in self.pairs if pair.is_leak)


def among(
    cases: Sequence[Case], elsewhere: Mapping[str, Sequence[Case]] | None = None
) -> NearCopies:
    """The pairs of cases that are near copies and not the same input, most alike first.

    `elsewhere` are the cases of other datasets by name. Of those only leaks are told, the same
    input among them: another dataset may repeat a case, but not show what is held out here, nor
    hold out what is shown here.
    """
    others = [(name, case) for name, those in (elsewhere or {}).items() for case in those]
    every = [*(("", case) for case in cases), *others]
    texts = [_text(case) for _, case in every]
    found: list[NearCopy] = []
    looked = 0
    for a, b in _candidates(texts):
        (_, one), (dataset, other) = every[a], every[b]
        is_leak = one.held_out != other.held_out
        if a >= len(cases) or (dataset and not is_leak):
            continue
        looked += 1
        if looked > _MOST_PAIRS:
            break
        if not dataset and one.draft().input_fingerprint() == other.draft().input_fingerprint():
            continue
        likeness = fuzz.ratio(texts[a], texts[b], score_cutoff=LIKENESS)
        if likeness:
            found.append(NearCopy(one.key, other.key, likeness, is_leak, dataset))
    found.sort(key=lambda pair: (-pair.likeness, pair.one, pair.other, pair.dataset))
    return NearCopies(tuple(found), looked > _MOST_PAIRS)


def _candidates(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The pairs that share a phrase which stands for both, each once, the earlier one first."""
    sharing: defaultdict[int, list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        for phrase in _phrases(text):
            sharing[phrase].append(place)
    seen: set[tuple[int, int]] = set()
    # The rarest phrases tell most.
    for places in sorted(sharing.values(), key=len):
        if len(places) <= _MOST_AT_ONCE:
            pairs: Iterator[tuple[int, int]] = combinations(places, 2)
        else:
            in_order = sorted(places, key=lambda place: texts[place])
            pairs = (
                (min(a, b), max(a, b))
                for at, a in enumerate(in_order)
                for b in in_order[at + 1 : at + 4]
            )
        for pair in pairs:
            if pair not in seen:
                seen.add(pair)
                yield pair


def _phrases(text: str) -> list[int]:
    words = text.split()[:_MOST_WORDS]
    runs = {" ".join(words[at : at + _PHRASE]) for at in range(max(1, len(words) - _PHRASE + 1))}
    # What differs in one word of a short text shares no run with it, but its beginning or end.
    ends = {"^" + " ".join(words[:2]), " ".join(words[-2:]) + "$"} if len(words) < 12 else set()
    return nsmallest(_STAND_FOR, (zlib.crc32(run.encode()) for run in runs | ends if run))


def _text(case: Case) -> str:
    parts = [text for value in case.variables.values() for text in values.texts(value)]
    parts += [message.content for message in case.messages]
    return " ".join(re.findall(r"\w+", " ".join(parts).casefold()))
