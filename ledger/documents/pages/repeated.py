"""Asking before something is recorded that looks like what was recorded minutes ago: a form that was sent again after
going back to it comes with a number of its own, so nothing else tells it from another payment of the same amount."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backfill.tenancy.models import Company
from backfill.workspace.formats import formats_of
from ledger.documents.pages.party_words import words_of
from ledger.documents.rows import rows_of
from ledger.documents.types import DocumentType

RECENTLY: Final = timedelta(hours=1)


def repeated(
    doc_type: DocumentType[Any, Any],
    *,
    company: Company,
    party_id: UUID | None,
    currency: str,
    amount: Decimal,
    day: date,
    but: UUID | None = None,
) -> list[Mapping[str, Any]]:
    """Return a warning where a document of this type, party, amount and date was recorded within the hour. One
    statement. `but` is the document itself, where it is stored."""
    rows: QuerySet[Any] = rows_of(doc_type.model).filter(company=company, currency=currency, total_amount=amount)
    about = {doc_type.side.party: party_id, "document_date": day, "created_at__gte": timezone.now() - RECENTLY}
    rows = rows.filter(**about).exclude(status="void")
    twin = (rows.exclude(id=but) if but else rows).order_by("-created_at").first()
    if twin is None:
        return []
    minutes = int((timezone.now() - twin.created_at).total_seconds() // 60)
    when = (
        ngettext("a minute ago", "{minutes} minutes ago", minutes).format(minutes=minutes) if minutes else _("just now")
    )
    formats = formats_of(company)
    figure = _("{amount} {currency} of {day}").format(
        amount=formats.amount(amount, currency), currency=currency, day=formats.day(day)
    )
    said = {"document": f"{doc_type.noun} {twin}", "amount": figure, "when": when}
    message = words_of(doc_type.side).recorded_before % said
    return [{"code": "RECORDED_BEFORE", "field": "", "message": message}]


def repeated_document(doc_type: DocumentType[Any, Any], document: Any) -> list[Mapping[str, Any]]:
    """Return what `repeated` says of a document that was just stored."""
    return repeated(
        doc_type,
        company=document.company,
        party_id=doc_type.party_id_of(document),
        currency=document.currency,
        amount=document.total_amount,
        day=document.document_date,
        but=document.pk,
    )
