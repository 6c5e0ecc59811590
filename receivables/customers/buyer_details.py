"""What invoices and credit memos say beside their figures: to whom, what was delivered, when and where. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from backfill.letters.addresses import PostalAddress, postal_address
from backfill.tenancy.models import Company
from receivables.models import CreditMemo, CreditMemoLine, Customer, Invoice, InvoiceLine

DELIVERY_DAYS: Final = ("delivery_date", "delivered_on", "shipped_on", "ship_date")
"""The keys of `shipping_details` that tell when it was delivered; the first that is there counts."""

Printable = Invoice | CreditMemo
PrintableLine = InvoiceLine | CreditMemoLine


def buyer_address(document: Printable) -> PostalAddress:
    """Return the address the document goes to: its own, its invoice's, else the customer's."""
    invoice = document if isinstance(document, Invoice) else document.invoice
    own = postal_address(invoice.billing_address if invoice else {}, country=document.company.country)
    return own or customer_address(document.customer)


def customer_address(customer: Customer) -> PostalAddress:
    """Return the address letters to the customer go to."""
    for parts in (customer.billing_address, customer.address):
        if found := postal_address(parts, country=customer.company.country):
            return found
    return PostalAddress()


def buyer_names(document: Printable) -> tuple[str, str]:
    """Return the buyer's name and, where the customer is a person in a company, that person's."""
    return customer_names(document.customer)


def customer_names(customer: Customer) -> tuple[str, str]:
    """Return the customer's name and, where it is a person in a company, that person's."""
    if customer.company_name and customer.company_name != customer.name:
        return customer.company_name, customer.name
    return customer.name, ""


def delivery_address(document: Printable) -> PostalAddress:
    """Return where the goods went, when that is told and is not where the invoice goes."""
    if not isinstance(document, Invoice):
        return PostalAddress()
    found = postal_address(document.shipping_address, country=buyer_address(document).country)
    return PostalAddress() if found == buyer_address(document) else found


def service_period(document: Printable, lines: Sequence[Any]) -> tuple[date, date] | None:
    """Return first and last day of what the lines bill for, when they say so."""
    day_of = document.company.day_of
    starts = [day_of(line.billing_period_start) for line in lines if getattr(line, "billing_period_start", None)]
    ends = [day_of(line.billing_period_end) for line in lines if getattr(line, "billing_period_end", None)]
    return (min(starts), max(ends)) if starts and ends and min(starts) <= max(ends) else None


def line_supply_day(company: Company, facts: Mapping[str, Any]) -> date | None:
    """Return the day that decides which tax a line bears (§ 27 UStG), where the line tells it: when it was delivered,
    else when the period that it bills for ends."""
    end: datetime | None = facts.get("billing_period_end")
    delivered: date | None = facts.get("delivered_on")
    return delivered or (company.day_of(end) if end else None)


def invoice_supply_day(invoice: Invoice) -> date:
    """Return the day that decides which tax an invoice bears: of the service, else of the delivery, else its own."""
    return invoice.service_date or stated_delivery_date(invoice) or invoice.document_date


def stated_delivery_date(document: Printable) -> date | None:
    """Return when it was delivered, as `shipping_details` say."""
    details = document.shipping_details if isinstance(document, Invoice) else {}
    for name in DELIVERY_DAYS:
        try:
            return document.company.day_named(str(details[name]))
        except (KeyError, ValueError, OverflowError):
            continue
    return None


def delivery_date(document: Printable) -> date:
    """Return when it was delivered, which invoices must say (Art. 226 (7) of the EU VAT directive, § 14 UStG): as
    stated, else on the document's own date."""
    return stated_delivery_date(document) or document.document_date


def line_texts(line: PrintableLine) -> tuple[str, str]:
    """Return a line's name and what else is told about it: the item's name and the description, or only that."""
    description = line.description.strip()
    product = line.item.name if line.item else str(line.product.get("name") or "")
    if not product or product == description:
        first, _, rest = description.partition("\n")
        return first or product or line.sku, rest.strip()
    return product, description


def unit_of(line: PrintableLine) -> str:
    """Return what the quantity counts, as the item or the line's product say it; empty when nothing does."""
    return line.item.unit_label if line.item else str(line.product.get("unit_label") or line.product.get("unit") or "")
