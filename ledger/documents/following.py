"""Following the journal: when an entry is reversed, settled or shown there, the documents over it go along."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from backfill.errors import DomainError
from backfill.tenancy.actors import Actor
from ledger import registry
from ledger.documents.errors import InvalidStateTransition
from ledger.documents.lifecycle import Documents
from ledger.documents.recording import Recording
from ledger.documents.settling import GAIN_KIND
from ledger.documents.type import rows_of
from ledger.models import ApprovalStatus, JournalEntry, Settlement


class Following:
    """What an app does when the journal moves under its documents.

    kinds: the app's document types by the kind of entry they post; those of `recording` may be linked to any entry.
    """

    def __init__(self, *, kinds: Mapping[str, Documents[Any, Any]], recording: Recording) -> None:
        self.kinds, self.recording = dict(kinds), recording
        self.parties, self.allocations = recording.parties, recording.allocations

    def register(self) -> None:
        """Tell the ledger, from the app's `ready()`."""
        if self.entry_reversed not in registry.entry_reversed:
            registry.entry_owners.append(self.lock_owners)
            registry.entry_documents.append(self.entry_documents)
            registry.reversal_refusals.append(self.refuse_reversal)
            registry.entry_reversed.append(self.entry_reversed)
            registry.entry_settled.append(self.entry_settled)
            registry.settlement_undone.append(self.settlement_undone)
            registry.settlement_links.append(self.settlement_links)

    def lock_owners(self, company_id: UUID, entry_id: UUID) -> None:
        """Lock the parties whose documents an entry posted, is linked to, or settles. One statement to find them."""
        field = f"{self.parties.noun}_id"
        queries = [
            kind.rows().filter(company_id=company_id, entry_id=entry_id).order_by().values_list(field)
            for kind in self.kinds.values()
        ]
        active = rows_of(self.allocations.model).filter(company_id=company_id, undone_on=None)
        settled = active.filter(settlement_entry_id=entry_id).order_by().values_list(field)
        self.parties.lock(company_id, {row[0] for row in queries[0].union(*queries[1:], settled)})

    def entry_documents(self, entry: JournalEntry) -> Iterator[registry.EntryDocument]:
        """Yield the document that posted an entry, or the recorded ones that are linked to it."""
        for name, kind in self._kinds_of(entry):
            rows = kind.rows().filter(company_id=entry.company_id, entry=entry)
            for document in rows.exclude(approval_status=ApprovalStatus.VOID):
                yield registry.EntryDocument(
                    kind=name,
                    noun=kind.noun,
                    id=document.id,
                    number=str(document),
                    posted=not getattr(document, "is_recorded", False),
                    undoes=kind.undone_by_void(document),
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
            found = kind.rows().filter(company_id=original.company_id, entry=original)
            row = found.exclude(approval_status=ApprovalStatus.VOID).first()
            if row is None:
                continue
            document = kind.locked(row.company_id, row.id)
            if getattr(document, "is_recorded", False):
                undone = kind.before_void(document, reversal.entry_date, actor)
                self.recording.unlink(document, actor)
                change = "unlinked"
            elif not document.is_void:
                undone = kind.mark_reversed(document, reversal, actor)
                change = "voided"
            else:
                continue
            yield registry.Consequence(object=name, id=document.id, number=str(document), change=change, detail=undone)

    def _kinds_of(self, entry: JournalEntry) -> list[tuple[str, Documents[Any, Any]]]:
        if entry.kind in self.kinds:
            return [(entry.kind, self.kinds[entry.kind])]
        recordable = (self.recording.invoices, self.recording.credit_notes)
        return [(name, kind) for name, kind in self.kinds.items() if kind in recordable]

    def refuse_reversal(self, original: JournalEntry) -> None:
        """Open items would differ from their account: nobody would know that the account moved."""
        if original.kind == GAIN_KIND:
            raise InvalidStateTransition(
                f"entry {original.entry_number} is the exchange difference of what settled what; unapply that instead"
            )
        undone = original.reverses_entry
        if undone is not None and undone.kind in self.kinds:
            raise InvalidStateTransition(
                f"entry {original.entry_number} voided {undone.document_number or undone.entry_number}; what is void "
                "stays void: make a new document"
            )

    def entry_settled(self, settlement: Settlement, actor: Actor) -> None:
        """An entry settles the entry of an invoice: the invoice follows."""
        kind = self.recording.invoices
        found = kind.rows().filter(company_id=settlement.company_id, entry_id=settlement.open_entry_id).first()
        if found is not None:
            self.recording.take_settlement(kind.locked(found.company_id, found.id), settlement)

    def settlement_undone(self, settlement: Settlement, actor: Actor) -> None:
        """A settlement was undone: the invoice is open again."""
        target = self.allocations.field_of(self.recording.invoices.model())
        rows = rows_of(self.allocations.model).filter(
            company_id=settlement.company_id,
            settlement_entry_id=settlement.settlement_entry_id,
            undone_on=None,
            **{f"{target}__entry_id": settlement.open_entry_id},
        )
        found = list(rows.order_by("created_at", "id"))
        if found:
            self.parties.lock_of(found)
            self.allocations.undo(found, on=settlement.undone_on or settlement.settled_on)

    def settlement_links(self, entry: JournalEntry) -> registry.SettlementLinks:
        """Return the entries of documents that an entry's document settles, and of those that settle it.

        A payment settles an invoice and a credit memo settles one too: the credit side settles in receivables, the
        debit side in payables, which is the side that the recorded invoices are not on.
        """
        rows = rows_of(self.allocations.model).filter(
            company_id=entry.company_id, undone_on=None, settlement_entry=None
        )
        open_side, settling_side = self.allocations.debits, self.allocations.credits
        if self.allocations.field_of(self.recording.invoices.model()) in settling_side:
            open_side, settling_side = settling_side, open_side
        return registry.SettlementLinks(
            settles=tuple(_entries(rows.filter(_of(entry, settling_side)), open_side)),
            settled_by=tuple(_entries(rows.filter(_of(entry, open_side)), settling_side)),
        )


def _refusal(kind: Documents[Any, Any], document: Any) -> str:
    """Return why a document cannot be undone, or nothing."""
    try:
        kind.check_undoing(document)
    except DomainError as refusal:
        return refusal.message
    return ""


def _of(entry: JournalEntry, side: Mapping[str, Any]) -> Q:
    condition = Q()
    for name in side:
        condition |= Q(**{f"{name}__entry": entry})
    return condition


def _entries(rows: QuerySet[Any], side: Mapping[str, Any]) -> Iterator[UUID]:
    for name in side:
        named = rows.filter(**{f"{name}__entry__isnull": False}).order_by()
        yield from named.values_list(f"{name}__entry_id", flat=True).distinct()
