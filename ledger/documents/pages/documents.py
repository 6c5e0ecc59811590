"""Pages of documents with lines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst

from backfill.workspace.context import Workspace
from backfill.workspace.formats import formats_of
from backfill.workspace.pages import GIVEN, Crumb, Page
from backfill.workspace.questions import asked
from ledger.documents.allocating import allocations_of, other_of
from ledger.documents.lines.tax_doubts import NEEDS_NO_REMEDY
from ledger.documents.models import Document, SettledDocument
from ledger.documents.pages.discount import discount_text
from ledger.documents.pages.document_admins import DocumentAdmin, admin_of
from ledger.documents.pages.document_trail import document_beside
from ledger.documents.pages.header_fields import facts_of
from ledger.documents.pages.line_accounts import show_accounts
from ledger.documents.pages.links import difference_entries, of_document
from ledger.documents.pages.states import is_overdue
from ledger.documents.pages.tax_rows import tax_rows
from ledger.documents.store.documents import lines_of
from ledger.models import ApprovalStatus
from ledger.open_items.models import ENTRY_KIND, Allocation, OpenItem
from ledger.pages.approvals import Approving, approving, before_submitting


class OneDocument(Page):
    """What pages about one document share."""

    kind: ClassVar[DocumentAdmin] = GIVEN

    def needed(self, method: str) -> str:
        return super().needed(method) or self.kind.permission("view")

    @cached_property
    def document(self) -> Any:
        return self.kind.one(self.company, self.kwargs["document_id"])

    def page_title(self) -> str:
        return f"{self.kind.title} {self.document}"

    def crumbs(self) -> list[Crumb]:
        return [Crumb(str(self.kind.titles), self.kind.list_url)]


class DocumentPage(OneDocument):
    template_name = "documents/document.html"

    def context(self) -> dict[str, Any]:
        document, kind, formats = self.document, self.kind, formats_of(self.company)
        lines = lines_of(kind.doc_type, document)
        show_accounts(kind, document, lines)
        return {
            **shared_context(self, kind, document),
            "lines": lines,
            "taxes": tax_rows(lines),
            "facts": list(facts_of(kind.fields, document, formats)),
            "is_late": is_overdue(document, self.company.today()),
            "questions": asked(_doubts_of(document)),
            "document_discount": discount_text(document.discount_details, formats),
        }


def approving_of(workspace: Workspace, kind: DocumentAdmin, document: Any) -> Approving | None:
    """Return who may approve a draft, as its page says it; None for what is posted or void."""
    if document.is_posted or document.is_void:
        return None
    permission, is_asked = kind.permission("approve"), kind.doc_type.is_asked
    if document.approval_status == ApprovalStatus.PENDING_APPROVAL:
        return approving(workspace, permission, document.submitted_by, is_asked=is_asked)
    return before_submitting(workspace, permission, is_asked=is_asked)


def _doubts_of(document: Any) -> list[Mapping[str, Any]]:
    """Return the warnings that somebody can still do something about."""
    settled = NEEDS_NO_REMEDY if document.is_posted else frozenset()
    return [warning for warning in document.warnings if warning["code"] not in settled]


def shared_context(page: Page, kind: DocumentAdmin, document: Any) -> dict[str, Any]:
    """Return what the page of a payment shows as that of any other document."""
    allocations, related = settlements_of(document), list(related_to(kind, document))
    return {
        "kind": kind,
        "document": document,
        "needs_approval": page.company.requires_approval and kind.doc_type.is_asked,
        "approving": approving_of(page.workspace, kind, document),
        "allocations": allocations,
        "applied_count": sum(one.is_active and one.applied is not None for one in allocations),
        "related": related,
        "links": [*of_document(kind, document), *difference_entries([one.row for one in allocations])],
        "is_void_blocked": any(key in kind.blocked_by and one.is_posted and not one.is_void for key, _, one in related),
        **document_beside(page, document, allocations, kind.name),
    }


@dataclass(frozen=True, slots=True)
class Settlement:
    """An allocation as a document's page shows it: the item on the other side, and where its document is."""

    row: Allocation
    other: OpenItem

    @property
    def is_active(self) -> bool:
        return self.row.is_active

    @property
    def words(self) -> str:
        kind = admin_of(self.other.kind)
        return f"{kind.title if kind else capfirst(self.other.noun)} {self.other.number}"

    @property
    def applied(self) -> tuple[OpenItem, OpenItem] | None:
        """The item that was applied and the one that it was applied to; None for what is not taken off by itself."""
        debit, credit = self.row.debit_item, self.row.credit_item
        for one, other in ((credit, debit), (debit, credit)):
            kind = admin_of(one.kind)
            if kind is not None and kind.applies_to == other.kind:
                return one, other
        return None

    @property
    def applied_to(self) -> UUID | None:
        """The document that the amount can be taken off."""
        return self.applied[1].document_id if self.applied else None

    @property
    def unapply_url(self) -> str:
        """Where the amount is taken off the document; empty for what is not taken off by itself."""
        if self.applied is None:
            return ""
        one, _ = self.applied
        return reverse(f"admin:unapply_{one.kind}", args=[one.document_id])

    @property
    def url(self) -> str:
        kind, key = self.other.kind, self.other.document_id or self.other.entry_id
        return reverse("admin:journal_entry" if kind == ENTRY_KIND else f"admin:{kind}", args=[key])


def settlements_of(document: Any) -> list[Settlement]:
    """Return what settles the document or is settled by it, undone ones included. One statement."""
    if not isinstance(document, SettledDocument):
        return []
    return [Settlement(row, other_of(document, row)) for row in allocations_of(document)]


def related_to(kind: DocumentAdmin, document: Any) -> Iterator[tuple[str, str, Any]]:
    """Yield (url name, words, document) of what this one was made from and what was made of it."""
    for relation in kind.related:
        found = getattr(document, relation.attribute)
        rows = [found] if found is None or isinstance(found, Document) else found.all()
        yield from ((relation.key, str(relation.words), one) for one in rows if one is not None)


def uuid_or_none(text: str) -> UUID | None:
    """Return the id that an address or a hidden field names, if it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None
