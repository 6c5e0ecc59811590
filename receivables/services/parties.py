"""The customer of a document, and the accounts a document names: found within the company, or refused by name."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from ledger.documents.errors import ReferenceNotFound
from ledger.models import Account
from receivables.errors import CustomerInactive
from receivables.models import Customer


def customer_of(company_id: UUID, customer_id: Any, *, field: str = "customer_id") -> Customer:
    """Return an active customer of the company. Raises ReferenceNotFound, CustomerInactive."""
    customer = Customer.objects.filter(company_id=company_id, id=customer_id).first()
    if customer is None:
        raise ReferenceNotFound(f"customer {customer_id} does not exist in this company", field=field)
    if not customer.is_active:
        raise CustomerInactive(f"customer {customer} is inactive; reactivate it or choose another", field=field)
    return customer


def take_customer(document: Any, values: Mapping[str, Any], *, is_required: bool) -> str:
    """Set the document's customer from `customer_id`, else from a `customer_name` that only one customer has.

    Returns the currency that the customer's documents start with. Raises ReferenceNotFound, CustomerInactive.
    """
    if values.get("customer_id"):
        if values["customer_id"] != document.customer_id:
            document.customer = customer_of(document.company_id, values["customer_id"])
    elif "customer_id" in values and not is_required:
        document.customer = None
    elif document.customer_id is None and is_required:
        document.customer = _customer_named(document.company_id, values.get("customer_name") or "")
    return document.customer.currency if document.customer else ""


def _customer_named(company_id: UUID, name: str) -> Customer:
    if not name:
        raise ReferenceNotFound("name the customer", field="customer_id")
    found = list(Customer.objects.filter(company_id=company_id, name__iexact=name, is_active=True)[:2])
    if len(found) != 1:
        how_many = "no active customer is" if not found else "more than one customer is"
        raise ReferenceNotFound(f"{how_many} named «{name}»; send customer_id", field="customer_name")
    return found[0]


def take_account(document: Any, values: Mapping[str, Any], name: str) -> None:
    """Set an account of the document from `<name>_id` or, for people, `<name>_code`."""
    for key, look_up in ((f"{name}_id", "id"), (f"{name}_code", "code")):
        if not values.get(key):
            continue
        account = Account.objects.filter(company_id=document.company_id, **{look_up: values[key]}).first()
        if account is None:
            raise ReferenceNotFound(f"account {values[key]} does not exist in this company", field=key)
        setattr(document, name, account)
        return
    if f"{name}_id" in values:
        setattr(document, name, None)


def lock_customers(company_id: UUID, customer_ids: Collection[UUID | None]) -> None:
    """Lock customers in the order of their keys. Whatever settles a customer's items holds this lock, before any
    document's: so no two of them can wait for each other."""
    wanted = [key for key in customer_ids if key is not None]
    rows = Customer.objects.select_for_update(no_key=True).filter(company_id=company_id, id__in=wanted)
    list(rows.order_by("id").values_list("id"))


def lock_customers_of(documents: Sequence[Any]) -> None:
    """Lock the customers of documents of one company."""
    if documents:
        lock_customers(documents[0].company_id, {document.customer_id for document in documents})
