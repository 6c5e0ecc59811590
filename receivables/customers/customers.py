"""Customers: created, changed, taken out of use."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from backfill.tenancy.actors import Actor
from ledger.documents.parties import Parties
from receivables.customers.customer_facts import check_customer, normalize_vat_id, take_countries
from receivables.errors import CustomerInactive, CustomerNotFound
from receivables.models import Customer, Invoice


class Customers(Parties[Customer]):
    model = Customer
    noun = "customer"
    personal_accounts = (10_000, 69_999)
    not_found = CustomerNotFound
    inactive = CustomerInactive
    own_fields = (
        *("language", "credit_limit", "tax_exempt", "tax_exempt_reason", "buyer_reference", "direct_debit"),
        *("category_ids", "price_level_id", "sales_rep_id"),
    )

    def check(self, customer: Customer, before: Customer, values: Mapping[str, Any]) -> None:
        check_customer(customer, before, values)

    def tidy(self, customer: Customer, values: Mapping[str, Any]) -> None:
        take_countries(customer, values)
        normalize_vat_id(customer)

    def has_open_documents(self, customer: Customer) -> bool:
        open_invoices = Invoice.objects.filter(company_id=customer.company_id, customer=customer)
        return open_invoices.filter(status__in=("open", "partially_paid")).exists()


customers = Customers()

create_customer = customers.create
update_customer = customers.update
register_customer = customers.register
rename_customer = customers.rename
delete_customer = customers.delete


def deactivate_customer(*, company_id: UUID, customer_id: UUID, actor: Actor) -> Customer:
    """Take a customer out of use; record and history stay. Raises HasOpenInvoices. Safe to repeat."""
    return customers.deactivate(company_id=company_id, party_id=customer_id, actor=actor)
