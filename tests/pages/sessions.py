"""Sessions of the app: each tab that is opened is one, and so is one that was reloaded."""

from streamlit.testing.v1 import AppTest

from workbench.config import ROOT


def opened() -> AppTest:
    """A session in which nothing is drawn yet.

    Go on with `switch_page("pages/…").run()`, or with `run()` for the Overview: to draw that first
    for who looks at another page was a quarter of what such a test took.
    """
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
