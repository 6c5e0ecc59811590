"""`manage.py load_exchange_rates`: store the European Central Bank's reference rates."""

import sys
from typing import Any
from zipfile import BadZipFile

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from ledger.currencies.rates import ecb_rates, store_ecb_rates


class Command(BaseCommand):
    help = (
        "Store the European Central Bank's reference rates since 1999: those shipped with this installation, or newer "
        "ones from a file or address. Safe to run again; nothing is stored twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "source",
            nargs="?",
            help="eurofxref-hist.zip or .csv: a path, or "
            "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.zip for the latest",
        )

    def handle(self, *args: Any, source: str | None, verbosity: int, **options: Any) -> None:
        try:
            rates = ecb_rates(source)
        except (OSError, ValueError, ArithmeticError, BadZipFile, StopIteration) as error:
            raise CommandError(f"{source} cannot be read as the ECB's exchange rate history: {error}") from error
        if not rates:
            raise CommandError(f"{source} holds no reference rate of a currency in use")
        is_watched = bool(verbosity) and sys.stderr.isatty()
        with tqdm(total=len(rates), unit=" rates", desc="Exchange rates", disable=not is_watched) as bar:
            stored = store_ecb_rates(rates, on_progress=bar.update)
        if verbosity:
            latest = max(day for _currency, day, _rate in rates)
            self.stdout.write(f"{len(rates):,} reference rates up to {latest}, {stored:,} of them new.")
