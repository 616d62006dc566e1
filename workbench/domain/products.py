"""How a product is called that is no model: what a connection of the kind *endpoint* says of it.

The connection says where it is and where in its reply the answer stands; what is sent is the user
message of a prompt: a template of the request's JSON body. So another body is another version of
the prompt, and another reader of the reply another version of the connection.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any

from workbench.domain import json_path
from workbench.domain.fingerprint import canonical
from workbench.errors import InputError

METHODS = ("POST", "PUT", "PATCH")
MODEL = "endpoint"
"""What answers, where the connection names nothing else: a product tells no model's name."""
BODY = '{"message": {{ message|tojson }}}'
"""A body to begin with."""
_PATHS = ("answer", "model", "input_tokens", "output_tokens")


@dataclass(frozen=True)
class Product:
    """`answer` is the JSON path of the answer in the reply; the others are paths too, empty where
    the reply says nothing of the kind."""

    answer: str = "$.answer"
    method: str = "POST"
    model: str = ""
    input_tokens: str = ""
    output_tokens: str = ""

    def written(self) -> str:
        """The product as canonical JSON."""
        return canonical({name: value for name, value in asdict(self).items() if value})

    def checked(self) -> "Product":
        """The same, tidy. Raises InputError for a path that can't be read and another method."""
        tidy = Product(**{name: str(value).strip() for name, value in asdict(self).items()})
        if not tidy.answer:
            raise InputError(
                "The endpoint has no path to its answer.", "Write one, such as $.answer."
            )
        if tidy.method not in METHODS:
            raise InputError(f"“{tidy.method[:20]}” is no method.", f"Use {', '.join(METHODS)}.")
        for name in _PATHS:
            path = getattr(tidy, name)
            problem = json_path.problem_with(path) if path else ""
            if problem:
                what = name.replace("_", " ")
                raise InputError(
                    f"The path of the {what}: {problem}",
                    "It looks like $.answer or $.choices[0].text.",
                )
        return tidy


def parsed(text: str) -> Product | None:
    """The inverse of `Product.written`; None where nothing is written."""
    return Product(**json.loads(text)) if text else None


def body(text: str) -> dict[str, Any] | list[Any]:
    """A rendered body as JSON. Raises InputError saying where it is none."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(
            f"The endpoint's body is not JSON: line {error.lineno}, column {error.colno}: "
            f"{error.msg}.",
            "The prompt's user message is the body. Write values as {{ message|tojson }}, which "
            "puts quotes around a text and escapes those in it.",
        ) from None
    except RecursionError:
        raise InputError("The endpoint's body is nested too deeply.", "Make it flatter.") from None
    if not isinstance(found, dict | list):
        raise InputError("The endpoint's body is no JSON object.", f"It looks like {BODY}.")
    return found
