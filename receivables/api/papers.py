"""Invoices and credit memos on paper, as e-invoice, and by mail."""

from typing import Any, Final

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from backfill.api.envelope import record
from backfill.api.operations import operation
from backfill.api.views import BackfillView
from backfill.logs import current_request_id
from receivables.api import examples
from receivables.api.serializers.mailings import MailingOutput, PdfQuery, SendInput, XmlQuery
from receivables.einvoices.documents import einvoice_xml, factur_x_pdf
from receivables.models import Mailing
from receivables.particulars import Printable
from receivables.printing.documents import document_pdf, file_name, printable_credit_memo, printable_invoice
from receivables.services.sending import send_credit_memo, send_invoice

PDF, XML = "application/pdf", "application/xml"
_REFUSALS: Final = {409: ("INVALID_STATE_TRANSITION",), 422: ("EINVOICE_NOT_POSSIBLE",)}
_PDF_WORDS: Final = (
    "The letter in the customer's language. A draft and a void document say that they are. Printed when asked for: the "
    "same document makes the same bytes."
)
_XML_WORDS: Final = (
    "Valid by the XSD of its format. What EN 16931 or XRechnung ask for and is not set is refused in one go; "
    "`details.problems` says what and where to set it."
)
_SEND_WORDS: Final = (
    "The mail is sent by a worker after this answer; the same X-Request-Id again is the same mail. What was sent is "
    "kept and attached to the document."
)


class PdfView(BackfillView):
    scopes = {"GET": "receivables:read"}
    media_types = (PDF, "application/json")

    def answer(self, document: Printable) -> HttpResponse:
        pdf = factur_x_pdf(document).pdf if self.query["format"] == "factur-x" else document_pdf(document)
        return _file(pdf, PDF, file_name(document, "pdf"))


class InvoicePdfView(PdfView):
    @operation(
        summary="Get an invoice as PDF",
        description=_PDF_WORDS,
        tag="Invoices",
        query=PdfQuery,
        media_types=(PDF,),
        errors=_REFUSALS,
    )
    def get(self, request: Request, id: str) -> HttpResponse:
        return self.answer(printable_invoice(company_id=self.company.pk, document_id=self.path_uuid()))


class CreditMemoPdfView(PdfView):
    @operation(
        summary="Get a credit memo as PDF",
        description=_PDF_WORDS,
        tag="Credit memos",
        query=PdfQuery,
        media_types=(PDF,),
        errors=_REFUSALS,
    )
    def get(self, request: Request, id: str) -> HttpResponse:
        return self.answer(printable_credit_memo(company_id=self.company.pk, document_id=self.path_uuid()))


class XmlView(BackfillView):
    scopes = {"GET": "receivables:read"}
    media_types = (XML, "application/json")

    def answer(self, document: Printable) -> HttpResponse:
        return _file(einvoice_xml(document, self.query["format"]), XML, file_name(document, "xml"))


class InvoiceXmlView(XmlView):
    @operation(
        summary="Get an invoice as e-invoice",
        description=_XML_WORDS,
        tag="Invoices",
        query=XmlQuery,
        media_types=(XML,),
        errors=_REFUSALS,
    )
    def get(self, request: Request, id: str) -> HttpResponse:
        return self.answer(printable_invoice(company_id=self.company.pk, document_id=self.path_uuid()))


class CreditMemoXmlView(XmlView):
    @operation(
        summary="Get a credit memo as e-invoice",
        description=_XML_WORDS,
        tag="Credit memos",
        query=XmlQuery,
        media_types=(XML,),
        errors=_REFUSALS,
    )
    def get(self, request: Request, id: str) -> HttpResponse:
        return self.answer(printable_credit_memo(company_id=self.company.pk, document_id=self.path_uuid()))


class SendView(BackfillView):
    scopes = {"POST": "receivables:write"}

    def wishes(self) -> dict[str, Any]:
        values = self.body()
        return {
            "company_id": self.company.pk,
            "document_id": self.path_uuid(),
            "actor": self.actor,
            "recipients": values.get("recipients", ()),
            "mail_format": values["format"],
            "subject": values.get("subject", ""),
            "message": values.get("message", ""),
            "request_id": current_request_id(),
        }

    def answer(self, mailing: Mailing) -> Response:
        return Response(record("mailing", mailing.pk, MailingOutput(mailing).data), status=202)


class SendInvoiceView(SendView):
    @operation(
        summary="Mail an invoice",
        description=_SEND_WORDS,
        tag="Invoices",
        body=SendInput,
        answer=MailingOutput,
        envelope="record",
        object_name="mailing",
        status=202,
        errors=_REFUSALS,
        body_example=examples.MAIL,
        answer_example=examples.ANSWERS.get("mailing"),
    )
    def post(self, request: Request, id: str) -> Response:
        return self.answer(send_invoice(**self.wishes()))


class SendCreditMemoView(SendView):
    @operation(
        summary="Mail a credit memo",
        description=_SEND_WORDS,
        tag="Credit memos",
        body=SendInput,
        answer=MailingOutput,
        envelope="record",
        object_name="mailing",
        status=202,
        errors=_REFUSALS,
        body_example=examples.MAIL,
        answer_example=examples.ANSWERS.get("mailing"),
    )
    def post(self, request: Request, id: str) -> Response:
        return self.answer(send_credit_memo(**self.wishes()))


def _file(content: bytes, media_type: str, name: str) -> HttpResponse:
    """Shown in the browser where it can be; the name has only letters, digits and a few signs."""
    return HttpResponse(content, content_type=media_type, headers={"Content-Disposition": f'inline; filename="{name}"'})
