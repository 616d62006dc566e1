"""Tables that a command writes into docs/verdicts.md, each between marks that name it."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "verdicts.md"


def put(name: str, command: str, text: str, page: Path = PAGE) -> None:
    """Replace what stands between the marks of a table. Raises ValueError where there are none."""
    start, end = f"<!-- {name}: python -m {command} -->", f"<!-- end of {name} -->"
    whole = page.read_text("utf-8")
    pattern = re.compile(f"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(whole):
        raise ValueError(f"{page} has no place for “{name}”: {start}")
    page.write_text(pattern.sub(lambda _: f"{start}\n{text}{end}", whole), "utf-8")
    print(text)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(x) for x in line) + " |" for line in lines) + "\n"
