"""E-invoices of documents: as XML, or as the hybrid PDF."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from django.utils.translation import gettext as _

from backfill.einvoices.completeness import ensure_possible
from backfill.einvoices.errors import EInvoiceNotPossible
from backfill.einvoices.pdf import with_factur_x_metadata
from backfill.einvoices.writing import factur_x_xml, xrechnung_xml
from backfill.files.selectors import opened_file
from backfill.letters.pdf import pdf_of
from ledger.errors import InvalidStateTransition
from ledger.models import TaxCode
from receivables.attachments import attached_files
from receivables.customers.buyer_details import Printable, PrintableLine
from receivables.einvoices.billing_facts import Attachment
from receivables.einvoices.data import einvoice_data
from receivables.models import Invoice
from receivables.printing.confirmed_facts import as_confirmed, completed
from receivables.printing.content import printed_document
from receivables.printing.documents import TEMPLATE, lines_of
from receivables.taxation.tax_groups import tax_codes_of

Format = Literal["factur-x", "xrechnung"]
FORMATS: Final[tuple[Format, ...]] = ("factur-x", "xrechnung")


@dataclass(frozen=True, slots=True)
class HybridInvoice:
    """A PDF/A-3 and the XML that is inside it."""

    pdf: bytes
    xml: bytes


def einvoice_xml(document: Printable, xml_format: Format) -> bytes:
    """Return a printable document as Factur-X/ZUGFeRD EN 16931 (CII) or as XRechnung 3.0 (UBL), valid by its XSD.

    Raises EInvoiceNotPossible naming all that is missing and where to set it; InvalidStateTransition unless it is
    confirmed: a draft is not an invoice, and a void one must not be paid.
    """
    _refuse_unissued(document)
    lines = lines_of(document)
    return _written(document, lines, tax_codes_of(document.company_id, lines), xml_format)


def factur_x_pdf(document: Printable) -> HybridInvoice:
    """Return the PDF with the XML inside. The same document makes the same bytes. Raises as `einvoice_xml` does."""
    _refuse_unissued(document)
    lines = lines_of(document)
    codes = tax_codes_of(document.company_id, lines)
    xml = _written(document, lines, codes, "factur-x")
    pdf = pdf_of(TEMPLATE, printed_document(as_confirmed(document), lines, codes), factur_x=xml)
    return HybridInvoice(with_factur_x_metadata(pdf), xml)


def attachments_of(document: Printable) -> list[Attachment]:
    """Return the files that the e-invoice carries. Raises StoredFileGone."""
    found = []
    for row in attached_files(document) if isinstance(document, Invoice) else ():
        with opened_file(row) as file:
            found.append(Attachment(row.original_name, row.mime_type, file.read()))
    return found


def _written(
    document: Printable, lines: Sequence[PrintableLine], codes: Mapping[str, TaxCode], xml_format: Format
) -> bytes:
    """Write what the document said when it was confirmed; what it lacked then for an e-invoice, as it is now."""
    attachments, is_xrechnung = attachments_of(document), xml_format == "xrechnung"
    data = einvoice_data(as_confirmed(document), lines, codes, attachments)
    try:
        ensure_possible(data, xrechnung=is_xrechnung)
    except EInvoiceNotPossible:
        data = einvoice_data(completed(document), lines, codes, attachments)
        ensure_possible(data, xrechnung=is_xrechnung)
    return xrechnung_xml(data) if xml_format == "xrechnung" else factur_x_xml(data)


def _refuse_unissued(document: Printable) -> None:
    if not document.is_posted or document.is_void:
        if isinstance(document, Invoice):
            message = (
                _("invoice {number} is void; only a confirmed one is written as e-invoice")
                if document.is_void
                else _("invoice {number} is a draft; only a confirmed one is written as e-invoice")
            )
        elif document.is_void:
            message = _("credit memo {number} is void; only a confirmed one is written as e-invoice")
        else:
            message = _("credit memo {number} is a draft; only a confirmed one is written as e-invoice")
        raise InvalidStateTransition(message.format(number=document))
