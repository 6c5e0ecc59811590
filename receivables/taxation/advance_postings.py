"""What advance payments post: the policy of § 13 (1) no. 1 a sentence 4 UStG on one page. Pure.

Output tax falls due when money comes in for what is still to be supplied. The part of a customer's payment that pays no
invoice is such money. Its gross amount stays what it is, a credit of the customer on the control account; a clearing
account takes it out again, the advance account holds it without tax, and the tax account the tax:

    debit   1593 clearing account        1190.00
    credit  1718 advances received 19 %  1000.00
    credit  1776 output tax 19 %          190.00

What pays an invoice, goes back to the customer or is void is posted the other way round. Each posting brings the
account to the tax contained in all that is left, so that parts leave no rest.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from ledger.journal.drafts import EntryDraft, LineDraft
from ledger.models import LineTaxRole
from ledger.tax.calculation import split_gross
from receivables.models import AdvanceTax, Payment

ADVANCE_TAX_KIND: Final = "advance_tax"
ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Move:
    """How an advance payment changes on a day: up is positive. Base currency; `gross` contains `tax`."""

    on: date
    gross: Decimal
    tax: Decimal


def credit_on_days(payment: Payment, paid: Iterable[tuple[date, date | None, Decimal]]) -> dict[date, Decimal]:
    """Return how the part of a posted payment that pays nothing changes, by day, in base currency.

    `paid` are the parts that pay something: (first day, day on which they stop to, base amount at the payment's rate).
    A payment that is void has none that count after that day.
    """
    changes: dict[date, Decimal] = {}

    def add(day: date, amount: Decimal) -> None:
        changes[day] = changes.get(day, ZERO) + amount

    add(payment.posting_date, payment.base_amount)
    if payment.voided_on is not None:
        add(payment.voided_on, -payment.base_amount)
    for first, end, base in paid:
        add(first, -base)
        if end is not None:
            add(end, base)
    return changes


def moves_due(
    credit: Mapping[date, Decimal],
    posted: Iterable[Move],
    *,
    since: date,
    until: date | None = None,
    rate: Decimal,
    currency: str,
) -> list[Move]:
    """Return what is still to be posted, at most one move a day.

    `credit` are the changes of the credit by day, `posted` the moves so far. Advance payments are taxed from `since` on
    and before `until`; what was posted before `since` stays. `rate` is percent, `currency` the base currency.
    """
    done = list(posted)
    days = {since, *credit, *(move.on for move in done), *([until] if until else [])}
    left = gross = tax = ZERO
    due = []
    for day in sorted(days):
        left += credit.get(day, ZERO)
        gross += sum((move.gross for move in done if move.on == day), ZERO)
        tax += sum((move.tax for move in done if move.on == day), ZERO)
        if day < since:
            continue
        is_taxed = rate and (until is None or day < until)
        wanted = split_gross(left if is_taxed else ZERO, rate, currency)
        if wanted.gross != gross:
            due.append(Move(day, wanted.gross - gross, wanted.tax - tax))
            gross, tax = wanted.gross, wanted.tax
    return due


def advance_tax_entry(payment: Payment, terms: AdvanceTax, move: Move) -> EntryDraft:
    """Return the entry of a move: the clearing account against the advance without tax, and the output tax."""
    if terms.clearing_account_id is None or terms.advance_account_id is None or terms.vat_account_id is None:
        raise ValueError(f"{payment} is not taxed")
    what = "Output tax on the advance payment" if move.gross > 0 else "Output tax taken back of the advance payment"
    lines = (
        LineDraft(account=terms.clearing_account_id, amount=move.gross),
        LineDraft(
            account=terms.advance_account_id,
            amount=move.tax - move.gross,
            tax_code=terms.tax_code,
            tax_role=LineTaxRole.BASE.value,
        ),
        LineDraft(
            account=terms.vat_account_id, amount=-move.tax, tax_code=terms.tax_code, tax_role=LineTaxRole.TAX.value
        ),
    )
    return EntryDraft(
        company_id=payment.company_id,
        entry_date=move.on,
        kind=ADVANCE_TAX_KIND,
        memo=f"{what} {payment}, {payment.customer}"[:500],
        document_number=payment.document_number,
        lines=tuple(line for line in lines if line.amount),
    )
