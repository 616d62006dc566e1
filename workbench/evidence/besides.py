"""What differs between two sides of a comparison beside the prompt: then the difference is not its
effect alone."""

from workbench.evidence.pairing import Pairing, Side


def prompt(pairing: Pairing, a: Side, b: Side) -> str:
    """Model, connection and parameters, where they are not the same; empty where they are.

    The model is also what the servers said it was: one name may stand for another model later.
    """
    one, other = a.variant, b.variant
    parts = []
    if (one.connection, one.model) != (other.connection, other.model):
        parts.append(
            f"{one.label} was asked of {one.model} on {one.connection}, "
            f"{other.label} of {other.model} on {other.connection}"
        )
    else:
        answered = [pairing.models(side) for side in (a, b)]
        if all(answered) and answered[0] != answered[1]:
            names = [" and ".join(each) for each in answered]
            parts.append(
                f"by what the server says, {names[0]} answered {one.label} in {a.experiment.key}, "
                f"{names[1]} {other.label} in {b.experiment.key}"
            )
    mine, theirs = one.parameters.compact(), other.parameters.compact()
    changed = sorted(name for name in {*mine, *theirs} if mine.get(name) != theirs.get(name))
    if changed:
        said = [
            f"{name} {mine.get(name, 'not set')} → {theirs.get(name, 'not set')}"
            for name in changed
        ]
        parts.append(f"other parameters: {', '.join(said)}")
    return "; ".join(parts)
