"""The editor of invoices, credit memos, quotes and sales orders: saved, submitted or confirmed from one form."""

from typing import Any, ClassVar

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.functional import cached_property

from backfill.errors import DomainError
from backfill.workspace.formats import decimals_of
from backfill.workspace.pages import READING, Crumb, Page
from ledger.documents import verbs
from ledger.documents.store.documents import lock, refusal
from ledger.errors import DocumentPosted
from ledger.models import AccountRole
from ledger.pages.currencies import currency_choices
from ledger.pages.doubts import Unanswered, asked
from ledger.tax.rules import codes_with_usual
from receivables.models import Customer, Invoice
from receivables.pages.blocking import credit_blocked
from receivables.pages.customer_input import company_customer, credit_left_texts
from receivables.pages.document_admins import CREDIT_MEMO, INVOICE, REFUND, SALES_RECEIPT, DocumentAdmin
from receivables.pages.document_form import BadInput, DocumentForm, typed_form
from receivables.pages.document_forms import credit_form, form_of, new_form, refund_form, remember, remember_credited
from receivables.pages.documents import uuid_or_none
from receivables.pages.repeated import repeated_document
from receivables.pages.typed_line import NO_TAX
from receivables.pages.usual_tax import offered_codes, usual_rule

_PERMISSIONS = {"save": "receivables.edit", "submit": "receivables.edit", "confirm": "receivables.post"}
_DONE = {"save": "Draft saved.", "submit": "Submitted for approval.", "confirm": "{title} {document} is {confirmed}."}


class EditorPage(Page):
    """What a new document and a stored draft share. A refused one is shown again with everything that was typed."""

    template_name = "receivables/editor.html"
    permission = "receivables.edit"
    kind: ClassVar[DocumentAdmin] = INVOICE

    def needed(self, method: str) -> str:
        return self.permission if method in READING else _PERMISSIONS[self.action]

    @property
    def action(self) -> str:
        """What the pressed button asks for; saving, where there was none, as when Enter submits."""
        named = self.request.POST.get("action", "")
        return named if named in _PERMISSIONS else "save"

    def crumbs(self) -> list[Crumb]:
        return [Crumb(self.kind.titles, self.kind.list_url)]

    def stored(self) -> Any:
        """Return the draft being edited; None for a new document."""
        return None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form, document = typed_form(self.kind, self.company, request.POST), self.stored()
        if document is not None:
            remember(form, document)
        if self.kind is CREDIT_MEMO and (invoice_id := uuid_or_none(form.header["invoice"])):
            remember_credited(form, INVOICE.one(self.company, invoice_id))
        try:
            with transaction.atomic():
                document = self._done(form, document)
        except BadInput:
            return self.show(form=form, status=422)
        except Unanswered as question:
            return self.show(form=form, status=422, questions=asked(question.warnings))
        except DomainError as error:
            form.place(error)
            return self.show(form=form, status=error.status)
        words = {"title": self.kind.title, "document": document, "confirmed": self.kind.confirmed}
        messages.success(request, _DONE[self.action].format(**words))
        return HttpResponseRedirect(self.kind.url(document))

    def context(self) -> dict[str, Any]:
        company, kind = self.company, self.kind
        needs_approval = company.requires_approval and kind.doc_type.is_asked
        return {
            "kind": kind,
            "document": self.stored(),
            "currencies": [(code, label, decimals_of(code)) for code, label in currency_choices(company)],
            "tax_codes": sorted(codes_with_usual(company.pk, AccountRole.REVENUE), key=lambda code: code.code),
            "may_confirm": self.workspace.allows("receivables.post") and not needs_approval,
            "needs_approval": needs_approval,
        }

    def show(self, *, status: int = 200, **extra: Any) -> TemplateResponse:
        response = super().show(status=status, **extra)
        form: DocumentForm = extra["form"]
        shown = {f"{place}_fields": form.shown(place) for place in ("head", "more", "foot")}
        (response.context_data or {}).update(shown)
        context: dict[str, Any] = response.context_data or {}
        customer = self._customer(form)
        context["credit_left"] = self._credit_left(customer)
        context["usual_tax"] = usual_rule(self.company, customer, form.day, context["tax_codes"])
        context["offered_codes"] = offered = offered_codes(context["tax_codes"], form.supply_day)
        known = {code.code.upper() for code in offered} | {NO_TAX.upper()}
        for line in form.lines:
            line.kept_tax, line.item_tax = form.reader.kept_tax(line), form.reader.item_tax(line)
            line.is_unknown_tax_code = bool(line.tax_code) and line.tax_code.upper() not in known
            line.derived = form.reader.derived(line, context["tax_codes"]) or context["usual_tax"]
        return response

    def _customer(self, form: DocumentForm) -> Customer | None:
        customer_id = uuid_or_none(form.header["customer_id"])
        if customer_id is None:
            return None
        found = Customer.objects.filter(company=self.company, pk=customer_id)
        return found.select_related("default_account").first()

    def _credit_left(self, customer: Customer | None) -> str:
        """What is left of the customer's credit limit, for an invoice's editor to warn of it; "" without a limit."""
        customers = (customer,) if customer is not None and self.kind is INVOICE else ()
        return next(iter(credit_left_texts(self.company, customers).values()), "")

    def _done(self, form: DocumentForm, stored: Any) -> Any:
        """Store the document and take the step. What is asked undoes both; what is refused is told first."""
        document = self._saved(form, stored)
        asks = self.action != "save" and "accept_warnings" not in self.request.POST
        if asks and document.warnings:
            raise Unanswered(document.warnings)
        step = {"company_id": self.company.pk, "document_id": document.pk, "actor": self.actor}
        if self.action != "save":
            step_taken = {"confirm": verbs.confirm, "submit": verbs.submit}[self.action]
            document = step_taken(self.kind.doc_type, **step)
        if asks and stored is None and (doubts := repeated_document(document)):
            raise Unanswered([dict(doubt) for doubt in doubts])
        return document

    def _saved(self, form: DocumentForm, stored: Any) -> Any:
        doc_type = self.kind.doc_type
        if stored is None:
            return verbs.create(doc_type, form.values(), company=self.company, actor=self.actor)
        latest = lock(doc_type, self.company.pk, stored.pk)
        if form.version != latest.updated_at.isoformat():
            raise DocumentPosted(
                f"somebody has changed this {doc_type.noun} since you opened it; open it anew and repeat your changes"
            )
        return verbs.update(doc_type, latest, form.values(), actor=self.actor)


class NewDocumentPage(EditorPage):
    def page_title(self) -> str:
        return self.kind.new_words

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        named = {name: uuid_or_none(request.GET.get(name, "")) for name in ("invoice", "sales_receipt", "customer")}
        if self.kind is CREDIT_MEMO and named["invoice"]:
            return self._credit_of(INVOICE.one(self.company, named["invoice"]))
        if self.kind is REFUND and named["sales_receipt"]:
            return self.show(form=refund_form(self.kind, SALES_RECEIPT.one(self.company, named["sales_receipt"])))
        customer = company_customer(self.company, named["customer"]) if named["customer"] else None
        return self.show(form=new_form(self.kind, self.company, customer))

    def _credit_of(self, invoice: Invoice) -> HttpResponseBase:
        if not invoice.is_posted or invoice.is_void:
            raise refusal(INVOICE.doc_type, invoice, "credited")
        if blocked := credit_blocked(invoice):
            return Page.show(self, template="receivables/blocked.html", blocked=blocked, back=INVOICE.url(invoice))
        return self.show(form=credit_form(self.kind, invoice))


class DraftPage(EditorPage):
    def page_title(self) -> str:
        return f"{self.kind.title} {self.document}"

    def crumbs(self) -> list[Crumb]:
        return [*super().crumbs(), Crumb(str(self.document), self.kind.url(self.document))]

    @cached_property
    def document(self) -> Any:
        return self.kind.one(self.company, self.kwargs["document_id"])

    def stored(self) -> Any:
        return self.document

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.document.is_posted or self.document.is_void:
            return HttpResponseRedirect(self.kind.url(self.document))
        return self.show(form=form_of(self.kind, self.document))
