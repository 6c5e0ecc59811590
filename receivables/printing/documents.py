"""Invoices and credit memos by key, and their PDFs."""

from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from backfill.letters.pdf import pdf_of
from ledger.documents.errors import DocumentNotFound
from ledger.documents.rows import rows_of
from receivables.customers.buyer_details import Printable, PrintableLine
from receivables.models import CreditMemo, CreditMemoLine, Invoice, InvoiceLine
from receivables.printing.confirmed_facts import as_confirmed, items_as_confirmed
from receivables.printing.content import printed_document
from receivables.taxation.tax_groups import tax_codes_of

TEMPLATE: Final = "receivables/invoice.typ"


def printable_invoice(*, company_id: UUID, document_id: UUID) -> Invoice:
    """Return an invoice with what its paper needs. Raises DocumentNotFound."""
    rows = Invoice.objects.select_related("company", "customer__company", "sales_order")
    found = rows.filter(company_id=company_id, id=document_id).first()
    if found is None:
        raise DocumentNotFound(_("invoice {id} does not exist").format(id=document_id))
    return found


def printable_credit_memo(*, company_id: UUID, document_id: UUID) -> CreditMemo:
    """Return a credit memo with what its paper needs. Raises DocumentNotFound."""
    rows = CreditMemo.objects.select_related("company", "customer__company", "invoice")
    found = rows.filter(company_id=company_id, id=document_id).first()
    if found is None:
        raise DocumentNotFound(_("credit memo {id} does not exist").format(id=document_id))
    return found


def document_pdf(document: Printable) -> bytes:
    """Return the PDF (PDF/A-3b) of a printable document: the same document makes the same bytes.

    A draft says that it is one, and so does a void document; neither asks for money. A confirmed one shows seller,
    buyer and items as they were then.
    """
    lines = lines_of(document)
    content = printed_document(as_confirmed(document), lines, tax_codes_of(document.company_id, lines))
    return pdf_of(TEMPLATE, content)


def lines_of(document: Printable) -> list[PrintableLine]:
    """Return the lines in order, with their items; those of a confirmed document as they were then. One statement."""
    model: type[Any] = InvoiceLine if isinstance(document, Invoice) else CreditMemoLine
    rows = rows_of(model).filter(document_id=document.id)
    lines: list[PrintableLine] = list(rows.select_related("item").order_by("line_number"))
    items_as_confirmed(document, lines)
    return lines


def file_name(document: Printable, ending: str) -> str:
    """Return a name for the file that every system takes: `INV-1001.pdf`."""
    stem = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_.") else "_" for sign in str(document))
    return f"{stem.strip('.') or 'document'}.{ending}"
