"""Taking a document's header from what its sender states: dates, currency, file, totals to compare."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from backfill.errors import ValidationFailed
from backfill.files.models import StoredFile
from ledger.currencies.money import ensure_precision, minor_units
from ledger.documents.lines.arithmetic import check_stated_total
from ledger.errors import ReferenceNotFound


def take(record: Any, values: Mapping[str, Any], names: Sequence[str]) -> None:
    """Set columns from values; JSON as it will be read back, so that nothing seems to differ later."""
    for name in names:
        if name in values:
            value = values[name]
            is_json = isinstance(value, dict | list)
            setattr(record, name, json.loads(json.dumps(value, cls=DjangoJSONEncoder)) if is_json else value)


def assign_dates(document: Any, values: Mapping[str, Any]) -> None:
    """The document's date is the stated one, else the day of `issued_at` where the company is, else today."""
    if values.get("document_date"):
        document.document_date = values["document_date"]
    elif values.get("issued_at"):
        document.document_date = document.company.day_of(values["issued_at"])
    elif document.document_date is None:
        document.document_date = document.company.today()


def refuse_before(document: Any, original: Any) -> None:
    """Refuse a document that is dated, or counts, before the one that it gives back. Raises ValidationFailed."""
    counted = "effective_date" if document.effective_date else "document_date"
    for field, day, first in (
        ("document_date", document.document_date, original.document_date),
        (counted, document.posting_date, original.posting_date),
    ):
        if day < first:
            raise ValidationFailed(
                _(
                    "{original} is of {first}; nothing of it is given back before, on {day}: choose that day or later"
                ).format(original=original, first=first, day=day),
                field=field,
            )


def assign_currency(document: Any, values: Mapping[str, Any], party_currency: str) -> None:
    """The stated currency, else the one it had, else the party's, else the company's own. A rate that was stated for
    another currency is forgotten."""
    own, before = document.company.base_currency, document.currency
    document.currency = values.get("currency") or document.currency or party_currency or own
    minor_units(document.currency)
    if before not in {"", document.currency} and not values.get("exchange_rate"):
        document.exchange_rate = None
    rate = document.exchange_rate
    if document.currency == own:
        if rate not in (None, Decimal(1)):
            raise ValidationFailed(
                _("{currency} is the company's own currency; its rate is 1").format(currency=document.currency),
                field="exchange_rate",
            )
    elif rate is not None and not 0 < rate < Decimal("1e9"):
        raise ValidationFailed(_("exchange_rate is a positive number"), field="exchange_rate")


def assign_file(document: Any, values: Mapping[str, Any]) -> None:
    file_id = values.get("document_id")
    if "document_id" not in values:
        return
    if file_id and not StoredFile.objects.filter(company_id=document.company_id, id=file_id).exists():
        raise ReferenceNotFound(
            _("file {file_id} does not exist in this company").format(file_id=file_id), field="document_id"
        )
    document.file_id = file_id


def check_totals(document: Any, values: Mapping[str, Any]) -> None:
    for name in ("total_amount", "tax_amount"):
        if values.get(name) is not None:
            ensure_precision(values[name], document.currency, field=name)
        check_stated_total(values.get(name), getattr(document, name), field=name)
