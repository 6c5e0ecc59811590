"""Lists and pages of documents with lines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import cached_property

from backfill.paging import narrowed
from backfill.tenancy.models import Company
from backfill.workspace.formats import formats_of
from backfill.workspace.forms import DayField, WorkspaceForm
from backfill.workspace.list_pages import list_page
from backfill.workspace.pages import Crumb, Page
from ledger.documents.allocating import allocations_of, other_of
from ledger.documents.lines.tax_doubts import NEEDS_NO_REMEDY
from ledger.documents.models import Document, SettledDocument
from ledger.documents.store.documents import lines_of
from ledger.models import Activity
from ledger.open_items.models import ENTRY_KIND, Allocation, OpenItem
from ledger.pages.doubts import asked
from receivables.customers.credit_limits import CreditLimitWarning, credit_limit_warning_of
from receivables.models import (
    CreditMemo,
    Invoice,
    Mailing,
    Payment,
    Quote,
    RecurringRun,
    RefundReceipt,
    SalesOrder,
)
from receivables.pages.customer_input import CustomerField
from receivables.pages.discount import discount_text
from receivables.pages.document_admins import INVOICE, DocumentAdmin
from receivables.pages.header_fields import facts_of
from receivables.pages.line_accounts import show_accounts
from receivables.selectors import overdue_on


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

    def __init__(self, *arguments: Any, kind: DocumentAdmin, company: Company, **options: Any) -> None:
        super().__init__(*arguments, **options)
        states = [("", "All"), *((name, label) for name, (label, _) in kind.states.items())]
        self.fields["state"].choices = states  # type: ignore[attr-defined]
        self.fields["customer"].company = company  # type: ignore[attr-defined]


class DocumentsPage(Page):
    template_name = "receivables/documents.html"
    permission = "receivables.view"
    kind: ClassVar[DocumentAdmin] = INVOICE

    def page_title(self) -> str:
        return self.kind.titles

    def context(self) -> dict[str, Any]:
        form = DocumentFilter(self.request.GET, kind=self.kind, company=self.company)
        values = form.cleaned_data if form.is_valid() else {}
        rows = self.kind.rows(self.company) if form.is_valid() else self.kind.rows(self.company).none()
        found = list_page(filtered(self.kind, rows, values, self.company), self.request.GET.get("page", ""))
        return {"kind": self.kind, "form": form, "page": found, "is_filtered": any(values.values())}


def filtered(kind: DocumentAdmin, rows: QuerySet[Any], values: dict[str, Any], company: Company) -> QuerySet[Any]:
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
        rows = rows.filter(overdue_on(company.today()))
    if values.get("q"):
        text = values["q"]
        found = Q(document_number__icontains=text) | Q(customer__name__icontains=text) | Q(memo__icontains=text)
        rows = narrowed(rows, found)
    return rows


class OneDocument(Page):
    """What pages about one document share."""

    permission = "receivables.view"
    kind: ClassVar[DocumentAdmin] = INVOICE

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
        document, kind, formats = self.document, self.kind, formats_of(self.company)
        lines = lines_of(kind.doc_type, document)
        show_accounts(document, lines)
        is_order = isinstance(document, SalesOrder)
        return {
            **shared_context(kind, document),
            "lines": lines,
            "is_order": is_order,
            "is_undelivered": is_order and any(line.fulfilled_quantity < line.quantity for line in lines),
            "needs_approval": self.company.requires_approval and kind.doc_type.is_asked,
            "facts": list(facts_of(kind.fields, document, formats)),
            "questions": asked(_doubts_of(document)),
            "document_discount": discount_text(document.discount_details, formats),
            "is_printed": isinstance(document, Invoice | CreditMemo) and not document.is_externally_posted,
            "mailings": list(mailings_of(document)) if isinstance(document, Invoice | CreditMemo) else [],
            "limit": over_limit(document),
            "is_late": isinstance(document, Invoice) and document.is_overdue(self.company.today()),
        }


def _doubts_of(document: Any) -> list[Mapping[str, Any]]:
    """Return the warnings that somebody can still do something about."""
    settled = NEEDS_NO_REMEDY if document.is_posted else frozenset()
    return [warning for warning in document.warnings if warning["code"] not in settled]


def shared_context(kind: DocumentAdmin, document: Any) -> dict[str, Any]:
    """Return what the page of a payment shows as that of any other document."""
    allocations, related = settlements_of(document), list(related_to(document))
    return {
        "kind": kind,
        "document": document,
        "allocations": allocations,
        "applied_count": sum(one.is_active and one.is_of_invoice for one in allocations),
        "related": related,
        "is_void_blocked": _is_void_blocked(document, allocations, [one for _, _, one in related]),
        "activities": activities_of(kind, document),
    }


def _is_void_blocked(document: Any, allocations: list["Settlement"], related: list[Any]) -> bool:
    """Whether voiding is refused by what the page shows: a credit of an invoice, money that went back. The page of
    that step says by what."""
    memos = [one for one in related if isinstance(document, Invoice) and isinstance(one, CreditMemo)]
    credited = any(one.is_posted and not one.is_void for one in memos)
    refunded = any(one.is_active and one.row.debit_item.kind == "refund_receipt" for one in allocations)
    return credited or (refunded and isinstance(document, Payment | CreditMemo))


def over_limit(document: Any) -> CreditLimitWarning | None:
    """Return by how much an invoice that is a draft or still open takes its customer over the credit limit."""
    is_counted = isinstance(document, Invoice) and not document.is_void and bool(document.open_amount)
    return credit_limit_warning_of(document) if is_counted else None


@dataclass(frozen=True, slots=True)
class Settlement:
    """An allocation as a document's page shows it: the item on the other side, and where its document is."""

    row: Allocation
    other: OpenItem

    @property
    def is_active(self) -> bool:
        return self.row.is_active

    @property
    def is_of_invoice(self) -> bool:
        return self.row.debit_item.kind == "invoice" and self.row.credit_item.kind in _CREDITS

    @property
    def words(self) -> str:
        noun = "refund" if self.other.kind == "refund_receipt" else self.other.noun
        return f"{noun.capitalize()} {self.other.number}"

    @property
    def unapply_url(self) -> str:
        """Where the credit is taken off its invoice; empty for what is not taken off by itself."""
        name = _CREDITS.get(self.row.credit_item.kind, "")
        return reverse(name, args=[self.row.credit_item.document_id]) if self.is_of_invoice else ""

    @property
    def url(self) -> str:
        kind, key = self.other.kind, self.other.document_id or self.other.entry_id
        return reverse("admin:journal_entry" if kind == ENTRY_KIND else f"admin:{kind}", args=[key])


_CREDITS: Final = {"payment": "admin:unapply_payment", "credit_memo": "admin:unapply_credit_memo"}


def settlements_of(document: Any) -> list[Settlement]:
    """Return what settles the document or is settled by it, undone ones included. One statement."""
    if not isinstance(document, SettledDocument):
        return []
    return [Settlement(row, other_of(document, row)) for row in allocations_of(document)]


def related_to(document: Any) -> Iterator[tuple[str, str, Any]]:
    """Yield (url name, words, document) of what this one was made from and what was made of it."""
    for kind, name, words, found in _RELATIONS:
        if isinstance(document, kind):
            related = getattr(document, name)
            rows = [related] if related is None or isinstance(related, Document) else related.all()
            yield from ((found, words, one) for one in rows if one is not None)
    if isinstance(document, Invoice):
        runs = RecurringRun.objects.filter(invoice=document).select_related("recurring")
        yield from (("recurring_invoice", "Made by recurring invoice", run.recurring) for run in runs)


_RELATIONS: Final = (
    (Invoice, "sales_order", "Made from sales order", "sales_order"),
    (Invoice, "credit_memos", "Credited by", "credit_memo"),
    (CreditMemo, "invoice", "Credit for invoice", "invoice"),
    (CreditMemo, "refunds", "Refunded by", "refund_receipt"),
    (Payment, "refunds", "Refunded by", "refund_receipt"),
    (RefundReceipt, "payment", "Refund of payment", "payment"),
    (RefundReceipt, "credit_memo", "Refund of credit memo", "credit_memo"),
    (Quote, "sales_orders", "Became sales order", "sales_order"),
    (SalesOrder, "quote", "Made from quote", "quote"),
    (SalesOrder, "invoices", "Invoiced by", "invoice"),
)


def mailings_of(document: Any) -> QuerySet[Mailing]:
    """Return the mails about a document, latest first."""
    kind = "invoice" if isinstance(document, Invoice) else "credit_memo"
    rows = Mailing.objects.filter(company_id=document.company_id, subject_id=document.pk, kind=kind)
    return rows.order_by("-created_at", "-id")


def activities_of(kind: DocumentAdmin, document: Any) -> QuerySet[Activity]:
    """Return what happened to the document, latest first."""
    rows = Activity.objects.filter(company_id=document.company_id, subject_type=kind.name, subject_id=document.pk)
    return rows.order_by("-at", "-id")


def uuid_or_none(text: str) -> UUID | None:
    """Return the id that an address or a hidden field names, if it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None
