"""The editor's form as it is first shown: empty, of a stored draft, or prefilled with what another document charged."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from backfill.tenancy.models import Company
from backfill.workspace.formats import Formats
from ledger.documents.calculation import supply_day
from ledger.documents.models import DocumentLine
from ledger.documents.pages.discount import as_share, discount_text
from ledger.documents.pages.document_admins import DocumentAdmin
from ledger.documents.pages.document_form import EMPTY_LINES, DocumentForm, header_names
from ledger.documents.pages.header_fields import prefilled
from ledger.documents.pages.line_facts import typed_facts
from ledger.documents.pages.typed_line import TypedLine, typed_line
from ledger.documents.store.documents import lines_of


def new_form(kind: DocumentAdmin, company: Company, party: Any = None) -> DocumentForm:
    side = kind.side
    header = dict.fromkeys(header_names(kind), "") | {
        "document_date": company.today().isoformat(),
        "currency": (party.currency if party else "") or company.base_currency,
        "returns_goods": "yes",
    }
    if party is not None:
        header |= {side.party: party.name, side.party_id: str(party.pk)}
        if kind.until == "due_date" and party.payment_terms_days is not None:
            header["until"] = (company.today() + timedelta(days=party.payment_terms_days)).isoformat()
    lines = [TypedLine() for _ in range(EMPTY_LINES)]
    is_exempt = bool(side.exempt_reason(party))
    return DocumentForm(kind=kind, company=company, header=header, lines=lines, is_exempt=is_exempt)


def form_of(kind: DocumentAdmin, document: Any) -> DocumentForm:
    """Return the form for editing a stored draft."""
    form = new_form(kind, document.company, kind.doc_type.party_of(document))
    form.version = document.updated_at.isoformat()
    form.header |= _header_of(document, form.formats) | prefilled(kind.fields, document)
    form.header["document_discount"] = discount_text(document.discount_details, form.formats)
    form.header["document_date"] = document.document_date.isoformat()
    until = getattr(document, kind.until) if kind.until else None
    if kind.until == "expires_at" and until is not None:
        until = document.company.day_of(until)
    form.header["until"] = until.isoformat() if until else ""
    form.header["document_number"] = document.document_number
    if kind.origin:
        form.header[kind.origin] = str(getattr(document, f"{kind.origin}_id") or "")
    remember(form, document)
    form.lines = [typed_line(row, form.formats, document.currency) for row in form.stored.values()]
    for line, row in zip(form.lines, form.stored.values(), strict=True):
        line.facts = typed_facts(kind.line_facts, row, form.formats, form.company)
    form.lines.append(TypedLine())
    return form


def taking_back(kind: DocumentAdmin, source: Any, source_kind: DocumentAdmin) -> DocumentForm:
    """Return a form with the lines of a posted document, and with its discount as a percentage."""
    form = new_form(kind, source.company, source_kind.doc_type.party_of(source))
    form.header |= _header_of(source, form.formats)
    rows = lines_of(source_kind.doc_type, source)
    whole, taken = (sum((getattr(row, name) for row in rows), Decimal(0)) for name in ("amount", "document_discount"))
    share = as_share(source.discount_details, whole, taken, source.currency)
    form.header["document_discount"] = discount_text(share, form.formats)
    form.stored = by_id(rows)
    form.lines = [typed_line(row, form.formats, source.currency) for row in rows]
    for line, row in zip(form.lines, rows, strict=True):
        line.tax_code = line.tax_code or row.tax_code  # it goes back as it was charged
    if "service_date" in form.header:
        form.header["service_date"] = supply_day(source_kind.doc_type, source).isoformat()
    return form


def remember(form: DocumentForm, document: Any) -> None:
    """Let the form know the stored draft, so that what it does not show of it is kept. One statement."""
    form.document, form.stored = document, by_id(lines_of(form.kind.doc_type, document))


def by_id(rows: Sequence[DocumentLine]) -> dict[str, DocumentLine]:
    """Return lines by the ids that the editor knows them by."""
    return {str(row.pk): row for row in rows}


def _header_of(document: Any, formats: Formats) -> dict[str, str]:
    company = document.company
    is_foreign = document.currency != company.base_currency and document.exchange_rate is not None
    return {
        "currency": document.currency,
        "exchange_rate": formats.plain(document.exchange_rate.normalize()) if is_foreign else "",
        "tax_behavior": document.tax_behavior,
        "memo": document.memo,
    }
