"""Read an output as XML: whether it is well-formed, its root and its elements. Nothing is fetched.

Expat takes an element at a time, so depth and size cost no more than the text is long. A document
that declares entities is not read: a few lines of these can stand for gigabytes.
"""

from typing import Any, NamedTuple
from xml.parsers import expat

from workbench.errors import InputError


class Malformed(ValueError):
    """It is not well-formed; the message says where."""


class Document(NamedTuple):
    """The name of the root element, and those of all elements."""

    root: str
    elements: frozenset[str]


def read(text: str) -> Document:
    """The document that a text is. Raises Malformed, and InputError where it declares entities."""
    parser = expat.ParserCreate()
    found: list[str] = []
    names: set[str] = set()

    def begin(name: str, _: dict[str, str]) -> None:
        if not found:
            found.append(name)
        names.add(name)

    def refuse(*_: Any) -> None:
        raise InputError("It declares entities, which are not read in XML from outside.")

    parser.StartElementHandler = begin
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        raise Malformed(f"{reason} in line {error.lineno}, column {error.offset + 1}") from error
    except (LookupError, ValueError) as error:
        raise Malformed("it names an encoding that is not known") from error
    return Document(found[0], frozenset(names))
