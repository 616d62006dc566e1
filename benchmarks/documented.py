"""Tables that a command writes: beside itself, or into docs/verdicts.md between its marks."""

import argparse
import re
import time
from collections.abc import Callable, Iterable, Sequence
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


def main(
    report: Callable[[int], str], file: str, description: str | None, *, full: int, quick: int
) -> None:
    """Run a benchmark's command: its report, from so many draws, becomes the page beside `file`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help=f"{quick:,} draws, not {full:,}")
    started = time.perf_counter()
    page = report(quick if parser.parse_args().quick else full)
    target = Path(file).with_suffix(".md")
    target.write_text(page, encoding="utf-8")
    print(f"{target.name} written in {time.perf_counter() - started:.0f} s")
