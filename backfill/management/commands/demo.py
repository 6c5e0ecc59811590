import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from backfill.demo import has_demo, prepare_demo
from backfill.schema import DatabaseDoesNotAnswer, UnknownSchema, check_schema_is_known
from backfill.serving import CannotServe, check_port, has_all_migrations, serve, sole_server
from ledger.currencies.rates import has_exchange_rates


class Command(BaseCommand):
    help = "Prepare the demo companies and print how to get in; with --serve, also serve them until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=settings.BIND_ADDRESS)
        parser.add_argument("--port", type=int, default=settings.PORT)
        parser.add_argument("--serve", action="store_true")

    def handle(self, *, host: str, port: int, serve: bool, **options: Any) -> None:
        try:
            if serve:
                self._serve(host, port)
            else:
                self._print(self._prepare(host, port))
        except CannotServe as refusal:
            raise CommandError(refusal.message) from refusal

    def _serve(self, host: str, port: int) -> None:
        with sole_server(host, port):
            check_port(host, port)
            demo = self._prepare(host, port)
            if not serve(host, port, announce=self._say, when_ready=lambda: self._print(demo)):
                raise CommandError("stopped.")

    def _prepare(self, host: str, port: int) -> dict[str, Any]:
        try:
            check_schema_is_known()
        except (DatabaseDoesNotAnswer, UnknownSchema) as refusal:
            raise CommandError(refusal.message) from refusal
        if not has_all_migrations():
            self._say("Applying migrations")
            call_command("migrate", interactive=False, stdout=sys.stderr)
        if not has_exchange_rates():
            self._say("Loading the European Central Bank's exchange rates")
            call_command("load_exchange_rates", verbosity=0)
        self._say(
            "The demo companies are there; looking whether anything is missing"
            if has_demo()
            else "Preparing the demo companies, which takes half a minute the first time"
        )
        return prepare_demo(base_url=f"http://{host}:{port}")

    def _print(self, demo: dict[str, Any]) -> None:
        """Say what somebody needs who has never seen Backfill."""
        base = demo["base_url"]
        lines = (
            "",
            f"  Backfill is up       {base}/",
            f"  Admin                {base}/admin/",
            f"    sign in as         {demo['admin']['username']}",
            f"    password           {demo['admin']['password']}",
            f"  Backfill API         {base}/v1/",
            f"    key                {demo['keys']['backfill']}",
            f"  Bookkeeping API      {base}/v1/",
            f"    key                {demo['keys']['books']}",
            f"  All of this is in    {settings.BACKFILL_HOME / 'demo.json'}",
            "",
        )
        self.stdout.write("\n".join(lines))
        self.stdout.flush()

    def _say(self, line: str) -> None:
        self.stderr.write(f"{line} …")
