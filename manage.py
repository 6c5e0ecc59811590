#!/usr/bin/env python
"""Command-line entry point: `python manage.py help` lists what an operator can do."""

import os
import signal
import sys

from django.core.exceptions import ImproperlyConfigured
from environs import EnvError

from backfill import local

WITHOUT_SERVERS = {"help", "-h", "--help", "version", "--version", "collectstatic", "makemessages", "compilemessages"}
CREATES_DATA = {"demo", "migrate", "test"}  # also where BACKFILL_HOME does not say where


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backfill.settings")
    signal.signal(signal.SIGTERM, _end)
    try:
        _execute()
    except (local.EmbeddedError, EnvError, ImproperlyConfigured) as error:
        sys.exit(f"backfill: {error}")
    except KeyboardInterrupt:
        again = ", and the same command goes on from here" if "demo" in sys.argv[1:2] else ""
        sys.stderr.write(f"\nInterrupted: what was finished is kept{again}.\n")
        sys.exit(128 + signal.SIGINT)


def _execute() -> None:
    from django.core.management import execute_from_command_line
    from django.db import ProgrammingError
    from psycopg.errors import UndefinedTable

    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    try:
        if command not in WITHOUT_SERVERS:
            local.provide(_announce, may_create=command in CREATES_DATA)
        execute_from_command_line(sys.argv)
    except ProgrammingError as error:
        if isinstance(error.__cause__, UndefinedTable):
            sys.exit("backfill: the database lacks migrations. Run `.venv/bin/python manage.py migrate` first.")
        raise
    finally:
        _ignore_signals()
        refused = isinstance(sys.exc_info()[1], SystemExit)  # its reason stays the last line
        local.release((lambda _line: None) if refused else _announce)


def _end(number: int, _frame: object) -> None:
    """End in an orderly way, since the servers that are shared have to be left."""
    _ignore_signals()
    sys.exit(128 + number)


def _ignore_signals() -> None:
    """Let a second signal not cut off the leaving. It is bounded: a server is given a minute to stop."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _announce(line: str) -> None:
    """Say on stderr what takes long; short steps only to somebody who watches a whole installation start."""
    if sys.argv[1] in {"demo", "serve"} or line.startswith(("Creating", "Using")):
        sys.stderr.write(f"{line} …\n")


if __name__ == "__main__":
    main()
