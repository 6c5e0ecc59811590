"""Lists and pages of invoices, credit memos, quotes and sales orders."""

from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.functional import cached_property

from backfill.tenancy.models import Company
from backfill.workspace.forms import DayField, WorkspaceForm
from backfill.workspace.pages import Crumb, Page
from backfill.workspace.slices import page_slice
from ledger.models import Activity
from receivables.admin.customer_input import CustomerField
from receivables.admin.kinds import INVOICE, PAYMENT, Kind
from receivables.models import Allocation, CreditMemo, Invoice, Quote, SalesOrder
from receivables.printing.documents import document_pdf, file_name, printable_credit_memo, printable_invoice


class DocumentFilter(WorkspaceForm):
    q = forms.CharField(
        label="Number or text",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Number, customer or text"}),
    )
    customer = CustomerField(label="Customer", required=False)
    start = DayField(label="From", required=False)
    end = DayField(label="To", required=False)
    state = forms.ChoiceField(label="State", required=False)

    def __init__(self, *arguments: Any, kind: Kind, company: Company, **options: Any) -> None:
        super().__init__(*arguments, **options)
        states = [("", "All"), *((name, label) for name, (label, _) in kind.states.items())]
        self.fields["state"].choices = states  # type: ignore[attr-defined]
        self.fields["customer"].company = company  # type: ignore[attr-defined]


class DocumentsPage(Page):
    template_name = "receivables/documents.html"
    permission = "receivables.view"
    kind: ClassVar[Kind] = INVOICE

    def page_title(self) -> str:
        return self.kind.titles

    def context(self) -> dict[str, Any]:
        form = DocumentFilter(self.request.GET, kind=self.kind, company=self.company)
        values = form.cleaned_data if form.is_valid() else {}
        rows = self.kind.rows(self.company) if form.is_valid() else self.kind.rows(self.company).none()
        found = page_slice(filtered(self.kind, rows, values, self.company), self.request.GET.get("page", ""))
        return {"kind": self.kind, "form": form, "slice": found, "is_filtered": any(values.values())}


def filtered(kind: Kind, rows: QuerySet[Any], values: dict[str, Any], company: Company) -> QuerySet[Any]:
    """Return the rows that match all given values."""
    if values.get("start"):
        rows = rows.filter(document_date__gte=values["start"])
    if values.get("end"):
        rows = rows.filter(document_date__lte=values["end"])
    if values.get("customer"):
        rows = rows.filter(customer=values["customer"])
    if values.get("state"):
        rows = rows.filter(kind.states[values["state"]][1])
    if values.get("state") == "overdue":
        rows = rows.filter(due_date__lt=company.today())
    if values.get("q"):
        text = values["q"]
        found = Q(document_number__icontains=text) | Q(customer__name__icontains=text) | Q(memo__icontains=text)
        rows = rows.filter(found)
    return rows


class OneDocument(Page):
    """What pages about one document share."""

    permission = "receivables.view"
    kind: ClassVar[Kind] = INVOICE

    @cached_property
    def document(self) -> Any:
        return self.kind.one(self.company, self.kwargs["document_id"])

    def page_title(self) -> str:
        return f"{self.kind.title} {self.document}"

    def crumbs(self) -> list[Crumb]:
        return [Crumb(self.kind.titles, self.kind.list_url)]


class DocumentPage(OneDocument):
    template_name = "receivables/document.html"

    def context(self) -> dict[str, Any]:
        document, kind = self.document, self.kind
        return {
            "kind": kind,
            "document": document,
            "lines": kind.documents.lines_of(document),
            "allocations": allocations_of(document),
            "related": list(related_to(document)),
            "activities": activities_of(kind, document),
            "needs_approval": self.company.requires_approval and kind.documents.needs_approval,
            "has_pdf": isinstance(document, Invoice | CreditMemo),
            "is_late": isinstance(document, Invoice) and document.is_overdue(self.company.today()),
        }


def allocations_of(document: Any) -> list[Allocation]:
    """Return what settles the document or is settled by it, undone ones included. One statement."""
    names = {Invoice: "invoice", CreditMemo: "credit_memo", PAYMENT.documents.model: "payment"}
    name = names.get(type(document))
    if name is None:
        return []
    rows = Allocation.objects.filter(company_id=document.company_id, **{name: document})
    return list(rows.select_related("invoice", "payment", "credit_memo", "refund", "settlement_entry"))


def related_to(document: Any) -> list[tuple[str, str, Any]]:
    """Return (url name, words, document) of what this one was made from and what was made of it."""
    found: list[tuple[str, str, Any]] = []
    if isinstance(document, Invoice):
        if document.sales_order is not None:
            found.append(("sales_order", "Made from sales order", document.sales_order))
        found += [("credit_memo", "Credited by", one) for one in document.credit_memos.all()]
    elif isinstance(document, CreditMemo) and document.invoice is not None:
        found.append(("invoice", "Credit for invoice", document.invoice))
    elif isinstance(document, Quote):
        found += [("sales_order", "Became sales order", one) for one in document.sales_orders.all()]
    elif isinstance(document, SalesOrder):
        if document.quote is not None:
            found.append(("quote", "Made from quote", document.quote))
        found += [("invoice", "Invoiced by", one) for one in document.invoices.all()]
    return found


def activities_of(kind: Kind, document: Any) -> QuerySet[Activity]:
    """Return what happened to the document, latest first."""
    rows = Activity.objects.filter(company_id=document.company_id, subject_type=kind.name, subject_id=document.pk)
    return rows.order_by("-at", "-id")


class DocumentPdf(Page):
    """The printed invoice or credit memo; a draft says that it is one."""

    permission = "receivables.view"
    kind: ClassVar[Kind] = INVOICE

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        printable = printable_invoice if self.kind is INVOICE else printable_credit_memo
        document = printable(company_id=self.company.pk, document_id=self.kwargs["document_id"])
        name = file_name(document, "pdf")
        headers = {"Content-Disposition": f'inline; filename="{name}"'}
        return HttpResponse(document_pdf(document), content_type="application/pdf", headers=headers)
