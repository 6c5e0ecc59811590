"""From the values of a request to the services' words, and the querysets of what is shown."""

from uuid import UUID

from django.db.models import QuerySet

from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.documents.allocating import active_allocations
from ledger.documents.api.derived import Values
from ledger.documents.rows import DocumentT
from ledger.errors import ReferenceNotFound
from receivables.customers.customers import create_customer, update_customer
from receivables.models import (
    CreditMemo,
    Customer,
    Invoice,
    Payment,
    Quote,
    RefundReceipt,
    SalesOrder,
)


def customer_created(values: Values, *, company: Company, actor: Actor) -> Customer:
    return create_customer(_customer_words(values), company=company, actor=actor)


def customer_updated(customer: Customer, values: Values, *, actor: Actor) -> Customer:
    return update_customer(customer, _customer_words(values), actor=actor)


def invoice_words(values: Values, company_id: UUID) -> Values:
    """A customer may be named where it is not given by id; beside an id the name is compared with that customer's."""
    if values.get("customer_id"):
        return values
    worded = {name: value for name, value in values.items() if name != "customer_name"}
    if values.get("customer_name"):
        worded["customer_id"] = _customer_named(company_id, values["customer_name"])
    return worded


def payment_words(values: Values, company_id: UUID) -> Values:
    return {"issued_at" if name == "occurred_at" else name: value for name, value in values.items()}


def refund_words(values: Values, company_id: UUID) -> Values:
    """The date of the refund is the document's, unless it says otherwise."""
    worded = {name: value for name, value in values.items() if name != "refund_date"}
    if "refund_date" in values:
        worded["refunded_at"] = values["refund_date"]
        worded.setdefault("issued_at", values["refund_date"])
    return worded


def invoices(company_id: UUID) -> QuerySet[Invoice]:
    return with_customer(Invoice.objects.filter(company_id=company_id), "name", "email", "metadata")


def credit_memos(company_id: UUID) -> QuerySet[CreditMemo]:
    rows = CreditMemo.objects.filter(company_id=company_id)
    return with_customer(rows, "name").prefetch_related(active_allocations())


def refund_receipts(company_id: UUID) -> QuerySet[RefundReceipt]:
    return with_customer(RefundReceipt.objects.filter(company_id=company_id), "name")


def quotes(company_id: UUID) -> QuerySet[Quote]:
    return Quote.objects.filter(company_id=company_id)


def sales_orders(company_id: UUID) -> QuerySet[SalesOrder]:
    return with_customer(SalesOrder.objects.filter(company_id=company_id), "name")


def payments(company_id: UUID) -> QuerySet[Payment]:
    rows = Payment.objects.filter(company_id=company_id).select_related("deposit_to_account")
    return with_customer(rows, "name").prefetch_related(active_allocations())


def with_customer(rows: QuerySet[DocumentT], *shown: str) -> QuerySet[DocumentT]:
    """Read documents with those columns of their customers that they show: a customer has many more."""
    rest = [field.name for field in Customer._meta.concrete_fields if field.name not in {"id", *shown}]  # noqa: SLF001
    return rows.select_related("customer").defer(*(f"customer__{name}" for name in rest))


def _customer_words(values: Values) -> Values:
    return {"is_active" if name == "active" else name: value for name, value in values.items()}


def _customer_named(company_id: UUID, name: str) -> UUID:
    found = Customer.objects.filter(company_id=company_id, name__iexact=" ".join(name.split()))
    ids = list(found.values_list("id", flat=True)[:2])
    if len(ids) != 1:
        problem = "several customers are" if ids else "no customer is"
        raise ReferenceNotFound(f"{problem} called {name!r}; name one by customer_id", field="customer_name")
    return ids[0]
