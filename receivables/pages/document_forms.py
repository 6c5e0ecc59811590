"""The editor's form as it is first shown: empty, of a stored draft, or prefilled with what an invoice charged."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from backfill.tenancy.models import Company
from backfill.workspace.formats import Formats
from ledger.documents.calculation import supply_day
from ledger.documents.models import DocumentLine
from ledger.documents.store.documents import lines_of
from receivables.models import Customer, Invoice, SalesReceipt
from receivables.pages.discount import as_share, discount_text
from receivables.pages.document_admins import INVOICE, SALES_RECEIPT, DocumentAdmin
from receivables.pages.document_form import EMPTY_LINES, DocumentForm, header_names
from receivables.pages.header_fields import prefilled
from receivables.pages.typed_line import TypedLine, typed_line
from receivables.selectors import credited_quantities


def new_form(kind: DocumentAdmin, company: Company, customer: Customer | None = None) -> DocumentForm:
    header = dict.fromkeys(header_names(kind), "") | {
        "document_date": company.today().isoformat(),
        "currency": (customer.currency if customer else "") or company.base_currency,
        "returns_goods": "yes",
    }
    if customer is not None:
        header |= {"customer": customer.name, "customer_id": str(customer.pk)}
        if kind.until == "due_date" and customer.payment_terms_days is not None:
            header["until"] = (company.today() + timedelta(days=customer.payment_terms_days)).isoformat()
    lines = [TypedLine() for _ in range(EMPTY_LINES)]
    return DocumentForm(kind, company, header, lines, is_exempt=customer is not None and customer.tax_exempt)


def form_of(kind: DocumentAdmin, document: Any) -> DocumentForm:
    """Return the form for editing a stored draft."""
    form = new_form(kind, document.company, document.customer)
    form.version = document.updated_at.isoformat()
    form.header |= _header_of(document, form.formats) | prefilled(kind.fields, document)
    form.header["document_discount"] = discount_text(document.discount_details, form.formats)
    form.header["document_date"] = document.document_date.isoformat()
    until = getattr(document, kind.until) if kind.until else None
    if kind.until == "expires_at" and until is not None:
        until = document.company.day_of(until)
    form.header["until"] = until.isoformat() if until else ""
    form.header["document_number"] = document.document_number
    if getattr(document, "invoice_id", None):
        form.header["invoice"] = str(document.invoice_id)
    remember(form, document)
    form.lines = [typed_line(row, form.formats, document.currency) for row in form.stored.values()]
    form.lines.append(TypedLine())
    return form


def credit_form(kind: DocumentAdmin, invoice: Invoice) -> DocumentForm:
    """Return the form of a credit memo that takes back what is not credited yet, to be cut down as needed."""
    form = _taking_back(kind, invoice, INVOICE)
    form.header |= {"invoice": str(invoice.pk), "memo": f"Credit for {invoice}"}
    credited = credited_quantities(invoice)
    for line in form.lines:
        line.credits, line.origin = line.origin, ""
        stored = form.stored[line.credits]
        line.quantity = form.formats.plain((stored.quantity - credited.get(stored.pk, Decimal(0))).normalize())
    form.lines = [line for line in form.lines if line.quantity != "0"]
    if not form.lines:
        form.errors[""] = f"All of invoice {invoice} is credited already."
        form.lines = [TypedLine()]
    return form


def refund_form(kind: DocumentAdmin, receipt: SalesReceipt) -> DocumentForm:
    """Return the form of a refund that gives back all of a sale on the spot."""
    form = _taking_back(kind, receipt, SALES_RECEIPT)
    account = str(receipt.deposit_to_account or "")
    form.header |= {"memo": f"Refund of {receipt}", "reason": f"Refund of {receipt}", "paid_from_account": account}
    for line in form.lines:
        line.origin = ""
    return form


def _taking_back(kind: DocumentAdmin, source: Any, source_kind: DocumentAdmin) -> DocumentForm:
    """Return a form with the lines of a posted document, and with its discount as a percentage."""
    form = new_form(kind, source.company, source.customer)
    form.header |= _header_of(source, form.formats)
    rows = lines_of(source_kind.doc_type, source)
    whole, taken = (sum((getattr(row, name) for row in rows), Decimal(0)) for name in ("amount", "document_discount"))
    share = as_share(source.discount_details, whole, taken, source.currency)
    form.header["document_discount"] = discount_text(share, form.formats)
    form.stored = _by_id(rows)
    form.lines = [typed_line(row, form.formats, source.currency) for row in rows]
    for line, row in zip(form.lines, rows, strict=True):
        line.tax_code = line.tax_code or row.tax_code  # it goes back as it was charged
    if "service_date" in form.header:
        form.header["service_date"] = supply_day(source_kind.doc_type, source).isoformat()
    return form


def remember(form: DocumentForm, document: Any) -> None:
    """Let the form know the stored draft, so that what it does not show of it is kept. One statement."""
    form.document, form.stored = document, _by_id(lines_of(form.kind.doc_type, document))


def remember_credited(form: DocumentForm, invoice: Invoice) -> None:
    """Let the form of a credit memo know the invoice's lines: tax that was stated there is taken back as it was."""
    form.stored = {**_by_id(lines_of(INVOICE.doc_type, invoice)), **form.stored}


def _by_id(rows: Sequence[DocumentLine]) -> dict[str, DocumentLine]:
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
