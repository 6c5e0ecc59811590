"""Giving documents their numbers: the next free ones of the type's series, in the transaction that posts them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from backfill.database.prepared import prepared_cursor
from ledger.documents.errors import DuplicateDocumentNumber
from ledger.documents.models import Document
from ledger.documents.numbers.series import next_document_numbers
from ledger.documents.store.documents import rows, table_of
from ledger.documents.types import DocumentType


def assign_numbers(doc_type: DocumentType[Any, Any], documents: Sequence[Document]) -> None:
    """Give documents of one company the next free numbers; those that people chose themselves are passed over.

    Locks the series until the transaction ends: call it late, after the parties are locked.
    """
    by_year: dict[int, list[Document]] = {}
    for document in documents:
        if not document.document_number:
            by_year.setdefault(document.document_date.year, []).append(document)
    for year, waiting in sorted(by_year.items()):
        numbers = _free_numbers(doc_type, waiting[0].company_id, year, len(waiting))
        for document, number in zip(waiting, numbers, strict=True):
            document.document_number = number


@contextmanager
def own_number(doc_type: DocumentType[Any, Any], document: Document, *, is_stated: bool) -> Iterator[None]:
    """Refuse a stated number that another document has, whoever of two was first. Raises DuplicateDocumentNumber."""
    if not is_stated:
        yield
        return
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "number" not in str(error):
            raise
        raise _taken(doc_type, document) from error


def _free_numbers(doc_type: DocumentType[Any, Any], company_id: UUID, year: int, count: int) -> list[str]:
    free: list[str] = []
    while len(free) < count:
        numbers = next_document_numbers(
            company_id=company_id,
            document_type=doc_type.key,
            prefix=doc_type.prefix,
            year=year,
            count=count - len(free),
        )
        used = _used(doc_type, company_id, numbers)
        free += [number for number in numbers if number.upper() not in used]
    return free


def _used(doc_type: DocumentType[Any, Any], company_id: UUID, numbers: list[str]) -> set[str]:
    """Return in capitals which numbers documents have already: they are unique in any case."""
    with prepared_cursor() as cursor:
        cursor.execute(
            f"SELECT UPPER(document_number) FROM {table_of(doc_type)} "  # noqa: S608 - a name of ours
            "WHERE company_id = %s AND UPPER(document_number) = ANY(%s)",
            [company_id, [number.upper() for number in numbers]],
        )
        return {number for (number,) in cursor.fetchall()}


def _taken(doc_type: DocumentType[Any, Any], document: Document) -> DuplicateDocumentNumber:
    twins = rows(doc_type).filter(company_id=document.company_id, document_number__iexact=document.document_number)
    twin = twins.exclude(id=document.id).first()
    return DuplicateDocumentNumber(
        _("{noun} {number} exists already").format(noun=doc_type.noun, number=twin or document),
        field="document_number",
        **({"existing_id": str(twin.id)} if twin else {}),
    )
