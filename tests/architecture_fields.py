"""Which fields code fills: their state must be persisted, or the browser may lose what it was told.

Streamlit sends the browser a value that code chose once. When the next redrawing starts first, that
message is dropped, the field shows its default and reports it as chosen. With `persist_state` the
value is sent until the browser has reported the field.
"""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from tests.architecture_index import interface
from tests.architecture_source import Source, function_of, scopes_around

# The fields that hold a value, and where it may stand among the positional arguments.
_FIELDS = {
    **dict.fromkeys(("text_input", "number_input", "text_area", "checkbox", "toggle"), 1),
    **dict.fromkeys(("date_input", "time_input", "datetime_input", "color_picker"), 1),
    **dict.fromkeys(("selectbox", "multiselect", "radio", "pills", "segmented_control"), 2),
    **{"slider": 3, "select_slider": 2, "feedback": 1},
}
_SECOND = {"number_input": 3, "pills": 9, "segmented_control": 9}
_VALUES = ("value", "index", "default")
_ANY = "*"


def unkept(source: Source) -> Iterator[tuple[int, str]]:
    """Fields that code fills and whose state is not persisted."""
    written = {*_written(), *_written_in(source)}
    for call in source.calls:
        verb = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if verb not in _FIELDS or _is_kept(source, call):
            continue
        key = next((k.value for k in call.keywords if k.arg == "key"), None)
        if any(not _is_fixed(source, value) for value in _values(call, verb)):
            yield call.lineno, f"{verb}: code computes its value; add persist_state"
        elif key is not None and any(
            _may_be_same(shape, other)
            for shape in _shapes(source, key)
            for path, other in written
            if not (_is_vague(shape) or _is_vague(other)) or path == source.path
        ):
            yield call.lineno, f"{verb}: code sets its state; add persist_state"


def _is_kept(source: Source, call: ast.Call) -> bool:
    """Whether the call says `persist_state`, itself or in the arguments that it unpacks."""
    for keyword in call.keywords:
        if keyword.arg == "persist_state":
            return not (isinstance(keyword.value, ast.Constant) and keyword.value.value is None)
        if keyword.arg is None and _unpacks_it(source, keyword.value):
            return True
    return False


def _unpacks_it(source: Source, unpacked: ast.expr) -> bool:
    if isinstance(unpacked, ast.Name):
        found = _assigned(source, unpacked)
        # A parameter: whoever passes it on is looked at by the widget tests.
        return found is None or _unpacks_it(source, found)
    if isinstance(unpacked, ast.Dict):
        return any(
            isinstance(k, ast.Constant) and k.value == "persist_state" for k in unpacked.keys
        )
    # `form.bind("title")`: the drafts' form says it, for each of its fields.
    return isinstance(unpacked, ast.Call) and "bind" in ast.unparse(unpacked.func)


def _is_fixed(source: Source, value: ast.expr) -> bool:
    is_name = isinstance(value, ast.Name) and value.id.isupper()
    return is_name or source.is_constant(value)


def _is_vague(shape: str) -> bool:
    """Whether the beginning of a key is not known: only the same file's count as the same then."""
    return shape.startswith(_ANY)


def _values(call: ast.Call, verb: str) -> Iterator[ast.expr]:
    yield from (keyword.value for keyword in call.keywords if keyword.arg in _VALUES)
    place = _SECOND.get(verb, _FIELDS[verb])
    yield from call.args[place : place + 1]


@cache
def _written() -> tuple[tuple[str, str], ...]:
    """The file and the shape of every key that any page sets in the session's state."""
    return tuple(pair for source in interface().values() for pair in _written_in(source))


def _written_in(source: Source) -> tuple[tuple[str, str], ...]:
    return tuple(
        (source.path, shape) for key in _set_keys(source) for shape in _shapes(source, key)
    )


def _set_keys(source: Source) -> Iterator[ast.expr]:
    for node in source.nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                for each in target.elts if isinstance(target, ast.Tuple) else [target]:
                    if isinstance(each, ast.Subscript) and _is_state(source, each.value):
                        yield each.slice
        is_method = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if is_method and node.func.attr == "setdefault" and _is_state(source, node.func.value):
            yield node.args[0]


def _is_state(source: Source, node: ast.expr) -> bool:
    if source.named(node) in ("streamlit.session_state", "st.session_state"):
        return True
    if not isinstance(node, ast.Name):
        return False
    found = _assigned(source, node)
    return found is not None and _is_state(source, found)


def _shapes(source: Source, node: ast.expr) -> tuple[str, ...]:
    """What a key may look like: its text, with a star for each part that is not known here."""
    if isinstance(node, ast.Constant):
        return (str(node.value),)
    if isinstance(node, ast.JoinedStr):
        return ("".join(_part(source, each) for each in node.values),)
    if isinstance(node, ast.Name):
        given = [*_arguments(source, node), *_looped(source, node)]
        if given:
            return tuple(given)
    return (_text(source, node),)


def _looped(source: Source, node: ast.Name) -> list[str]:
    """What a name stands for in a loop over a few keys."""
    return [
        _text(source, each)
        for scope in scopes_around(node)
        for loop in ast.walk(scope)
        if isinstance(loop, ast.For) and isinstance(loop.target, ast.Name)
        if loop.target.id == node.id and isinstance(loop.iter, ast.Tuple | ast.List)
        for each in loop.iter.elts
    ]


def _part(source: Source, node: ast.expr) -> str:
    if isinstance(node, ast.FormattedValue):
        return _text(source, node.value)
    return _text(source, node)


def _text(source: Source, node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_part(source, each) for each in node.values)
    if isinstance(node, ast.Name | ast.Attribute):
        found = _assigned(source, node) if isinstance(node, ast.Name) else None
        if found is not None:
            return _text(source, found)
        module, _, name = source.named(node).rpartition(".")
        home = interface().get(f"{module.replace('.', '/')}.py")
        if home is not None:
            return _constants(home).get(name, _ANY)
        return _constants(source).get(source.named(node), _ANY)
    if isinstance(node, ast.Call):
        return _returned(source, node)
    return _ANY


def _returned(source: Source, call: ast.Call) -> str:
    """What one of our functions makes of a key, where it is one expression."""
    module, _, name = source.named(call.func).rpartition(".")
    home = interface().get(f"{module.replace('.', '/')}.py", source)
    for node in home.tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            last = node.body[-1]
            if isinstance(last, ast.Return) and last.value is not None:
                return _text(home, last.value)
    return _ANY


@cache
def _constants(source: Source) -> Mapping[str, str]:
    """The texts that a module names, one after the other."""
    found: dict[str, str] = {}
    for node in source.tree.body:
        for target in node.targets if isinstance(node, ast.Assign) else []:
            for name, value in _pairs(target, node.value):  # type: ignore[attr-defined]  # an Assign
                if isinstance(name, ast.Name) and isinstance(value, ast.Constant | ast.JoinedStr):
                    parts = value.values if isinstance(value, ast.JoinedStr) else [value]
                    found[name.id] = "".join(_known(part, found) for part in parts)
    return found


def _known(part: ast.expr, found: Mapping[str, str]) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    named = part.value if isinstance(part, ast.FormattedValue) else part
    return found.get(named.id, _ANY) if isinstance(named, ast.Name) else _ANY


def _pairs(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        return list(zip(target.elts, value.elts, strict=False))
    return [(target, value)]


def _assigned(source: Source, node: ast.Name) -> ast.expr | None:
    """The first value that a name is given in the functions around it, or in the module."""
    around = [each for scope in scopes_around(node) for each in ast.walk(scope)]
    for each in (*around, *source.tree.body):
        if isinstance(each, ast.Assign | ast.AnnAssign) and each.value is not None:
            for target in each.targets if isinstance(each, ast.Assign) else [each.target]:
                for name, value in _pairs(target, each.value):
                    if isinstance(name, ast.Name) and name.id == node.id:
                        return value
    return None


def _arguments(source: Source, node: ast.Name) -> list[str]:
    """The shapes that callers pass for a name which is a parameter of the function around it."""
    function = function_of(node)
    for scope in scopes_around(node):
        if not isinstance(scope, ast.FunctionDef) or scope.name != function:
            continue
        names = [argument.arg for argument in scope.args.args]
        if node.id not in names or _assigned(source, node) is not None:
            return []
        place = names.index(node.id)
        return [
            _text(other, given[place])
            for other in {source.path: source, **interface()}.values()
            for call in other.calls
            for given in _passed(other, call, f"{source.module}.{function}", names)
            if place < len(given)
        ]
    return []


def _passed(source: Source, call: ast.Call, function: str, names: list[str]) -> Iterator[list[Any]]:
    """The arguments with which a call, or the callback that it names, reaches a function."""
    own, _, short = function.rpartition(".")
    wanted = (function, short) if source.module == own else (function,)
    if source.named(call.func) in wanted:
        by_name = {k.arg: k.value for k in call.keywords}
        yield [*call.args, *(by_name[n] for n in names[len(call.args) :] if n in by_name)]
    given = next((k.value for k in call.keywords if k.arg == "args"), None)
    is_called = any(source.named(k.value) in wanted for k in call.keywords if k.arg != "args")
    if is_called and isinstance(given, ast.Tuple):
        yield given.elts


def _may_be_same(one: str, other: str) -> bool:
    """Whether two shapes can stand for one key."""
    if not one or not other:
        return set(one + other) <= {_ANY}
    if one[0] == _ANY:
        return _may_be_same(one[1:], other) or _may_be_same(one, other[1:])
    if other[0] == _ANY:
        return _may_be_same(other, one)
    return one[0] == other[0] and _may_be_same(one[1:], other[1:])
