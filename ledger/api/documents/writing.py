"""From the values of a request to a kind of document: creating and updating it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Generic
from uuid import UUID

from backfill.errors import DomainError
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.documents.lifecycle import Documents
from ledger.documents.type import DocumentT

Values = dict[str, Any]
_INSTANTS: Final = ("issued_at", "occurred_at", "refund_date")
_SENT_AS: Final = {
    "document_date": _INSTANTS,
    "issued_at": _INSTANTS,
    "refunded_at": ("refund_date",),
    "customer_id": ("customer_name",),
}


def _as_given(values: Values, company_id: UUID) -> Values:
    return values


@dataclass(frozen=True)
class Writing(Generic[DocumentT]):
    """What a resource calls to create and update documents of one kind.

    `worded(values, company_id)` puts a request's values into the words of the service, where they differ. A refusal
    is told in the request's own words.
    """

    kind: Documents[DocumentT, Any]
    worded: Callable[[Values, UUID], Values] = _as_given

    def create(self, values: Values, *, company: Company, actor: Actor) -> DocumentT:
        with _told_as_sent(values):
            return self.kind.create(self.worded(values, company.pk), company=company, actor=actor)

    def update(self, document: DocumentT, values: Values, *, actor: Actor) -> DocumentT:
        with _told_as_sent(values):
            worded = _without_echo(self.worded(values, document.company_id), document)
            return self.kind.update(document, worded, actor=actor)

    def is_void(self, document: DocumentT) -> bool:
        return document.is_void


@contextmanager
def _told_as_sent(values: Values) -> Iterator[None]:
    """Let a refusal blame what was sent, where the field that it names was reckoned from that."""
    try:
        yield
    except DomainError as error:
        if error.field in _SENT_AS and values.get(error.field) is None:
            sent = (name for name in _SENT_AS[error.field] if values.get(name) is not None)
            error.field = next(sent, error.field)
        raise


def _without_echo(values: Values, document: Any) -> Values:
    """Dates that only repeat what we answered where nothing was stated say nothing new."""
    beginning = document.company.beginning_of(document.document_date)
    answered = {"issued_at": beginning, "refunded_at": beginning, "effective_date": document.posting_date}
    return {
        name: value
        for name, value in values.items()
        if not (name in answered and value == answered[name] and getattr(document, name) is None)
    }
