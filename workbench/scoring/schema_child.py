"""The child process that applies JSON schemas whose cost can't be told by counting."""

import json
import time
from typing import Any

from workbench import confined
from workbench.domain import json_text
from workbench.errors import InputError
from workbench.scoring import schemas

_MEMORY = InputError("Checking the schema takes too much memory.", "Simplify the schema.")


def main() -> None:
    """Answer questions until the app ends."""
    confined.begin()
    # What is loaded later would need files, which are closed from now on.
    schemas.first_misfit(schemas.validator('{"pattern":"a","uniqueItems":true}'), "b")
    confined.answer_questions(answer)


def answer(question: bytes) -> bytes:
    """A schema and a text of JSON (none: only whether the schema can be used) in; where it does
    not fit, or why that can't be said, out."""
    asked = json.loads(question)
    began = time.process_time()
    said: dict[str, Any]
    try:
        made = schemas.validator(asked["schema"])
        found = None
        if asked["text"] is not None:
            found = schemas.first_misfit(made, json_text.read(asked["text"]))
        said = {"misfit": found}
    except InputError as error:
        said = {"error": error.message, "hint": error.hint}
    except MemoryError:
        said = {"error": _MEMORY.message, "hint": _MEMORY.hint}
    return json.dumps(said | {"seconds": time.process_time() - began}).encode()


if __name__ == "__main__":
    main()
