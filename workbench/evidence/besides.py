"""What differs between two sides of a comparison beside the prompt: then the difference is not its
effect alone."""

from workbench.evidence.pairing import Pairing, Side


def _elsewhere(pairing: Pairing, a: Side, b: Side) -> str:
    """Where one connection had two addresses, or asked in two ways: which answered whom."""
    mine, theirs = pairing.endpoint(a), pairing.endpoint(b)
    if mine is None or theirs is None or mine.answers_like(theirs):
        return ""
    if mine.host != theirs.host or mine.settings == theirs.settings:
        where = mine.address, theirs.address
        named = (mine.host, theirs.host) if mine.host != theirs.host else where
        return (
            f"{a.variant.label} was answered by {named[0]}, {b.variant.label} by {named[1]}, "
            f"both as {a.variant.connection}"
        )
    return (
        f"{a.variant.connection} sent other settings with the requests of {a.variant.label} than "
        f"with those of {b.variant.label}"
    )


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
    elif elsewhere := _elsewhere(pairing, a, b):
        parts.append(elsewhere)
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
