"""Documents that a final lock of their period would leave unposted for good."""

from collections.abc import Iterator
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Coalesce

from backfill.tenancy.models import Company
from ledger.documents.models import Document
from ledger.models import ApprovalStatus
from receivables.models import CreditMemo, Invoice, Payment, RefundReceipt, SalesReceipt

_TYPES: Final[tuple[tuple[str, type[Document]], ...]] = (
    ("invoice", Invoice),
    ("credit_memo", CreditMemo),
    ("payment", Payment),
    ("sales_receipt", SalesReceipt),
    ("refund_receipt", RefundReceipt),
)


def unposted_documents(company: Company, until: date) -> Iterator[tuple[str, UUID, str, date]]:
    """Yield (type, id, number, date) of drafts that would post up to a day, inclusive.

    What was rejected or voided will not post, and what was invoiced elsewhere posts nothing itself. One statement per
    type of document.
    """
    for kind, model in _TYPES:
        drafts = (
            model._default_manager.filter(company=company, posted_at__isnull=True)  # noqa: SLF001 - documented API
            .exclude(approval_status__in=(ApprovalStatus.REJECTED, ApprovalStatus.VOID))
            .annotate(on=Coalesce("effective_date", "document_date"))
            .filter(on__lte=until)
        )
        if any(field.name == "is_externally_posted" for field in model._meta.get_fields()):  # noqa: SLF001 - documented API
            drafts = drafts.filter(Q(("is_externally_posted", False)))
        for draft in drafts:
            yield kind, draft.pk, str(draft), draft.posting_date
