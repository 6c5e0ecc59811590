"""Update: change a draft; of a posted document only what is not part of its posting."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import transaction

from backfill.tenancy.actors import Actor
from ledger.documents.allocating import change_due_date
from ledger.documents.calculation import Calculated, fill
from ledger.documents.charging import line_facts_of
from ledger.documents.numbers.document_numbers import own_number
from ledger.documents.rows import DocumentT, rows_of
from ledger.documents.store.documents import lines_of, lock, posted_refusal, record, refusal, refuse_externally_posted
from ledger.documents.store.writing import insert_rows
from ledger.documents.types import DocumentType, Values
from ledger.documents.verbs.steps import step_wanted, take_step
from ledger.entries import approval
from ledger.models.changes import changes_since, columns_of

_SUMS: Final = frozenset({"subtotal", "discount_amount", "tax_amount", "total_amount"})
_STATED_AS: Final[Mapping[str, tuple[str, ...]]] = {"document_date": ("issued_at",), "file_id": ("document_id",)}


def update(doc_type: DocumentType[DocumentT, Any], document: DocumentT, values: Values, *, actor: Actor) -> DocumentT:
    """Change a draft; absent values stay. Repeating what the document says already is not a change.

    Raises DocumentPosted naming the way out, and what `create` raises.
    """
    with transaction.atomic():
        document = lock(doc_type, document.company_id, document.id)
        refuse_externally_posted(doc_type, document)
        if document.is_posted or document.is_void:
            return _update_posted(doc_type, document, values, actor)
        as_it_was = columns_of(document)
        calculated = fill(doc_type, document, values)
        approval.withdraw(document)
        with own_number(doc_type, document, is_stated=bool(document.document_number)):
            document.save()
        if calculated is not None:
            _replace_lines(doc_type, document, calculated)
        if doc_type.policy.after_change:
            doc_type.policy.after_change(document)
        record(doc_type, [(document, "edited", changes_since(as_it_was, document))], actor)
        return take_step(doc_type, document, step_wanted(doc_type, document, values), actor)


def _replace_lines(doc_type: DocumentType[Any, Any], document: Any, calculated: Calculated[Any]) -> None:
    if doc_type.line_model is not None:
        rows_of(doc_type.line_model).filter(document_id=document.id).delete()
        insert_rows(calculated.lines)


def _update_posted(
    doc_type: DocumentType[DocumentT, Any], document: DocumentT, values: Values, actor: Actor
) -> DocumentT:
    """Take what a posted document may still change; refuse what differs from what was posted."""
    allowed = {"", document.status, doc_type.draft} | doc_type.posting_statuses
    if (values.get("status") or "") not in allowed:
        raise refusal(doc_type, document, "given another status")
    columns = document._meta.concrete_fields  # noqa: SLF001 - Django documents `_meta` as public
    before = {column.attname: getattr(document, column.attname) for column in columns}
    as_it_was, stored = columns_of(document), lines_of(doc_type, document)
    calculated = fill(doc_type, document, values)
    fixed = [
        column.attname
        for column in columns
        if column.name not in doc_type.free | {"updated_at"}
        and getattr(document, column.attname) != before[column.attname]
    ]
    if calculated is not None and line_facts_of(calculated.lines) != line_facts_of(stored):
        fixed.append("lines")
    if fixed:
        raise posted_refusal(doc_type, document, "changed", field=_as_stated(doc_type, fixed, values))
    document.save(update_fields=[*doc_type.free, "updated_at"])
    if before.get("due_date") != getattr(document, "due_date", None):
        change_due_date(document)
    record(doc_type, [(document, "edited", changes_since(as_it_was, document))], actor)
    if doc_type.policy.check_edited:
        doc_type.policy.check_edited(document)
    return document


def _as_stated(doc_type: DocumentType[Any, Any], columns: Sequence[str], values: Values) -> str:
    """Return the one of these columns, or what was stated for it, that the caller named. Sums come last: they follow
    from something else."""
    stated = {name for name, value in values.items() if value is not None}
    for column in sorted(columns, key=_SUMS.__contains__):
        code = f"{column.removesuffix('_id')}_code"
        names = (column, *_STATED_AS.get(column, ()), *doc_type.stated_as.get(column, ()), code)
        if (found := next((name for name in names if name in stated), None)) is not None:
            return found
    return columns[0]
