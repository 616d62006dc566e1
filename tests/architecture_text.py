"""Text on pages: what people or models wrote reaches Markdown through `ui.parts.text` only.

An expression counts as ours when it is made of literals, the module's constants, numbers, times,
members of enumerations (told from annotations), what `text.md` and `text.short` give, and what
our own functions build from such parts. Everything else is somebody's words.
"""

import ast
from collections.abc import Iterator

from tests.architecture_index import enumerations, functions, interface, is_plain, plain_names
from tests.architecture_source import Source, function_of, scopes_around, within

# What reads Markdown, and which positional arguments do. Keywords are the same everywhere.
_BODIES = """
    markdown caption header subheader title write write_stream info error warning success toast
    badge expander popover tabs status spinner dialog latex button download_button link_button
    form_submit_button menu_button checkbox toggle radio selectbox multiselect pills feedback
    segmented_control slider select_slider text_input number_input text_area date_input time_input
    file_uploader color_picker
"""
_READS_MARKDOWN = dict.fromkeys(_BODIES.split(), (0,)) | {"metric": (0, 1, 2), "progress": (1,)}
_READS_MARKDOWN |= {"page_link": ()}
_KEYWORDS = ("label", "body", "help", "title", "captions", "delta", "text")
_OPTIONS = ("radio", "pills", "segmented_control")
_LOADS = ("image", "video", "audio", "logo", "ImageColumn", "MarkdownColumn", "LinkColumn")

_MADE_SAFE = (
    "workbench.ui.parts.text.md",
    "workbench.ui.parts.text.short",
    "workbench.exchange.safe.markdown.escape",
    "workbench.exchange.safe.markdown.paragraphs",
)
# For what reads no Markdown: nothing is hidden in what comes out.
_MADE_PLAIN = (
    *("workbench.ui.parts.text.plain", "workbench.ui.parts.text.tabular"),
    *("workbench.ui.parts.text.tinted", "workbench.exchange.safe.markdown.visible"),
)
_PLAIN_OPTIONS = ("selectbox", "multiselect")
_PLAIN_BODIES = ("dataframe", "table", "code")
# Letters, digits and underscores come out, whatever goes in.
_IDENTIFIERS = ("workbench.domain.names.suggested",)
# The ones that take nothing that a person wrote; `promise`, `explain` and `describe_scorer` do.
_WORDS = ("figure", "design", "percent", "bar", "expectation", "conclusion", "next_step", "level",
          "value", "span")  # fmt: skip
_NUMBERS = ("uuid.uuid4", "len", "int", "float", "round", "sum", "abs", "bool", "ord")
_SAME = ("str", "sorted", "list", "tuple", "reversed", "min", "max", "set", "next", "iter")
_SAME += ("dict.fromkeys",)
_METHODS = ("capitalize", "upper", "lower", "strip", "lstrip", "rstrip", "replace", "removesuffix",
            "removeprefix", "title", "get", "values", "items", "copy")  # fmt: skip
_TIMES = ("strftime", "isoformat", "astimezone")
# Strings that are ours, by owner: keys are given by the store or checked by the feature file's
# schema, the loop's sentences are written in the domain.
_OURS = {
    ("requirement", "key"), ("criterion", "key"), ("experiment", "key"), ("verdict", "label"),
    ("state", "has"), ("state", "lacks"), ("estimate", "method"), ("found", "experiment"),
    ("experiment", "plan_hash"), ("outlook", "time"), ("outlook", "cost"), ("outlook", "reach"),
    ("changes", "describe"), ("edits", "describe"), ("hint", "kind"), ("hint", "advice"),
    ("look", "color"), ("look", "icon"), ("look", "word"), ("look", "mark"), ("look", "text"),
    ("look", "badge"), ("entry", "label"), ("entry", "meaning"), ("field", "label"),
    ("field", "help"), ("field", "options"),
}  # fmt: skip
_OF_OURS = ("value", "name", "hex", "label")
_DEEPEST = 24


def untrusted_text(source: Source, allowed: set[str]) -> Iterator[tuple[int, str]]:
    """Where Markdown is made of text that may not be ours, but in the `allowed` functions."""
    reader, strict = _Reader(source), _Reader(source, trusts_md=False)
    for call in source.calls:
        verb = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if source.named(call.func).startswith("workbench.") or function_of(call) in allowed:
            continue  # one of ours: what it draws with is looked at where it does
        if verb in _LOADS and call.args and not strict.is_ours(call.args[0], 0):
            yield call.lineno, f"{verb} loads what it is given"
        if verb not in _READS_MARKDOWN or _is_a_log(call):
            continue
        given = [call.args[i] for i in _READS_MARKDOWN[verb] if i < len(call.args)]
        given += [k.value for k in call.keywords if k.arg in _KEYWORDS]
        given += _shown_options(call) if verb in _OPTIONS else []
        for part in given:
            if not reader.is_ours(part, 0):
                yield part.lineno, f"{verb} of {ast.unparse(part)[:70]}: through text.md or short"
            elif verb == "badge" and not strict.is_ours(part, 0):
                yield part.lineno, "st.badge escapes brackets again: write :gray-badge[…] instead"


def hidden_text(source: Source) -> Iterator[tuple[int, str]]:
    """Where a table, a block of code or a list of choices shows what may hide something."""
    reader = _Reader(source, safe=_MADE_PLAIN)
    for call in source.calls:
        verb = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if source.named(call.func).startswith("workbench."):
            continue
        given = call.args[:1] if verb in _PLAIN_BODIES else []
        given += _shown_options(call) if verb in _PLAIN_OPTIONS else []
        for part in given:
            if not reader.is_ours(part, 0):
                yield part.lineno, f"{verb} of {ast.unparse(part)[:70]}: through text.plain"


def _is_a_log(call: ast.Call) -> bool:
    assert isinstance(call.func, ast.Attribute)
    return isinstance(call.func.value, ast.Name) and "log" in call.func.value.id.lower()


def _options(call: ast.Call) -> list[ast.expr]:
    return call.args[1:2] or _keyword(call, "options")


def _shown_options(call: ast.Call) -> list[ast.expr]:
    """What the choices are called: the options, or what `format_func` makes of them."""
    made = _keyword(call, "format_func")
    if not made or ast.unparse(made[0]).startswith("str."):
        return _options(call)
    if isinstance(made[0], ast.Lambda):
        return [made[0].body]
    if isinstance(made[0], ast.Attribute) and made[0].attr in ("get", "__getitem__"):
        return [made[0].value]
    shown = ast.Call(made[0], [], [])
    return [ast.copy_location(shown, made[0])]


class _Reader:
    """Decides, for one file, whether an expression is ours."""

    def __init__(
        self,
        source: Source,
        given: dict[str, bool] | None = None,
        *,
        trusts_md: bool = True,
        safe: tuple[str, ...] = _MADE_SAFE,
    ) -> None:
        self._source = source
        self._given = given or {}
        self._trusts_md = trusts_md
        self._safe = safe
        self._asking: set[tuple[str, int]] = set()

    def is_ours(self, node: ast.AST, depth: int) -> bool:
        """Whether every text in the expression's value was written by us."""
        if depth > _DEEPEST:
            return False
        if self._source.is_constant(node):
            return True
        judge = getattr(self, f"_{type(node).__name__.lower()}", None)
        return bool(judge and judge(node, depth + 1))

    def _all(self, nodes: list[ast.expr], depth: int) -> bool:
        return all(self.is_ours(node, depth) for node in nodes)

    def _joinedstr(self, node: ast.JoinedStr, depth: int) -> bool:
        return self._all(node.values, depth)

    def _formattedvalue(self, node: ast.FormattedValue, depth: int) -> bool:
        # A number's or a time's format raises on a string.
        pieces = getattr(node.format_spec, "values", ())
        spec = "".join(str(piece.value) for piece in pieces if isinstance(piece, ast.Constant))
        is_number = spec[-1:] in ("f", "d", "g", "e", "%", ",", "n") or "%" in spec
        return is_number or self.is_ours(node.value, depth)

    def _binop(self, node: ast.BinOp, depth: int) -> bool:
        is_arithmetic = isinstance(node.op, ast.Sub | ast.Div | ast.FloorDiv | ast.Pow)
        numbers = [getattr(each, "value", None) for each in (node.left, node.right)]
        if isinstance(node.op, ast.Add) and any(isinstance(each, int) for each in numbers):
            return True
        return is_arithmetic or self._all([node.left, node.right], depth)

    def _compare(self, _node: ast.expr, _depth: int) -> bool:
        return True

    _unaryop = _compare

    def _boolop(self, node: ast.BoolOp, depth: int) -> bool:
        return self._all(node.values, depth)

    def _ifexp(self, node: ast.IfExp, depth: int) -> bool:
        return self._all([node.body, node.orelse], depth)

    def _tuple(self, node: ast.Tuple | ast.List, depth: int) -> bool:
        return self._all(node.elts, depth)

    _list = _tuple

    def _starred(self, node: ast.Starred | ast.NamedExpr, depth: int) -> bool:
        return self.is_ours(node.value, depth)

    def _dict(self, node: ast.Dict, depth: int) -> bool:
        return self._all([key for key in node.keys if key] + node.values, depth)

    def _dictcomp(self, node: ast.DictComp, depth: int) -> bool:
        return self._all([node.key, node.value], depth)

    def _generatorexp(self, node: ast.GeneratorExp | ast.ListComp, depth: int) -> bool:
        return self.is_ours(node.elt, depth)

    _listcomp = _generatorexp

    def _subscript(self, node: ast.Subscript, depth: int) -> bool:
        return self.is_ours(node.value, depth)

    _namedexpr = _starred

    def _attribute(self, node: ast.Attribute, depth: int) -> bool:
        owner = getattr(node.value, "attr", getattr(node.value, "id", ""))
        owners = {owner, self._kind(node.value).lower()}
        if any((each, node.attr) in _OURS for each in owners) or node.attr in plain_names():
            return True
        if node.attr == "__name__":
            return True
        if node.attr in _OF_OURS and self.is_ours(node.value, depth):
            return True
        name = self._source.named(node)
        is_member = name.split(".")[-2:-1] and name.split(".")[-2] in enumerations()
        return bool(is_member) or (node.attr.isupper() and name.startswith("workbench."))

    def _kind(self, node: ast.AST) -> str:
        """The class of a name or a call, where an annotation says so."""
        if isinstance(node, ast.Call):
            made_by = self._function(node)
            returns = made_by[1].returns if made_by else None
            return returns.id if isinstance(returns, ast.Name) else ""
        if not isinstance(node, ast.Name):
            return ""
        for scope in scopes_around(node):
            for argument in scope.args.args if isinstance(scope, ast.FunctionDef) else []:
                if argument.arg == node.id and isinstance(argument.annotation, ast.Name):
                    return argument.annotation.id
        made = self._literal(node)
        return self._kind(made) if isinstance(made, ast.Call) else ""

    def _call(self, node: ast.Call, depth: int) -> bool:
        name = self._source.named(node.func)
        if name in self._safe:
            return self._trusts_md
        if name in _NUMBERS or name in _IDENTIFIERS:
            return True
        if name == "map":
            return self._call(ast.Call(node.args[0], [], []), depth)
        if name.rpartition(".")[2] in enumerations():
            return True
        if name in _SAME:
            return self._all(node.args, depth)
        if name.startswith("workbench.evidence.words."):
            return name.rpartition(".")[2] in _WORDS
        if isinstance(node.func, ast.Attribute):
            if node.func.attr in _TIMES or node.func.attr in plain_names():
                return True
            if node.func.attr == "join":
                return self._all(node.args, depth)
            if node.func.attr in _METHODS and self.is_ours(node.func.value, depth):
                given = node.args[1:] if node.func.attr == "get" else node.args
                return self._all(given, depth)
            owner = self._kind(node.func.value).lower()
            if (owner, node.func.attr) in _OURS:
                return True
        found = self._function(node)
        return found is not None and self._builds(found, node, depth)

    def _function(self, call: ast.Call) -> tuple[Source, ast.FunctionDef] | None:
        """Our function that is called, in whichever file it lies."""
        name = self._source.named(call.func)
        return functions().get(name) or functions().get(f"{self._source.module}.{name}")

    def _builds(self, found: tuple[Source, ast.FunctionDef], call: ast.Call, depth: int) -> bool:
        """Whether one of our functions gives a text of ours for these arguments."""
        source, function = found
        if is_plain(function.returns):
            return True
        names = [argument.arg for argument in function.args.args]
        given = dict(zip(names, call.args, strict=False))
        given |= {k.arg: k.value for k in call.keywords if k.arg}
        ours = {name: self.is_ours(value, depth) for name, value in given.items()}
        results = [each.value for each in ast.walk(function) if isinstance(each, ast.Return)]
        inner = _Reader(source, ours, safe=self._safe)
        return bool(results) and all(each and inner.is_ours(each, depth) for each in results)

    def _name(self, node: ast.Name, depth: int) -> bool:
        if node.id in enumerations():
            return True
        for scope in [*scopes_around(node), self._source.tree]:
            if (node.id, id(scope)) in self._asking:
                return True
            self._asking.add((node.id, id(scope)))
            found = list(self._bindings(node.id, scope, depth))
            self._asking.discard((node.id, id(scope)))
            if found:
                return all(found)
        return False

    def _bindings(self, name: str, scope: ast.AST, depth: int) -> Iterator[bool]:
        """For everything that gives a name its value within a scope: whether that is ours."""
        if isinstance(scope, ast.FunctionDef | ast.Lambda):
            for argument in [*scope.args.args, *scope.args.kwonlyargs]:
                if argument.arg == name:
                    yield self._argument(argument, scope, depth)
        for each in getattr(scope, "generators", ()):
            if _names(each.target, name):
                yield self._iterated(each.target, each.iter, name, depth)
        for each in () if hasattr(scope, "generators") else within(scope):
            if isinstance(each, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.NamedExpr):
                targets = each.targets if isinstance(each, ast.Assign) else [each.target]
                for target in targets:
                    if each.value and _names(target, name):
                        yield self._bound(target, each.value, name, depth)
            elif isinstance(each, ast.For) and _names(each.target, name):
                yield self._iterated(each.target, each.iter, name, depth)
            elif isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute):
                is_grown = each.func.attr in ("append", "extend", "insert", "update", "setdefault")
                if (
                    is_grown
                    and isinstance(each.func.value, ast.Name)
                    and each.func.value.id == name
                ):
                    yield self._all(each.args, depth)

    def _argument(self, argument: ast.arg, scope: ast.AST, depth: int) -> bool:
        if is_plain(argument.annotation):
            return True
        if argument.arg in self._given:
            return self._given[argument.arg]
        if isinstance(scope, ast.Lambda):
            around = getattr(getattr(scope, "parent", None), "parent", None)
            options = _options(around) if isinstance(around, ast.Call) else []
            return bool(options) and self._all(options, depth)
        if not isinstance(scope, ast.FunctionDef):
            return False
        position = [each.arg for each in (*scope.args.args, *scope.args.kwonlyargs)].index(
            argument.arg
        )
        dotted = f"{self._source.module}.{scope.name}"
        given = []
        for source in {self._source.path: self._source, **interface()}.values():
            own = source.path == self._source.path
            reader = self if own else _Reader(source, safe=self._safe)
            for call in source.calls_by_name.get(scope.name if own else dotted, ()):
                values = [*call.args[position : position + 1], *_keyword(call, argument.arg)]
                given.append(reader._all(values, depth))
        # A default that a caller leaves is a literal.
        return bool(given) and all(given)

    def _bound(self, target: ast.AST, value: ast.expr, name: str, depth: int) -> bool:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            pairs = zip(target.elts, value.elts, strict=False)
            return self._all([v for t, v in pairs if _names(t, name)], depth)
        return self.is_ours(value, depth)

    def _iterated(self, target: ast.AST, over: ast.expr, name: str, depth: int) -> bool:
        if isinstance(over, ast.Name):
            over = self._literal(over)
        rows = over.elts if isinstance(over, ast.Tuple | ast.List) else []
        if isinstance(target, ast.Tuple) and rows and all(isinstance(r, ast.Tuple) for r in rows):
            place = next(i for i, each in enumerate(target.elts) if _names(each, name))
            return self._all([row.elts[place] for row in rows], depth)  # type: ignore[attr-defined]
        called = self._source.named(over.func) if isinstance(over, ast.Call) else ""
        if isinstance(over, ast.Call) and isinstance(target, ast.Tuple):
            places = [i for i, each in enumerate(target.elts) if _names(each, name)]
            if called == "zip":
                inner = target.elts[places[0]]
                return self._iterated(inner, over.args[places[0]], name, depth)
            if called == "enumerate":
                inner = target.elts[places[0]]
                return not places[0] or self._iterated(inner, over.args[0], name, depth)
        return called == "range" or self.is_ours(over, depth)

    def _literal(self, node: ast.Name) -> ast.expr:
        """What a name stands for, where it is given one value once."""
        for scope in [*scopes_around(node), self._source.tree]:
            found = [
                each.value
                for each in within(scope)
                if isinstance(each, ast.Assign) and any(_names(t, node.id) for t in each.targets)
            ]
            if found:
                return found[0] if len(found) == 1 else node
        return node


def _keyword(call: ast.Call, name: str) -> list[ast.expr]:
    return [keyword.value for keyword in call.keywords if keyword.arg == name]


def _names(target: ast.AST, name: str) -> bool:
    return any(isinstance(each, ast.Name) and each.id == name for each in ast.walk(target))
