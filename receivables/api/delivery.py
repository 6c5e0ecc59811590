"""Invoices and credit memos on paper, as e-invoice, and by mail."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.http import HttpResponse
from django.urls import URLPattern, path
from rest_framework.request import Request
from rest_framework.response import Response

from backfill.api.envelope import record
from backfill.api.operations import operation
from backfill.api.views import BackfillView
from backfill.logs import current_request_id
from receivables.api import examples
from receivables.api.serializers.mailings import MailingOutput, PdfQuery, SendInput, XmlQuery
from receivables.customers.buyer_details import Printable
from receivables.delivery.sending import send_credit_memo, send_invoice
from receivables.einvoices.documents import einvoice_xml, factur_x_pdf
from receivables.models import Mailing
from receivables.printing.documents import document_pdf, file_name, printable_credit_memo, printable_invoice

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


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that is printed and mailed: its name with an article, and the services that load and send it."""

    plural: str
    noun: str
    tag: str
    load: Callable[..., Printable]
    send: Callable[..., Mailing]


PAPERS: Final = (
    Paper("invoices", "an invoice", "Invoices", printable_invoice, send_invoice),
    Paper("credit_memos", "a credit memo", "Credit memos", printable_credit_memo, send_credit_memo),
)


def paper_urls() -> list[URLPattern]:
    """Return the routes of all documents on paper: `…/{id}/pdf`, `…/{id}/xml` and `…/{id}/send`."""
    steps = {"pdf": _pdf_view, "xml": _xml_view, "send": _send_view}
    return [
        path(f"{paper.plural}/<str:id>/{step}", view(paper).as_view())
        for paper in PAPERS
        for step, view in steps.items()
    ]


def _pdf_view(paper: Paper) -> type[BackfillView]:
    class PdfView(BackfillView):
        scopes = {"GET": "receivables:read"}
        media_types = (PDF, "application/json")

        @operation(
            summary=f"Get {paper.noun} as PDF",
            description=_PDF_WORDS,
            tag=paper.tag,
            query=PdfQuery,
            media_types=(PDF,),
            errors=_REFUSALS,
        )
        def get(self, request: Request, id: str) -> HttpResponse:
            document = paper.load(company_id=self.company.pk, document_id=self.path_uuid())
            pdf = factur_x_pdf(document).pdf if self.query["format"] == "factur-x" else document_pdf(document)
            return _file(pdf, PDF, file_name(document, "pdf"))

    return PdfView


def _xml_view(paper: Paper) -> type[BackfillView]:
    class XmlView(BackfillView):
        scopes = {"GET": "receivables:read"}
        media_types = (XML, "application/json")

        @operation(
            summary=f"Get {paper.noun} as e-invoice",
            description=_XML_WORDS,
            tag=paper.tag,
            query=XmlQuery,
            media_types=(XML,),
            errors=_REFUSALS,
        )
        def get(self, request: Request, id: str) -> HttpResponse:
            document = paper.load(company_id=self.company.pk, document_id=self.path_uuid())
            return _file(einvoice_xml(document, self.query["format"]), XML, file_name(document, "xml"))

    return XmlView


def _send_view(paper: Paper) -> type[BackfillView]:
    class SendView(BackfillView):
        scopes = {"POST": "receivables:write"}

        @operation(
            summary=f"Mail {paper.noun}",
            description=_SEND_WORDS,
            tag=paper.tag,
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
            values = self.body()
            mailing = paper.send(
                company_id=self.company.pk,
                document_id=self.path_uuid(),
                actor=self.actor,
                recipients=values.get("recipients", ()),
                mail_format=values["format"],
                subject=values.get("subject", ""),
                message=values.get("message", ""),
                request_id=current_request_id(),
            )
            return Response(record("mailing", mailing.pk, MailingOutput(mailing).data), status=202)

    return SendView


def _file(content: bytes, media_type: str, name: str) -> HttpResponse:
    """Shown in the browser where it can be; the name has only letters, digits and a few signs."""
    return HttpResponse(content, content_type=media_type, headers={"Content-Disposition": f'inline; filename="{name}"'})
