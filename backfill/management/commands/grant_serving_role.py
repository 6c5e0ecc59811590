from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backfill.serving_role import CannotGrant, grant_serving_role


class Command(BaseCommand):
    help = (
        "Let a role of PostgreSQL serve: read and write rows, but neither change the schema nor record migrations nor "
        "alter API keys. Run it as the tables' owner, after every `migrate`."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role", help="such as backfill_serves; it must exist")

    def handle(self, *, role: str, **options: Any) -> None:
        try:
            tables = grant_serving_role(role)
        except CannotGrant as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{role} may serve: {tables} tables.")
