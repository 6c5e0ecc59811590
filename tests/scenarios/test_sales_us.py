"""A month of sales in US dollars with sales tax, worked by hand."""

from datetime import date
from decimal import Decimal

import pytest

from receivables.services.credit_memos import create_credit_memo
from receivables.services.invoices import confirm_invoice
from receivables.services.marking_paid import mark_invoice_paid
from receivables.services.refund_receipts import create_refund_receipt
from receivables.services.sales_receipts import create_sales_receipt
from tests.factories import line, make_company, make_customer, make_invoice, make_item, make_payment
from tests.receivables.books import ACTOR, amounts, balances, by, lines_of, posted, prove

pytestmark = pytest.mark.django_db


def test_a_month_of_sales_with_sales_tax() -> None:
    company = make_company(chart="us", currency="USD")
    acme, bolt = make_customer(company, name="Acme"), make_customer(company, name="Bolt", tax_exempt=True)

    # 3 March: 10 at 25.00 less 10 % is 225.00, delivery 15.00 untaxed; 4 % New York is 9.00. Total 249.00.
    first = make_invoice(
        company,
        {
            "description": "Widgets",
            "quantity": Decimal(10),
            "unit_amount": Decimal("25.00"),
            "discount_percent": Decimal(10),
            "amount": Decimal("225.00"),
            "tax_code": "ST-NY",
        },
        line("15.00", description="Delivery", tax_status="non_taxable"),
        customer=acme,
        on=date(2026, 3, 3),
        status="draft",
        total_amount=Decimal("249.00"),
    )
    assert not first.document_number
    first = confirm_invoice(**by(company, first))
    assert first.document_number == "INV-1001"
    assert lines_of(first.entry) == posted(
        ("1100", "249.00"), ("4000", "-225.00"), ("4000", "-15.00"), ("2200", "-9.00")
    )

    # 5 March: tax computed elsewhere, by jurisdiction: 400.00 with 16.00 state and 18.00 city. Total 434.00.
    second = make_invoice(
        company,
        line(
            "400.00",
            tax_rate=Decimal("8.5"),
            tax_details=[
                {"tax_detail_ref": "s", "amount_includes_tax": False, "tax_amount": "16.00", "jurisdiction_name": "NY"},
                {
                    "tax_detail_ref": "c",
                    "amount_includes_tax": False,
                    "tax_amount": "18.00",
                    "jurisdiction_name": "NYC",
                },
            ],
        ),
        customer=acme,
        on=date(2026, 3, 5),
    )
    assert second.total_amount == Decimal("434.00")
    assert lines_of(second.entry) == posted(("1100", "434.00"), ("4000", "-400.00"), ("2200", "-34.00"))

    # 8 March: an exempt customer pays no tax although the item has a code. Total 80.00.
    goods = make_item(company, tax_code="ST-NY")
    third = make_invoice(company, line("80.00", product_id=goods.id), customer=bolt, on=date(2026, 3, 8))
    assert third.total_amount == Decimal("80.00")

    # 10 March: a card payment of 300.00 for the first and part of the second, fees 9.00 kept by the provider.
    payment = make_payment(
        company, "300.00", first, second, on=date(2026, 3, 10), fees=Decimal("9.00"), net_amount=Decimal("291.00")
    )
    assert lines_of(payment.entry) == posted(("1050", "291.00"), ("6230", "9.00"), ("1100", "-300.00"))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.balance_due) == ("paid", 0)
    assert (second.status, second.balance_due) == ("partially_paid", Decimal("383.00"))

    # 12 March: over the counter, 50.00 and 4 % tax, cash.
    receipt = create_sales_receipt(
        {
            "document_date": date(2026, 3, 12),
            "lines": [line("50.00", tax_code="ST-NY")],
            "deposit_to_account_code": "1000",
            "status": "completed",
        },
        company=company,
        actor=ACTOR,
    )
    assert lines_of(receipt.entry) == posted(("1000", "52.00"), ("4000", "-50.00"), ("2200", "-2.00"))

    # 15 March: one widget of the first invoice comes back: 22.50 and 0.90. The invoice is paid, so it stays a credit.
    memo = create_credit_memo(
        {
            "invoice_id": first.id,
            "document_date": date(2026, 3, 15),
            "lines": [line("22.50", quantity=Decimal(1), tax_code="ST-NY", invoice_line_ref="1")],
            "approval_status": "approved",
        },
        company=company,
        actor=ACTOR,
    )
    assert lines_of(memo.entry) == posted(("4000", "22.50"), ("2200", "0.90"), ("1100", "-23.40"))
    assert (memo.status, memo.remaining_credit) == ("open", Decimal("23.40"))

    # 16 March: the credit is paid out from cash.
    refund = create_refund_receipt(
        {
            "credit_memo_id": memo.id,
            "total_amount": Decimal("23.40"),
            "document_date": date(2026, 3, 16),
            "status": "completed",
        },
        company=company,
        actor=ACTOR,
    )
    assert lines_of(refund.entry) == posted(("1100", "23.40"), ("1000", "-23.40"))
    memo.refresh_from_db()
    assert memo.status == "applied"

    # 20 March: the exempt invoice is paid to the bank.
    third = mark_invoice_paid(**by(company, third), paid_on=date(2026, 3, 20))
    assert third.status == "paid"

    assert balances(company) == amounts(
        _1000="28.60",  # 52.00 - 23.40
        _1050="371.00",  # 291.00 + 80.00
        _1100="383.00",  # what is left of the second invoice
        _2200="-44.10",  # 9.00 + 34.00 + 2.00 - 0.90
        _4000="-747.50",  # 225.00 + 15.00 + 400.00 + 80.00 + 50.00 - 22.50
        _6230="9.00",
    )
    prove(company)
