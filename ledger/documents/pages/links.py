"""What documents link to entries and files: the document of an entry, what settles what, attachments."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from backfill.files.models import StoredFile
from ledger.documents.pages.document_admins import DocumentAdmin, admin_of, document_admins
from ledger.documents.rows import rows_of
from ledger.models import JournalEntry
from ledger.open_items.models import ENTRY_KIND, Allocation, OpenItem
from ledger.open_items.sides import DIFFERENCE_KIND
from ledger.pages.links import Link, entries_of, entry_url


def of_entry(entry: JournalEntry) -> Iterator[Link]:
    """Yield the document of an entry or of the one it reverses, void ones too; of what was booked by hand, and of an
    exchange difference, what settles what."""
    if entry.is_draft:
        return
    posted = entry.reverses_entry if entry.reverses_entry_id else entry
    if posted is not None and (kind := admin_of(posted.kind)) is not None:
        rows = rows_of(kind.doc_type.model).filter(company=entry.company_id, entry=posted)
        yield from (_link(kind, one) for one in rows)
    yield from _settlements(entry)


def of_file(file: StoredFile) -> Iterator[Link]:
    """Yield the documents that name a file as their own."""
    for kind in document_admins():
        rows = rows_of(kind.doc_type.model).filter(file=file, company=file.company_id)
        yield from (_link(kind, one) for one in rows.order_by("-document_date", "-id")[:50])


def of_document(kind: DocumentAdmin, document: Any) -> list[Link]:
    """Return the entries beside a document's own: what reversed it. Its files stand beside it."""
    found: list[Link] = []
    if document.is_void and document.entry_id:
        reversals = JournalEntry.objects.filter(company=document.company_id, reverses_entry=document.entry_id)
        found += [
            Link(_("Reversed by"), one.entry_number, entry_url(one)) for one in reversals.filter(sequence__isnull=False)
        ]
    return list({link.url: link for link in found}.values())


def difference_entries(rows: list[Allocation]) -> list[Link]:
    """Return the entries that hold the exchange differences of allocations. One statement where there are any."""
    keys: set[UUID] = {key for row in rows for key in (row.entry_id, row.undoing_entry_id) if key}
    found = entries_of(rows[0].company_id, keys) if keys else []
    return [Link(_("Exchange difference"), one.entry_number, entry_url(one)) for one in found]


def _link(kind: DocumentAdmin, document: Any) -> Link:
    return Link(kind.title, str(document), kind.url(document))


def _settlements(entry: JournalEntry) -> Iterator[Link]:
    rows = Allocation.objects.filter(company_id=entry.company_id).select_related("debit_item", "credit_item")
    if entry.kind == DIFFERENCE_KIND:
        for row in rows.filter(Q(entry=entry.pk) | Q(undoing_entry=entry.pk)).order_by("created_at")[:50]:
            yield from (_item_link(item, _("Difference of")) for item in (row.debit_item, row.credit_item))
        return
    own = OpenItem.objects.filter(company_id=entry.company_id, entry=entry.pk, kind=ENTRY_KIND)
    is_booking = admin_of(entry.kind) is None and any(line.account.control for line in entry.lines.all())
    keys = list(own.values_list("pk", flat=True)) if is_booking else []
    if not keys:
        return
    of_own = rows.filter(Q(debit_item_id__in=keys) | Q(credit_item_id__in=keys), undone_on__isnull=True)
    for row in of_own.order_by("created_at")[:50]:
        other = row.credit_item if row.debit_item_id in keys else row.debit_item
        yield _item_link(other, _("Settled with"))


def _item_link(item: OpenItem, words: str) -> Link:
    kind = admin_of(item.kind)
    name = f"{kind.title if kind else capfirst(item.noun)} {item.number}"
    page, key = ("journal_entry", item.entry_id) if kind is None else (item.kind, item.document_id)
    return Link(words, name, reverse(f"admin:{page}", args=[key]))
