from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from backfill.serving import PARTS, CannotServe, serve, sole_server


class Command(BaseCommand):
    help = "Run web server, background worker and scheduler on this machine until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=settings.BIND_ADDRESS)
        parser.add_argument("--port", type=int, default=settings.PORT)
        parser.add_argument("--only", choices=PARTS, help="one part alone, for several machines; one scheduler in all")

    def handle(self, *, host: str, port: int, only: str | None, **options: Any) -> None:
        def say(line: str) -> None:
            self.stderr.write(line)

        up = f"Backfill is up: http://{host}:{port}/" if only in {None, "web"} else f"Up: {only}"
        try:
            with sole_server(host, port, only):
                lasted = serve(host, port, announce=say, when_ready=lambda: say(up), only=only)
        except CannotServe as refusal:
            raise CommandError(refusal.message) from refusal
        if not lasted:
            raise CommandError("stopped.")
