"""A field's message that gets lost on its way: the browser does not have what the app has sent."""

from typing import Any

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block


def field(page: AppTest, key: str) -> Any:
    """A field of the page or of an open dialog, by its key."""
    return next(node for node in _nodes(page) if getattr(node, "key", None) == key)


def lose(page: AppTest, key: str) -> None:
    """Take a field off the page as the browser has it: the message that brings it got lost."""
    _drop(page._tree, field(page, key))


def _nodes(page: AppTest) -> list[Any]:
    return list(page._tree)


def _drop(block: Block, wanted: object) -> None:
    for place, child in block.children.items():
        if child is wanted:
            del block.children[place]
            return
        if isinstance(child, Block):
            _drop(child, wanted)
