"""Customers: created, changed, taken out of use, deleted while nothing refers to them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.activities import record_activity
from ledger.documents.errors import RecordInUse
from ledger.field_checks import check_fields
from ledger.money import minor_units
from receivables.errors import (
    CustomerNotFound,
    DuplicateName,
    DuplicateTaxId,
    DuplicateVatId,
    HasOpenInvoices,
)
from receivables.models import Customer, Invoice
from receivables.services.parties import take_account

_AS_GIVEN = (
    *("name", "company_name", "email", "phone", "description", "notes", "currency", "language", "credit_limit"),
    *("payment_terms_days", "address", "billing_address", "shipping_address", "tax_id", "vat_id", "tax_ids"),
    *("tax_exempt", "tax_exempt_reason", "iban", "bic", "buyer_reference", "personal_account", "category_ids"),
    *("price_level_id", "sales_rep_id", "is_active", "source_system", "source_id", "connection_id", "metadata"),
)
_UNIQUE = (
    ("name", "name__iexact", DuplicateName, "a customer of this name exists already"),
    ("tax_id", "tax_id", DuplicateTaxId, "a customer with this tax number exists already"),
    ("vat_id", "vat_id", DuplicateVatId, "a customer with this VAT id exists already"),
)


@transaction.atomic
def create_customer(values: Mapping[str, Any], *, company: Company, actor: Actor) -> Customer:
    """Create a customer. `values` are columns by name; `default_account_id` or `default_account_code` name the
    revenue account. Names may repeat. Raises ValidationFailed, ReferenceNotFound naming the field."""
    customer = Customer(company=company)
    _fill(customer, values)
    customer.save(force_insert=True)
    _record(customer, "created", actor)
    return customer


@transaction.atomic
def update_customer(customer: Customer, values: Mapping[str, Any], *, actor: Actor) -> Customer:
    """Change a customer; absent values stay. Posted documents keep what they said."""
    customer = locked_customer(customer.company_id, customer.id)
    _fill(customer, values)
    customer.save()
    _record(customer, "edited", actor)
    return customer


@transaction.atomic
def register_customer(values: Mapping[str, Any], *, company: Company, actor: Actor) -> Customer:
    """Create a customer whose name, tax number and VAT id no other one has, inactive ones included
    (Bookkeeping contract). Raises DuplicateName, DuplicateTaxId, DuplicateVatId with `existing_id`."""
    _hold_names(company.id)
    _refuse_duplicates(company.id, values, None)
    return create_customer(values, company=company, actor=actor)


@transaction.atomic
def rename_customer(customer: Customer, values: Mapping[str, Any], *, actor: Actor) -> Customer:
    """Change a customer under the rules of `register_customer`."""
    _hold_names(customer.company_id)
    _refuse_duplicates(customer.company_id, values, customer.id)
    return update_customer(customer, values, actor=actor)


@transaction.atomic
def deactivate_customer(*, company_id: UUID, customer_id: UUID, actor: Actor) -> Customer:
    """Take a customer out of use; record and history stay. Raises HasOpenInvoices. Safe to repeat."""
    customer = locked_customer(company_id, customer_id)
    if not customer.is_active:
        return customer
    if Invoice.objects.filter(company_id=company_id, customer=customer, status__in=("open", "partially_paid")).exists():
        raise HasOpenInvoices(f"customer {customer} has invoices that are not fully paid")
    customer.is_active = False
    customer.save(update_fields=["is_active", "updated_at"])
    _record(customer, "deactivated", actor)
    return customer


@transaction.atomic
def delete_customer(*, company_id: UUID, document_id: UUID, actor: Actor) -> None:
    """Delete a customer that nothing refers to. Raises RecordInUse, CustomerNotFound."""
    customer = locked_customer(company_id, document_id)
    try:
        with transaction.atomic():
            customer.delete()
    except (ProtectedError, IntegrityError) as error:
        raise RecordInUse(f"customer {customer} has documents and stays in the books") from error
    customer.id = document_id
    _record(customer, "deleted", actor, name=customer.name)


def locked_customer(company_id: UUID, customer_id: UUID) -> Customer:
    """Return the customer locked for update. Raises CustomerNotFound."""
    customer = Customer.objects.select_for_update(of=("self",)).filter(company_id=company_id, id=customer_id).first()
    if customer is None:
        raise CustomerNotFound(f"customer {customer_id} does not exist")
    return customer


def _fill(customer: Customer, values: Mapping[str, Any]) -> None:
    for name in _AS_GIVEN:
        if name in values:
            setattr(customer, name, values[name])
    customer.name = " ".join(customer.name.split())
    take_account(customer, values, "default_account")
    if customer.currency:
        minor_units(customer.currency)
    check_fields(customer)


def _hold_names(company_id: UUID) -> None:
    """Names are compared without regard to case and only here, so a lock and not a constraint keeps them apart."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))", [f"customers of {company_id}"])


def _refuse_duplicates(company_id: UUID, values: Mapping[str, Any], own_id: UUID | None) -> None:
    for field, look_up, refusal, message in _UNIQUE:
        if not values.get(field):
            continue
        twins = Customer.objects.filter(company_id=company_id, **{look_up: values[field]})
        twin = next((found for found in twins[:2] if found.id != own_id), None)
        if twin is not None:
            raise refusal(message, field=field, existing_id=str(twin.id))


def _record(customer: Customer, verb: str, actor: Actor, **detail: Any) -> None:
    record_activity(
        company_id=customer.company_id,
        subject_type="customer",
        subject_id=customer.id,
        verb=verb,
        actor=actor,
        **detail,
    )
