"""Each step of the schema has a number of its own (two of one number would be one on record), and
the digest beside them is of what they make: a file is told by it to be ours."""

from workbench.store.engine import shape
from workbench.store.engine.migrations import known


def test_no_two_steps_have_one_number() -> None:
    numbers = [step.number for step in known()]
    assert sorted(set(numbers)) == numbers


def test_the_digest_beside_the_steps_is_of_what_all_of_them_make() -> None:
    made = shape.digest(shape.of_steps(tuple(step.sql for step in known())))
    assert shape.KNOWN.read_text("ascii") == f"{made}\n", f"{shape.KNOWN.name} is to say {made}"
