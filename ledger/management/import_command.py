"""What the import commands share: their arguments, the progress bar, and how a result is printed."""

from argparse import ArgumentParser
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from backfill.errors import DomainError
from backfill.tenancy.models import Company
from backfill.tenancy.selectors import company_by_name_or_id
from ledger.currencies.money import minor_units
from ledger.imports.results import AccountSum, Check, ImportResult, Sample


class ProgressBar:
    """A bar on stderr for each stage, on a terminal only."""

    def __init__(self) -> None:
        self._stage = ""
        self._bar: tqdm[Any] | None = None

    def __call__(self, stage: str, done: int, total: int) -> None:
        if self._bar is None or stage != self._stage:
            self.close()
            self._stage, self._bar = stage, tqdm(total=total, desc=stage, unit=" lines", disable=None)
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


class ImportCommand(BaseCommand):
    """Imports one file into one company: prints what the file is, the sums per account and every bad line.

    Exit status 0 when everything is posted now or was before, 1 when the file or one of its lines is refused.
    """

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--company", required=True, metavar="NAME_OR_ID")
        parser.add_argument("--dry-run", action="store_true", help="post nothing, show what would be posted")
        parser.add_argument("--max-errors", type=_positive, metavar="N", help="stop after N bad lines; else list all")
        parser.add_argument("--ignore-repeats", action="store_true", help="post also what another batch has brought")

    def run(self, company: Company, file: BinaryIO, progress: ProgressBar, options: dict[str, Any]) -> ImportResult:
        """Preview or import `file`; each command says how."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            company = company_by_name_or_id(options["company"])
            with options["file"].open("rb") as file, closing(ProgressBar()) as progress:
                result = self.run(company, file, progress, options)
        except DomainError as refusal:
            raise CommandError(refusal.message + _option(refusal.details.get("waiver"))) from refusal
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from error
        for finding in result.findings:
            self.stdout.write(finding)
        if result.problems:
            self._refuse(result)
        for remark in result.remarks:
            self.stdout.write(f"line {remark.line}: {remark.text}")
        if options["dry_run"]:
            self._write_samples(result.samples, company.base_currency)
        self._write_sums(result.sums, company.base_currency)
        self.stdout.write(_summary(result, is_preview=options["dry_run"]))

    def waived(self, options: dict[str, Any]) -> frozenset[Check]:
        return frozenset(check for check in Check if options.get(f"ignore_{check}"))

    def _refuse(self, result: ImportResult) -> None:
        for problem in result.problems:
            self.stderr.write(f"line {problem.line}: {problem.reason}{_option(problem.waiver)}", self.style.NOTICE)
        count = len(result.problems)
        found = f"At least {count}" if result.has_more_problems else f"{count}"
        raise CommandError(f"{found} {'problem' if count == 1 else 'problems'}; nothing was posted.")

    def _write_samples(self, samples: tuple[Sample, ...], currency: str) -> None:
        """Show the first entries with their texts: a wrong encoding is seen before anything is posted."""
        places = minor_units(currency)
        for sample in samples:
            self.stdout.write(f"\n{sample.day}  {sample.document_number}  {sample.memo}".rstrip())
            for line in sample.lines:
                side, amount = ("debit", line.debit) if line.debit else ("credit", line.credit)
                self.stdout.write(
                    f"  {line.code} {line.name}: {side} {amount:,.{places}f}  {line.description}".rstrip()
                )

    def _write_sums(self, sums: tuple[AccountSum, ...], currency: str) -> None:
        if not sums:
            return
        places = minor_units(currency)
        width = max(len(row.code) for row in sums)
        self.stdout.write(f"\n{'':{width}}  {'':40} {'Debit':>16} {'Credit':>16}")
        for row in sums:
            self.stdout.write(
                f"{row.code:{width}}  {row.name[:40]:40} {row.debit:>16,.{places}f} {row.credit:>16,.{places}f}"
            )
        debit, credit = sum(row.debit for row in sums), sum(row.credit for row in sums)
        self.stdout.write(f"{'':{width}}  {'':40} {debit:>16,.{places}f} {credit:>16,.{places}f}")
        self.stdout.write("")


def _summary(result: ImportResult, *, is_preview: bool) -> str:
    before = f" {_entries(result.already_imported_count)} already imported." if result.already_imported_count else ""
    if not result.entry_count:
        return f"Nothing new to post.{before}"
    return f"{'Would post' if is_preview else 'Posted'} {_entries(result.entry_count)}.{before}"


def _option(waiver: Check | None) -> str:
    """Return how the command is asked to pass over a check."""
    return f" (--ignore-{waiver.value})" if waiver else ""


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count:,} entries"


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number
