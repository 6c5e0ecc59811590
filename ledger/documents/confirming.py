"""Posting documents: numbered, priced, moved out of stock and entered into the journal, one or many at a time.

The number of statements depends neither on the lines nor on the number of documents.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from backfill.errors import DomainError
from backfill.tenancy.actors import Actor
from ledger.activities import actor_facts
from ledger.documents.allocating import follow, item_draft
from ledger.documents.drafting import Drafts
from ledger.documents.models import SettledDocument
from ledger.documents.type import DocumentT, LineT, Posting
from ledger.documents.writing import write_columns, write_rows
from ledger.drafts import EntryDraft
from ledger.inventory import link_movements, move_stock
from ledger.models import Activity
from ledger.money import exchange_rate, quantize
from ledger.open_items.opening import open_items
from ledger.open_items.settling import record_settlement
from ledger.posting import post, post_many
from ledger.tax_rules import tax_book

_POSTED = (
    *("document_number", "status", "approval_status", "exchange_rate", "base_amount", "entry_id", "posted_at"),
    "updated_at",
)


class Confirming(Drafts[DocumentT, LineT]):
    """What posting does to locked documents that may be posted."""

    def posted(self, documents: Sequence[DocumentT], actor: Actor) -> Sequence[DocumentT]:
        """Post locked documents of one company and return them."""
        if not documents:
            return documents
        lines = self.lines_of_all(documents)
        codes = {line.tax_code for found in lines.values() for line in found}
        known = tax_book(documents[0].company_id).rules if any(codes) else {}
        postings = {row.id: Posting(lines=lines.get(row.id, ()), rules=known) for row in documents}
        return self.posted_as(documents, postings, actor)

    def posted_as(
        self, documents: Sequence[DocumentT], postings: Mapping[UUID, Posting[LineT]], actor: Actor
    ) -> Sequence[DocumentT]:
        """Post locked documents of one company whose lines are at hand, and return them."""
        _fix_rates(documents)
        self.number(documents)
        for document in documents:
            self.before_posting(document, postings[document.id], actor)
        self._move_stock(documents, postings)
        self._enter(documents, postings, actor)
        self._write_posted(documents)
        self._open_items(documents, postings, actor)
        for document in documents:
            self.after_posting(document, postings[document.id], actor)
        self._record_posted(documents, actor)
        return documents

    def _move_stock(self, documents: Sequence[DocumentT], postings: Mapping[UUID, Posting[LineT]]) -> None:
        if not self.stock_reason:
            return
        moves = [move for row in documents for move in self.stock_moves(row, postings[row.id].lines)]
        costs = move_stock(
            moves, company=documents[0].company, reason=self.stock_reason, subject_type=self.noun.replace(" ", "_")
        )
        for document in documents:
            postings[document.id].stock = [cost for cost in costs if cost.move.subject_id == document.id]

    def _enter(self, documents: Sequence[DocumentT], postings: Mapping[UUID, Posting[LineT]], actor: Actor) -> None:
        """Post the entries. One alone is not copied in, which costs fewer statements."""
        drafts: list[tuple[DocumentT, EntryDraft]] = []
        for document in documents:
            draft = self.entry(document, postings[document.id])
            if draft is not None and draft.lines:
                drafts.append((document, draft))
        if len(drafts) == 1:
            document, draft = drafts[0]
            document.entry = post(draft, actor=actor)
        elif drafts:
            _enter_many(drafts, actor)
        link_movements(
            {row.id: row.entry_id for row in documents if postings[row.id].stock and row.entry_id is not None}
        )

    def _write_posted(self, documents: Sequence[DocumentT]) -> None:
        now = timezone.now()
        for document in documents:
            document.status = self.posted_status
            if isinstance(document, SettledDocument):
                document.status = document.settlement_status
            document.posted_at = document.updated_at = now
        if len(documents) == 1:
            write_rows(documents)  # settling what it refers to changed more of it
        else:
            write_columns(documents, (*_POSTED, *self.kept_on_posting))

    def _open_items(
        self, documents: Sequence[DocumentT], postings: Mapping[UUID, Posting[LineT]], actor: Actor
    ) -> None:
        """Open what the documents are owed, or owe, and settle what they settle. The rows follow by a trigger."""
        drafts = []
        for document in documents:
            if not isinstance(document, SettledDocument) or document.entry_id is None:
                continue
            settlement = postings[document.id].settlement
            if settlement is not None:
                record_settlement(settlement, entry_id=document.entry_id, actor=actor)
                follow(document, settlement.standing)
            elif (draft := item_draft(self, document)) is not None:
                draft.entry_id = document.entry_id
                drafts.append(draft)
        open_items(drafts)

    def _record_posted(self, documents: Sequence[DocumentT], actor: Actor) -> None:
        facts = actor_facts(actor)
        Activity.objects.bulk_create(
            Activity(
                company_id=document.company_id,
                subject_type=self.noun.replace(" ", "_"),
                subject_id=document.id,
                verb="confirmed",
                actor=facts,
                detail={"number": document.document_number, "entry_id": str(document.entry_id or "")},
            )
            for document in documents
        )


def _enter_many(drafts: Sequence[tuple[Any, EntryDraft]], actor: Actor) -> None:
    try:
        ids = post_many((draft for _, draft in drafts), actor=actor)
    except DomainError as error:
        index = error.details.get("entry_index")
        if index is not None:
            error.details["document_id"] = str(drafts[index][0].id)
        raise
    for (document, _), entry_id in zip(drafts, ids, strict=True):
        document.entry_id = entry_id


def _fix_rates(documents: Sequence[Any]) -> None:
    """Fix the rate of the posting date where none was stated, and the total in base currency with it."""
    company = documents[0].company
    rates: dict[tuple[str, date], Decimal] = {}
    for document in documents:
        if document.currency == company.base_currency:
            document.exchange_rate, document.base_amount = Decimal(1), document.total_amount
            continue
        if document.exchange_rate is None:
            key = (document.currency, document.posting_date)
            if key not in rates:
                rates[key] = exchange_rate(company=company, currency=key[0], on=key[1]).rate
            document.exchange_rate = rates[key]
        document.base_amount = quantize(document.total_amount * document.exchange_rate, company.base_currency)
