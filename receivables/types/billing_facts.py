"""What invoices carry for their buyers' programs beside figures and texts: references, earlier invoices, discounts for
early payment, another payee, attached files; and on lines the buyer's own numbers. None of it is posted."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from stdnum import ean
from stdnum.exceptions import ValidationError as InvalidNumber

from backfill.errors import ValidationFailed
from ledger.errors import ReferenceNotFound
from receivables.attachments import files_by_id
from receivables.models import Invoice

BILLING_FACTS: Final = (
    *("invoice_type", "references", "preceding_invoices", "cash_discounts", "payee", "is_direct_debit"),
    "attachment_ids",
)
LINE_BILLING_FACTS: Final = (
    *("is_charge", "list_price", "note", "buyer_sku", "gtin", "buyer_order_line", "accounting_reference"),
    "delivered_on",
)
# What EN 16931 lets an invoice carry (BT-125-1).
ATTACHABLE: Final = frozenset(
    {
        *("application/pdf", "image/png", "image/jpeg", "text/csv"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.oasis.opendocument.spreadsheet",
    }
)
_MOST_PERCENT: Final = Decimal(100)


def check_billing_facts(invoice: Invoice, values: Mapping[str, Any]) -> None:
    """Raise ValidationFailed or ReferenceNotFound naming the field for what cannot be said so."""
    for index, discount in enumerate(values.get("cash_discounts") or ()):
        percent = Decimal(str(discount["percent"]))
        if not 0 < percent <= _MOST_PERCENT or percent != round(percent, 2):
            raise ValidationFailed(
                _("more than 0, at most 100, with at most two decimals"), field=f"cash_discounts[{index}].percent"
            )
    if invoice.payee and not str(invoice.payee.get("name") or "").strip():
        raise ValidationFailed(_("a payee has a name"), field="payee.name")
    if values.get("attachment_ids"):
        _check_attachments(invoice, [str(one) for one in values["attachment_ids"]])


def check_line_billing_facts(facts: dict[str, Any], values: Mapping[str, Any], path: str) -> None:
    """Bring what a line says for the buyer into shape. Raises ValidationFailed naming the field."""
    if facts.get("gtin"):
        try:
            facts["gtin"] = ean.validate(facts["gtin"])
        except InvalidNumber as error:
            message = _(
                "«{gtin}» is no GTIN; it has 8, 12, 13 or 14 digits, the last of which checks the others"
            ).format(gtin=facts["gtin"])
            raise ValidationFailed(message, field=f"{path}.gtin") from error
    listed, price = facts.get("list_price"), values.get("unit_amount")
    if listed is not None and price is not None and listed < price:
        raise ValidationFailed(
            _("the price before the discount is {price} or more").format(price=price), field=f"{path}.list_price"
        )


def _check_attachments(invoice: Invoice, ids: Sequence[str]) -> None:
    rows = files_by_id(invoice.company_id, ids)
    names: set[str] = set()
    for index, key in enumerate(ids):
        path, row = f"attachment_ids[{index}]", rows.get(key)
        if row is None:
            raise ReferenceNotFound(_("file {id} does not exist in this company").format(id=key), field=path)
        if row.mime_type not in ATTACHABLE:
            message = _("{name} is {type}; an e-invoice carries PDF, PNG, JPEG, CSV, XLSX and ODS").format(
                name=row.original_name, type=row.mime_type
            )
            raise ValidationFailed(message, field=path)
        if row.original_name.casefold() in names:
            raise ValidationFailed(
                _("two attachments are named {name}").format(name=row.original_name), field=path
            )  # BR-DE-22
        names.add(row.original_name.casefold())
