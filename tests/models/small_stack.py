"""Reads templates in a thread with a stack of 512 kB, as a process of its own: `python -m` this.

A stack that overflows ends the process with SIGSEGV, which must be a failed test and no dead run.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from workbench.domain.prompts import PromptText
from workbench.errors import TemplateError
from workbench.models import templates

STACK = 512 * 1024
CASE = {"a": "x", "no": "", "one": "1", "items": [["x"]], "order": {"id": "7"}}


@dataclass(frozen=True)
class Read:
    """What became of the templates, in their order; `ended` is how the process did (0: well)."""

    said: list[str]
    ended: int


def read(names_and_templates: Mapping[str, str]) -> dict[str, str]:
    """What each template gives, “refused: …” or its text; without those that ended the process."""
    done = each(list(names_and_templates.values()))
    assert done.ended == 0, f"{list(names_and_templates)[len(done.said)]} ended the process"
    return dict(zip(names_and_templates, done.said, strict=True))


def each(texts: list[str]) -> Read:
    """The same for templates without a name."""
    child = subprocess.run(
        [sys.executable, "-m", __name__],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=False,
    )
    return Read([json.loads(line) for line in child.stdout.splitlines()], child.returncode)


def _whole_way(template: str) -> str:
    """All that the workbench does with a template."""
    try:
        templates.refuse_unaskable(PromptText("", template))
        templates.variables_of(template)
        templates.uses_of(template)
        templates.render_text(template, CASE)
        return templates.render_text(template, {k: CASE[k] for k in ("a", "no", "one")})[:200]
    except TemplateError as error:
        return f"refused: {error}"


def _in_small_stack(work: Callable[[], None]) -> None:
    threading.stack_size(STACK)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def _tell() -> None:
    for template in json.load(sys.stdin):
        print(json.dumps(_whole_way(template)), flush=True)


if __name__ == "__main__":
    _in_small_stack(_tell)
