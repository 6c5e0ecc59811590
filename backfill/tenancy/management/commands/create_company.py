from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backfill.errors import DomainError
from backfill.tenancy.models import Company
from backfill.tenancy.services import create_company

_TIME_ZONE = "such as Europe/Berlin; decides what day it is; by default that of the country's capital"


class Command(BaseCommand):
    help = "Create a company with its chart of accounts, and print its id."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--chart", required=True, help=", ".join(Company.Chart.values))
        parser.add_argument("--currency", required=True, help="base currency, ISO 4217, such as EUR")
        parser.add_argument("--country", default="", help="ISO 3166-1, such as DE; by default the chart's own")
        parser.add_argument("--legal-name", default="", help="the name in the register, when it is another one")
        parser.add_argument("--fiscal-year-start-month", type=int, default=1, metavar="MONTH", help="1 to 12")
        parser.add_argument("--time-zone", default="", help=_TIME_ZONE)

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = ("name", "chart", "currency", "country", "legal_name", "fiscal_year_start_month", "time_zone")
        try:
            company = create_company(**{option: options[option] for option in wanted})
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        if not options["time_zone"].strip():
            self.stderr.write(f"Its days are those of {company.time_zone}; Settings → Company changes that.")
        self.stdout.write(str(company.pk))
