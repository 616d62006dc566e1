"""How far a judge can be trusted, in words: the same on pages, the command line and in the spec."""

from collections.abc import Iterator

from workbench.domain.trust import FEWEST_OF_EACH, LEAST_ALIKE, LEAST_YOUDEN, Share, Trust
from workbench.domain.verdicts import CriterionVerdict
from workbench.say import count, rounded


def sentences(trust: Trust) -> tuple[str, ...]:
    """What is to be known of the judge behind a verdict, each without a full stop."""
    said = [_standing(trust), *_panel(trust)]
    if trust.broken:
        said.append(f"{'; '.join(trust.broken)}. So nothing rests on its words")
    if trust.n_with_files:
        said.append(f"on {count(trust.n_with_files, 'output')} it saw the case's files, too")
    if trust.n_unread:
        said.append(
            f"of {count(trust.n_unread, 'output')} it gave no word that can be used: its answer "
            "could not be read, or it can't tell"
        )
    if trust.n_flagged:
        speaks = "speaks to its" if trust.n_flagged == 1 else "speak to their"
        said.append(
            f"{count(trust.n_flagged, 'output')} {speaks} judge: flagged and unscored, so a person "
            "has to look"
        )
    if trust.n_settled:
        said.append(
            f"{count(trust.n_settled, 'label')} of these were decided by somebody who saw both "
            "words. Nobody looked again where the two agree, so that leans to the judge"
        )
    return tuple(said)


def _standing(trust: Trust) -> str:
    name = f"the {'panel' if trust.members else 'judge'} {trust.model}"
    if trust.raw is None and trust.n_unread:
        return f"{name} gave no word that labels could be held against, so it decides nothing"
    if not trust.n_labels:
        return f"{name} was held against no label of a person, so it decides nothing"
    held = f"{name} was held against {count(trust.n_labels, 'label')} of people"
    if trust.is_borrowed:
        held += " on other outputs (that it errs alike on these is taken for granted)"
    errs = (
        f"it passes {share(trust.sensitivity)} of what they pass and fails "
        f"{share(trust.specificity)} of what they fail"
    )
    if not trust.has_labels:
        return f"{held}, which is too few: it decides nothing"
    kappa = "" if trust.kappa.value is None else f", kappa {_plain(trust.kappa)}"
    if trust.weighted_kappa.value is not None:
        kappa += f", weighted kappa of the scores {_plain(trust.weighted_kappa)}"
    if not trust.is_able:
        return (
            f"{held}: {errs}{kappa}. It tells good from bad too badly to decide anything: "
            f"sensitivity + specificity - 1 is {trust.youden or 0:.2f}, and {LEAST_YOUDEN:g} is "
            "the least"
        )
    if trust.broken:
        return f"{held}: {errs}{kappa}"
    raw = "" if trust.raw is None else f"; by its word alone {_percent(trust.raw)} pass"
    return f"{held}: {errs}{kappa}. The rate is corrected for that, its interval widened{raw}"


def _panel(trust: Trust) -> Iterator[str]:
    """Each member of a panel by itself, and how far they agree."""
    for member in trust.members:
        if member.n_labels:
            kappa = "" if member.kappa.value is None else f", kappa {_plain(member.kappa)}"
            yield (
                f"its member {member.model} by itself, on {count(member.n_labels, 'label')}: it "
                f"passes {share(member.sensitivity)} of what people pass and fails "
                f"{share(member.specificity)} of what they fail{kappa}"
            )
    if trust.accord and trust.accord.n:
        n, n_alike, n_split = trust.accord
        said = f"its members say the same of {n_alike} of {count(n, 'output')}"
        if n_alike < LEAST_ALIKE * n:
            said += ", which is little: the rubric can be read in more than one way"
        if n_split:
            said += f"; {n_split} without a majority {'is' if n_split == 1 else 'are'} unscored"
        yield said


def next_step(found: CriterionVerdict) -> str:
    """What would settle a verdict that a judge leaves open; empty where labels are not what is
    missing."""
    trust = found.trust
    if trust is None or trust.raw is None:
        return ""
    if trust.broken:
        does, must = "lets the planted output pass", "fail"
        if found.criterion.draft.scorer.over is not None:
            does, must = "may like the planted output better", "lose"
        return (
            f"Choose another model for its judge. Where its rubric {does}, write one on the "
            f"criterion that must {must}."
        )
    if trust.has_labels and not trust.is_earned and not trust.is_borrowed:
        return (
            "Choose another model or rubric for its judge, or have people rate these outputs: more "
            "labels would not help."
        )
    if not trust.needed:
        return ""
    need = f"Label {count(trust.needed, 'more output' if trust.n_labels else 'output')} on Score"
    if not trust.has_labels:
        scarce = "fail" if trust.n_bad < FEWEST_OF_EACH else "pass"
        few = min(trust.n_good, trust.n_bad)
        is_scarce = few < FEWEST_OF_EACH
        why = f"; {FEWEST_OF_EACH - few} that {scarce} are missing" if is_scarce else ""
        return f"{need}: about so many it takes to say how often the judge errs{why}."
    return f"{need}: so many would probably settle it."


def share(found: Share) -> str:
    """A share with its interval: “92% (85% to 96%)”."""
    if found.value is None or found.low is None or found.high is None:
        return "an unknown share"
    return f"{_percent(found.value)} ({_percent(found.low)} to {_percent(found.high)})"


def _percent(value: float) -> str:
    return f"{rounded(100 * value)}%"


def _plain(found: Share) -> str:
    if found.low is None or found.high is None or found.value is None:
        return "unknown"
    return f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f})"
