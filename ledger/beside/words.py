"""What the columns are called whose changes the trail keeps. Others, such as a program's own, are not told."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

FIELDS: Final[Mapping[str, "StrOrPromise"]] = {
    "address": _("Address"),
    "billing_address": _("Address"),
    "category": _("Category"),
    "company_name": _("Company name"),
    "credit_limit": _("Credit limit"),
    "currency": _("Currency"),
    "customer_id": _("Customer"),
    "description": _("Text"),
    "discount_details": _("Discount"),
    "document_date": _("Date"),
    "document_number": _("Number"),
    "due_date": _("Due"),
    "effective_date": _("Posting date"),
    "email": _("E-mail"),
    "entry_date": _("Date"),
    "exchange_rate": _("Exchange rate"),
    "expires_at": _("Valid until"),
    "is_active": _("In use"),
    "is_purchased": _("We buy it"),
    "is_sold": _("We sell it"),
    "label": _("Name"),
    "language": _("Language"),
    "lines": _("Lines"),
    "memo": _("Text in the journal"),
    "name": _("Name"),
    "notes": _("Note"),
    "parent": _("Parent account"),
    "payment_method": _("How it was paid"),
    "payment_terms_days": _("Payment terms"),
    "phone": _("Phone"),
    "purchase_cost": _("Purchase cost of one"),
    "rate": _("Rate"),
    "reference_number": _("Reference"),
    "reorder_point": _("Reorder point"),
    "role": _("Account role"),
    "service_date": _("Date of supply"),
    "sku": _("Number (SKU)"),
    "tax_amount": _("Tax"),
    "tax_code": _("Tax code"),
    "tax_id": _("Tax number"),
    "terms": _("Payment terms"),
    "total_amount": _("Total"),
    "track_inventory": _("Count the stock"),
    "type": _("Kind"),
    "unit_label": _("Unit"),
    "unit_price": _("Sales price of one"),
    "vat_id": _("VAT number"),
    "vendor_id": _("Vendor"),
}
