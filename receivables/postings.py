"""What receivables post: the accounting policy of sales on one page. Pure functions, document → entry.

Sales credit revenue without tax and the tax on its own account; the receivable, or the money, is debited with both.
Goods leave the inventory at what they cost.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from ledger.currencies.money import quantize
from ledger.documents.models import Document, DocumentLine
from ledger.documents.postings import entry_of, exchange_lines, net_lines, revenue_of, tax_lines
from ledger.documents.types import Posting
from ledger.inventory.stock import cost_of_sales
from ledger.journal.drafts import AccountReference, EntryDraft, LineDraft
from ledger.models import Account, AccountRole
from receivables.models import (
    CreditMemo,
    CreditMemoLine,
    Customer,
    Invoice,
    InvoiceLine,
    Payment,
    RefundReceipt,
    RefundReceiptLine,
    SalesReceipt,
    SalesReceiptLine,
)


def invoice_entry(invoice: Invoice, posting: Posting[InvoiceLine]) -> EntryDraft:
    """Debit receivables with the gross amount; credit revenue, output tax. Goods: cost of sales against inventory."""
    return entry_of(
        invoice,
        kind="invoice",
        party=invoice.customer,
        lines=(
            *_receivable(invoice, invoice.customer, invoice.total_amount, invoice.base_amount),
            *_sold(posting, invoice.customer, sign=-1),
            *cost_of_sales(posting.stock, in_base_currency=_is_in_base(invoice)),
        ),
    )


def credit_memo_entry(memo: CreditMemo, posting: Posting[CreditMemoLine]) -> EntryDraft:
    """Debit revenue and output tax; credit receivables. Goods that came back: inventory against cost of sales."""
    return entry_of(
        memo,
        kind="credit_memo",
        party=memo.customer,
        lines=(
            *_worth(posting, (*credited_revenue(memo, posting), *credited_tax(memo, posting))),
            *_receivable(memo, memo.customer, -memo.total_amount, -memo.base_amount),
            *cost_of_sales(posting.stock, in_base_currency=_is_in_base(memo)),
        ),
    )


def credited_revenue(memo: CreditMemo, posting: Posting[CreditMemoLine]) -> Iterator[LineDraft]:
    """Yield the debits of revenue without tax, one for each line."""
    return _revenue(posting, memo.customer, sign=1)


def credited_tax(memo: CreditMemo, posting: Posting[CreditMemoLine]) -> Iterator[LineDraft]:
    """Yield the debits of output tax, one for each tax code."""
    return _tax(posting, sign=1)


def sales_receipt_entry(receipt: SalesReceipt, posting: Posting[SalesReceiptLine]) -> EntryDraft:
    """Debit the money's account with the gross amount; credit revenue, output tax. Goods as on an invoice."""
    return entry_of(
        receipt,
        kind="sales_receipt",
        party=receipt.customer,
        lines=(
            *_money(receipt.deposit_to_account_id, receipt.total_amount, receipt.base_amount),
            *_sold(posting, receipt.customer, sign=-1, stated=receipt.revenue_account),
            *cost_of_sales(posting.stock, in_base_currency=_is_in_base(receipt)),
        ),
    )


def payment_entry(payment: Payment, posting: Posting[DocumentLine]) -> EntryDraft:
    """Debit the money's account net of fees, and the fees; credit receivables with what the customer paid.

    Receivables are relieved at the invoices' rates, the money comes in at today's: the rest is exchange gain or loss.
    """
    base_fees = quantize(payment.fees * (payment.exchange_rate or 1), payment.company.base_currency)
    return entry_of(
        payment,
        kind="payment",
        party=payment.customer,
        reference=payment.reference_number,
        lines=(
            *_money(payment.deposit_to_account_id, payment.net_amount, payment.base_amount - base_fees),
            *_line(AccountRole.PAYMENT_FEES, payment.fees, base_fees),
            *_receivable(
                payment,
                payment.customer,
                -payment.total_amount,
                posting.exchange_gain - payment.base_amount,
                posting.control_account,
            ),
            *exchange_lines(posting.exchange_gain),
        ),
    )


def refund_entry(refund: RefundReceipt, posting: Posting[RefundReceiptLine]) -> EntryDraft:
    """Credit the account it is paid from. Debit receivables when it gives back a payment or a credit; else take back
    revenue and output tax."""
    paid = (*_line(refund.paid_from_account_id or AccountRole.CASH, -refund.total_amount, -refund.base_amount),)
    if refund.refunds_credit:
        relieved = posting.exchange_gain + refund.base_amount
        owed = _receivable(refund, refund.customer, refund.total_amount, relieved, posting.control_account)
        return entry_of(
            refund,
            kind="refund_receipt",
            party=refund.customer,
            lines=(*owed, *paid, *exchange_lines(posting.exchange_gain)),
        )
    return entry_of(
        refund,
        kind="refund_receipt",
        party=refund.customer,
        lines=(
            *_sold(posting, refund.customer, sign=1),
            *paid,
        ),
    )


def _sold(
    posting: Posting[Any], customer: Customer | None, *, sign: int, stated: Account | None = None
) -> Iterator[LineDraft]:
    """The revenue without tax, and the tax. `stated` is the account that the whole document names."""
    yield from _revenue(posting, customer, sign=sign, stated=stated)
    yield from _tax(posting, sign=sign)


def _revenue(
    posting: Posting[Any], customer: Customer | None, *, sign: int, stated: Account | None = None
) -> Iterator[LineDraft]:
    default = customer.default_account if customer else None
    return net_lines(
        posting.lines,
        posting.rules,
        sign=sign,
        usual=AccountRole.REVENUE,
        of_item=revenue_of,
        stated=stated,
        default=default,
    )


def _tax(posting: Posting[Any], *, sign: int) -> Iterator[LineDraft]:
    return tax_lines(posting.lines, posting.rules, sign=sign, default=AccountRole.OUTPUT_TAX)


def _worth(posting: Posting[Any], lines: Sequence[LineDraft]) -> Iterator[LineDraft]:
    """The lines at the worth in base currency that is known of them, else to be converted with the entry."""
    if not posting.bases:
        return iter(lines)
    return (replace(line, base_amount=base) for line, base in zip(lines, posting.bases, strict=True))


def _receivable(
    document: Document, customer: Customer | None, amount: Decimal, base: Decimal, account: UUID | None = None
) -> Iterator[LineDraft]:
    """The control account, by its role unless a certain one is meant; `personal_account` tells DATEV whose it is."""
    control = account or AccountRole.ACCOUNTS_RECEIVABLE
    yield from _line(control, amount, base, customer.personal_account if customer else "", str(document))


def _money(account_id: AccountReference | None, amount: Decimal, base: Decimal) -> Iterator[LineDraft]:
    yield from _line(account_id or AccountRole.UNDEPOSITED_FUNDS, amount, base)


def _line(
    account: AccountReference, amount: Decimal, base: Decimal, personal_account: str = "", description: str = ""
) -> Iterator[LineDraft]:
    if amount or base:
        yield LineDraft(
            account=account,
            amount=amount,
            base_amount=base,
            personal_account=personal_account,
            description=description,
        )


def _is_in_base(document: Document) -> bool:
    return document.currency == document.company.base_currency
