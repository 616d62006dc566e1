"""The spec as files: its two texts, their names, previews that a browser can bear, the command."""

import re
import shlex
import unicodedata
from collections.abc import Callable

from workbench.actions import exporting
from workbench.domain.prompts import Variant
from workbench.ui.parts import session

PREVIEW = 60_000
"""How much of a text is shown, in characters; the download has all of it."""

_SLUG = 60


def spec() -> str:
    """The open feature's spec as Markdown, as of now; made again when something was committed."""
    opened = session.feature_id()
    return session.remembered(
        "spec_markdown",
        opened,
        lambda: exporting.spec(
            session.store(), opened, session.all_verdicts(), session.deciding_guards()
        ),
        feature=opened,
    )


def feature_yaml() -> str:
    """The open feature as a feature file, which the command line runs."""
    opened = session.feature_id()
    return session.remembered(
        "spec_yaml", opened, lambda: exporting.feature_yaml(session.store(), opened)
    )


def has_attachments() -> bool:
    """Whether some case of the open feature attaches a file."""
    reports, datasets = session.store().reports.datasets, session.store().datasets
    opened = session.feature_id()

    def read() -> bool:
        return any(
            reports.has_attachments(version.id)
            for newest in session.datasets()
            for version in datasets.versions(newest.dataset_id)
        )

    return session.remembered("spec_attachments", opened, read, feature=opened)


def feature_zip() -> Callable[[], bytes]:
    """Makes the feature file with its cases' files, when the download is asked for."""
    # Made outside of the session, where session state cannot be read.
    store, opened = session.store(), session.feature_id()
    return lambda: exporting.feature_zip(store, opened)


def slug(name: str) -> str:
    """A feature's name as a file name that every system takes: “Réponse n° 1” is reponse-n-1."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:_SLUG].strip("-") or "feature"


def preview(text: str) -> tuple[str, bool]:
    """The start of a text up to a blank line, and whether anything was left out.

    The cut never falls inside a line: half an escape would let loose what it escapes.
    """
    if len(text) <= PREVIEW:
        return text, False
    end = max(text.rfind("\n\n", 0, PREVIEW), 0) or max(text.rfind("\n", 0, PREVIEW), 0)
    return text[:end], True


def command(file_name: str, candidate: Variant | None) -> str:
    """What engineering runs against their own endpoint; what they must fill in is in capitals."""
    model = shlex.quote(candidate.model) if candidate else "MODEL"
    return (
        f"python -m workbench run {file_name} \\\n"
        f"    --base-url https://YOUR-ENDPOINT/v1 \\\n"
        f"    --model {model} \\\n"
        f"    --api-key-env YOUR_KEY_VARIABLE"
    )
