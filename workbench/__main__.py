"""`python -m workbench`: the commands, and `serve`, which opens the app."""

import argparse
import gc
import logging
import os
import sys
from collections.abc import Sequence

from workbench import config, logs
from workbench.cli.main import EXIT_INPUT, Command, main
from workbench.domain import key_names

_log = logging.getLogger("workbench.command")


def serve(chosen: argparse.Namespace) -> int:
    """Run the app until it is stopped."""
    if chosen.key_name:
        named = os.environ.get(key_names.ADDED_BY, "")
        os.environ[key_names.ADDED_BY] = " ".join((named, *chosen.key_name))
    config.key_names()  # What is wrong with one is said before the app opens.
    # Imported here: the other commands should not wait for Streamlit.
    from workbench.server import start

    start.run(
        chosen.host,
        chosen.port,
        not chosen.no_browser,
        names=tuple(chosen.name),
        asks_token=config.load().asks_token and not chosen.no_token,
    )
    return 0


def run(arguments: Sequence[str] | None = None, serve: Command = serve) -> int:
    """Run one command; returns its exit code. What we did not foresee gets a number, which is in
    the log, and code 2: Python's own, 1, would say that a bar is not met."""
    logs.start(config.load().logs)
    try:
        return main(arguments, serve)
    except Exception as error:
        # The top of a command: the message may hold a secret or somebody's words.
        number = logs.report(_log, error, "Something that we did not foresee, in a command")
        print(
            f"Something went wrong that we did not foresee ({type(error).__name__}, number "
            f"{number}). Nothing that was saved is lost. {logs.place()}",
            file=sys.stderr,
        )
        return EXIT_INPUT


if __name__ == "__main__":
    gc.set_threshold(config.NEW_OBJECTS)
    code = run()
    # Python's last act is to look through all of them three times: a third of a second, while who
    # waits for the command has its answer.
    gc.freeze()
    sys.exit(code)
