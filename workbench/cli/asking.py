"""What the verbs that ask models have in common: whom to ask, what it may take, how it ends."""

import argparse
import signal
import threading
from typing import TYPE_CHECKING

from workbench.domain.experiments import Limits

if TYPE_CHECKING:
    from workbench.actions.redirect import Wanted


def add_target(parser: argparse.ArgumentParser, title: str, *, models: bool = False) -> None:
    """Let a command name the model to ask, or, with `models`, several of one connection, also a
    product's endpoint, and who plays the users of its cases."""
    add_model(parser, title, models=models).add_argument(
        "--answer",
        default="",
        metavar="PATH",
        help="with --base-url: that is a product's endpoint, whose answer stands at this JSON "
        "path, such as $.answer; its body is each prompt's user message",
    )
    users = parser.add_argument_group("who plays the simulated users of cases")
    users.add_argument(
        "--user-connection", metavar="NAME", help="a connection of the database (else that asked)"
    )
    users.add_argument(
        "--user-model", metavar="NAME", help="the model's name there (else the first one)"
    )


def add_model(
    parser: argparse.ArgumentParser, title: str, *, models: bool = False
) -> "argparse._ArgumentGroup":
    """Let a command name a model to ask, and where the key is; the group of these options."""
    target = parser.add_argument_group(title)
    target.add_argument("--connection", metavar="NAME", help="a connection of the database")
    target.add_argument("--base-url", metavar="URL", help="any OpenAI-compatible endpoint")
    if models:
        target.add_argument(
            "--model",
            action="append",
            metavar="NAME",
            help="a model's name there (repeatable; else the connection's first one)",
        )
    else:
        target.add_argument("--model", metavar="NAME", help="the model's name there")
    target.add_argument(
        "--api-key-env", default="", metavar="VAR", help="the variable that holds the key"
    )
    parser.add_argument(
        "--send-key-to",
        default="",
        metavar="ORIGIN",
        help="confirm that a key whose name was given for another host may be sent to this one "
        "too, such as https://gateway.example.com:8443; without it the run is refused",
    )
    return target


def add_limits(parser: argparse.ArgumentParser) -> None:
    """Let a command say what it may take, and how its progress and its end are told."""
    parser.add_argument("--concurrency", type=positive, metavar="N", help="calls at once")
    parser.add_argument(
        "--budget", type=_amount, metavar="USD", help="what the run may cost; it ends before that"
    )
    parser.add_argument(
        "--max-calls", type=positive, metavar="N", help="requests it may send at most"
    )
    parser.add_argument(
        "--fresh",
        action="store_true",
        help="ask again what is answered; the new answers count, at more confidence after a miss",
    )
    parser.add_argument("--json", action="store_true", help="print JSON for machines")
    parser.add_argument("--quiet", action="store_true", help="no progress on stderr")


def wanted(chosen: argparse.Namespace) -> "Wanted":
    """What was said of whom to ask and what it may take."""
    from workbench.actions.redirect import Wanted

    return Wanted(
        connection=chosen.connection,
        base_url=chosen.base_url,
        answer=chosen.answer,
        api_key_env=chosen.api_key_env,
        send_key_to=chosen.send_key_to,
        concurrency=chosen.concurrency,
        limits=Limits(chosen.budget, chosen.max_calls),
        fresh=chosen.fresh,
        user_connection=chosen.user_connection,
        user_model=chosen.user_model,
    )


def end_as_told() -> None:
    """Who is told to end (by `kill`, a container, a CI job) ends as after Ctrl-C: what is answered
    is kept, and the run is marked as interrupted."""
    if threading.current_thread() is threading.main_thread():  # no other may set it
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def _amount(text: str) -> float:
    try:
        amount = float(text.removeprefix("$"))
    except ValueError:
        amount = 0.0
    if not 0 < amount < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not an amount above 0")
    return amount


def positive(text: str) -> int:
    """A whole number from 1 on, for argparse."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number above 0")
    return int(text)
