"""From the quote through the order to invoices and their payment."""

from datetime import date
from decimal import Decimal

import pytest

from receivables.errors import NotConvertible, OverInvoiced
from receivables.services.invoices import confirm_invoice, delete_invoice
from receivables.services.marking_paid import mark_invoice_paid
from receivables.services.orders import (
    OrderQuantity,
    accept_quote,
    convert_quote,
    convert_sales_order,
    create_quote,
    send_quote,
)
from tests.factories import line, make_company, make_customer
from tests.receivables.books import ACTOR, amounts, balances, by, prove

pytestmark = pytest.mark.django_db


def test_from_quote_to_cash() -> None:
    company = make_company(chart="skr03", currency="EUR")
    customer = make_customer(company)
    quote = create_quote(
        {
            "customer_id": customer.id,
            "document_date": date(2026, 6, 1),
            "lines": [
                line("300.00", quantity=Decimal(3), unit_amount=Decimal(100), tax_code="UST19", description="Chairs"),
                line("50.00", tax_code="UST19", description="Assembly"),
            ],
            "total_amount": Decimal("416.50"),
        },
        company=company,
        actor=ACTOR,
    )
    assert quote.document_number == "QU-1001"
    send_quote(**by(company, quote))
    accept_quote(**by(company, quote))
    order = convert_quote(**by(company, quote))
    assert convert_quote(**by(company, quote)).id == order.id
    quote.refresh_from_db()
    assert (quote.status, order.status, order.total_amount) == ("converted", "open", Decimal("416.50"))

    chairs, _ = order.lines.order_by("line_number")
    first = convert_sales_order(**by(company, order), quantities=[OrderQuantity(chairs.id, Decimal(2))])
    order.refresh_from_db()
    assert (first.total_amount, order.status) == (Decimal("238.00"), "partially_invoiced")
    with pytest.raises(OverInvoiced):
        convert_sales_order(**by(company, order), quantities=[OrderQuantity(chairs.id, Decimal(2))])

    # A deleted draft gives its quantity back.
    delete_invoice(**by(company, first))
    order.refresh_from_db()
    assert order.status == "open"

    invoice = convert_sales_order(**by(company, order))
    order.refresh_from_db()
    assert (invoice.total_amount, order.status) == (Decimal("416.50"), "invoiced")
    with pytest.raises(NotConvertible, match="nothing left to invoice"):
        convert_sales_order(**by(company, order))
    confirm_invoice(**by(company, invoice))
    mark_invoice_paid(**by(company, invoice), paid_on=date(2026, 6, 20))
    assert balances(company) == amounts(_1360="416.50", _8400="-350.00", _1776="-66.50")
    prove(company)
