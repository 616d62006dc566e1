"""What the product's own code says of its names: which are numbers, which are closed sets."""

import ast
from functools import cache
from pathlib import Path

from tests.architecture_source import Source

ROOT = Path(__file__).resolve().parent.parent
PLAIN = {
    "int",
    "float",
    "bool",
    "datetime",
    "date",
    "timedelta",
    "UUID",
    "None",
    "Literal",
    "Floats",
    # A closed set as an enumeration is, made of entries that are ours.
    "ScorerKind",
}


def is_plain(annotation: ast.AST | None) -> bool:
    """Whether an annotation leaves no room for a text that somebody wrote."""
    if annotation is None:
        return False
    names = {each.id for each in ast.walk(annotation) if isinstance(each, ast.Name)}
    containers = {"list", "tuple", "dict", "Sequence", "Mapping", "set", "frozenset", "Iterable"}
    return bool(names) and names <= PLAIN | enumerations() | containers and names != {"None"}


@cache
def sources() -> list[Source]:
    """Every Python file of the product."""
    files = [ROOT / "app.py", *(ROOT / "pages").rglob("*.py"), *(ROOT / "workbench").rglob("*.py")]
    return [
        Source(file.relative_to(ROOT).as_posix(), file.read_text("utf-8")) for file in sorted(files)
    ]


def _product() -> list[Source]:
    return [source for source in sources() if source.path.startswith("workbench/")]


@cache
def interface() -> dict[str, Source]:
    """The files that draw pages, by their paths."""
    drawn = ("app.py", "pages/", "workbench/ui/")
    return {source.path: source for source in sources() if source.path.startswith(drawn)}


@cache
def enumerations() -> set[str]:
    """The names of our enumerations: closed sets, written by us."""
    return {
        node.name
        for source in _product()
        for node in source.nodes
        if isinstance(node, ast.ClassDef)
        and any(isinstance(base, ast.Name) and base.id.endswith("Enum") for base in node.bases)
    }


@cache
def functions() -> dict[str, tuple[Source, ast.FunctionDef]]:
    """Our functions by their dotted names."""
    return {
        f"{source.module}.{node.name}": (source, node)
        for source in _product()
        for node in source.tree.body
        if isinstance(node, ast.FunctionDef)
    }


@cache
def plain_names() -> set[str]:
    """Fields and methods that are a number, time or enumeration in every class that has them."""
    found: dict[str, bool] = {}
    for source in _product():
        for node in source.nodes:
            for each in node.body if isinstance(node, ast.ClassDef) else []:
                if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
                    name, kind = each.target.id, each.annotation
                elif isinstance(each, ast.FunctionDef):
                    name, kind = each.name, each.returns
                else:
                    continue
                found[name] = found.get(name, True) and is_plain(kind)
    return {name for name, is_plain in found.items() if is_plain}
