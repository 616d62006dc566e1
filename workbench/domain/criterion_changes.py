"""What differs between two versions of a criterion, in words: what a change of the demand is."""

from workbench.domain.criteria import CriterionDraft, Measure, Scale
from workbench.domain.kinds import looking
from workbench.say import level


def differences(before: CriterionDraft, after: CriterionDraft) -> tuple[str, ...]:
    """What was changed of what decides, each as “bar at least 90% → at least 50%”.

    A title, an origin or a target decides nothing: changes of these are not among them.
    """
    found = []
    pairs = (
        ("bar", _bar(before), _bar(after)),
        ("measure", _plain(before.measure), _plain(after.measure)),
        ("confidence", _percent(before.confidence), _percent(after.confidence)),
        ("slices", _slices(before), _slices(after)),
        ("lane", before.lane.value, after.lane.value),
        ("looks at", before.scorer.looks_at.label, after.scorer.looks_at.label),
    )
    for name, old, new in pairs:
        if old != new:
            found.append(f"{name} {old} → {new}")
    if before.scorer.kind != after.scorer.kind:
        found.append(f"scorer {_plain(before.scorer.kind)} → {_plain(after.scorer.kind)}")
    elif changed := _settings(before, after):
        found.append(f"what the scorer looks for ({changed})")
    return tuple(found)


def _settings(before: CriterionDraft, after: CriterionDraft) -> str:
    old, new = before.scorer.settings, after.scorer.settings
    said = []
    for name in dict.fromkeys([*old, *new]):
        if name != looking.NAME and old.get(name) != new.get(name):
            said.append(f"{_plain(name)}: {_value(old.get(name))} → {_value(new.get(name))}")
    return "; ".join(said)


def _value(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return str(value)


def _bar(draft: CriterionDraft) -> str:
    sign = "at most" if draft.measure.is_upper_bar else "at least"
    if draft.measure is Measure.MEAN_SCORE and draft.scale is not None:
        return f"{sign} {_score(draft.scale, draft.bar)}"
    return f"{sign} {_percent(draft.bar)}"


def _score(scale: Scale, share: float) -> str:
    return f"{scale.score(share):.10g} on {scale.low:g} to {scale.high:g}"


def _slices(draft: CriterionDraft) -> str:
    return ", ".join(draft.slices) or "every case"


def _percent(share: float) -> str:
    return level(share)


def _plain(name: str) -> str:
    return str(name).replace("_", " ")
