"""Confirm: post documents, one or many. The number of statements depends neither on lines nor on documents."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backfill.errors import DomainError
from backfill.tenancy.actors import Actor
from ledger.currencies.money import exchange_rate, quantize
from ledger.documents.allocating import follow, item_draft
from ledger.documents.errors import DocumentNotFound
from ledger.documents.numbers.document_numbers import assign_numbers
from ledger.documents.rows import DocumentT, LineT
from ledger.documents.store.documents import (
    lines_of_all,
    lock,
    lock_all,
    named,
    record,
    refusal,
    refuse_externally_posted,
)
from ledger.documents.store.writing import write_columns, write_rows
from ledger.documents.types import DocumentType, Posting
from ledger.entries import approval
from ledger.inventory.stock import link_movements, move_stock
from ledger.journal.drafts import EntryDraft
from ledger.journal.posting import post_many, post_within
from ledger.models import ApprovalStatus
from ledger.open_items.opening import open_items
from ledger.open_items.settling import record_settlement
from ledger.tax.rules import tax_book

_POSTED = (
    *("document_number", "status", "approval_status", "exchange_rate", "base_amount", "entry_id", "posted_at"),
    "updated_at",
)
Postings = Mapping[UUID, Posting[LineT]]


def confirm(doc_type: DocumentType[DocumentT, Any], *, company_id: UUID, document_id: UUID, actor: Actor) -> DocumentT:
    """Post the document, once. Approves it in the same step where the company asks for no approval.

    Raises InvalidStateTransition, ApprovalRequired, and what `ledger.journal.posting.post` raises.
    """
    with transaction.atomic():
        document = lock(doc_type, company_id, document_id)
        if check_confirmable(doc_type, document):
            post_stored(doc_type, [document], actor)
        return document


def confirm_many(
    doc_type: DocumentType[DocumentT, Any], *, company_id: UUID, document_ids: Sequence[UUID], actor: Actor
) -> list[DocumentT]:
    """Post many documents, all or none; those that are posted already are returned as they are.

    Raises what `confirm` raises, and DocumentNotFound.
    """
    with transaction.atomic():
        documents = lock_all(doc_type, company_id, document_ids)
        if missing := set(document_ids) - {document.id for document in documents}:
            raise DocumentNotFound(_("{noun} {id} does not exist").format(noun=doc_type.noun, id=min(missing)))
        post_stored(doc_type, [one for one in documents if check_confirmable(doc_type, one)], actor)
        return documents


def check_confirmable(doc_type: DocumentType[Any, Any], document: Any) -> bool:
    """Whether the document is still to be posted; it is approved then. Raises what keeps it from being."""
    refuse_externally_posted(doc_type, document)
    if document.is_void or document.approval_status == ApprovalStatus.REJECTED:
        raise refusal(doc_type, document, "confirmed")
    if document.is_posted:
        return False
    approval.check_before_posting(document, is_asked=doc_type.is_asked, words=named(doc_type, document))
    return True


def post_stored(doc_type: DocumentType[DocumentT, LineT], documents: Sequence[DocumentT], actor: Actor) -> None:
    """Post locked, approved documents of one company: their lines are read, their rows written."""
    if not documents:
        return
    lines = lines_of_all(doc_type, documents)
    codes = {line.tax_code for found in lines.values() for line in found}
    known = tax_book(documents[0].company_id).rules if any(codes) else {}
    postings = {row.id: Posting(lines=lines.get(row.id, ()), rules=known) for row in documents}
    post_documents(doc_type, documents, postings, actor)
    if len(documents) == 1:
        write_rows(documents)  # settling what it refers to changed more of it
    else:
        write_columns(documents, (*_POSTED, *doc_type.kept_on_posting))
    open_what_is_owed(doc_type, documents, postings, actor)
    if doc_type.policy.after_posting:
        for document in documents:
            doc_type.policy.after_posting(document, postings[document.id], actor)
    record(doc_type, [(document, "confirmed", confirmed_facts(document)) for document in documents], actor)


def post_documents(
    doc_type: DocumentType[DocumentT, LineT], documents: Sequence[DocumentT], postings: Postings[LineT], actor: Actor
) -> None:
    """Rate, number, policy, goods, entry, status: in this order. The documents are set in memory; the caller writes
    them, since a new one is inserted as posted and a stored one updated."""
    _fix_rates(documents)
    assign_numbers(doc_type, documents)
    if doc_type.policy.before_posting:
        for document in documents:
            doc_type.policy.before_posting(document, postings[document.id], actor)
    if doc_type.stock:
        _move_stock(doc_type, documents, postings)
    if doc_type.entry:
        _enter(doc_type, documents, postings, actor)
    now = timezone.now()
    for document in documents:
        document.status = document.settlement_status if doc_type.is_settled else doc_type.posted  # type: ignore[attr-defined]
        document.posted_at = document.updated_at = now


def open_what_is_owed(
    doc_type: DocumentType[DocumentT, LineT], documents: Sequence[DocumentT], postings: Postings[LineT], actor: Actor
) -> None:
    """Open what posted, stored documents are owed, or owe, and settle what they settle. Their rows follow by a trigger.

    One that settles opens its own item with what it settles."""
    if not doc_type.item_sign:
        return
    drafts = []
    for document in documents:
        if document.entry_id is None:
            continue
        settlement = postings[document.id].settlement
        if settlement is not None:
            record_settlement(settlement, entry_id=document.entry_id, actor=actor)
            follow(document, settlement.standing)  # type: ignore[arg-type]  # a document that opens items is settled
        elif (draft := item_draft(doc_type, document)) is not None:  # type: ignore[arg-type]
            draft.entry_id = document.entry_id
            drafts.append(draft)
    open_items(drafts)


def confirmed_facts(document: Any) -> dict[str, Any]:
    return {"number": document.document_number, "entry_id": str(document.entry_id or "")}


def _move_stock(doc_type: DocumentType[Any, LineT], documents: Sequence[Any], postings: Postings[LineT]) -> None:
    stock = doc_type.stock
    if stock is None:
        return
    moves = [move for row in documents for move in stock.moves(row, postings[row.id].lines)]
    if not moves:
        return
    costs = move_stock(moves, company=documents[0].company, reason=stock.reason, subject_type=doc_type.key)
    for document in documents:
        postings[document.id].stock = [cost for cost in costs if cost.move.subject_id == document.id]


def _enter(
    doc_type: DocumentType[Any, LineT], documents: Sequence[Any], postings: Postings[LineT], actor: Actor
) -> None:
    """Post the entries. One alone is not copied in, which costs fewer statements."""
    drafts: list[tuple[Any, EntryDraft]] = []
    for document in documents:
        draft = doc_type.entry(document, postings[document.id])  # type: ignore[misc]  # the caller has asked
        if draft is not None and draft.lines:
            drafts.append((document, draft))
    if len(drafts) == 1:
        document, draft = drafts[0]
        document.entry = post_within(draft, actor=actor)
    elif drafts:
        _enter_many(drafts, actor)
    link_movements({row.id: row.entry_id for row in documents if postings[row.id].stock and row.entry_id is not None})


def _enter_many(drafts: Sequence[tuple[Any, EntryDraft]], actor: Actor) -> None:
    try:
        ids = post_many((draft for _, draft in drafts), actor=actor)
    except DomainError as error:
        index = error.details.get("entry_index")
        if index is not None:
            error.details["document_id"] = str(drafts[index][0].id)
        raise
    for (document, _draft), entry_id in zip(drafts, ids, strict=True):
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
