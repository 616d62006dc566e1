"""Find a Chromium for the browser tests, or fetch one: `python -m tests.browser.chromium`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def found() -> str | None:
    """The path of a browser that is there already; "" where Playwright brings its own."""
    for name in (os.environ.get("CHROMIUM", ""), *_NAMES):
        path = shutil.which(name) if name else None
        if path:
            return path
    if _MAC.exists():
        return str(_MAC)
    return "" if _playwright_has_one() else None


def fetch() -> bool:
    """Get a browser: the system's package where we may install one, else Playwright's download."""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        for command in (
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
        ):
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
        if found() is not None:
            return True
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    return found() is not None


def _playwright_has_one() -> bool:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


if __name__ == "__main__":
    if found() is None and not fetch():
        print(
            "No Chromium could be had: THE BROWSER TESTS WILL BE SKIPPED. Install Chromium, or "
            "set CHROMIUM to the path of one.",
            file=sys.stderr,
        )
