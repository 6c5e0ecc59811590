"""What the pages of each type of document add to its description: words, tabs of the list, fields of the editor."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from backfill.tenancy.models import Company
from ledger.documents.errors import DocumentNotFound
from ledger.documents.store.documents import rows
from ledger.documents.types import DocumentType
from receivables.pages.header_fields import (
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
from receivables.types.credit_memos import CREDIT_MEMO as CREDIT_MEMO_TYPE
from receivables.types.invoices import INVOICE as INVOICE_TYPE
from receivables.types.payments import PAYMENT as PAYMENT_TYPE
from receivables.types.quotes import QUOTE as QUOTE_TYPE
from receivables.types.refund_receipts import REFUND_RECEIPT
from receivables.types.sales_orders import SALES_ORDER as SALES_ORDER_TYPE
from receivables.types.sales_receipts import SALES_RECEIPT as SALES_RECEIPT_TYPE

States = dict[str, tuple[str, Q]]


@dataclass(frozen=True, slots=True)
class DocumentAdmin:
    """`name` reverses the page of one, `plural` the list; `until` is the column of its second date, "" without.

    `fields` are the header fields it has beyond those of every kind, `left` heads the column of what is not settled.
    What is not given is derived from `doc_type`: see `kind_of`.
    """

    doc_type: DocumentType[Any, Any]
    name: str
    plural: str
    title: str
    titles: str
    icon: str
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
    def noun(self) -> str:
        return self.doc_type.noun

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
        return self.new_label or f"New {self.noun}"

    def url(self, document: Any, step: str = "") -> str:
        """Return the address of a document's page, or of one of its steps."""
        return reverse(f"admin:{step}_{self.name}" if step else f"admin:{self.name}", args=[document.pk])

    def rows(self, company: Company) -> QuerySet[Any]:
        """Return the company's documents of this kind with their customers, newest first."""
        found = rows(self.doc_type).filter(company=company)
        return found.select_related("customer").order_by("-document_date", "-id")

    def one(self, company: Company, document_id: UUID | str) -> Any:
        """Return one; raises DocumentNotFound for another company's as for none."""
        found = self.rows(company).select_related("company", "entry").filter(pk=document_id).first()
        if found is None:
            raise DocumentNotFound(f"There is no such {self.noun} in this company.")
        return found


def kind_of(doc_type: DocumentType[Any, Any], **given: Any) -> DocumentAdmin:
    """Return the pages of a type: `given`, and what follows from its description."""
    derived = {
        "name": doc_type.key,
        "plural": doc_type.plural,
        "title": doc_type.noun.capitalize(),
        "titles": doc_type.nouns.capitalize(),
        "states": states_of(doc_type),
        "needs_customer": doc_type.needs_party,
    }
    return DocumentAdmin(doc_type, **{**derived, **given})


def states_of(doc_type: DocumentType[Any, Any], **more: tuple[str, Q]) -> States:
    """Return the tabs of a list: drafts, what waits for approval, void, and between them one for each further status,
    or `more` in their place."""
    waiting = Q(status=doc_type.draft, approval_status="pending_approval")
    found = {"draft": ("Drafts", Q(status=doc_type.draft))}
    found |= {"pending_approval": ("Waiting for approval", waiting)} if doc_type.is_asked else {}
    between = {
        str(value): (str(label), Q(status=value))
        for value, label in doc_type.statuses.choices
        if value not in {doc_type.draft, "void"}
    }
    return {**found, **(more or between), "void": ("Void", Q(status="void"))}


INVOICE: Final = kind_of(
    INVOICE_TYPE,
    icon="request_quote",
    until="due_date",
    until_label="Due",
    left="Open",
    fields=(DELIVERED_ON, POSTED_ON, ORDER_REFERENCE, CONTRACT_REFERENCE, PROJECT_REFERENCE, TERMS, NOTES),
    states=states_of(
        INVOICE_TYPE,
        open=("Open", Q(status__in=("open", "partially_paid"))),
        overdue=("Overdue", Q(status__in=("open", "partially_paid"))),
        paid=("Paid", Q(status="paid")),
    ),
)
CREDIT_MEMO: Final = kind_of(
    CREDIT_MEMO_TYPE,
    icon="undo",
    left="Left",
    fields=(REASON_CODE, SUPPLIED_ON, POSTED_ON, NOTES),
    states=states_of(
        CREDIT_MEMO_TYPE,
        open=("Not used up", Q(status__in=("open", "partially_applied"))),
        applied=("Used up", Q(status="applied")),
    ),
)
QUOTE: Final = kind_of(
    QUOTE_TYPE,
    icon="edit_document",
    until="expires_at",
    until_label="Valid until",
    confirm_label="Mark as sent",
    confirmed="marked as sent",
    fields=(DESCRIPTION,),
    needs_customer=True,
)
SALES_ORDER: Final = kind_of(
    SALES_ORDER_TYPE,
    icon="shopping_cart",
    needs_customer=True,
    states=states_of(
        SALES_ORDER_TYPE,
        open=("To invoice", Q(status__in=("open", "partially_invoiced"))),
        invoiced=("Invoiced", Q(status="invoiced")),
    ),
)
PAYMENT: Final = kind_of(
    PAYMENT_TYPE,
    icon="payments",
    left="Left",
    new_label="Record payment",
    making="receivables.post",
    states=states_of(
        PAYMENT_TYPE,
        unapplied=("Not used up", Q(status="completed", settled_amount__lt=F("total_amount"))),
        completed=("Completed", Q(status="completed")),
    ),
)
SALES_RECEIPT: Final = kind_of(
    SALES_RECEIPT_TYPE, icon="point_of_sale", fields=(DEPOSIT_TO, PAYMENT_METHOD, SUPPLIED_ON, POSTED_ON)
)
REFUND: Final = kind_of(
    REFUND_RECEIPT,
    title="Refund",
    titles="Refunds",
    icon="currency_exchange",
    new_label="New refund",
    confirm_label="Complete",
    confirmed="completed",
    fields=(PAID_FROM, REASON, SUPPLIED_ON, POSTED_ON),
    hint="A refund gives money back and moves no goods. Goods that come back are credited or counted.",
    states={**states_of(REFUND_RECEIPT), "draft": ("Pending", Q(status="pending"))},
)
WITH_LINES: Final = (INVOICE, CREDIT_MEMO, QUOTE, SALES_ORDER, SALES_RECEIPT, REFUND)
