"""What stands in the way of a step, with links to it."""

from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse

from backfill.errors import DomainError
from backfill.workspace.wording import sentence
from ledger.documents.verbs.void import check_voidable
from receivables.credits.credit_bounds import credited_of
from receivables.models import CreditMemo, CreditMemoStatus, Invoice, RefundReceipt
from receivables.pages.document_admins import DocumentAdmin

_PAGES: Final = (
    ("refund_id", "refund_receipt", RefundReceipt),
    ("credit_memo_id", "credit_memo", CreditMemo),
    ("invoice_id", "invoice", Invoice),
)


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why a step is not possible, and (words, address) of what is to be looked at."""

    message: str
    links: tuple[tuple[str, str], ...] = ()


def void_blocked(kind: DocumentAdmin, document: Any) -> Blocked | None:
    """Return why a posted document cannot be voided now, if so. A statement or two."""
    if not document.is_posted or document.is_void:
        return None
    try:
        check_voidable(kind.doc_type, document)
    except DomainError as error:
        links = tuple(
            (f"{model._meta.verbose_name} {one}".capitalize(), reverse(f"admin:{page}", args=[one.pk]))  # noqa: SLF001
            for key, page, model in _PAGES
            if key in error.details
            for one in model._default_manager.filter(company_id=document.company_id, id=error.details[key])  # noqa: SLF001
        )
        if not links and document.entry_id is not None:
            links = (("Its journal entry", reverse("admin:journal_entry", args=[document.entry_id])),)
        return Blocked(sentence(error.message), links)
    return None


def credit_blocked(invoice: Invoice) -> Blocked | None:
    """Return why nothing of a confirmed invoice can be credited any more, if so."""
    if credited_of(invoice).left:
        return None
    memos = CreditMemo.objects.filter(company_id=invoice.company_id, invoice=invoice, posted_at__isnull=False)
    rows = memos.exclude(status=CreditMemoStatus.VOID).order_by("document_date", "id")
    links = tuple((f"Credit memo {memo}", reverse("admin:credit_memo", args=[memo.pk])) for memo in rows)
    if not links:
        return Blocked(f"Invoice {invoice} charged nothing, so there is nothing to credit.")
    return Blocked(f"All of invoice {invoice} is credited already.", links)
