from argparse import ArgumentParser
from typing import Any, BinaryIO

from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.imports.amounts import DecimalMark
from ledger.imports.csv_journal import JournalOptions, import_journal, preview_journal
from ledger.imports.dates import DateFormat
from ledger.imports.encoding import ENCODINGS
from ledger.imports.results import ImportResult
from ledger.management.import_command import ImportCommand, ProgressBar

DECIMAL_MARKS = {"point": DecimalMark.POINT, "comma": DecimalMark.COMMA}
DATE_FORMATS = {"month-first": DateFormat.US, "day-first": DateFormat.BRITISH}


class Command(ImportCommand):
    help = (
        "Import a journal from CSV: all of it or nothing, and the same file only once. Columns (English or German "
        "titles): entry reference, date, account code, debit, credit (or one amount); if wanted description, currency, "
        "exchange rate, tax code, document number, class, location, cost centre. Rows of one entry stand together "
        "under one reference."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--batch", default="", metavar="NAME", help="for a file whose references start anew")
        parser.add_argument("--decimal", choices=DECIMAL_MARKS, help="where the amounts do not tell")
        parser.add_argument("--dates", choices=DATE_FORMATS, help="where dates with slashes do not tell")

        parser.add_argument("--encoding", choices=ENCODINGS, help="of a file that is neither UTF-8 nor Windows-1252")

    def run(self, company: Company, file: BinaryIO, progress: ProgressBar, options: dict[str, Any]) -> ImportResult:
        import_or_preview = preview_journal if options["dry_run"] else import_journal
        return import_or_preview(
            company=company,
            file=file,
            actor=system_actor(),
            options=JournalOptions(
                batch=options["batch"].strip(),
                decimal_mark=DECIMAL_MARKS.get(options["decimal"]),
                encoding=options["encoding"],
                date_format=DATE_FORMATS.get(options["dates"]),
                waived=self.waived(options),
                max_problems=options["max_errors"],
                progress=progress,
            ),
        )
