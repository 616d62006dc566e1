"""`python -m workbench`: the commands, and `serve`, which opens the app."""

import argparse
import sys

from workbench.cli import main


def serve(chosen: argparse.Namespace) -> int:
    """Run the app until it is stopped."""
    # Imported here: the other commands should not wait for Streamlit.
    from workbench.ui import server

    server.run(chosen.host, chosen.port, not chosen.no_browser, names=tuple(chosen.name))
    return 0


if __name__ == "__main__":
    sys.exit(main(serve=serve))
