"""The files that an invoice carries in its e-invoice."""

from collections.abc import Sequence
from uuid import UUID

from backfill.files.models import StoredFile
from receivables.models import Invoice


def attached_files(invoice: Invoice) -> Sequence[StoredFile]:
    """Return them in the order stated."""
    rows = files_by_id(invoice.company_id, invoice.attachment_ids) if invoice.attachment_ids else {}
    return [rows[key] for key in invoice.attachment_ids if key in rows]


def files_by_id(company_id: UUID, ids: Sequence[str]) -> dict[str, StoredFile]:
    """Return the company's files among `ids`, by id."""
    return {str(row.id): row for row in StoredFile.objects.filter(company_id=company_id, id__in=ids)}
