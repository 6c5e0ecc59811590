"""What stands in the way of a step, with links to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from backfill.errors import DomainError
from backfill.workspace.wording import sentence
from ledger.documents.pages.document_admins import DocumentAdmin, document_admins
from ledger.documents.rows import rows_of
from ledger.documents.verbs.void import check_voidable


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why a step is not possible, and (words, address) of what is to be looked at."""

    message: str
    links: tuple[tuple[str, str], ...] = ()


def void_blocked(kind: DocumentAdmin, document: Any) -> Blocked | None:
    """Return why a posted document cannot be voided now, if so. A statement or two."""
    if not document.is_posted or document.is_void:
        return None
    try:
        check_voidable(kind.doc_type, document)
    except DomainError as error:
        links = tuple(_named(error, document.company_id))
        if not links and document.entry_id is not None:
            links = ((_("Its journal entry"), reverse("admin:journal_entry", args=[document.entry_id])),)
        return Blocked(sentence(error.message), links)
    return None


def _named(error: DomainError, company_id: UUID) -> Iterator[tuple[str, str]]:
    """Yield (words, address) of the documents that a refusal names by their ids."""
    for kind in document_admins():
        if key := error.details.get(kind.id_name):
            for one in rows_of(kind.doc_type.model).filter(company_id=company_id, id=key):
                yield capfirst(f"{kind.noun} {one}"), kind.url(one)
