from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from backfill.errors import DomainError
from backfill.tenancy.actors import system_actor
from backfill.tenancy.selectors import company_by_name_or_id
from backfill.tenancy.services import create_api_key


class Command(BaseCommand):
    help = "Create an API key for a company, and print its token, which cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--company", required=True, metavar="NAME_OR_ID")
        parser.add_argument("--scopes", required=True, help="separated by commas, such as finance:read,finance:write")
        parser.add_argument("--contract", default="backfill", help="backfill (default) or books")
        parser.add_argument("--name", default="Command line", help="what the key is for")
        parser.add_argument("--expires-in-days", type=int, metavar="DAYS", help="by default it does not expire")

    def handle(self, *args: Any, **options: Any) -> None:
        days = options["expires_in_days"]
        try:
            issued = create_api_key(
                company=company_by_name_or_id(options["company"]),
                name=options["name"],
                scopes=options["scopes"].split(","),
                contract=options["contract"],
                expires_at=None if days is None else timezone.now() + timedelta(days=days),
                actor=system_actor(),
            )
        except (DomainError, OverflowError) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(issued.token)
