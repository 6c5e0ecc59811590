"""The page of a sales document: what it shows beyond the page of any document."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from ledger.documents.pages.documents import DocumentPage
from receivables.customers.credit_limits import CreditLimitWarning, credit_limit_warning_of
from receivables.models import CreditMemo, Invoice, Mailing, RecurringRun, SalesOrder
from receivables.pages.links import of_sale


class SalePage(DocumentPage):
    template_name = "receivables/document.html"
    permission = "receivables.view"

    def context(self) -> dict[str, Any]:
        document, shown = self.document, super().context()
        is_order, is_printed = isinstance(document, SalesOrder), isinstance(document, Invoice | CreditMemo)
        return {
            **shown,
            "is_order": is_order,
            "is_undelivered": is_order and any(line.fulfilled_quantity < line.quantity for line in shown["lines"]),
            "is_printed": is_printed and not document.is_externally_posted,
            "mailings": list(mailings_of(document)) if is_printed else [],
            "limit": over_limit(document),
            "related": [*shown["related"], *_recurring_of(document)],
            "links": [*shown["links"], *of_sale(document)],
        }


def over_limit(document: Any) -> CreditLimitWarning | None:
    """Return by how much an invoice that is a draft or still open takes its customer over the credit limit."""
    is_counted = isinstance(document, Invoice) and not document.is_void and bool(document.open_amount)
    return credit_limit_warning_of(document) if is_counted else None


def _recurring_of(document: Any) -> list[tuple[str, str, Any]]:
    """Return (url name, words, recurring invoice) of what an invoice was made by."""
    if not isinstance(document, Invoice):
        return []
    runs = RecurringRun.objects.filter(invoice=document).select_related("recurring")
    return [("recurring_invoice", _("Made by recurring invoice"), run.recurring) for run in runs]


def mailings_of(document: Any) -> QuerySet[Mailing]:
    """Return the mails about a document, latest first."""
    kind = "invoice" if isinstance(document, Invoice) else "credit_memo"
    rows = Mailing.objects.filter(company_id=document.company_id, subject_id=document.pk, kind=kind)
    return rows.order_by("-created_at", "-id")
