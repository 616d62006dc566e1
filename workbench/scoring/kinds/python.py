"""Ask an engineer's own check about an output."""

from workbench.domain.kinds.python import FILE, HASH
from workbench.domain.kinds.settings import Settings
from workbench.domain.scores import Judgement
from workbench.scoring import python_files
from workbench.scoring.kinds.check import Check, Subject, failed, passed, unscored


def _python(settings: Settings, subject: Subject) -> Judgement:
    name = str(settings[FILE])
    held = str(settings.get(HASH) or "") or python_files.content_hash(name)
    said = python_files.ask(name, held, subject.output, dict(subject.names))
    if said.get("wrong"):
        return unscored(said["wrong"])
    word = "passes" if said["passes"] else "fails"
    reason = said["reason"] or f"{name} says that it {word}."
    return (passed if said["passes"] else failed)(reason, said["value"])


CHECKS = {"python": Check(_python)}
