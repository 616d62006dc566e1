"""`python -m workbench`: the commands, and `serve`, which opens the app."""

import argparse
import gc
import sys

from workbench import config
from workbench.cli import main


def serve(chosen: argparse.Namespace) -> int:
    """Run the app until it is stopped."""
    # Imported here: the other commands should not wait for Streamlit.
    from workbench.ui import server

    server.run(
        chosen.host,
        chosen.port,
        not chosen.no_browser,
        names=tuple(chosen.name),
        asks_token=config.load().asks_token and not chosen.no_token,
    )
    return 0


if __name__ == "__main__":
    # Imports make a million objects that stay: looking through them for garbage every 700 takes a
    # tenth of the time until the first call goes out.
    gc.set_threshold(50_000)
    sys.exit(main(serve=serve))
