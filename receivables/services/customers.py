"""Customers, and what their documents have in common."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from backfill.tenancy.actors import Actor
from ledger.documents.allocating import in_words
from ledger.documents.deriving import TaxPosition
from ledger.documents.lifecycle import Documents
from ledger.documents.models import SettledDocument
from ledger.documents.parties import Parties
from ledger.documents.type import DocumentT, LineT
from ledger.models import Account, Item, StockMovement
from receivables.errors import CustomerInactive, CustomerNotFound
from receivables.models import Customer, Invoice
from receivables.services.customer_facts import check_customer, normalize_vat_id, take_countries
from receivables.tax_position import tax_position


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


class SalesDocuments(Documents[DocumentT, LineT]):
    """What all documents of receivables are: a customer's, and free of tax when the customer is."""

    parties = customers
    joined = ("company", "customer__default_account")
    terms_fields = Documents.terms_fields | {"customer_id"}

    def tax_position(self, document: DocumentT) -> TaxPosition:
        customer: Customer | None = document.customer  # type: ignore[attr-defined]  # every one here has it
        billing, shipping = (getattr(document, f"{name}_address", None) for name in ("billing", "shipping"))
        return tax_position(customer, document.company, billing=billing, shipping=shipping)

    def company_tax_code(self, document: DocumentT) -> str:
        return document.company.sales_tax_code

    def account_of(self, document: DocumentT, item: Item | None) -> Account | None:
        stated: Account | None = getattr(document, "revenue_account", None)
        return (item.revenue_account if item else None) or stated

    def default_account(self, document: DocumentT) -> Account | None:
        customer: Customer | None = document.customer  # type: ignore[attr-defined]  # every one here has it
        return customer.default_account if customer else None

    def exempt_reason(self, document: DocumentT) -> str:
        customer: Customer | None = document.customer  # type: ignore[attr-defined]  # every one here has it
        if customer is None or not customer.tax_exempt:
            return ""
        return customer.tax_exempt_reason or "the customer is tax exempt"

    def undone_by_void(self, document: DocumentT) -> tuple[str, ...]:
        applied = isinstance(document, SettledDocument) and document.is_posted and not document.is_void
        moved = self.stock_reason and StockMovement.objects.filter(
            company_id=document.company_id, subject_id=document.id
        )
        return (
            *(in_words(document) if applied else ()),  # type: ignore[arg-type]  # it is one that is settled
            *(("the goods that it moved",) if moved and moved.exists() else ()),
        )


create_customer = customers.create
update_customer = customers.update
register_customer = customers.register
rename_customer = customers.rename
delete_customer = customers.delete


def deactivate_customer(*, company_id: UUID, customer_id: UUID, actor: Actor) -> Customer:
    """Take a customer out of use; record and history stay. Raises HasOpenInvoices. Safe to repeat."""
    return customers.deactivate(company_id=company_id, party_id=customer_id, actor=actor)
