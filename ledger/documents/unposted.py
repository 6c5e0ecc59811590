"""Documents that a final lock of their period would leave unposted for good."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from backfill.tenancy.models import Company
from ledger.documents.rows import rows_of
from ledger.documents.types import document_types
from ledger.models import ApprovalStatus


def unposted_documents(company: Company, until: date) -> Iterator[tuple[str, UUID, str, date]]:
    """Yield (type, id, number, date) of drafts that would post up to a day, inclusive.

    What was rejected or voided will not post, and what was invoiced elsewhere posts nothing itself. One statement per
    type of document.
    """
    for doc_type in document_types():
        if doc_type.entry is None:
            continue
        rows: QuerySet[Any] = rows_of(doc_type.model).filter(company=company, posted_at__isnull=True)
        drafts = (
            rows.exclude(approval_status__in=(ApprovalStatus.REJECTED, ApprovalStatus.VOID))
            .annotate(on=Coalesce("effective_date", "document_date"))
            .filter(on__lte=until)
        )
        if doc_type.may_be_externally_posted:
            drafts = drafts.filter(Q(("is_externally_posted", False)))
        for draft in drafts:
            yield doc_type.key, draft.pk, str(draft), draft.posting_date
