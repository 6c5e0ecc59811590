"""Following the journal: when an entry is reversed or shown there, the documents over it go along."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from backfill.errors import DomainError
from backfill.tenancy.actors import Actor
from ledger.documents.external_posting import Recording
from ledger.documents.stock import undone_by_void
from ledger.documents.store import documents as store
from ledger.documents.types import DocumentType
from ledger.documents.verbs.void import follow_reversal, undo
from ledger.errors import InvalidStateTransition
from ledger.journal import registry
from ledger.models import ApprovalStatus, JournalEntry
from ledger.open_items.closing import close_reversed
from ledger.open_items.models import OpenItem
from ledger.open_items.sides import DIFFERENCE_KIND, claim_kinds


class JournalLink:
    """What an app does when the journal moves under its documents.

    kinds: the app's document types by the kind of entry they post; those of `recording` may be linked to any entry.
    """

    def __init__(self, *, kinds: Mapping[str, DocumentType[Any, Any]], recording: Recording) -> None:
        self.kinds, self.recording = dict(kinds), recording
        self.parties, self.side = recording.parties, recording.invoices.side.control

    def register(self) -> None:
        """Tell the ledger, from the app's `ready()`."""
        if self.entry_reversed not in registry.entry_reversed:
            registry.entry_owners.insert(0, self.lock_owners)  # parties come before items
            registry.entry_documents.append(self.entry_documents)
            registry.reversal_refusals.append(self.refuse_reversal)
            # Before the items are closed: what stands on a document refuses as long as it is there.
            registry.entry_reversed.insert(0, self.entry_reversed)
            claim_kinds(self.kinds)

    def lock_owners(self, company_id: UUID, entry_id: UUID) -> None:
        """Lock the parties whose documents an entry posted or is linked to, or whose items it opened. One statement to
        find them."""
        field = f"{self.parties.noun}_id"
        queries = [
            store.rows(kind).filter(company_id=company_id, entry_id=entry_id).order_by().values_list(field)
            for kind in self.kinds.values()
        ]
        items = OpenItem.objects.filter(company_id=company_id, entry_id=entry_id, side=self.side)
        found = queries[0].union(*queries[1:], items.order_by().values_list("party_id"))
        self.parties.lock(company_id, {row[0] for row in found} - {None})

    def entry_documents(self, entry: JournalEntry) -> Iterator[registry.EntryDocument]:
        """Yield the document that posted an entry, or the recorded ones that are linked to it."""
        for name, kind in self._kinds_of(entry):
            rows = store.rows(kind).filter(company_id=entry.company_id, entry=entry)
            for document in rows.exclude(approval_status=ApprovalStatus.VOID):
                yield registry.EntryDocument(
                    kind=name,
                    noun=kind.noun,
                    id=document.id,
                    number=str(document),
                    posted=not getattr(document, "is_externally_posted", False),
                    undoes=undone_by_void(kind, document),
                    refusal=_refusal(kind, document),
                )

    def entry_reversed(
        self, original: JournalEntry, reversal: JournalEntry, actor: Actor
    ) -> Iterator[registry.Consequence]:
        """The document that posted the entry is void, the one that was only linked to it is a draft again.

        Called inside the reversal's transaction. Voiding a document reverses its entry too: then nothing is left to
        do. Raises InvalidStateTransition when something stands on the document that must be undone first.
        """
        for name, kind in self._kinds_of(original):
            found = store.rows(kind).filter(company_id=original.company_id, entry=original)
            row = found.exclude(approval_status=ApprovalStatus.VOID).first()
            if row is None:
                continue
            document = store.lock(kind, row.company_id, row.id)
            if getattr(document, "is_externally_posted", False):
                undone = undo(kind, document, reversal.entry_date, actor)
                yield from close_reversed(original, reversal, actor)
                self.recording.unlink(document, actor)
                change = "unlinked"
            elif not document.is_void:
                undone = follow_reversal(kind, document, reversal, actor)
                change = "voided"
            else:
                continue
            yield registry.Consequence(object=name, id=document.id, number=str(document), change=change, detail=undone)

    def _kinds_of(self, entry: JournalEntry) -> list[tuple[str, DocumentType[Any, Any]]]:
        if entry.kind in self.kinds:
            return [(entry.kind, self.kinds[entry.kind])]
        recordable = (self.recording.invoices, self.recording.credit_notes)
        return [(name, kind) for name, kind in self.kinds.items() if kind in recordable]

    def refuse_reversal(self, original: JournalEntry) -> None:
        """Open items would differ from their account: nobody would know that the account moved."""
        if original.kind == DIFFERENCE_KIND:
            raise InvalidStateTransition(
                _("entry {number} is the exchange difference of what settled what; unapply that instead").format(
                    number=original.entry_number
                )
            )
        undone = original.reverses_entry
        if undone is not None and undone.kind in self.kinds:
            raise InvalidStateTransition(
                _("entry {number} voided {document_number}; what is void stays void: make a new document").format(
                    number=original.entry_number, document_number=undone.document_number or undone.entry_number
                )
            )


def _refusal(kind: DocumentType[Any, Any], document: Any) -> str:
    """Return why a document cannot be undone, or nothing."""
    try:
        if kind.policy.check_undoing:
            kind.policy.check_undoing(document)
    except DomainError as refusal:
        return refusal.message
    return ""
