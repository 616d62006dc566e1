"""Trials that a criterion does not apply to: said beside its verdict, and what rests on it.

They are out of the denominator, and those who score say so after they have read the answers. So
whoever wants a bar met could say it of each failure. Nothing can tell whether they did; what can be
told is whether the verdict stands without it.
"""

from workbench.domain.criteria import Criterion, CriterionDraft
from workbench.domain.experiments import Experiment
from workbench.domain.prompts import Variant
from workbench.domain.verdicts import Verdict
from workbench.evidence import estimates
from workbench.evidence.counting import Counted
from workbench.say import count

_COMMON = 0.2
"""From this share of what was scored on, the criterion's slices may be wrong."""
_FEWEST = 3


def warning(
    counted: Counted,
    held_to: CriterionDraft,
    criterion: Criterion,
    experiment: Experiment,
    variant: Variant,
    decided: Verdict,
    outside: int,
    *,
    is_plain: bool,
) -> str:
    """That `outside` trials were left out, and whether the verdict stands where they count both
    ways, as a trial without a score does; only where it `is_plain`, by the bounds of one look."""
    said = (
        f"{count(outside, 'trial')} {'was' if outside == 1 else 'were'} said to be not applicable"
    )
    if decided is Verdict.NOT_ENOUGH_EVIDENCE:
        return f"{said} and left out"
    if not is_plain:
        return f"{said} and left out: read them before you rely on the verdict"
    strict = [t for t in counted.strict(criterion, experiment) if t.variant_id == variant.id]
    stands = estimates.verdict(held_to, estimates.estimate(held_to, strict, experiment.trials))
    if stands is decided:
        return f"{said} and left out; it would be {decided.label} if they counted both ways too"
    return (
        f"{said} and left out, and the verdict rests on that: if they counted both ways, there "
        "would be not enough evidence. Read them before you rely on it"
    )


def is_common(outside: int, scored: int) -> bool:
    """Whether so many were left out, beside those scored, that the slices may be wrong."""
    return outside >= max(_FEWEST, _COMMON * (outside + scored))


def question(key: str, slices: tuple[str, ...]) -> str:
    """What is to be asked then."""
    if slices:
        return (
            f"Are the slices of {key} right? It looks at cases tagged {', '.join(slices)}: choose "
            "tags that only cases have that it is about, or say in the question when it applies."
        )
    return (
        f"Are the slices of {key} right? It looks at every case: give it the tags of those that it "
        "is about, or say in the question when it applies."
    )
