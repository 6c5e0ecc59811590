"""What a recurring invoice's template holds, and the invoice it makes of it on a date. Nothing is stored here."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from backfill.errors import ValidationFailed
from backfill.letters.addresses import with_country_code
from ledger.documents.verbs import Preview, preview
from receivables.models import Invoice, InvoiceLine, RecurringInvoice
from receivables.types.invoices import INVOICE, due_date_after

TEMPLATE_FIELDS: Final = (
    *("currency", "tax_behavior", "discount_details", "memo", "notes", "terms", "billing_address", "shipping_address"),
    *("shipping_details", "ship_method", "dimensions", "metadata", "subsidiary_id", "lines"),
)
"""What a template says of its invoices, named as in the values of an invoice."""

_DECIMALS: Final = frozenset(
    (
        *("quantity", "unit_amount", "discount_amount", "discount_percent", "amount", "tax_rate", "tax_amount"),
        "taxable_amount",
    )
)
_KEYS: Final = frozenset({"account_id", "product_id"})


def template_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of an invoice as the JSON a template holds. Raises ValidationFailed for what it cannot say."""
    unknown = sorted(set(values) - set(TEMPLATE_FIELDS))
    if unknown:
        raise ValidationFailed(
            _("a template says nothing about {name}").format(name=unknown[0]), field=f"invoice.{unknown[0]}"
        )
    stored: dict[str, Any] = json.loads(json.dumps(dict(values), cls=DjangoJSONEncoder))
    for name in stored.keys() & {"billing_address", "shipping_address"}:
        stored[name] = with_country_code(stored[name] or {}, field=f"invoice.{name}")
    return stored


def previewed_invoice(recurring: RecurringInvoice, day: date) -> Preview[Invoice, InvoiceLine]:
    """Return the invoice that a template would draft for a date. Raises what the service for invoices raises."""
    return preview(INVOICE, invoice_values(recurring, day), company=recurring.company)


def invoice_values(recurring: RecurringInvoice, day: date) -> dict[str, Any]:
    """Return the values of the invoice of a date, as the service for invoices takes them."""
    values: dict[str, Any] = {**recurring.values, "lines": [_revived(line) for line in recurring.values["lines"]]}
    values |= {"customer_id": recurring.customer_id, "document_date": day}
    if recurring.due_days is not None:
        values["due_date"] = due_date_after(day, recurring.due_days, field="due_days")
    return values


def _revived(line: Mapping[str, Any]) -> dict[str, Any]:
    """Return a line from its JSON, with the types that the service for invoices takes."""
    return {
        name: Decimal(str(value))
        if name in _DECIMALS and value is not None
        else UUID(str(value))
        if name in _KEYS and value
        else value
        for name, value in line.items()
    }
