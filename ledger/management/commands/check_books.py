"""Prove the books: `manage.py check_books [--company NAME_OR_ID] [--full]`. Exit status 1 when anything is off."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from backfill.errors import DomainError
from backfill.tenancy.models import Company
from backfill.tenancy.selectors import company_by_name_or_id
from ledger.checks.books import check_books, entry_count


class Command(BaseCommand):
    help = "Prove balance, immutability, gapless numbers, totals, periods and sub-ledgers from the rows themselves."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--company", help="name or id; every company when left out")
        parser.add_argument(
            "--full", action="store_true", help="from the first entry on, not only from the last closing hash"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        companies = self._companies(options["company"])
        if not companies:
            raise CommandError(
                "there is no company in this database, so nothing was proven; is DATABASE_URL the right one?"
            )
        failed = False
        for company in companies:
            entries = entry_count(company, full=options["full"])
            with tqdm(total=entries, desc=company.name, unit=" entries", disable=not sys.stderr.isatty()) as bar:
                check = check_books(company, full=options["full"], progress=bar.update)
            self.stdout.write(f"{company.name}: {check.entry_count:,} entries, {'right' if check.is_ok else 'OFF'}")
            for finding in check.findings:
                failed = True
                self.stderr.write(f"  {finding['invariant']}: {finding['subject']}: {finding['message']}")
        if failed:
            raise CommandError("the books are off; nothing was changed")

    def _companies(self, wanted: str | None) -> list[Company]:
        if not wanted:
            return list(Company.objects.order_by("name"))
        try:
            return [company_by_name_or_id(wanted)]
        except DomainError as error:
            raise CommandError(error.message) from error
