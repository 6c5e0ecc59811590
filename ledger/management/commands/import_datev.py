from argparse import ArgumentParser
from typing import Any, BinaryIO

from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.imports.datev import import_datev, preview_datev
from ledger.imports.results import ImportOptions, ImportResult
from ledger.management.import_command import ImportCommand, ProgressBar


class Command(ImportCommand):
    help = "Import a DATEV posting batch (EXTF Buchungsstapel): all of it or nothing, and the same file only once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--ignore-client", action="store_true", help="accept other consultant and client numbers")

    def run(self, company: Company, file: BinaryIO, progress: ProgressBar, options: dict[str, Any]) -> ImportResult:
        import_or_preview = preview_datev if options["dry_run"] else import_datev
        return import_or_preview(
            company=company,
            file=file,
            actor=system_actor(),
            options=ImportOptions(waived=self.waived(options), max_problems=options["max_errors"], progress=progress),
        )
