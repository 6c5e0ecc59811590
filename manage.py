#!/usr/bin/env python
"""Command-line entry point: `python manage.py help` lists what an operator can do."""

import os
import signal
import sys

from django.core.exceptions import ImproperlyConfigured
from environs import EnvError

from backfill import embedded

WITHOUT_SERVERS = {"help", "-h", "--help", "version", "--version", "collectstatic", "makemessages", "compilemessages"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backfill.settings")
    # A command that is ended still has to leave the servers it shares.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    try:
        _execute()
    except (embedded.EmbeddedError, EnvError, ImproperlyConfigured) as error:
        sys.exit(f"backfill: {error}")
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


def _execute() -> None:
    from django.core.management import execute_from_command_line

    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    try:
        if command not in WITHOUT_SERVERS:
            embedded.provide(_announce)
        execute_from_command_line(sys.argv)
    finally:
        embedded.release()


def _announce(line: str) -> None:
    """Say on stderr what takes long; short steps only to somebody who watches a whole installation start."""
    if sys.argv[1] in {"demo", "serve"} or line.startswith("Creating"):
        sys.stderr.write(f"{line} …\n")


if __name__ == "__main__":
    main()
