"""Whether JSON fits a schema: at once where counting shows that it is quick, else in a child.

The child has a deadline of two seconds for each question and a limit of memory. What is over it is
unscored, with the reason; a schema that is over it again and again is not tried any more.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from workbench.confined import Broken, Overtime, Warm
from workbench.domain.criteria import Scorer, ScorerKind, problem_with
from workbench.domain.fingerprint import canonical
from workbench.errors import InputError
from workbench.scoring.schema_weight import weigh

SECONDS = 2.0
MEMORY_BYTES = 768 * 1024 * 1024
_TRIM = 120
_MOST_STOPS = 3
# What all answers of a schema may take together: what the first ones need, and 20 ms for each.
_SECONDS_AT_FIRST, _SECONDS_EACH = 6.0, 0.02
_HINT = (
    "Correct the schema. References to other addresses are not followed; patterns know no "
    "look-around (?=…) and no back-references \\1, so that every check ends in time."
)


class Misfit(NamedTuple):
    """Where a value does not fit, and why: the first thing that was found."""

    place: str
    message: str


def refuse_unusable(schema: Mapping[str, Any]) -> None:
    """Raise InputError for a schema that could never be applied, or takes too long to prepare."""
    prepared(schema).make()


def misfit(schema: Mapping[str, Any], value: Any, text: str) -> Misfit | None:
    """Where a value, read from this text, does not fit; None where it does.

    Raises InputError where that can't be said: the schema is broken, or it takes too long.
    """
    return prepared(schema).misfit(value, text)


class Prepared:
    """A schema, and how long it has taken so far."""

    def __init__(self, schema: str) -> None:
        read = json.loads(schema)
        self._schema = schema
        self._problem = problem_with(Scorer(ScorerKind.JSON_SCHEMA, {"schema": read}))
        self.weight = None if self._problem else weigh(read)
        self._validator: Any = None
        self._asked = self._stops = 0
        self._spent = 0.0

    def make(self) -> None:
        """Make the validator, as far as that can be done. Raises InputError where it can't."""
        if self.weight is None or not self.weight.is_small:
            self._ask(None)
        elif self._validator is None:
            self._validator = validator(self._schema)

    def misfit(self, value: Any, text: str) -> Misfit | None:
        """Where the value does not fit. Raises InputError."""
        if self.weight is None or not self.weight.is_small or not self.weight.is_quick(text):
            return self._ask(text)
        self.make()
        return first_misfit(self._validator, value)

    def _ask(self, text: str | None) -> Misfit | None:
        if self._problem:
            raise InputError(f"The JSON schema cannot be used: {self._problem}", "Make it smaller.")
        self._asked += 1
        if self._stops >= _MOST_STOPS:
            raise InputError(
                f"The schema was stopped {self._stops} times after {SECONDS:g} seconds and is not "
                "tried any more.",
                "Simplify the schema, or start the workbench again.",
            )
        if self._spent > _SECONDS_AT_FIRST + _SECONDS_EACH * self._asked:
            raise InputError(
                f"The schema took {self._spent:.0f} seconds for {self._asked:,} answers, which is "
                "too long.",
                "Simplify the schema.",
            )
        question = json.dumps({"schema": self._schema, "text": text}).encode()
        try:
            said = json.loads(CHILD.ask(question, SECONDS))
        except Overtime as error:
            self._stops += 1
            raise InputError(
                f"Checking the schema took longer than {SECONDS:g} seconds and was stopped.",
                "Simplify the schema.",
            ) from error
        except Broken as error:
            self._stops += 1
            raise InputError(
                "Checking the schema takes too much memory, or it is nested too deeply.",
                "Simplify the schema.",
            ) from error
        self._spent += said["seconds"]
        if "error" in said:
            raise InputError(said["error"], said["hint"])
        return None if said["misfit"] is None else Misfit(*said["misfit"])


def prepared(schema: Mapping[str, Any]) -> Prepared:
    """A schema, weighed once. Raises InputError where it is too deep to be written out."""
    recent = _RECENT.get(id(schema))
    if recent is None or recent[0] is not schema:
        recent = (schema, _prepared(canonical(schema)))
        if len(_RECENT) >= _MOST_RECENT:
            _RECENT.clear()
        _RECENT[id(schema)] = recent
    return recent[1]


@lru_cache(maxsize=256)
def _prepared(schema: str) -> Prepared:
    return Prepared(schema)


# A run judges thousands of outputs by one schema: writing it out each time takes longer than
# applying it. Each is kept alive here, so that its id stays its own.
_RECENT: dict[int, tuple[Mapping[str, Any], Prepared]] = {}
_MOST_RECENT = 64


@lru_cache(maxsize=64)
def validator(schema: str) -> Any:
    """What applies a schema: offline, and with patterns that take linear time.

    Raises InputError for what is no schema. Only where it is known to be small, or in the child.
    """
    import jsonschema_rs

    try:
        return jsonschema_rs.validator_for(
            json.loads(schema), offline=True, pattern_options=jsonschema_rs.RegexOptions()
        )
    except (ValueError, jsonschema_rs.ValidationError) as error:
        said = str(error).splitlines()[0][:_TRIM]
        raise InputError(f"The JSON schema cannot be used: {said}.", _HINT) from error


def first_misfit(made: Any, value: Any) -> Misfit | None:
    """Where a value does not fit what `validator` made. Raises InputError."""
    import jsonschema_rs

    try:
        if made.is_valid(value):
            return None
        made.validate(value)
    except jsonschema_rs.ValidationError as error:
        place = "/".join(str(step) for step in error.instance_path) or "the top"
        return Misfit(place, str(error.message)[:_TRIM])
    except ValueError as error:
        # Half a character ("\\ud800").
        raise InputError(f"The schema cannot be applied to it: {str(error)[:_TRIM]}.") from error
    raise AssertionError("what is not valid has an error")


CHILD = Warm("workbench.scoring.schema_child", MEMORY_BYTES)
"""Started by the first schema that needs it."""
