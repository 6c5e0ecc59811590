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
        parser.add_argument(
            "--every-company", action="store_true", help="for workers and operators, who work for all companies"
        )

    def handle(self, *, role: str, every_company: bool, **options: Any) -> None:
        try:
            tables = grant_serving_role(role, every_company=every_company)
        except CannotGrant as refusal:
            raise CommandError(refusal.message) from refusal
        rows = "every company's rows" if every_company else "the rows of the company it names"
        self.stdout.write(f"{role} may serve: {tables} tables, {rows}.")
