"""What reading outputs has come to: modes over prompt versions, and those that no one saw yet."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from workbench.domain.failures import FailureMode, ReadOutput, SortedNote
from workbench.domain.prompts import Variant
from workbench.evidence.failures import Seen, of_outputs
from workbench.models import sentences
from workbench.stats import alike_texts
from workbench.stats.richness import Richness, richness
from workbench.store.store import Store

_WORD = re.compile(r"\w+")


class Reads(NamedTuple):
    """What was read of a feature: the outputs, and its variants by id."""

    outputs: tuple[ReadOutput, ...]
    variants: Mapping[UUID, Variant]


def reads(store: Store, feature_id: UUID) -> Reads:
    """All that was read of a feature, in whatever experiment."""
    variants = {variant.id: variant for variant in store.variants.of(feature_id)}
    return Reads(tuple(store.reports.failures.read_outputs(feature_id)), variants)


def over_prompts(mode: FailureMode, found: Reads) -> list[tuple[str, Seen]]:
    """A failure mode among the outputs read of each prompt version, oldest version first."""
    by_version: dict[tuple[str, int], list[ReadOutput]] = {}
    for output in found.outputs:
        prompt = found.variants[output.variant_id].prompt
        by_version.setdefault((prompt.name, prompt.number), []).append(output)
    return [
        (f"{name} v{number}", of_outputs(mode, by_version[name, number]))
        for name, number in sorted(by_version)
    ]


def saturation(modes: Iterable[FailureMode], outputs: Sequence[ReadOutput]) -> Richness:
    """How many failure modes there likely are, from how many inputs showed each of those known.

    Trials of one input are one sighting: what fails once tends to fail again.
    """
    return richness(
        [len({output.cluster for output in outputs if mode.id in output.modes}) for mode in modes]
    )


def alike(notes: Sequence[SortedNote]) -> list[list[SortedNote]]:
    """Groups of notes that say alike things, the largest first: suggestions. By their meaning where
    the small model is installed, else by their words. Of very many notes, only the oldest are
    looked at."""
    some = notes[: alike_texts.MOST_TEXTS]
    if sentences.is_installed() and some:
        found = alike_texts.groups_of(sentences.vectors([note.text for note in some]))
    else:
        found = alike_texts.groups([_WORD.findall(note.text.casefold()) for note in some])
    return [[some[place] for place in group] for group in found]
