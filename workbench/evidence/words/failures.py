"""What is said of failure modes, on pages, in the spec and on the command line alike."""

from collections.abc import Sequence
from math import ceil, floor

from workbench.domain.failures import FailureMode, Severity
from workbench.evidence.failures import Seen, Shown
from workbench.say import count, rounded
from workbench.stats.intervals import Interval
from workbench.stats.richness import Richness

ENOUGH, RARE = 50, 0.05
"""Reading more pays little after so many sightings, where fewer than so many would be new."""
HARM = (
    f"likelihood × severity, where a serious one counts as {Severity.SERIOUS.weight} minor ones, "
    f"and a severe one as {Severity.SEVERE.weight}."
)
"""What failure modes are ranked by, but for how often they come."""
MOST_SLICES = 4
"""So many slices are named; the rest are counted."""


def share(found: Interval) -> str:
    """A likelihood with its interval: “12% (4% to 27%)”."""
    if found.estimate is None:
        return "nothing read yet"
    low, high = rounded(100 * found.low, to=floor), rounded(100 * found.high, to=ceil)
    return f"{rounded(100 * found.estimate)}% ({low}% to {high}%)"


def likelihood(found: Seen) -> str:
    """How often a mode happens, in one sentence without its end."""
    if not found.read:
        return "no output of this experiment was read yet"
    counted, estimate = found.having / found.read, found.likelihood.estimate
    # Cases answered more often than others count once all the same.
    once = (
        "" if estimate is None or abs(counted - estimate) < 0.005 else "each input counted once, "
    )
    outputs = count(found.read, "output")
    return f"in {found.having} of {outputs} read: {once}{share(found.likelihood)}"


def slices(found: Seen) -> str:
    """The slices it hits, the hardest hit first; empty where no case has a tag."""
    shown = [f"{s.tag} {s.having} of {s.read}" for s in found.slices[:MOST_SLICES]]
    more = len(found.slices) - len(shown)
    return ", ".join(shown) + (f" and {count(more, 'other slice')}" if more else "")


def failing(failing: int, read: int) -> str:
    """Of the outputs that a criterion failed, how many were read."""
    if not failing:
        return "no criterion has failed one yet"
    those = "the one that fails" if failing == 1 else f"the {failing:,} that fail"
    return f"{read:,} of {those} a criterion"


def chosen(outputs: int, read: int, failing: int, failing_read: int) -> str:
    """What the shares hold for, since failing outputs are read first; empty where they were read
    in about the measure in which they come."""
    if not read or read == outputs:
        return ""
    among_all, among_read = failing / outputs, failing_read / read
    if abs(among_read - among_all) <= 0.1:
        return ""
    verb = "more" if among_read > among_all else "less"
    fails = "fails" if failing_read == 1 else "fail"
    return (
        f"{failing_read} of {count(read, 'output')} read {fails} a criterion, and {failing} of all "
        f"{outputs}: failing ones were read {verb} often than they come, so the shares below hold "
        "for what was read, not for all outputs. To have shares of all, read in a drawn order."
    )


def shown(found: Shown) -> str:
    """What the check of a fallback says of one variant's outputs for the mode's own cases."""
    outputs = count(found.outputs, "output")
    open_ones = f", {found.unscored} unscored" if found.unscored else ""
    if found.interval.estimate is None:
        return f"Variant {found.variant}: none of {outputs} for its cases is scored yet"
    cases = count(found.interval.n_cases, "case")
    return (
        f"Variant {found.variant}: {found.passes} of {outputs} for its {cases} "
        f"pass{open_ones}: {share(found.interval)}"
    )


def undesigned(mode: FailureMode) -> str:
    """What is not designed yet of a mode's fallback; empty where all of it is."""
    lacks = mode.draft.fallback.lacks()
    if not lacks:
        return ""
    *first, last = lacks
    return f"not designed yet: {', '.join(first)}{' and ' if first else ''}{last}"


def still_open(modes: Sequence[FailureMode]) -> list[str]:
    """A line for each severe mode without a design, for Decide and the spec."""
    return [
        f"{mode.key} “{mode.draft.name}” is severe, and what happens then is {undesigned(mode)}"
        for mode in modes
        if mode.is_open
    ]


def saturation(found: Richness, unsorted: int) -> str:
    """Whether reading more pays: how many failure modes there likely are that no one saw yet."""
    waiting = f"{count(unsorted, 'note')} {'is' if unsorted == 1 else 'are'} not sorted yet"
    if not found.n:
        return (
            f"{waiting}: sort {'it' if unsorted == 1 else 'them'} first, in Failure modes."
            if unsorted
            else "Nothing was sorted into a failure mode yet: read outputs, and sort the notes."
        )
    once = f"{found.once} of them once only" if found.once else "each more than once"
    said = f"{count(found.seen, 'failure mode')} in {count(found.n, 'sighting')}, {once}."
    if found.once:
        chance = rounded(100 * found.missing)
        said += f" The next sighting is of one that is not in the list with a chance of {chance}%."
    else:
        # What comes in a share p of sightings is missed by all n with (1 - p)^n: 5% at this p.
        hidden = rounded(100 * (1 - 0.05 ** (1 / found.n)), to=ceil)
        said += f" One that comes in up to {hidden}% of sightings may still be unseen (95%)."
    if found.at_least - found.seen >= 0.5:
        low, high = rounded(found.low, to=floor), rounded(found.high, to=ceil)
        likely = rounded(found.at_least)
        said += f" There are likely at least {likely} in all (95%: {low} to {high})."
    if unsorted:
        said += f" {waiting}, which may show more."
    if found.n >= ENOUGH and found.missing < RARE:
        return f"{said} Reading more pays little here: read what is new, or another slice."
    return f"{said} Reading more pays."
