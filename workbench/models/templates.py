"""Fill in a prompt: a template and a case's variables become messages, within bounds."""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from workbench.domain.calls import Message
from workbench.errors import TemplateError
from workbench.models import grammar
from workbench.models.heard import clean

if TYPE_CHECKING:
    import minijinja

MAX_RENDERED = 1024 * 1024
"""The longest rendered text, in bytes of UTF-8; also the most that variables may hold together."""

MAX_TEMPLATE = 256 * 1024
_FUEL = 60_000
_NAME = "prompt"
_BUILT_IN = frozenset({"range", "loop"})


class _Compiled(NamedTuple):
    environment: "minijinja.Environment"
    variables: tuple[str, ...]


def render(system: str, user: str, variables: Mapping[str, str]) -> tuple[Message, ...]:
    """The messages of one call; no system message where the system template is empty.

    Raises TemplateError.
    """
    question = Message("user", render_text(user, variables))
    if not system.strip():
        return (question,)
    return (Message("system", render_text(system, variables)), question)


def render_text(template: str, variables: Mapping[str, str]) -> str:
    """The template with its variables filled in, exactly as they are (no HTML escaping).

    Raises TemplateError naming the line, and the unknown variable beside the known ones; also
    when the work or the text grows beyond its bounds.
    """
    import minijinja

    compiled = _compile(clean(template))
    values = {name: clean(value) for name, value in variables.items()}
    if sum(map(len, values.values())) > MAX_RENDERED:
        raise _too_long()
    try:
        text = compiled.environment.render_template(_NAME, **values)
    except minijinja.TemplateError as error:
        raise _explained(error, compiled.variables, values) from None
    if len(text) > MAX_RENDERED or len(text.encode()) > MAX_RENDERED:
        raise _too_long()
    return text


def variables_of(template: str) -> tuple[str, ...]:
    """The names that a case has to give this template, sorted. Raises TemplateError."""
    return _compile(clean(template)).variables


@lru_cache(maxsize=256)
def _compile(template: str) -> _Compiled:
    import minijinja

    if len(template) > MAX_TEMPLATE:
        raise TemplateError(
            "The template is longer than 256 KiB.", "Put long texts into the cases instead."
        )
    environment = minijinja.Environment(
        fuel=_FUEL,
        undefined_behavior="strict",
        auto_escape_callback=lambda name: False,
        debug=False,
        pycompat=False,
        keep_trailing_newline=True,
    )
    for function in ("debug", "dict", "namespace", "lipsum", "cycler", "joiner"):
        environment.remove_global(function)
    try:
        environment.add_template(_NAME, template)
    except minijinja.TemplateError as error:
        raise _explained(error, (), {}) from None
    grammar.check(template)
    names = environment.undeclared_variables_in_template(_NAME)
    return _Compiled(environment, tuple(sorted(names - _BUILT_IN)))


def _explained(
    error: "minijinja.TemplateError", wanted: tuple[str, ...], given: Mapping[str, str]
) -> TemplateError:
    line = f"Line {error.line} of the template" if error.line else "The template"
    if error.kind == "UndefinedError":
        known = ", ".join(sorted(given)) or "none"
        unknown = [f"“{name}”" for name in wanted if name not in given]
        if not unknown:
            return TemplateError(
                f"{line} uses a part of a variable, and variables are plain text without parts.",
                f"Known variables: {known}.",
            )
        noun = "variable" if len(unknown) == 1 else "variables"
        return TemplateError(
            f"{line} needs the {noun} {', '.join(unknown)}, which the case does not have.",
            f"Known variables: {known}.",
        )
    if error.kind == "OutOfFuel":
        return TemplateError(
            f"{line} takes too much work.", "Use fewer or shorter loops and shorter variables."
        )
    return TemplateError(
        f"{line} cannot be used: {error.detail or error.kind}.",
        "A variable is written {{ name }}; an if or for ends with {% endif %} or {% endfor %}.",
    )


def _too_long() -> TemplateError:
    return TemplateError(
        "The prompt would be longer than 1 MiB.", "Shorten the template or the case's variables."
    )
