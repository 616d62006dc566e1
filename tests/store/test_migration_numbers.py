"""Each step of the schema has a number of its own: two of one number would be one on record."""

from workbench.store.engine.migrations import known


def test_no_two_steps_have_one_number() -> None:
    numbers = [step.number for step in known()]
    assert sorted(set(numbers)) == numbers
