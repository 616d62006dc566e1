"""Nothing in the product is there for the tests alone."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from workbench.config import ROOT

# Called by a library, by the name that it gave them.
_CALLED_FROM_OUTSIDE = {
    "handleError": "logging.Handler, where writing a line failed",
}
_WORD = re.compile(r"\w+")


def _files() -> list[Path]:
    folders = (ROOT / "workbench", ROOT / "pages")
    return [ROOT / "app.py", *(path for folder in folders for path in folder.rglob("*.py"))]


def _named(text: str) -> Iterator[str]:
    """The functions, methods and classes of a file, and the names that it assigns at the top."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
    for statement in tree.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else ()
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def unused(texts: dict[str, str]) -> list[str]:
    """What stands in some files and is named nowhere else in them, as “file: name”."""
    words = Counter(word for text in texts.values() for word in _WORD.findall(text))
    return [
        f"{file}: {name}"
        for file, text in texts.items()
        for name in _named(text)
        if words[name] == 1 and not name.startswith("__") and name not in _CALLED_FROM_OUTSIDE
    ]


def test_everything_in_the_product_is_used_by_the_product() -> None:
    texts = {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in _files()}
    assert unused(texts) == []


def test_what_is_used_nowhere_is_found_wherever_it_stands() -> None:
    texts = {
        "a.py": "def used(): ...\nclass Kept:\n    def dead(self): ...\n_LEFT = 1\n",
        "b.py": "import a\n\na.used(a.Kept)\n\nasync def forgotten():\n    pass\n",
    }
    assert unused(texts) == ["a.py: dead", "a.py: _LEFT", "b.py: forgotten"]


def test_what_is_excused_is_still_there() -> None:
    words = {word for path in _files() for word in _WORD.findall(path.read_text("utf-8"))}
    assert _CALLED_FROM_OUTSIDE.keys() <= words
