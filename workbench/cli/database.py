"""Which database a command works on: the option that all of them have."""

import argparse
from typing import Any

from workbench import config

Verbs = Any
"""argparse does not export the type of its sub-commands."""


def add_db(parser: argparse.ArgumentParser) -> None:
    """Let a command name its database."""
    parser.add_argument("--db", metavar="FILE", help="the database, or :memory:")


def database_of(chosen: argparse.Namespace) -> str:
    """The database that was named, or the one of the settings."""
    return str(chosen.db or config.load().database)
