"""Hold an output against those of the other trials of its case and variant."""

from workbench.domain.kinds.settings import Settings
from workbench.domain.scores import Judgement
from workbench.say import count
from workbench.scoring.kinds.check import Check, Subject, failed, passed, unscored
from workbench.scoring.kinds.texts import MOST_PAIRS, likeness
from workbench.scoring.wording import normalised, quoted


def _same(settings: Settings, subject: Subject) -> Judgement:
    if not subject.others:
        return unscored("It is the only answer to its case so far; it takes two or more.")
    output, others = normalised(subject.output), list(map(normalised, subject.others))
    least = float(settings.get("similarity", 1))
    if least < 1 and sum(len(output) * len(other) for other in others) > MOST_PAIRS:
        return unscored("The answers to its case are too long to be held against each other.")
    alike = [other == output or _share(settings, output, other) >= least for other in others]
    n, same = len(others), sum(alike)
    said = f"Says the same as {same} of the {count(n, 'other answer')} to its case."
    if same < n:
        said += f" Another says {quoted(subject.others[alike.index(False)])}."
    # With itself: three answers of five are most of them.
    is_most = settings.get("others") == "most" and same + 1 > (n + 1) / 2
    return (passed if same == n or is_most else failed)(said, same / n)


def _share(settings: Settings, text: str, other: str) -> float:
    return likeness(settings)(text, other) / 100 if "similarity" in settings else 0.0


CHECKS = {"same": Check(_same)}
