"""Looking at the books from a test."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q

from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.accounts.balances import balances_as_of
from ledger.checks.books import Finding, check_books
from ledger.models import Account, JournalEntry
from ledger.open_items.differences import Cause
from ledger.open_items.entries import SettledPart, settle_by_entry
from ledger.open_items.models import Allocation, OpenItem
from ledger.open_items.reconciliation import prove_open_items
from ledger.open_items.settling import unapply
from receivables.reconciliation import prove_receivables

ACTOR = system_actor()


def balances(company: Company) -> dict[str, Decimal]:
    """The accounts that hold something, by code, debit positive."""
    codes = {account.id: account.code or "" for account in Account.objects.filter(company=company)}
    found = balances_as_of(company_id=company.id, on=None)
    return {codes[key]: balance.net for key, balance in found.items() if balance.net}


def amounts(**figures: str) -> dict[str, Decimal]:
    """What `balances` should say: `_1100="150.00"`."""
    return {code.lstrip("_"): Decimal(figure) for code, figure in figures.items()}


def lines_of(entry: JournalEntry | None) -> list[tuple[str, Decimal]]:
    """An entry's lines as (account code, amount in base currency), in order."""
    assert entry is not None
    lines = entry.lines.select_related("account").order_by("line_number")
    return [(line.account.code or "", line.amount) for line in lines]


def posted(*lines: tuple[str, str]) -> list[tuple[str, Decimal]]:
    """What `lines_of` should say."""
    return [(code, Decimal(amount)) for code, amount in lines]


def open_item_of(entry: JournalEntry) -> OpenItem:
    """The one item that an entry put on a control account."""
    return OpenItem.objects.select_related("company").get(company_id=entry.company_id, entry=entry, closed_on=None)


def settle_entry(opened: JournalEntry, settling: JournalEntry, amount: Decimal | str) -> Allocation:
    """Let an entry settle an amount of what another one opened."""
    part = SettledPart(open_item_of(opened).id, Decimal(amount))
    [made] = settle_by_entry(settling, [part], actor=ACTOR)
    return made


def undo_settlements(entry: JournalEntry, *, on: date) -> None:
    """Unapply what an entry settles."""
    items = OpenItem.objects.filter(company_id=entry.company_id, entry=entry)
    keys = list(items.values_list("id", flat=True))
    rows = Allocation.objects.filter(Q(credit_item_id__in=keys) | Q(debit_item_id__in=keys), undone_on=None)
    cause = Cause(company_id=entry.company_id, side="receivable", number=entry.entry_number, party_id=None)
    unapply(list(rows), on=on, actor=ACTOR, cause=cause)


def drifts(company: Company) -> list[Finding]:
    """What does not tie of open items and documents."""
    return [*prove_open_items(company), *prove_receivables(company)]


def prove(company: Company) -> None:
    """Everything that can be proven about the books holds, and they balance."""
    with connection.cursor() as cursor:  # what a commit would ask
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    assert check_books(company).findings == []
    assert sum(balances(company).values(), Decimal(0)) == 0


def by(company: Company, document: Any) -> dict[str, Any]:
    """The arguments of a step in a document's life."""
    return {"company_id": company.id, "document_id": document.id, "actor": ACTOR}
