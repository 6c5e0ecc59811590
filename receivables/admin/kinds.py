"""The kinds of documents that customers get, described once for list, editor and page."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from backfill.tenancy.models import Company
from ledger.documents.errors import DocumentNotFound
from ledger.documents.lifecycle import Documents
from receivables.admin.header_fields import (
    CONTRACT_REFERENCE,
    DELIVERED_ON,
    DEPOSIT_TO,
    DESCRIPTION,
    NOTES,
    ORDER_REFERENCE,
    PAID_FROM,
    PAYMENT_METHOD,
    POSTED_ON,
    PROJECT_REFERENCE,
    REASON,
    REASON_CODE,
    SUPPLIED_ON,
    TERMS,
    HeaderField,
)
from receivables.services.credit_memos import credit_memos
from receivables.services.invoices import invoices
from receivables.services.orders import quotes, sales_orders
from receivables.services.payments import payments
from receivables.services.refund_receipts import refund_receipts
from receivables.services.sales_receipts import sales_receipts

States = dict[str, tuple[str, Q]]


@dataclass(frozen=True, slots=True)
class Kind:
    """`name` reverses the page of one, `plural` the list; `until` is the column of its second date, "" without.

    `fields` are the header fields it has beyond those of every kind, `left` heads the column of what is not settled.
    Who pays on the spot need not be known: then it needs no customer.
    """

    name: str
    plural: str
    title: str
    titles: str
    icon: str
    documents: Documents[Any, Any]
    states: States
    until: str = ""
    until_label: str = ""
    confirm_label: str = "Confirm"
    confirmed: str = "confirmed"
    new_label: str = ""
    left: str = ""
    fields: tuple[HeaderField, ...] = ()
    making: str = "receivables.edit"
    hint: str = ""
    needs_customer: bool = True

    @property
    def folder(self) -> str:
        return self.plural.replace("_", "-")

    @property
    def list_url(self) -> str:
        return reverse(f"admin:{self.plural}")

    @property
    def new_url(self) -> str:
        return reverse(f"admin:new_{self.name}")

    @property
    def new_words(self) -> str:
        return self.new_label or f"New {self.documents.noun}"

    def url(self, document: Any, step: str = "") -> str:
        """Return the address of a document's page, or of one of its steps."""
        return reverse(f"admin:{step}_{self.name}" if step else f"admin:{self.name}", args=[document.pk])

    def rows(self, company: Company) -> QuerySet[Any]:
        """Return the company's documents of this kind with their customers, newest first."""
        rows = self.documents.model._default_manager.filter(company=company)  # noqa: SLF001 - Django's generic access
        found: QuerySet[Any] = rows.select_related("customer").order_by("-document_date", "-id")
        return found

    def one(self, company: Company, document_id: UUID | str) -> Any:
        """Return one; raises DocumentNotFound for another company's as for none."""
        found = self.rows(company).select_related("company", "entry").filter(pk=document_id).first()
        if found is None:
            raise DocumentNotFound(f"There is no such {self.documents.noun} in this company.")
        return found


_DRAFT: Final = ("Drafts", Q(status="draft"))
_WAITING: Final = ("Waiting for approval", Q(status="draft", approval_status="pending_approval"))
_VOID: Final = ("Void", Q(status="void"))

INVOICE: Final = Kind(
    name="invoice",
    plural="invoices",
    title="Invoice",
    titles="Invoices",
    icon="request_quote",
    documents=invoices,
    until="due_date",
    until_label="Due",
    left="Open",
    fields=(DELIVERED_ON, POSTED_ON, ORDER_REFERENCE, CONTRACT_REFERENCE, PROJECT_REFERENCE, TERMS, NOTES),
    states={
        "draft": _DRAFT,
        "pending_approval": _WAITING,
        "open": ("Open", Q(status__in=("open", "partially_paid"))),
        "overdue": ("Overdue", Q(status__in=("open", "partially_paid"))),
        "paid": ("Paid", Q(status="paid")),
        "void": _VOID,
    },
)
CREDIT_MEMO: Final = Kind(
    name="credit_memo",
    plural="credit_memos",
    title="Credit memo",
    titles="Credit memos",
    icon="undo",
    documents=credit_memos,
    left="Left",
    fields=(REASON_CODE, SUPPLIED_ON, POSTED_ON, NOTES),
    states={
        "draft": _DRAFT,
        "pending_approval": _WAITING,
        "open": ("Not used up", Q(status__in=("open", "partially_applied"))),
        "applied": ("Used up", Q(status="applied")),
        "void": _VOID,
    },
)
QUOTE: Final = Kind(
    name="quote",
    plural="quotes",
    title="Quote",
    titles="Quotes",
    icon="edit_document",
    documents=quotes,
    until="expires_at",
    until_label="Valid until",
    confirm_label="Mark as sent",
    confirmed="marked as sent",
    fields=(DESCRIPTION,),
    states={
        "draft": _DRAFT,
        "sent": ("Sent", Q(status="sent")),
        "accepted": ("Accepted", Q(status="accepted")),
        "declined": ("Declined", Q(status="declined")),
        "converted": ("Converted", Q(status="converted")),
        "void": _VOID,
    },
)
SALES_ORDER: Final = Kind(
    name="sales_order",
    plural="sales_orders",
    title="Sales order",
    titles="Sales orders",
    icon="shopping_cart",
    documents=sales_orders,
    states={
        "draft": _DRAFT,
        "open": ("To invoice", Q(status__in=("open", "partially_invoiced"))),
        "invoiced": ("Invoiced", Q(status="invoiced")),
        "void": _VOID,
    },
)
PAYMENT: Final = Kind(
    name="payment",
    plural="payments",
    title="Payment",
    titles="Payments",
    icon="payments",
    documents=payments,
    left="Left",
    new_label="Record payment",
    making="receivables.post",
    states={
        "draft": _DRAFT,
        "unapplied": ("Not used up", Q(status="completed", settled_amount__lt=F("total_amount"))),
        "completed": ("Completed", Q(status="completed")),
        "void": _VOID,
    },
)
SALES_RECEIPT: Final = Kind(
    name="sales_receipt",
    plural="sales_receipts",
    title="Sales receipt",
    titles="Sales receipts",
    icon="point_of_sale",
    documents=sales_receipts,
    fields=(DEPOSIT_TO, PAYMENT_METHOD, SUPPLIED_ON, POSTED_ON),
    needs_customer=False,
    states={
        "draft": _DRAFT,
        "pending_approval": _WAITING,
        "completed": ("Completed", Q(status="completed")),
        "void": _VOID,
    },
)
REFUND: Final = Kind(
    name="refund_receipt",
    plural="refund_receipts",
    title="Refund",
    titles="Refunds",
    icon="currency_exchange",
    documents=refund_receipts,
    new_label="New refund",
    confirm_label="Complete",
    confirmed="completed",
    fields=(PAID_FROM, REASON, SUPPLIED_ON, POSTED_ON),
    needs_customer=False,
    hint="A refund gives money back and moves no goods. Goods that come back are credited or counted.",
    states={
        "draft": ("Pending", Q(status="pending")),
        "completed": ("Completed", Q(status="completed")),
        "void": _VOID,
    },
)
WITH_LINES: Final = (INVOICE, CREDIT_MEMO, QUOTE, SALES_ORDER, SALES_RECEIPT, REFUND)
