"""What receivables post, without a database: a document in, an entry out."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from backfill.tenancy.models import Company
from ledger.documents.types import Posting
from ledger.inventory.models import Item
from ledger.inventory.stock import StockCost, StockMove
from ledger.journal.drafts import EntryDraft
from ledger.models import AccountRole
from ledger.tax.calculation import TaxRule
from receivables import postings
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

COMPANY = Company(name="Books", base_currency="EUR")
CUSTOMER = Customer(company=COMPANY, name="Acme", personal_account="10001")
VAT = UUID(int=19)
RULES = {"UST19": TaxRule("UST19", Decimal(19), VAT), "UST0": TaxRule("UST0", Decimal(0), VAT)}


def facts(total: str, *, rate: str = "1", currency: str = "EUR", **more: Any) -> dict[str, Any]:
    amount = Decimal(total)
    return {
        "company": COMPANY,
        "customer": CUSTOMER,
        "document_date": date(2026, 1, 15),
        "document_number": "X-1",
        "currency": currency,
        "exchange_rate": Decimal(rate),
        "total_amount": amount,
        "base_amount": amount * Decimal(rate),
        **more,
    }


def line(model: Any, net: str, tax: str = "0", code: str = "", **more: Any) -> Any:
    return model(
        company=COMPANY, line_number=1, net_amount=Decimal(net), tax_amount=Decimal(tax), tax_code=code, **more
    )


def lines_of(entry: EntryDraft) -> list[tuple[Any, Decimal]]:
    return [(row.account, row.amount) for row in entry.lines]


def test_debits_receivables_and_credits_revenue_and_tax_together_per_code() -> None:
    lines = [
        line(InvoiceLine, "100", "19", "UST19"),
        line(InvoiceLine, "50", "9.50", "UST19"),
        line(InvoiceLine, "1", "0.08"),
    ]
    entry = postings.invoice_entry(Invoice(**facts("179.58")), Posting(lines=lines, rules=RULES))
    assert lines_of(entry) == [
        (AccountRole.ACCOUNTS_RECEIVABLE, Decimal("179.58")),
        *((AccountRole.REVENUE, -Decimal(net)) for net in ("100", "50", "1")),
        (VAT, Decimal("-28.50")),
        (AccountRole.OUTPUT_TAX, Decimal("-0.08")),
    ]
    assert [row.tax_role for row in entry.lines] == ["", "base", "base", "", "tax", ""]
    assert entry.lines[0].personal_account == "10001"
    assert (entry.kind, entry.memo) == ("invoice", "Invoice X-1, Acme")


def test_names_the_code_of_an_untaxed_line_only_where_the_code_says_so() -> None:
    lines = [line(InvoiceLine, "5", "0", "UST0"), line(InvoiceLine, "5", "0", "UST19", tax_status="exempt")]
    entry = postings.invoice_entry(Invoice(**facts("10")), Posting(lines=lines, rules=RULES))
    assert [row.tax_code for row in entry.lines] == ["", "UST0", ""]


def test_moves_goods_at_cost_in_base_currency_whatever_the_invoice_is_in() -> None:
    item = Item(company=COMPANY, name="Lamp")
    move = StockMove(item_id=item.id, quantity=Decimal(-2), moved_on=date(2026, 1, 15))
    stock = [StockCost(item=item, move=move, value=Decimal("-7.00"), correction=Decimal("0.50"))]
    posting = Posting(lines=[line(InvoiceLine, "10")], stock=stock)
    own = postings.invoice_entry(Invoice(**facts("10")), posting)
    assert lines_of(own)[2:] == [
        (AccountRole.COGS, Decimal("7.00")),
        (AccountRole.INVENTORY_ASSET, Decimal("-7.00")),
        (AccountRole.COGS, Decimal("0.50")),
        (AccountRole.INVENTORY_ASSET, Decimal("-0.50")),
    ]
    foreign = postings.invoice_entry(Invoice(**facts("10", currency="USD", rate="0.9")), posting)
    assert [(row.amount, row.base_amount) for row in foreign.lines[2:4]] == [
        (0, Decimal("7.00")),
        (0, Decimal("-7.00")),
    ]


def test_mirrors_the_sale_on_a_credit_memo() -> None:
    posting = Posting(lines=[line(CreditMemoLine, "10", "1.90", "UST19")], rules=RULES)
    entry = postings.credit_memo_entry(CreditMemo(**facts("11.90")), posting)
    assert lines_of(entry) == [
        (AccountRole.REVENUE, Decimal(10)),
        (VAT, Decimal("1.90")),
        (AccountRole.ACCOUNTS_RECEIVABLE, Decimal("-11.90")),
    ]


def test_debits_the_money_on_a_sales_receipt() -> None:
    entry = postings.sales_receipt_entry(SalesReceipt(**facts("10")), Posting(lines=[line(SalesReceiptLine, "10")]))
    assert lines_of(entry) == [(AccountRole.UNDEPOSITED_FUNDS, Decimal(10)), (AccountRole.REVENUE, Decimal(-10))]


@pytest.mark.parametrize(("gain", "account"), [("0.63", AccountRole.FX_GAIN), ("-0.63", AccountRole.FX_LOSS)])
def test_puts_the_exchange_difference_of_a_payment_beside_it(gain: str, account: AccountRole) -> None:
    payment = Payment(**facts("40", currency="USD", rate="0.9", fees=Decimal(2)))
    entry = postings.payment_entry(payment, Posting(exchange_gain=Decimal(gain)))
    assert [(row.account, row.amount, row.base_amount) for row in entry.lines] == [
        (AccountRole.UNDEPOSITED_FUNDS, Decimal(38), Decimal("34.20")),
        (AccountRole.PAYMENT_FEES, Decimal(2), Decimal("1.80")),
        (AccountRole.ACCOUNTS_RECEIVABLE, Decimal(-40), Decimal(gain) - 36),
        (account, Decimal(0), -Decimal(gain)),
    ]
    assert sum(row.base_amount or 0 for row in entry.lines) == 0


def test_gives_a_credit_back_at_the_rate_it_was_booked_at() -> None:
    refund = RefundReceipt(**facts("40", currency="USD", rate="0.9", payment_id=UUID(int=1)))
    entry = postings.refund_entry(refund, Posting(exchange_gain=Decimal(2)))
    assert [(row.account, row.base_amount) for row in entry.lines] == [
        (AccountRole.ACCOUNTS_RECEIVABLE, Decimal(38)),
        (AccountRole.CASH, Decimal(-36)),
        (AccountRole.FX_GAIN, Decimal(-2)),
    ]


def test_takes_back_revenue_and_tax_on_a_refund_that_stands_alone() -> None:
    posting = Posting(lines=[line(RefundReceiptLine, "10", "1.90", "UST19")], rules=RULES)
    entry = postings.refund_entry(RefundReceipt(**facts("11.90")), posting)
    assert lines_of(entry) == [
        (AccountRole.REVENUE, Decimal(10)),
        (VAT, Decimal("1.90")),
        (AccountRole.CASH, Decimal("-11.90")),
    ]
