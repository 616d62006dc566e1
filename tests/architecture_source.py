"""A file of the product as its syntax tree, with the questions that the rules ask of it."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Source:
    """One file: where it lies under the project's root, and what it says."""

    path: str
    text: str

    @property
    def module(self) -> str:
        """Its dotted name."""
        return self.path.removesuffix(".py").replace("/", ".")

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree, each node with its `parent`."""
        tree = ast.parse(self.text, self.path)
        for node in ast.walk(tree):
            for child in ast.iter_child_nodes(node):
                child.parent = node  # type: ignore[attr-defined]  # our own mark on the node
        return tree

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the tree, walked once: a dozen rules ask for them."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def aliases(self) -> dict[str, str]:
        """What imported names mean: `st` is `streamlit`, `md` is `workbench.ui.parts.text.md`."""
        found = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for name in node.names:
                    top = name.name.partition(".")[0]
                    found[name.asname or top] = name.name if name.asname else top
            elif isinstance(node, ast.ImportFrom):
                for name in node.names:
                    found[name.asname or name.name] = f"{node.module or '.'}.{name.name}"
        return found

    @cached_property
    def constants(self) -> set[str]:
        """Names in capitals that the module itself assigns or imports."""
        targets = [
            target
            for node in self.tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        ]
        own = {target.id for target in targets if isinstance(target, ast.Name)}
        return {name for name in own | set(self.aliases) if name.isupper()}

    def named(self, node: ast.AST) -> str:
        """The dotted name of an expression with imports resolved; "" where it has none."""
        if isinstance(node, ast.Name):
            return self.aliases.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            left = self.named(node.value)
            return f"{left}.{node.attr}" if left else ""
        return ""

    @cached_property
    def calls(self) -> tuple[ast.Call, ...]:
        """Every call."""
        return tuple(node for node in self.nodes if isinstance(node, ast.Call))

    @cached_property
    def calls_by_name(self) -> Mapping[str, Sequence[ast.Call]]:
        """Every call, by the dotted name of what is called."""
        found: dict[str, list[ast.Call]] = defaultdict(list)
        for call in self.calls:
            found[self.named(call.func)].append(call)
        return dict(found)

    def imports(self) -> Iterator[tuple[int, str]]:
        """Every imported module or name, with its line."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from ((node.lineno, name.name) for name in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node.lineno, f"{node.module}.{name.name}") for name in node.names)
        for call in self.calls_by_name.get("importlib.import_module", ()):
            # A name that is only known at run time counts as one that nobody may import.
            for given in call.args[:1]:
                name = given.value if isinstance(given, ast.Constant) else "anything"
                yield call.lineno, str(name)

    def is_constant(self, node: ast.AST) -> bool:
        """Whether an expression is made of literals and the module's constants only."""
        if isinstance(node, ast.Constant):
            return True
        if isinstance(node, ast.Name):
            return node.id in self.constants
        if isinstance(node, ast.Attribute):
            return node.attr == "pattern" and self.is_constant(node.value)
        if isinstance(node, ast.JoinedStr):
            return all(self.is_constant(value) for value in node.values)
        if isinstance(node, ast.FormattedValue):
            return self.is_constant(node.value)
        if isinstance(node, ast.BinOp):
            return self.is_constant(node.left) and self.is_constant(node.right)
        return False


def is_within(module: str, packages: tuple[str, ...]) -> bool:
    """Whether a dotted name is one of the packages, or inside one."""
    return any(module == package or module.startswith(f"{package}.") for package in packages)


Scope = (
    ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    | ast.GeneratorExp | ast.ListComp | ast.SetComp | ast.DictComp
)  # fmt: skip


def scopes_around(node: ast.AST) -> list[Scope]:
    """The functions and comprehensions around a node, innermost first."""
    found = []
    while (node := getattr(node, "parent", None)) is not None:  # type: ignore[assignment]
        if isinstance(node, Scope):
            found.append(node)
    return found


def within(scope: ast.AST) -> tuple[ast.AST, ...]:
    """A scope and every node in it, walked once: it is asked about each of its names."""
    if not hasattr(scope, "within"):
        scope.within = tuple(ast.walk(scope))  # type: ignore[attr-defined]  # our own mark, too
    found: tuple[ast.AST, ...] = scope.within  # type: ignore[attr-defined]
    return found


def function_of(node: ast.AST) -> str:
    """The name of the innermost named function around a node; "" at the top of the module."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    names = [each.name for each in scopes_around(node) if isinstance(each, functions)]
    return names[0] if names else ""
