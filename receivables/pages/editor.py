"""The editor of sales documents: what an invoice, a credit memo and a refund add to that of any document."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase

from backfill.workspace.pages import Page
from ledger.documents.pages.document_form import DocumentForm
from ledger.documents.pages.documents import uuid_or_none
from ledger.documents.pages.editor import DraftPage, EditorPage, NewDocumentPage
from ledger.documents.store.documents import refusal
from receivables.models import Invoice
from receivables.pages.customer_input import credit_left_texts
from receivables.pages.document_admins import CREDIT_MEMO, INVOICE, REFUND, SALES_RECEIPT
from receivables.pages.taking_back import credit_blocked, credit_form, refund_form, remember_credited


class SaleEditor(EditorPage):
    """What a new sales document and a stored draft share."""

    template_name = "receivables/editor.html"
    permission = "receivables.edit"

    def remember_more(self, form: DocumentForm) -> None:
        if self.kind is CREDIT_MEMO and (invoice_id := uuid_or_none(form.header["invoice"])):
            remember_credited(form, INVOICE.one(self.company, invoice_id))

    def party_context(self, party: Any) -> dict[str, Any]:
        """What is left of the customer's credit limit, for an invoice's editor to warn of it; "" without a limit."""
        customers = (party,) if party is not None and self.kind is INVOICE else ()
        return {"credit_left": next(iter(credit_left_texts(self.company, customers).values()), "")}


class NewSalePage(SaleEditor, NewDocumentPage):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        named = {name: uuid_or_none(request.GET.get(name, "")) for name in ("invoice", "sales_receipt")}
        if self.kind is CREDIT_MEMO and named["invoice"]:
            return self._credit_of(INVOICE.one(self.company, named["invoice"]))
        if self.kind is REFUND and named["sales_receipt"]:
            return self.show(form=refund_form(self.kind, SALES_RECEIPT.one(self.company, named["sales_receipt"])))
        return super().get(request, *args, **kwargs)

    def _credit_of(self, invoice: Invoice) -> HttpResponseBase:
        if not invoice.is_posted or invoice.is_void:
            raise refusal(INVOICE.doc_type, invoice, "credited")
        if blocked := credit_blocked(invoice):
            return Page.show(self, template="documents/blocked.html", blocked=blocked, back=INVOICE.url(invoice))
        return self.show(form=credit_form(self.kind, invoice))


class SaleDraftPage(SaleEditor, DraftPage):
    pass
