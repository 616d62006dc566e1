"""Fill in a prompt: a template and a case's variables become messages, within bounds."""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from workbench.domain import values
from workbench.domain.conversations import Conversation, Message, plain
from workbench.domain.prompts import CONVERSATION, PromptText, refuse_unfit
from workbench.domain.values import Value
from workbench.errors import TemplateError
from workbench.models import grammar, parts, template_code, template_work
from workbench.models.heard import clean

if TYPE_CHECKING:
    import minijinja

MAX_RENDERED = 1024 * 1024
"""The longest rendered text, in bytes of UTF-8; also the most that variables may hold together."""

MAX_TEMPLATE = 256 * 1024
_FUEL = 60_000
_LEAST_FUEL = 1_000
_NAME = "prompt"
MESSAGES = "messages"
"""What a template calls the case's conversation, where it writes it out itself."""
_BUILT_IN = frozenset({"range", "loop"})


class _Compiled(NamedTuple):
    environment: "minijinja.Environment"
    variables: tuple[str, ...]
    uses: grammar.Uses
    repeated: template_work.Repeated


def render(
    prompt: PromptText, variables: Mapping[str, Value], conversation: Conversation = ()
) -> tuple[Message, ...]:
    """The messages of one call: no system message where its template is empty, and no user message
    where the case's conversation asks. Its messages are sent as they are.

    Raises TemplateError, also for a conversation that the prompt has no place for, and where
    nothing is asked in the end.
    """
    if MESSAGES not in variables and not prompt.has_place and writes_conversation(prompt):
        variables = {**variables, MESSAGES: plain(conversation)}
        conversation = ()
    if conversation and not prompt.has_place:
        raise TemplateError(
            "The case has a conversation, and the prompt has no place for it.",
            "Add the case's conversation to the prompt's messages, or write {{ messages }}.",
        )
    said: list[Message] = []
    if prompt.system.strip():
        said.append(Message("system", render_text(prompt.system, variables)))
    for message in prompt.messages:
        if message.role == CONVERSATION:
            said += conversation
        else:
            said.append(Message(message.role, render_text(message.content, variables)))
    if prompt.user.strip() or not prompt.has_place:
        said.append(Message("user", render_text(prompt.user, variables)))
    if not said or said[-1].role != "user":
        raise TemplateError(
            "Nothing is asked: the messages do not end with the user.",
            "Write a user message, or cases whose conversation ends with one.",
        )
    if sum(len(message.content.encode()) for message in conversation) > MAX_RENDERED:
        raise _too_long()
    return tuple(said)


def writes_conversation(prompt: PromptText) -> bool:
    """Whether a prompt writes the case's conversation out itself, as {{ messages }}."""
    return any(MESSAGES in text and MESSAGES in variables_of(text) for text in prompt.templates())


def render_text(template: str, variables: Mapping[str, Value]) -> str:
    """The template with its variables filled in, exactly as they are (no HTML escaping).

    A list or group is written as JSON; `{% for x in items %}`, `{{ items[0] }}` and
    `{{ order.id }}` look into it. Raises TemplateError naming the line, and the unknown variable
    beside the known ones; also when the work or the text grows beyond its bounds.
    """
    template = clean(template)
    if "{" not in template:
        _compile(template)  # It may be too long.
        return template
    import minijinja

    has_parts = not all(map(values.is_text, variables.values()))
    compiled = _compile(template, has_parts)
    given = {name: parts.wrapped(value) for name, value in variables.items()}
    for name, line in compiled.uses.lists:
        if isinstance(given.get(name), str):
            raise TemplateError(
                f"Line {line} of the template takes “{name}” for a list, but it is text.",
                f"Make it a list in the case, or take its lines: {name}|lines.",
            )
    if sum(_size(value) for value in given.values()) > MAX_RENDERED:
        raise _too_long()
    level = compiled.repeated.level(given)
    if level:
        compiled = _compile(template, has_parts, level)
    try:
        text = compiled.environment.render_template(_NAME, **given)
    except minijinja.TemplateError as error:
        raise _explained(error, compiled.variables, given) from None
    if len(text) > MAX_RENDERED or len(text.encode()) > MAX_RENDERED:
        raise _too_long()
    return text


def refuse_unaskable(text: PromptText) -> None:
    """Raise InputError for a prompt that asks nothing, TemplateError for one that can't be read."""
    refuse_unfit(text)
    for template in text.templates():
        _compile(clean(template))


def flaw(text: PromptText) -> TemplateError | None:
    """Why nothing can be asked with a prompt that was stored earlier, by rules of its time."""
    try:
        for template in text.templates():
            _compile(clean(template))
    except TemplateError as error:
        return error
    return None


def variables_of(template: str) -> tuple[str, ...]:
    """The names that a case has to give this template, sorted. Raises TemplateError."""
    return _compile(clean(template)).variables


def variables_in(prompt: PromptText) -> tuple[str, ...]:
    """The names that a case has to give this prompt, sorted. Raises TemplateError."""
    return tuple(sorted({name for one in prompt.templates() for name in variables_of(one)}))


def uses_of(template: str) -> grammar.Uses:
    """Which names the template writes out whole, and into which it looks. Raises TemplateError."""
    return _compile(clean(template)).uses


def _size(value: Value) -> int:
    return len(value) if isinstance(value, str) else len(parts.as_json(value))


def _compile(template: str, has_parts: bool = False, level: int = 0) -> _Compiled:
    """The template, ready to use. What lists and groups need costs a little at each value, so it is
    left out where a case has only texts. `level` is how often its fuel is halved."""
    found = _known(template, has_parts, level)
    if isinstance(found, TemplateError):
        raise TemplateError(found.message, found.hint)
    return found


@lru_cache(maxsize=256)
def _known(template: str, has_parts: bool, level: int) -> _Compiled | TemplateError:
    """What was found out about a template: also that it can't be read, which a forecast over
    thousands of cases would else find out for each."""
    try:
        return _read(template, has_parts, level)
    except TemplateError as error:
        return error.with_traceback(None)


def _read(template: str, has_parts: bool, level: int) -> _Compiled:
    import minijinja

    if len(template) > MAX_TEMPLATE:
        raise TemplateError(
            "The template is longer than 256 KiB.", "Put long texts into the cases instead."
        )
    # Before the engine: its parser takes more stack for more code, and ends the process without.
    code = template_code.pieces(template)
    grammar.check(code)
    environment = minijinja.Environment(
        fuel=max(_LEAST_FUEL, _FUEL >> level),
        undefined_behavior="strict",
        auto_escape_callback=lambda name: False,
        debug=False,
        pycompat=False,
        keep_trailing_newline=True,
        finalizer=parts.written if has_parts else None,
    )
    if has_parts:
        environment.add_filter("tojson", parts.as_json)
    for function in ("debug", "dict", "namespace", "lipsum", "cycler", "joiner"):
        environment.remove_global(function)
    try:
        environment.add_template(_NAME, template)
    except minijinja.TemplateError as error:
        raise _explained(error, (), {}) from None
    names = environment.undeclared_variables_in_template(_NAME)
    return _Compiled(
        environment,
        tuple(sorted(names - _BUILT_IN)),
        grammar.uses(code),
        template_work.repeated(code),
    )


def _explained(
    error: "minijinja.TemplateError", wanted: tuple[str, ...], given: Mapping[str, object]
) -> TemplateError:
    line = f"Line {error.line} of the template" if error.line else "The template"
    if error.kind == "UndefinedError":
        known = ", ".join(sorted(given)) or "none"
        unknown = [f"“{name}”" for name in wanted if name not in given]
        if not unknown:
            return TemplateError(
                f"{line} uses a part that the variable does not have.",
                f"Known variables: {', '.join(map(_described, sorted(given.items()))) or 'none'}.",
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


def _described(named: tuple[str, object]) -> str:
    name, value = named
    if isinstance(value, parts.Items):
        return f"{name} (a list of {len(value)}, from {name}[0])"
    if isinstance(value, parts.Fields):
        return f"{name} (with the keys {', '.join(list(value)[:8])})"
    return f"{name} (text, without parts)"


def _too_long() -> TemplateError:
    return TemplateError(
        "The prompt would be longer than 1 MiB.", "Shorten the template or the case's variables."
    )
