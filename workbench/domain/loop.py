"""Where a feature stands in the loop, and the next best thing to do."""

from dataclasses import dataclass
from enum import StrEnum

from workbench.say import count


class Step(StrEnum):
    """Define → Experiment → Score → Decide → Watch, and back."""

    DEFINE = "define"
    EXPERIMENT = "experiment"
    SCORE = "score"
    DECIDE = "decide"
    WATCH = "watch"


RUN_AGAIN = "Run again with the new criteria"
"""The next action after a revision, and the button that does it."""


@dataclass(frozen=True)
class LoopCounts:
    """What a feature has, counted. `running` is whether a run is going on right now;
    of the `stale` so many are older than a revision of the requirement or its criteria. Of the
    `failure_modes` so many are `learnt` from (they became a requirement or a criterion), and so
    many are severe and `undesigned`: nobody has said what happens then. `put_away` are archived
    requirements, which count nowhere else."""

    requirements: int
    measurable: int
    cases: int
    prompts: int
    experiments: int
    experiments_run: int
    outputs: int
    ratings_open: int
    met: int
    not_met: int
    undecided: int
    stale: int
    running: bool = False
    revised: int = 0
    failure_modes: int = 0
    learnt: int = 0
    undesigned: int = 0
    put_away: int = 0
    pairs_open: int = 0


@dataclass(frozen=True)
class StepState:
    """One step: what it has, what it lacks, and whether it is done for now."""

    step: Step
    has: str
    lacks: str
    is_done: bool


@dataclass(frozen=True)
class NextAction:
    """The next best action: what to do, why, and the page (by its URL path) where it is done."""

    what: str
    why: str
    page: str


def steps(now: LoopCounts) -> tuple[StepState, ...]:
    """The five steps as the feature stands."""
    unmeasured = now.requirements - now.measurable
    judged = now.met + now.not_met
    return (
        StepState(
            Step.DEFINE,
            ", ".join(
                count(number, noun)
                for number, noun in ((now.requirements, "requirement"), (now.cases, "case"))
                if number
            ),
            _undefined(now),
            bool(now.requirements and now.cases and not unmeasured),
        ),
        StepState(
            Step.EXPERIMENT,
            f"{count(now.experiments_run, 'experiment')} run" if now.experiments_run else "",
            "running now" if now.running else "" if now.experiments_run else "nothing tried yet",
            now.experiments_run > 0,
        ),
        StepState(
            Step.SCORE,
            _scored(now),
            _unscored(now),
            now.outputs > 0 and not _unscored(now),
        ),
        StepState(
            Step.DECIDE,
            f"{now.met} met, {now.not_met} not met" if judged else "",
            f"{now.undecided} undecided"
            if now.undecided
            else ""
            if judged
            else "nothing to decide yet",
            judged > 0 and not now.undecided and not now.not_met,
        ),
        StepState(Step.WATCH, "", "starts with a release", False),
    )


def _undefined(now: LoopCounts) -> str:
    """What is missing of requirements with measures, and of cases."""
    unmeasured = now.requirements - now.measurable
    if unmeasured:
        return f"{count(unmeasured, 'requirement')} without a measure"
    if not now.cases:
        return "no cases yet"
    if now.requirements:
        return ""
    return (
        f"{count(now.put_away, 'requirement')} archived" if now.put_away else "no requirements yet"
    )


def _scored(now: LoopCounts) -> str:
    """The outputs, and what was learnt from reading them."""
    parts = [count(now.outputs, "output")] if now.outputs else []
    if now.failure_modes:
        parts.append(count(now.failure_modes, "failure mode"))
    if now.learnt:
        parts.append(f"{now.learnt} learnt from")
    return ", ".join(parts)


def _unscored(now: LoopCounts) -> str:
    """What waits for a person: outputs to rate, and pairs of them; or why nothing does."""
    if not now.outputs:
        # What the bar says stays while a run goes on: outputs may have come since.
        return "outputs are coming in" if now.running else "no outputs yet"
    parts = [f"{now.ratings_open} to rate"] if now.ratings_open else []
    if now.pairs_open:
        parts.append(f"{count(now.pairs_open, 'pair')} to compare")
    return ", ".join(parts)


def next_action(now: LoopCounts) -> NextAction:
    """What would help most right now."""
    if not now.requirements and now.put_away:
        why = f"{count(now.put_away, 'requirement')} archived, none in force"
        return NextAction("Restore a requirement or write one", why, "requirements")
    if not now.requirements:
        return NextAction("Draft the first requirement", "nothing is asked for yet", "requirements")
    if now.measurable < now.requirements:
        missing = count(now.requirements - now.measurable, "requirement")
        return NextAction("Add a criterion", f"{missing} cannot be measured yet", "requirements")
    if not now.cases:
        return NextAction("Add cases", "there is nothing to try the prompts on", "data")
    if not now.prompts:
        return NextAction("Write a prompt", "there is nothing to try yet", "playground")
    if now.running:
        return NextAction("Watch the run", "answers are coming in", "experiments")
    if not now.experiments_run:
        why = "no verdict rests on real answers yet"
        what = "Run the experiment" if now.experiments else "Set up an experiment"
        return NextAction(what, why, "experiments")
    if now.revised:
        why = f"{count(now.revised, 'requirement')} changed after the answers"
        return NextAction(RUN_AGAIN, why, "experiments")
    if now.not_met:
        why = f"{count(now.not_met, 'requirement')} missed the bar"
        return NextAction("Read the failures and revise", why, "verdicts")
    if now.ratings_open:
        return NextAction("Rate the outputs", f"{now.ratings_open} wait for a person", "rating")
    if now.pairs_open:
        why = f"{count(now.pairs_open, 'pair')} to be compared by a person"
        return NextAction("Say which output is better", why, "rating")
    if now.undecided:
        why = f"{count(now.undecided, 'requirement')} without enough evidence"
        return NextAction("Gather more evidence", why, "verdicts")
    if now.stale:
        return NextAction("Run again", "verdicts are older than what they judge", "experiments")
    if now.undesigned:
        why = f"{count(now.undesigned, 'severe failure mode')} without a design"
        return NextAction("Design what happens then", why, "failures")
    return NextAction("Export the spec", "every bar is met", "spec")
