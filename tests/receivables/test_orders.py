"""Quotes and sales orders: what may become of them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from backfill.errors import ValidationFailed
from backfill.tenancy.models import Company
from ledger.errors import DocumentPosted, InvalidStateTransition
from ledger.models import JournalEntry
from receivables.errors import NotConvertible
from receivables.models import Customer
from receivables.services.invoices import confirm_invoice, update_invoice, void_invoice
from receivables.services.orders import (
    OrderQuantity,
    accept_quote,
    convert_quote,
    convert_sales_order,
    create_quote,
    create_sales_order,
    decline_quote,
    fulfil_sales_order,
    send_quote,
    update_quote,
    void_sales_order,
)
from tests.factories import line, make_company, make_customer
from tests.receivables.books import ACTOR, by

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return make_company(chart="us", currency="USD")


@pytest.fixture
def customer(company: Company) -> Customer:
    return make_customer(company, name="Acme")


def quote(company: Company, **values: Any) -> Any:
    return create_quote({"total_amount": Decimal(125), **values}, company=company, actor=ACTOR)


def order(company: Company, customer: Customer, *lines: dict[str, Any], **values: Any) -> Any:
    stated = {
        "customer_id": customer.id,
        "lines": list(lines) or [line("30.00", quantity=Decimal(3))],
        "status": "open",
    }
    return create_sales_order({**stated, **values}, company=company, actor=ACTOR)


class TestAQuote:
    def test_may_be_stated_by_its_total_alone(self, company: Company) -> None:
        made = quote(company, customer_name="Somebody", description="Office supplies")
        assert (made.total_amount, made.lines.get().description) == (Decimal(125), "Office supplies")
        changed = update_quote(made, {"total_amount": Decimal(130)}, actor=ACTOR)
        assert changed.lines.get().amount == Decimal(130)
        assert not JournalEntry.objects.exists()

    def test_is_fixed_once_it_is_sent(self, company: Company) -> None:
        sent = send_quote(**by(company, quote(company)))
        assert sent.status == "sent"
        with pytest.raises(DocumentPosted):
            update_quote(sent, {"total_amount": Decimal(1)}, actor=ACTOR)

    def test_is_answered_once(self, company: Company, customer: Customer) -> None:
        made = quote(company, customer_id=customer.id)
        with pytest.raises(InvalidStateTransition, match="a draft quote cannot be accepted"):
            accept_quote(**by(company, made))
        send_quote(**by(company, made))
        assert decline_quote(**by(company, made)).status == "declined"
        assert decline_quote(**by(company, made)).status == "declined"
        with pytest.raises(InvalidStateTransition, match="a declined quote cannot be accepted"):
            accept_quote(**by(company, made))
        with pytest.raises(InvalidStateTransition, match="a declined quote cannot be converted"):
            convert_quote(**by(company, made))

    def test_expires_unless_it_was_accepted(self, company: Company, customer: Customer) -> None:
        expiring = {"customer_id": customer.id, "expires_at": datetime(2026, 5, 1, tzinfo=UTC)}
        late, accepted = quote(company, **expiring), quote(company, **expiring)
        for made in (late, accepted):
            send_quote(**by(company, made))
        accept_quote(**by(company, accepted))
        with time_machine.travel("2026-05-02T00:00:00Z"):
            with pytest.raises(NotConvertible, match="expired on 2026-05-01"):
                convert_quote(**by(company, late))
            assert convert_quote(**by(company, accepted)).status == "open"


class TestASalesOrder:
    def test_keeps_its_discounts_and_prices_on_every_invoice(self, company: Company, customer: Customer) -> None:
        made = order(
            company,
            customer,
            line(
                "90.00", quantity=Decimal(10), unit_amount=Decimal(10), discount_percent=Decimal(10), tax_code="ST-NY"
            ),
            discount_details=[{"amount": "9.00"}],
        )
        assert made.total_amount == Decimal("84.24")  # 81.00 and 4 %
        key = made.lines.get().id
        totals = []
        for quantity in (3, 7):
            part = [OrderQuantity(key, Decimal(quantity))]
            totals.append(convert_sales_order(**by(company, made), quantities=part).total_amount)
        assert totals == [Decimal("25.27"), Decimal("58.97")]  # 24.30 and 56.70, with tax
        made.refresh_from_db()
        assert made.status == "invoiced"

    def test_counts_what_is_invoiced_anew_with_every_change(self, company: Company, customer: Customer) -> None:
        made = order(company, customer)
        invoice = convert_sales_order(**by(company, made))
        row = made.lines.get()
        fewer = [line("10.00", order_line_ref=str(row.id), quantity=Decimal(1))]
        update_invoice(invoice, {"lines": fewer}, actor=ACTOR)
        row.refresh_from_db()
        made.refresh_from_db()
        assert (row.invoiced_quantity, made.status) == (1, "partially_invoiced")
        confirm_invoice(**by(company, invoice))
        void_invoice(**by(company, invoice))
        row.refresh_from_db()
        made.refresh_from_db()
        assert (row.invoiced_quantity, made.status) == (0, "open")

    def test_gives_its_discount_piece_by_piece(self, company: Company, customer: Customer) -> None:
        # 10.00 off three at 33.33, of 33.33 and 33.34: 3.33, 3.34 and 3.33.
        whole = line("100.00", quantity=Decimal(3))
        made = order(company, customer, whole, discount_details=[{"amount": "10.00"}])
        key = made.lines.get().id
        parts = [
            convert_sales_order(**by(company, made), quantities=[OrderQuantity(key, Decimal(1))]) for _ in range(3)
        ]
        assert [part.discount_amount for part in parts] == [Decimal("3.33"), Decimal("3.34"), Decimal("3.33")]
        assert sum(part.total_amount for part in parts) == made.total_amount == Decimal("90.00")

    def test_is_fulfilled_piece_by_piece(self, company: Company, customer: Customer) -> None:
        made = order(company, customer)
        key = made.lines.get().id
        fulfil_sales_order(**by(company, made), quantities=[OrderQuantity(key, Decimal(1))])
        with pytest.raises(ValidationFailed, match="3 ordered; 4 would be delivered"):
            fulfil_sales_order(**by(company, made), quantities=[OrderQuantity(key, Decimal(3))])
        fulfil_sales_order(**by(company, made))
        assert made.lines.get().fulfilled_quantity == 3

    def test_is_invoiced_only_when_it_is_open_and_a_customers(self, company: Company, customer: Customer) -> None:
        with pytest.raises(InvalidStateTransition, match="a draft sales order cannot be invoiced"):
            convert_sales_order(**by(company, order(company, customer, status="draft")))
        nobodys = create_sales_order({"total_amount": Decimal(5), "status": "open"}, company=company, actor=ACTOR)
        with pytest.raises(NotConvertible, match="names no customer"):
            convert_sales_order(**by(company, nobodys))

    def test_stays_while_an_invoice_stands_on_it(self, company: Company, customer: Customer) -> None:
        made = order(company, customer)
        invoice = convert_sales_order(**by(company, made))
        with pytest.raises(NotConvertible, match="void that first"):
            void_sales_order(**by(company, made))
        void_invoice(**by(company, invoice))
        assert void_sales_order(**by(company, made)).document.status == "void"

    def test_takes_a_price_that_is_no_round_figure(self, company: Company, customer: Customer) -> None:
        made = order(company, customer, line("10.00", quantity=Decimal(3)), document_date=date(2026, 1, 1))
        key = made.lines.get().id
        parts = [
            convert_sales_order(**by(company, made), quantities=[OrderQuantity(key, Decimal(1))]) for _ in range(3)
        ]
        assert [part.total_amount for part in parts] == [Decimal("3.33"), Decimal("3.34"), Decimal("3.33")]
