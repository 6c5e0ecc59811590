"""Create a document: a draft, or posted at once where its values say so."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic

from django.db import transaction

from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.documents.calculation import Calculated, fill
from ledger.documents.numbers.document_numbers import assign_numbers, own_number
from ledger.documents.rows import DocumentT, LineT
from ledger.documents.store.documents import record
from ledger.documents.store.writing import insert_rows
from ledger.documents.types import DocumentType, Posting, Values
from ledger.documents.verbs.confirm import check_confirmable, confirmed_facts, open_what_is_owed, post_documents
from ledger.documents.verbs.steps import CONFIRM, step_wanted, take_step


@dataclass(frozen=True, slots=True)
class Preview(Generic[DocumentT, LineT]):
    """A document that is not stored, and its lines in order."""

    document: DocumentT
    lines: Sequence[LineT]


def preview(doc_type: DocumentType[DocumentT, LineT], values: Values, *, company: Company) -> Preview[DocumentT, LineT]:
    """Return what `create` would store, and store nothing. Raises as `create` does, but for a number taken."""
    document = doc_type.model(company=company, status=doc_type.draft)
    calculated = fill(doc_type, document, values) or Calculated()
    for line in calculated.lines:
        line.document = document  # type: ignore[attr-defined]  # every line model has its document
    return Preview(document, calculated.lines)


def create(doc_type: DocumentType[DocumentT, LineT], values: Values, *, company: Company, actor: Actor) -> DocumentT:
    """Create a draft, calculated and checked; with a `status` that says so it is posted before it is stored.

    Raises ValidationFailed and its kin naming the field, DuplicateDocumentNumber, and what `confirm` raises.
    """
    with transaction.atomic():
        document = doc_type.model(company=company, status=doc_type.draft, created_by=actor.label)
        locks_party = _is_party_locked_at_once(doc_type, values)
        calculated = fill(doc_type, document, values, locks_party=locks_party) or Calculated()
        step = step_wanted(doc_type, document, values)
        insert_rows(calculated.lines)  # before the document: the guard lets none into a posted one
        if step == CONFIRM:
            if doc_type.is_settled and not locks_party:
                doc_type.side.parties.lock_of([document])
            return _posted(doc_type, document, calculated, actor)
        if doc_type.numbers_drafts and not document.document_number:
            doc_type.side.parties.lock_of([document])  # as everywhere: the party before the series
            assign_numbers(doc_type, [document])
        _insert(doc_type, document, is_stated=bool(document.document_number))
        record(doc_type, [(document, "created", {})], actor)
        return take_step(doc_type, document, step, actor)


def _posted(
    doc_type: DocumentType[DocumentT, LineT], document: DocumentT, calculated: Calculated[LineT], actor: Actor
) -> DocumentT:
    """Post a document that nobody else can see yet, and store it as posted: its row is written once. Keys between the
    new rows are checked at commit, so the order of inserts is free, and the journal is locked as late as it can be.
    """
    check_confirmable(doc_type, document)
    is_stated = bool(document.document_number)
    posting = Posting(lines=calculated.lines, rules=calculated.rules)
    post_documents(doc_type, [document], {document.id: posting}, actor)
    _insert(doc_type, document, is_stated=is_stated)
    open_what_is_owed(doc_type, [document], {document.id: posting}, actor)
    if doc_type.policy.after_posting:
        doc_type.policy.after_posting(document, posting, actor)
    record(doc_type, [(document, "created", {}), (document, "confirmed", confirmed_facts(document))], actor)
    return document


def _is_party_locked_at_once(doc_type: DocumentType[Any, Any], values: Values) -> bool:
    """Whether the customer or vendor of a document that is to be posted is locked as it is read: where it stands open
    until it is settled, and the values name it by its id."""
    is_named = bool(values.get(doc_type.side.party_id)) and doc_type.policy.assign_party is None
    return doc_type.is_settled and is_named and str(values.get("status") or "") in doc_type.posting_statuses


def _insert(doc_type: DocumentType[Any, Any], document: Any, *, is_stated: bool) -> None:
    with own_number(doc_type, document, is_stated=is_stated):
        insert_rows([document])
    if doc_type.policy.after_change:
        doc_type.policy.after_change(document)
