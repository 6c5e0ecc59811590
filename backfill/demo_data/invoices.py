"""The sales of the open months as invoices, with the payments that have come in for them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from backfill.demo_data.bookings import MONTHS, OPEN_MONTHS, Sale, months_until, sales_of
from backfill.demo_data.stories import Buyer, Story
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from receivables.customers.customers import create_customer
from receivables.models import Customer
from receivables.services.batches import confirm_invoices
from receivables.services.invoices import create_invoice
from receivables.services.payments import create_payment

TERM_DAYS = 14


def load_invoices(company: Company, story: Story, *, today: date, actor: Actor) -> int:
    """Invoice the sales of the open months, confirm them together, record what was paid, and leave one draft; return
    how many invoices and payments were posted."""
    customers = {
        buyer.name: create_customer(_particulars(buyer), company=company, actor=actor) for buyer in story.buyers
    }
    months = list(enumerate(months_until(today)))[MONTHS - OPEN_MONTHS :]
    sales = sorted(
        (sale for index, month in months for sale in sales_of(story, month, index) if sale.day <= today),
        key=lambda sale: sale.day,
    )
    invoices = [_invoice(company, sale, customers[sale.buyer.name], actor) for sale in sales]
    confirm_invoices(company_id=company.pk, invoice_ids=[invoice.pk for invoice in invoices], actor=actor)
    paid = sorted(
        (pair for pair in zip(sales, invoices, strict=True) if pair[0].paid_on <= today),
        key=lambda pair: pair[0].paid_on,
    )
    for sale, invoice in paid:
        create_payment(
            {
                "customer_id": invoice.customer_id,
                "amount": sale.gross,
                "document_date": sale.paid_on,
                "deposit_to_account_code": story.bank,
                "allocations": [{"invoice_id": invoice.pk}],
                "status": "completed",
            },
            company=company,
            actor=actor,
        )
    _leave_draft(company, sales[-1], customers[sales[-1].buyer.name], today, actor)
    return len(sales) + len(paid)


def _invoice(company: Company, sale: Sale, customer: Customer, actor: Actor) -> Any:
    return create_invoice(
        {
            "customer_id": customer.pk,
            "document_date": sale.day,
            "memo": f"Sale to {sale.buyer.name}",
            "lines": [
                {
                    "description": "Goods as ordered",
                    "amount": sale.gross,
                    "amount_includes_tax": True,
                    "tax_code": sale.buyer.tax_code,
                    "account_code": sale.buyer.revenue,
                }
            ],
            "status": "draft",
        },
        company=company,
        actor=actor,
    )


def _leave_draft(company: Company, sale: Sale, customer: Customer, today: date, actor: Actor) -> None:
    half = (sale.gross / 2).quantize(Decimal("0.01"))
    _invoice(company, Sale(sale.buyer, today - timedelta(days=1), "", half), customer, actor)


def _particulars(buyer: Buyer) -> dict[str, Any]:
    postal_code, city, *state = buyer.town.split(", ")
    address = {"street": buyer.street, "postal_code": postal_code, "city": city, "country": buyer.country}
    return {
        "name": buyer.name,
        "payment_terms_days": TERM_DAYS,
        "email": _email(buyer.name),
        "vat_id": buyer.vat_id,
        "billing_address": address | ({"state": state[0]} if state else {}),
    }


def _email(name: str) -> str:
    word = "".join(letter for letter in name.lower() if letter.isascii() and letter.isalpha())
    return f"{word}@example.com"
