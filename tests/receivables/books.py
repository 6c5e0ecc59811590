"""Looking at the books from a test."""

from decimal import Decimal
from typing import Any

from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.checks import check_books
from ledger.models import Account, JournalEntry
from ledger.selectors import balances_as_of

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


def prove(company: Company) -> None:
    """Everything that can be proven about the books holds, and they balance."""
    assert check_books(company).findings == []
    assert sum(balances(company).values(), Decimal(0)) == 0


def by(company: Company, document: Any) -> dict[str, Any]:
    """The arguments of a step in a document's life."""
    return {"company_id": company.id, "document_id": document.id, "actor": ACTOR}
