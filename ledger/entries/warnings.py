"""What somebody should look at before an entry made by hand posts: a line without tax on an account that is taxed, an
unusually large amount.

The entry posts as it was stated. Entries of documents and imports have their tax from there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from ledger.journal.doubts import amount_doubts
from ledger.models import Account, JournalEntry
from ledger.tax.book import TaxBook
from ledger.tax.rules import tax_book

_MADE_BY_HAND: Final = frozenset({"manual", "booking"})


@dataclass(frozen=True, slots=True)
class _Line:
    account: Account
    tax_code: str
    tax_role: str


def entry_warnings(entry: JournalEntry) -> list[dict[str, Any]]:
    """Return code, message and field of what is doubtful. One statement, one more where an account is automatic, and
    what `amount_doubts` takes.

    Tax that was posted by hand beside it answers the question: then nothing is said.
    """
    if entry.kind not in _MADE_BY_HAND:
        return []
    lines = _draft_lines(entry) if entry.is_draft else _posted_lines(entry)
    return [*_tax_doubts(entry, lines), *_amount_doubts(entry)]


def _amount_doubts(entry: JournalEntry) -> list[dict[str, Any]]:
    """A draft without a rate is compared when it posts."""
    if entry.reverses_entry_id is not None:
        return []
    amount = entry.total_amount
    if entry.is_draft:
        debits = [Decimal(line["amount"]) for line in entry.draft_lines or [] if not line["amount"].startswith("-")]
        is_base = entry.currency == entry.company.base_currency
        amount = sum(debits, Decimal(0)) if is_base else Decimal(0)
    return amount_doubts(entry.company_id, amount, entry.entry_date, before_number=entry.first_journal_number)


def _tax_doubts(entry: JournalEntry, lines: Sequence[_Line]) -> list[dict[str, Any]]:
    if not any(line.account.automatic_tax_code for line in lines):
        return []
    book = tax_book(entry.company_id)
    tax_accounts = {rule.vat_account_id for rule in book.rules.values()}
    if any(line.account.pk in tax_accounts and not line.tax_role for line in lines):
        return []
    return list(_warnings(entry, lines, book))


def _warnings(entry: JournalEntry, lines: Sequence[_Line], book: TaxBook) -> Iterator[dict[str, Any]]:
    day = entry.service_date or entry.document_date or entry.entry_date
    for number, line in enumerate(lines):
        expected = book.on(line.account.automatic_tax_code, day)
        stated = book.named(line.tax_code)
        if expected is None or not expected.rate or (stated is not None and stated.rate == expected.rate):
            continue
        if stated is None and line.tax_code:
            continue
        if stated:
            message = _("the line is taxed by {stated}, but account {account} is for {code} ({rate:f} %)")
        else:
            message = _("the line has no tax code, but account {account} is for {code} ({rate:f} %)")
        yield {
            "code": "TAX_ACCOUNT_MISMATCH" if stated else "UNTAXED_LINE",
            "message": message.format(
                stated=stated.code if stated else "",
                account=line.account,
                code=expected.code,
                rate=expected.rate.normalize(),
            ),
            "field": f"lines[{number}].tax_code",
        }


def _draft_lines(entry: JournalEntry) -> list[_Line]:
    stored = entry.draft_lines or []
    accounts = Account.objects.in_bulk([UUID(line["account_id"]) for line in stored])
    return [
        _Line(accounts[UUID(line["account_id"])], line.get("tax_code", ""), line.get("tax_role", "")) for line in stored
    ]


def _posted_lines(entry: JournalEntry) -> list[_Line]:
    rows = entry.lines.select_related("account").order_by("line_number")
    return [_Line(row.account, row.tax_code, row.tax_role) for row in rows]
