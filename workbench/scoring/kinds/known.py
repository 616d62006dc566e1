"""The checks that are known, by the name of their kind (`domain/kinds/` has the rest of each)."""

from workbench.scoring.kinds import answers, limits, shapes, texts
from workbench.scoring.kinds.check import Check

CHECKS: dict[str, Check] = {
    **texts.CHECKS,
    **shapes.CHECKS,
    **answers.CHECKS,
    **limits.CHECKS,
}
