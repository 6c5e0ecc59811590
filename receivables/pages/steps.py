"""The buttons of documents: one service each, and back to the page."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.functional import cached_property

from backfill.workspace.formats import formats_of
from backfill.workspace.forms import DayField, WorkspaceForm
from backfill.workspace.pages import ActionPage, Crumb, FormPage
from ledger.documents import verbs
from ledger.documents.stock import undone_by_void
from receivables.pages.blocking import void_blocked
from receivables.pages.document_admins import INVOICE, QUOTE, SALES_ORDER, DocumentAdmin
from receivables.services.orders import accept_quote, convert_quote, decline_quote
from receivables.services.quote_invoices import invoice_quote

_VERBS: Final[Mapping[str, Callable[..., Any]]] = {
    "confirm": verbs.confirm,
    "submit": verbs.submit,
    "approve": verbs.approve,
    "reject": verbs.reject,
    "delete": verbs.delete,
}


class Step(ActionPage):
    """A step in a document's life by the verb of its kind: confirm, submit, approve, reject, delete."""

    permission = "receivables.edit"
    kind: ClassVar[DocumentAdmin] = INVOICE
    verb = "confirm"

    @cached_property
    def document(self) -> Any:
        return self.kind.one(self.company, self.kwargs["document_id"])

    def back(self) -> str:
        return self.kind.list_url if self.verb == "delete" else self.kind.url(self.document)

    def by(self) -> dict[str, Any]:
        return {"company_id": self.company.pk, "document_id": self.document.pk, "actor": self.actor}

    def act(self) -> HttpResponseBase | str:
        reason = {"reason": self.request.POST.get("reason", "")[:500]} if self.verb == "reject" else {}
        name = str(self.document)
        done = _VERBS[self.verb](self.kind.doc_type, **self.by(), **reason)
        words = {
            "confirm": f"{self.kind.title} {done} is {self.kind.confirmed}.",
            "submit": "Submitted for approval.",
            "approve": f"{self.kind.title} {done} is approved.",
            "reject": "Sent back to be corrected.",
            "delete": f"{self.kind.title} {name} is deleted.",
        }
        return words[self.verb]

    def refused(self, error: Any) -> HttpResponseBase:
        self.verb = ""  # nothing is gone: back to the document
        return super().refused(error)


class QuoteAnswer(Step):
    """The customer has accepted or declined."""

    is_yes = True

    def act(self) -> str:
        answer = accept_quote if self.is_yes else decline_quote
        return f"Quote {answer(**self.by())} is {'accepted' if self.is_yes else 'declined'}."


class ConvertQuote(Step):
    """A quote becomes a sales order, or at once the draft of an invoice; the page of what was made follows."""

    kind = QUOTE
    makes: ClassVar[DocumentAdmin] = SALES_ORDER

    def act(self) -> HttpResponseBase:
        made = convert_quote(**self.by()) if self.makes is SALES_ORDER else invoice_quote(**self.by())
        messages.success(self.request, f"{self.makes.title} {made} was made of quote {self.document}.")
        return HttpResponseRedirect(self.makes.url(made))


class VoidForm(WorkspaceForm):
    on = DayField(
        label="Date",
        required=False,
        help_text="Left empty: the document's own date where that period is open, else the first open day after it.",
    )
    reason = forms.CharField(label="Reason", max_length=500)

    def __init__(self, *arguments: Any, has_entry: bool, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if not has_entry:
            del self.fields["on"]


class VoidPage(FormPage):
    form_class = VoidForm
    template_name = "receivables/void.html"
    permission = write_permission = "receivables.post"
    button = "Void"
    kind: ClassVar[DocumentAdmin] = INVOICE

    @cached_property
    def document(self) -> Any:
        return self.kind.one(self.company, self.kwargs["document_id"])

    def page_title(self) -> str:
        return f"Void {self.kind.noun} {self.document}"

    def crumbs(self) -> list[Crumb]:
        return [
            Crumb(self.kind.titles, self.kind.list_url),
            Crumb(str(self.document), self.kind.url(self.document)),
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self._blocked() or super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self._blocked() or super().post(request, *args, **kwargs)

    def _blocked(self) -> HttpResponseBase | None:
        """Say what stands in the way, where something does."""
        blocked = void_blocked(self.kind, self.document)
        if blocked is None:
            return None
        return self.show(status=409, template="receivables/blocked.html", blocked=blocked, back=self.back())

    def context(self) -> dict[str, Any]:
        undone = undone_by_void(self.kind.doc_type, self.document)
        return {"document": self.document, "kind": self.kind, "undone": undone}

    def form_arguments(self) -> dict[str, Any]:
        return {"has_entry": self.document.entry_id is not None}

    def submit(self, values: dict[str, Any]) -> str:
        by = {"company_id": self.company.pk, "document_id": self.document.pk, "actor": self.actor}
        done = verbs.void(self.kind.doc_type, **by, **values)
        words = f"{self.kind.title} {done.document} is void"
        if done.on is None or done.reversal is None:
            return f"{words}."
        day, entry = formats_of(self.company).day(done.on), f" by entry {done.reversal.entry_number}"
        undone = " What was applied to it is the customer's credit or open again." if any(done.undone.values()) else ""
        return f"{words}, reversed on {day}{entry} ({done.date_policy}).{undone}"
