"""Documents on paper, as e-invoice and by mail."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django import forms
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from backfill.einvoices.errors import EInvoiceNotPossible
from backfill.einvoices.problems import Place, Problem
from backfill.errors import ValidationFailed
from backfill.workspace.forms import AddressesField, WorkspaceForm
from backfill.workspace.pages import Crumb, FormPage, Page
from ledger.documents.errors import DocumentNotFound
from ledger.documents.pages.documents import OneDocument
from ledger.documents.store.documents import refusal
from receivables.customers.buyer_details import Printable
from receivables.delivery.sending import CHOSEN_FORMATS, proposed_words, send_credit_memo, send_invoice
from receivables.einvoices.documents import einvoice_xml
from receivables.models import Mailing
from receivables.pages.document_admins import CREDIT_MEMO, INVOICE
from receivables.pages.documents import mailings_of
from receivables.printing.documents import document_pdf, file_name, printable_credit_memo, printable_invoice

PRINTED = (INVOICE, CREDIT_MEMO)


class Paper(OneDocument):
    """What the pages of one printable document share."""

    permission = "receivables.view"

    @cached_property
    def document(self) -> Printable:
        load = printable_invoice if self.kind is INVOICE else printable_credit_memo
        return load(company_id=self.company.pk, document_id=self.kwargs["document_id"])

    def crumbs(self) -> list[Crumb]:
        return [*super().crumbs(), Crumb(str(self.document), self.kind.url(self.document))]


class DocumentPdf(Paper):
    """The printed invoice or credit memo; a draft says that it is one."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        headers = {"Content-Disposition": f'inline; filename="{file_name(self.document, "pdf")}"'}
        return HttpResponse(document_pdf(self.document), content_type="application/pdf", headers=headers)


@dataclass(slots=True)
class Gap:
    """Where something that an e-invoice lacks is set; `link` is empty for what the person may not change."""

    title: str
    link: str
    messages: list[str] = field(default_factory=list)


class DocumentXml(Paper):
    """The e-invoice as a file; or, where EN 16931 asks for what nobody has said, the list of it."""

    template_name = "receivables/einvoice_refused.html"

    def page_title(self) -> str:
        return _("{title} {document} as e-invoice").format(title=self.kind.title, document=self.document)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            xml = einvoice_xml(self.document, "xrechnung" if self.is_xrechnung else "factur-x")
        except EInvoiceNotPossible as error:
            return self.show(status=error.status, missing=self._missing(error.problems).values())
        headers = {"Content-Disposition": f'attachment; filename="{file_name(self.document, "xml")}"'}
        return HttpResponse(xml, content_type="application/xml", headers=headers)

    @property
    def is_xrechnung(self) -> bool:
        return self.request.GET.get("format") == "xrechnung"

    def context(self) -> dict[str, Any]:
        return {"kind": self.kind, "document": self.document}

    def _missing(self, problems: Sequence[Problem]) -> dict[Place, Gap]:
        """Return what is missing by the place where it is set."""
        customer = self.document.customer
        anew = (
            _("On the invoice itself: void it and write it anew")
            if self.kind is INVOICE
            else _("On the credit memo itself: void it and write it anew")
        )
        gaps = {
            Place.COMPANY: Gap(_("In the settings of your company"), self._link("company", "settings.edit")),
            Place.CUSTOMER: Gap(
                _("At the customer {customer}").format(customer=customer),
                self._link("change_customer", "receivables.edit", customer.pk),
            ),
            Place.DOCUMENT: Gap(anew, ""),
        }
        for problem in problems:
            gaps.get(problem.place, gaps[Place.DOCUMENT]).messages.append(str(problem.message))
        return {place: gap for place, gap in gaps.items() if gap.messages}

    def _link(self, name: str, permission: str, *ids: UUID) -> str:
        return reverse(f"admin:{name}", args=ids) if self.workspace.allows(permission) else ""


class SendForm(WorkspaceForm):
    recipients = AddressesField(
        label=pgettext_lazy("mail", "To"),
        max_length=2000,
        help_text=gettext_lazy("One address, or several with commas between them."),
    )
    mail_format = forms.ChoiceField(
        label=gettext_lazy("Attached"),
        choices=list(
            zip(
                CHOSEN_FORMATS,
                (
                    gettext_lazy("PDF, with the e-invoice inside where possible"),
                    gettext_lazy("PDF alone"),
                    "Factur-X/ZUGFeRD",
                    gettext_lazy("XRechnung and PDF"),
                ),
                strict=True,
            )
        ),
    )
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=200, required=False)
    message = forms.CharField(
        label=gettext_lazy("Message"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 9}),
        help_text=gettext_lazy("Left empty, subject and message are ours, as you see them in grey."),
    )
    request_id = forms.CharField(widget=forms.HiddenInput, required=False, max_length=100)

    def __init__(self, *arguments: Any, document: Printable, **options: Any) -> None:
        super().__init__(*arguments, **options)
        words = proposed_words(document)
        self.fields["subject"].widget.attrs["placeholder"] = words.subject
        self.fields["message"].widget.attrs["placeholder"] = words.body


class SendPage(FormPage, Paper):
    """Mailing an invoice or a credit memo to its customer."""

    form_class = SendForm
    template_name = "receivables/send.html"
    permission = write_permission = "receivables.post"
    button = gettext_lazy("Send")

    def page_title(self) -> str:
        return _("Send {noun} {document}").format(noun=self.kind.noun, document=self.document)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.document.is_posted or self.document.is_void:
            raise refusal(self.kind.doc_type, self.document, "sent")
        return super().get(request, *args, **kwargs)

    def form_arguments(self) -> dict[str, Any]:
        return {"document": self.document}

    def initial(self) -> dict[str, Any]:
        return {"recipients": self.document.customer.email, "request_id": uuid4().hex}

    def context(self) -> dict[str, Any]:
        return {"kind": self.kind, "document": self.document, "mailings": list(mailings_of(self.document))}

    def submit(self, values: dict[str, Any]) -> str:
        send = send_invoice if self.kind is INVOICE else send_credit_memo
        try:
            send(company_id=self.company.pk, document_id=self.document.pk, actor=self.actor, **values)
        except EInvoiceNotPossible as error:
            raise ValidationFailed(self._lacking(error, values["mail_format"])) from error
        return _("{title} {document} is on its way to {recipients}.").format(
            title=self.kind.title, document=self.document, recipients=", ".join(values["recipients"])
        )

    def _lacking(self, error: EInvoiceNotPossible, mail_format: str) -> str:
        """Say what is missing as people know it: without names of fields and rules."""
        if not error.problems:
            return error.message
        words = (
            _("{document} cannot be written as XRechnung yet. Set: {missing}")
            if mail_format == "xrechnung"
            else _("{document} cannot be written as e-invoice yet. Set: {missing}")
        )
        missing = "; ".join(str(problem.message) for problem in error.problems)
        return words.format(document=self.document, missing=missing)


class SentFile(Page):
    """A file as it was mailed, kept since."""

    permission = "receivables.view"
    column: ClassVar[str] = "pdf"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        mailings = Mailing.objects.select_related(self.column)
        mailing = mailings.filter(company=self.company, pk=self.kwargs["mailing_id"]).first()
        kept = getattr(mailing, self.column, None)
        if kept is None:
            raise DocumentNotFound(_("There is no such file in this company."))
        try:
            file = default_storage.open(kept.storage_name)
        except FileNotFoundError as error:
            raise DocumentNotFound(_("This file is no longer in the store of documents.")) from error
        return FileResponse(file, content_type=kept.mime_type, filename=kept.original_name)
